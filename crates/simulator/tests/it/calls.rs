//! Calls both ways: SDP, permissions, limits, ends; and payments of orders.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Category, Clock, Number, Settings, Template};

use crate::fixtures::request as fixture;
use crate::kit::{Callback, PHONE, Stage, USER, quick, subscribed, subscribed_with};

/// A German number, which may call first, with a clock that is moved by hand.
pub(crate) fn german() -> Settings {
    let number = Number {
        calling_code: "49".to_owned(),
        ..Number::new(PHONE, "4915112345678")
    };
    Settings {
        clock: Clock::fixed(Timestamp::UNIX_EPOCH + Duration::from_hours(498_672)),
        numbers: vec![number],
        ..quick()
    }
}

/// A stage whose number takes calls; the notification of the change is the first.
async fn enabled(settings: Settings) -> (Stage, Callback) {
    let (stage, callback) = subscribed_with(settings).await;
    let body = json!({"calling": {"status": "ENABLED"}});
    let path = format!("/v24.0/{PHONE}/settings");
    assert_eq!(stage.post(&path, &body).await.0, 200);
    callback.wait(1).await;
    (stage, callback)
}

pub(crate) async fn act(stage: &Stage, action: &str, call: &str) -> (u16, Value) {
    let mut body = json!({"messaging_product": "whatsapp", "action": action, "call_id": call});
    if action.contains("accept") {
        body["session"] =
            json!({"sdp_type": "answer", "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"});
    }
    stage.post(&format!("/v24.0/{PHONE}/calls"), &body).await
}

pub(crate) async fn ring(stage: &Stage) -> (u16, Value) {
    let mut body = fixture("request.call-connect.json");
    body["to"] = json!(USER);
    stage.post(&format!("/v24.0/{PHONE}/calls"), &body).await
}

/// Asks for a permission and gets it. Tells what came: sent, delivered, reply.
async fn permitted(stage: &Stage, permanently: bool) {
    let mut ask = fixture("request.interactive-call_permission_request.json");
    ask["to"] = json!(USER);
    let (status, answer) = stage.send(&ask).await;
    assert_eq!(status, 200, "{answer}");
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    let user = stage.simulator().user(USER);
    user.permits_calls(wamid, permanently).await.unwrap();
    stage
        .simulator()
        .wait_until_idle(Duration::from_secs(10))
        .await
        .unwrap();
}

/// The values of the calls field.
fn calls(callback: &Callback) -> Vec<Value> {
    let changes = callback.got().into_iter();
    let changes = changes.map(|got| got.json()["entry"][0]["changes"][0].clone());
    let calls = changes.filter(|change| change["field"] == "calls");
    calls.map(|change| change["value"].clone()).collect()
}

async fn idle(stage: &Stage) {
    stage
        .simulator()
        .wait_until_idle(Duration::from_secs(10))
        .await
        .unwrap();
}

fn like(value: &Value, sample: &str, list: &str) {
    let sample = fixture(sample);
    let sample = &sample["entry"][0]["changes"][0]["value"];
    for (key, _) in sample[list][0].as_object().unwrap() {
        let optional = ["biz_opaque_callback_data", "connection"].contains(&key.as_str());
        assert!(
            optional || value[list][0].get(key).is_some(),
            "{key} in {value}"
        );
    }
}

#[tokio::test]
async fn a_user_calls_and_is_answered() {
    let (stage, callback) = enabled(german()).await;
    let user = stage.simulator().user(USER);
    let id = user.calls().await.unwrap();
    idle(&stage).await;
    let told = calls(&callback);
    like(&told[0], "calls.connect-user-initiated.json", "calls");
    let sdp = told[0]["calls"][0]["session"]["sdp"].as_str().unwrap();
    assert!(sdp.contains("a=rtpmap:111 opus/48000/2\r\n") && sdp.contains("a=ice-lite"));
    assert!(user.calls().await.is_err(), "one call at a time");

    assert_eq!(
        act(&stage, "pre_accept", &id).await.1,
        fixture("response.call-action.json")
    );
    let other = json!({"messaging_product": "whatsapp", "action": "accept", "call_id": id,
        "session": {"sdp_type": "answer", "sdp": "v=0\r\nother"}});
    assert_eq!(
        stage.post(&format!("/v24.0/{PHONE}/calls"), &other).await.0,
        400
    );
    assert_eq!(act(&stage, "accept", &id).await.0, 200);
    stage.simulator().clock().advance(Duration::from_mins(2));
    assert_eq!(act(&stage, "terminate", &id).await.0, 200);
    idle(&stage).await;
    let end = calls(&callback).remove(1);
    like(&end, "calls.terminate-completed.json", "calls");
    assert_eq!(end["calls"][0]["duration"], 120);
    assert_eq!(end["calls"][0]["direction"], "USER_INITIATED");
    assert_eq!(act(&stage, "terminate", &id).await.0, 500, "it is over");
    stage.end().await;
}

