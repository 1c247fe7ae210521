//! Triggers: every event happens by real steps and is sent.

use serde_json::{Value, json};
use simulator::{Settings, Simulator, SimulatorError};

use crate::kit::{PATIENCE, Stage, USER, quick, subscribed, subscribed_with, text};

/// Sends one message of each kind that an event may need.
async fn prepare(stage: &Stage) {
    let send = async |body: Value| {
        let (status, answer) = stage.send(&body).await;
        assert_eq!(status, 200, "{answer}");
    };
    let interactive = |kind: &str, action: Value| {
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive",
               "interactive": {"type": kind, "body": {"text": "Choose"}, "action": action}})
    };
    let reply = json!({"type": "reply", "reply": {"id": "yes", "title": "Yes"}});
    send(interactive("button", json!({"buttons": [reply]}))).await;
    let sections = json!([{"rows": [{"id": "1", "title": "One"}]}]);
    send(interactive(
        "list",
        json!({"button": "Go", "sections": sections}),
    ))
    .await;
    send(crate::fixtures::request(
        "request.template-quick_reply-payload.json",
    ))
    .await;
    send(text("hi")).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
}

#[tokio::test]
async fn every_event_is_sent_and_logged() {
    assert!(Simulator::events().len() >= 20);
    for (event, does) in Simulator::events() {
        assert!(!does.is_empty());
        // Nothing but what was triggered moves: the statuses wait for the trigger.
        let mut settings = quick();
        settings.delays.sent = std::time::Duration::from_hours(1);
        let stage = Stage::with(settings).await;
        let callback = crate::kit::Callback::new().await;
        prepare_waiting(&stage).await;
        stage.simulator().subscribe(&callback.url).await.unwrap();
        let triggered = stage.simulator().trigger(event, Value::Null).await;
        let triggered = triggered.unwrap_or_else(|error| panic!("{event}: {error}"));
        assert_eq!(triggered.event, *event);
        let update = triggered
            .update
            .unwrap_or_else(|| panic!("{event} was not sent"));
        let delivery = loop {
            let deliveries = stage.simulator().deliveries();
            if let Some(delivery) = deliveries.into_iter().find(|one| one.updates == [update]) {
                break delivery;
            }
            callback.wait(1).await;
            tokio::task::yield_now().await;
        };
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(body, triggered.notification, "{event}");
        stage.end().await;
    }
}

/// The same as `prepare`, where statuses will not come by themselves.
async fn prepare_waiting(stage: &Stage) {
    let bodies = [
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive", "interactive": {
            "type": "button", "body": {"text": "Choose"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}}}),
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive", "interactive": {
            "type": "list", "body": {"text": "Choose"}, "action": {"button": "Go", "sections": [
                {"rows": [{"id": "1", "title": "One"}]}]}}}),
        crate::fixtures::request("request.template-quick_reply-payload.json"),
        text("hi"),
    ];
    for body in bodies {
        assert_eq!(stage.send(&body).await.0, 200);
    }
}

#[tokio::test]
async fn a_status_comes_through_the_steps_before_it() {
    let mut settings = quick();
    settings.delays.sent = std::time::Duration::from_hours(1);
    let (stage, callback) = subscribed_with(settings).await;
    let wamid = stage.text("hi").await;
    stage
        .simulator()
        .trigger("status.read", json!({"wamid": wamid}))
        .await
        .unwrap();
    let statuses: Vec<Value> = callback
        .values(3)
        .await
        .iter()
        .map(|value| value["statuses"][0]["status"].clone())
        .collect();
    assert_eq!(statuses, [json!("sent"), json!("delivered"), json!("read")]);
    let again = stage
        .simulator()
        .trigger("status.read", json!({"wamid": wamid}))
        .await;
    assert!(matches!(again, Err(SimulatorError::Parameter { .. })));
    let other = stage.text("hi").await;
    let failed = json!({"wamid": other, "code": 131_049});
    stage
        .simulator()
        .trigger("status.failed", failed)
        .await
        .unwrap();
    let value = callback.values(4).await.remove(3);
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    stage.end().await;
}

#[tokio::test]
async fn the_platform_then_behaves_as_it_said() {
    let (stage, callback) = subscribed_with(Settings {
        auto_read: true,
        ..quick()
    })
    .await;
    let hello = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                       "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let code = async || stage.send(&hello).await.1["error"]["code"].clone();
    let trigger = async |event: &str| {
        stage.simulator().trigger(event, Value::Null).await.unwrap();
    };
    trigger("template.paused").await;
    assert_eq!(code().await, 132_015);
    trigger("template.disabled").await;
    assert_eq!(code().await, 132_016);
    trigger("template.rejected").await;
    assert_eq!(code().await, 132_001);
    trigger("template.approved").await;
    assert_eq!(code().await, Value::Null);
    trigger("account.restricted").await;
    assert_eq!(code().await, 368);
    assert_eq!(stage.send(&text("still open")).await.0, 200);
    trigger("account.reinstated").await;
    assert_eq!(code().await, Value::Null);
    trigger("phone_number.quality").await;
    let (_, node) = stage.get(&format!("/v24.0/{}", crate::kit::PHONE)).await;
    assert_eq!(node["throughput"]["level"], "HIGH");
    let entry = callback.wait(1).await[0].json()["entry"][0].clone();
    assert!(entry["time"].is_i64(), "template fields carry the time");
    stage.end().await;
}

#[tokio::test]
async fn unknown_events_and_parameters_are_refused() {
    let (stage, _callback) = subscribed().await;
    prepare(&stage).await;
    let trigger = async |event: &str, params: Value| {
        stage
            .simulator()
            .trigger(event, params)
            .await
            .unwrap_err()
            .to_string()
    };
    assert!(
        trigger("message.dance", Value::Null)
            .await
            .contains("event")
    );
    assert!(trigger("message.text", json!([])).await.contains("params"));
    assert!(
        trigger("message.text", json!({"text": 1}))
            .await
            .contains("text is not a text")
    );
    assert!(
        trigger("message.text", json!({"phone_number_id": "1"}))
            .await
            .contains("number")
    );
    assert!(
        trigger("status.read", json!({"wamid": "wamid.x"}))
            .await
            .contains("message")
    );
    assert!(
        trigger("template.paused", json!({"template": "x"}))
            .await
            .contains("template")
    );
    let button = json!({"button": "Dance"});
    assert!(
        trigger("message.interactive.button_reply", button)
            .await
            .contains("button")
    );
    stage.end().await;
}