#[tokio::test]
async fn a_call_opens_the_service_window_and_waits_a_minute_at_most() {
    let mut settings = german();
    settings.limits.service_window = true;
    let (stage, callback) = enabled(settings).await;
    let user = stage.simulator().user(USER);
    user.calls().await.unwrap();
    stage.text("you called?").await;
    idle(&stage).await;
    let statuses = callback.got().into_iter();
    let failed = statuses
        .filter(|got| got.json().to_string().contains("131047"))
        .count();
    assert_eq!(failed, 0);
    stage.simulator().clock().advance(Duration::from_secs(29));
    idle(&stage).await;
    assert_eq!(calls(&callback).len(), 1, "30 seconds are the least");
    stage.simulator().clock().advance(Duration::from_secs(31));
    callback.wait(5).await;
    let end = calls(&callback).remove(1);
    like(&end, "calls.terminate-failed.json", "calls");
    assert_eq!(end["errors"][0]["code"], 138_007);
    let id = user.calls().await.unwrap();
    assert_eq!(act(&stage, "reject", &id).await.0, 200);
    idle(&stage).await;
    assert_eq!(calls(&callback).len(), 4);
    stage.end().await;
}

#[tokio::test]
async fn the_business_calls_with_permission() {
    let (stage, callback) = enabled(german()).await;
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_006);
    permitted(&stage, false).await;
    let path = format!("/v24.0/{PHONE}/call_permissions?user_wa_id=16505551234");
    let (_, shown) = stage.get(&path.replace("=1", "=%2B1")).await;
    assert_eq!(shown["permission"]["status"], "temporary");
    assert_eq!(shown["actions"][0]["can_perform_action"], false);
    assert_eq!(shown["actions"][1]["can_perform_action"], true);

    let (status, answer) = ring(&stage).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["calls"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("wacid."));
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_003);
    let user = stage.simulator().user(USER);
    user.answers(&id).await.unwrap();
    stage.simulator().clock().advance(Duration::from_secs(5));
    user.hangs_up(&id).await.unwrap();
    idle(&stage).await;
    let told = calls(&callback);
    like(&told[0], "calls.status-ringing.json", "statuses");
    like(&told[1], "calls.connect-business-initiated.json", "calls");
    assert_eq!(told[1]["calls"][0]["session"]["sdp_type"], "answer");
    like(&told[2], "calls.status-accepted.json", "statuses");
    like(&told[3], "calls.terminate-completed.json", "calls");
    assert_eq!(told[3]["calls"][0]["duration"], 5);
    assert_eq!(
        told[0]["statuses"][0]["biz_opaque_callback_data"],
        "0fS5cePMok"
    );

    stage.simulator().clock().advance(Duration::from_hours(168));
    assert_eq!(
        ring(&stage).await.1["error"]["code"],
        138_006,
        "a week is over"
    );
    stage.end().await;
}

#[tokio::test]
async fn four_calls_without_an_answer_end_the_permission() {
    let (stage, callback) = enabled(german()).await;
    permitted(&stage, true).await;
    let mut ask = fixture("request.interactive-call_permission_request.json");
    ask["to"] = json!(USER);
    assert_eq!(stage.send(&ask).await.1["error"]["code"], 138_017);
    let user = stage.simulator().user(USER);
    for _ in 0..4 {
        let (status, answer) = ring(&stage).await;
        assert_eq!(status, 200, "{answer}");
        user.declines(answer["calls"][0]["id"].as_str().unwrap())
            .await
            .unwrap();
    }
    idle(&stage).await;
    like(
        &calls(&callback)[1],
        "calls.status-rejected.json",
        "statuses",
    );
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_006);
    let last = callback.got().pop().unwrap().json();
    let reply = &last["entry"][0]["changes"][0]["value"]["messages"][0]["interactive"];
    assert_eq!(reply["call_permission_reply"]["response"], "reject");
    assert_eq!(
        reply["call_permission_reply"]["response_source"],
        "automatic"
    );
    stage.end().await;
}

#[tokio::test]
async fn requests_for_permission_are_limited() {
    let (stage, _) = enabled(german()).await;
    let mut ask = fixture("request.interactive-call_permission_request.json");
    ask["to"] = json!(USER);
    assert_eq!(stage.send(&ask).await.0, 200);
    assert_eq!(stage.send(&ask).await.1["error"]["code"], 138_009);
    let clock = stage.simulator().clock().clone();
    clock.advance(Duration::from_hours(24));
    assert_eq!(stage.send(&ask).await.0, 200);
    clock.advance(Duration::from_hours(24));
    assert_eq!(
        stage.send(&ask).await.1["error"]["code"],
        138_009,
        "two in a week"
    );
    let path = format!("/v24.0/{PHONE}/call_permissions?user_wa_id=%2B16505551234");
    for _ in 0..5 {
        assert_eq!(stage.get(&path).await.0, 200);
    }
    assert_eq!(stage.get(&path).await.1["error"]["code"], 613);
    stage.end().await;
}

#[tokio::test]
async fn numbers_without_calling_or_of_some_countries_refuse() {
    let (stage, _) = subscribed().await;
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_000);
    assert!(stage.simulator().user(USER).calls().await.is_err());
    stage.end().await;
    let (stage, _) = enabled(quick()).await;
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_013);
    let sip = json!({"calling": {"sip": {"status": "ENABLED",
        "servers": [{"hostname": "sip.example.com", "port": 5061}]}}});
    let path = format!("/v24.0/{PHONE}/settings");
    assert_eq!(stage.post(&path, &sip).await.0, 200);
    assert_eq!(ring(&stage).await.1["error"]["code"], 131_055);
    stage.end().await;
}

#[tokio::test]
async fn an_order_is_paid_looked_up_and_paid_back() {
    let (stage, callback) = subscribed().await;
    let mut order = fixture("request.interactive-order_details-in.json");
    order["to"] = json!("+919876543210");
    let parameters = &mut order["interactive"]["action"]["parameters"];
    parameters["order"]["expiration"]["timestamp"] = json!("1900000000");
    let (status, answer) = stage.send(&order).await;
    assert_eq!(status, 200, "{answer}");
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    let path = format!("/v24.0/{PHONE}/payments/razorpay-prod/order-2025-0001");
    assert_eq!(stage.get(&path).await.1["error"]["code"], 100);
    let admin = "/sim/v1/users/919876543210/pay";
    let failed = json!({"wamid": wamid, "status": "failed"});
    assert_eq!(stage.post(admin, &failed).await.0, 200);
    let user = stage.simulator().user("+919876543210");
    user.pays(wamid).await.unwrap();
    assert!(user.pays(wamid).await.is_err(), "paid once is enough");
    idle(&stage).await;
    let last = callback.got().pop().unwrap().json();
    let value = &last["entry"][0]["changes"][0]["value"];
    let sample = fixture("messages.status-payment-captured.json");
    let sample = &sample["entry"][0]["changes"][0]["value"]["statuses"][0];
    for key in sample.as_object().unwrap().keys() {
        assert!(value["statuses"][0].get(key).is_some(), "{key}");
    }
    assert_eq!(
        value["statuses"][0]["payment"]["amount"],
        sample["payment"]["amount"]
    );

    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["payments"][0]["status"], "captured");
    assert_eq!(
        shown["payments"][0]["transactions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let path = format!("/v24.0/{PHONE}/payments_refund");
    let refund = |value: i64| {
        json!({"reference_id": "order-2025-0001", "speed": "instant",
            "payment_config_id": "razorpay-prod",
            "amount": {"currency": "INR", "value": value, "offset": 100}})
    };
    let (status, answer) = stage.post(&path, &refund(20_000)).await;
    assert_eq!(
        (status, &answer["speed_processed"]),
        (200, &json!("instant"))
    );
    assert_eq!(
        stage.post(&path, &refund(2000)).await.1["error"]["code"],
        100
    );
    stage.end().await;
}

#[tokio::test]
async fn a_triggered_permission_and_payment_hold() {
    let (stage, _) = enabled(german()).await;
    let clock = stage.simulator().clock().clone();
    let trigger = async |event: &str| {
        let triggered = stage.simulator().trigger(event, Value::Null).await;
        triggered.unwrap_or_else(|error| panic!("{event}: {error}"));
    };
    let mut ask = fixture("request.interactive-call_permission_request.json");
    ask["to"] = json!(USER);
    assert_eq!(stage.send(&ask).await.0, 200);
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_006);
    trigger("message.interactive.call_permission_accepted").await;
    let (status, answer) = ring(&stage).await;
    assert_eq!(status, 200, "{answer}");
    let call = answer["calls"][0]["id"].as_str().unwrap();
    let user = stage.simulator().user(USER);
    user.answers(call).await.unwrap();
    clock.advance(Duration::from_mins(1));
    user.hangs_up(call).await.unwrap();
    trigger("message.interactive.call_permission_rejected").await;
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_006);
    trigger("message.interactive.call_permission_permanent").await;
    clock.advance(Duration::from_hours(24 * 30));
    assert_eq!(ring(&stage).await.0, 200, "for ever");

    let now = clock.now().as_second();
    let span = format!(
        "start({}).end({now}).granularity(MONTHLY).metric_types([\"COUNT\",\"AVERAGE_DURATION\"])\
         .dimensions([\"DIRECTION\"])",
        now - 40 * 86_400
    );
    let path = format!("/v24.0/102290129340398?fields=call_analytics.{span}");
    let (_, answer) = stage.get(&path).await;
    let points = answer["call_analytics"]["data"][0]["data_points"].as_array();
    let counted = points.unwrap().iter().any(|point| {
        point["count"] == 1
            && point["average_duration"] == 60
            && point["direction"] == "BUSINESS_INITIATED"
    });
    assert!(counted, "{answer}");

    let mut order = fixture("request.interactive-order_details-in.json");
    order["to"] = json!(USER);
    let expires = (now + 86_400).to_string();
    order["interactive"]["action"]["parameters"]["order"]["expiration"]["timestamp"] =
        json!(expires);
    let (status, answer) = stage.send(&order).await;
    assert_eq!(status, 200, "{answer}");
    let parameters = &order["interactive"]["action"]["parameters"];
    let gateway = &parameters["payment_settings"][0]["payment_gateway"];
    let look_up = format!(
        "/v24.0/{PHONE}/payments/{}/{}",
        gateway["configuration_name"].as_str().unwrap(),
        parameters["reference_id"].as_str().unwrap()
    );
    trigger("status.payment_failed").await;
    assert_eq!(
        stage.get(&look_up).await.1["payments"][0]["status"],
        "failed"
    );
    trigger("status.payment_captured").await;
    let (_, shown) = stage.get(&look_up).await;
    assert_eq!(shown["payments"][0]["status"], "captured");
    assert_eq!(
        shown["payments"][0]["transactions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    stage.end().await;
}

#[tokio::test]
async fn a_template_asks_for_permission_too() {
    let mut template = Template::new(
        "may_we_call",
        "en_US",
        Category::Utility,
        "May we call you?",
    );
    template.call_permission_request = true;
    let mut settings = german();
    settings.templates.push(template);
    let (stage, _) = enabled(settings).await;
    let ask = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                     "template": {"name": "may_we_call", "language": {"code": "en_US"}}});
    let (status, answer) = stage.send(&ask).await;
    assert_eq!(status, 200, "{answer}");
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert_eq!(stage.send(&ask).await.1["error"]["code"], 138_009);
    let user = stage.simulator().user(USER);
    user.permits_calls(wamid, false).await.unwrap();
    assert_eq!(ring(&stage).await.0, 200);
    let plain = stage.text("hi").await;
    assert!(
        user.permits_calls(&plain, true).await.is_err(),
        "it asks for nothing"
    );
    stage.end().await;
}

#[tokio::test]
async fn users_get_through_within_the_call_hours() {
    let (stage, callback) = enabled(german()).await;
    let path = format!("/v24.0/{PHONE}/settings");
    let mut hours = fixture("request.settings-calling.json");
    hours["calling"]["call_hours"]["timezone_id"] = json!("Europe/Berlin");
    let set = async |hours: &Value| stage.post(&path, hours).await;
    assert_eq!(set(&hours).await.0, 200);
    let user = stage.simulator().user(USER);
    let clock = stage.simulator().clock().clone();
    // A Monday; in Berlin it is an hour later.
    clock.set("2026-11-23T02:59:00Z".parse().unwrap());
    let refused = user.calls().await.unwrap_err().to_string();
    assert!(refused.contains("call hours"), "{refused}");
    idle(&stage).await;
    assert!(
        calls(&callback).is_empty(),
        "the business does not hear of it"
    );
    clock.advance(Duration::from_mins(1));
    let call = user.calls().await.unwrap();
    user.hangs_up(&call).await.unwrap();
    let holiday = json!([{"date": "2026-11-23", "start_time": "0000", "end_time": "2359"}]);
    hours["calling"]["call_hours"]["holiday_schedule"] = holiday;
    assert_eq!(set(&hours).await.0, 200);
    assert!(user.calls().await.is_err(), "a holiday");
    hours["calling"]["call_hours"]["timezone_id"] = json!("Europe/Atlantis");
    assert_eq!(set(&hours).await.1["error"]["code"], 100);
    stage.end().await;
}

#[tokio::test]
async fn calls_that_users_dislike_are_restricted_for_a_week() {
    let (stage, callback) = enabled(german()).await;
    permitted(&stage, true).await;
    let user = stage.simulator().user(USER);
    let trigger = async |event: &str, params: Value| {
        let triggered = stage.simulator().trigger(event, params).await.unwrap();
        triggered.notification["entry"][0].clone()
    };
    let kind = "RESTRICTED_BUSINESS_INITIATED_CALLING";
    let entry = trigger("account.restricted", json!({"restriction": kind})).await;
    let sample = fixture("account_update.calling-restriction-business-initiated.json");
    let sample = &sample["entry"][0];
    assert_eq!(entry["id"], sample["id"]);
    let (value, documented) = (
        &entry["changes"][0]["value"],
        &sample["changes"][0]["value"],
    );
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(value), keys(documented));
    assert_eq!(
        keys(&value["restriction_info"][0]),
        keys(&documented["restriction_info"][0])
    );
    assert_eq!(ring(&stage).await.1["error"]["code"], 138_014);
    let path = format!("/v24.0/{PHONE}/settings");
    let (_, shown) = stage.get(&path).await;
    assert_eq!(
        shown["calling"]["restrictions"]["restrictions_list"][0]["type"],
        kind
    );
    let call = user.calls().await.unwrap();
    user.hangs_up(&call).await.unwrap();
    stage.text("messages go on").await;
    stage
        .simulator()
        .clock()
        .advance(Duration::from_hours(7 * 24));
    assert_eq!(ring(&stage).await.0, 200);
    assert!(
        stage.get(&path).await.1["calling"]
            .get("restrictions")
            .is_none()
    );

    trigger(
        "account.restricted",
        json!({"restriction": "RESTRICTED_USER_INITIATED_CALLING"}),
    )
    .await;
    assert!(user.calls().await.is_err());
    trigger("account.reinstated", Value::Null).await;
    let warning = json!({"violation_type": "USER_INITIATED_CALLS_LOW_PICKUP_RATE"});
    let entry = trigger("account.violation", warning).await;
    assert_eq!(entry["id"], "0");
    idle(&stage).await;
    drop(callback);
    stage.end().await;
}
