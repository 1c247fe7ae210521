//! Statuses of what was sent: order, shape, and the ways to fail.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Clock, Delays, MessageStatus, Settings};

use crate::kit::{PATIENCE, PHONE, USER, quick, subscribed, subscribed_with, text, until};

fn status(value: &Value) -> &Value {
    &value["statuses"][0]
}

#[tokio::test]
async fn sent_delivered_and_read_come_in_order() {
    let (stage, callback) = subscribed().await;
    stage.simulator().user(USER).set_auto_read(true);
    let mut body = text("hi");
    body["biz_opaque_callback_data"] = json!("order:1");
    let (_, answer) = stage.send(&body).await;
    let wamid = &answer["messages"][0]["id"];
    let values = callback.values(3).await;
    for (value, expected) in values.iter().zip(["sent", "delivered", "read"]) {
        let status = status(value);
        assert_eq!(status["status"], expected);
        assert_eq!(&status["id"], wamid);
        assert_eq!(status["recipient_id"], "16505551234");
        assert_eq!(status["recipient_user_id"], value["contacts"][0]["user_id"]);
        assert!(
            status["recipient_user_id"]
                .as_str()
                .unwrap()
                .starts_with("US.")
        );
        assert_eq!(status["biz_opaque_callback_data"], "order:1");
        assert!(status["timestamp"].is_string());
        assert_eq!(value["metadata"]["phone_number_id"], PHONE);
        assert_eq!(value["contacts"][0]["wa_id"], "16505551234");
    }
    let pricing = json!({"billable": false, "pricing_model": "PMP",
                         "type": "free_customer_service", "category": "service"});
    assert_eq!(status(&values[0])["pricing"], pricing);
    assert_eq!(status(&values[1])["pricing"], pricing);
    assert_eq!(status(&values[2]).get("pricing"), None);
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let statuses = &stage.simulator().accepted()[0].statuses;
    let reached: Vec<_> = statuses.iter().map(|(status, _)| *status).collect();
    assert_eq!(
        reached,
        [
            MessageStatus::Sent,
            MessageStatus::Delivered,
            MessageStatus::Read
        ]
    );
    stage.end().await;
}

#[tokio::test]
async fn many_messages_keep_their_order_per_user() {
    let (stage, callback) = subscribed().await;
    for n in 0..20 {
        stage.text(&n.to_string()).await;
    }
    let values = callback.values(40).await;
    let sent: Vec<_> = values
        .iter()
        .map(status)
        .filter(|status| status["status"] == "sent")
        .map(|status| status["id"].as_str().unwrap().to_owned())
        .collect();
    let accepted: Vec<_> = stage
        .simulator()
        .accepted()
        .iter()
        .map(|accepted| accepted.wamid.to_string())
        .collect();
    assert_eq!(sent, accepted);
    stage.end().await;
}

#[tokio::test]
async fn users_read_only_when_they_do() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().user(USER);
    let first = stage.text("one").await;
    let second = stage.text("two").await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 4);
    user.reads(&second).await.unwrap();
    let values = callback.values(6).await;
    let read: Vec<_> = values[4..]
        .iter()
        .map(|value| status(value)["id"].clone())
        .collect();
    assert_eq!(read, [json!(first), json!(second)]);
    user.reads(&second).await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 6, "a second reading tells nothing");
    assert!(user.reads("wamid.unknown").await.is_err());
    stage.end().await;
}

#[tokio::test]
async fn delays_follow_the_clock() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let delays = Delays {
        sent: Duration::from_secs(1),
        delivered: Duration::from_secs(10),
        read: Duration::from_secs(100),
    };
    let settings = Settings {
        clock: clock.clone(),
        delays,
        auto_read: true,
        ..quick()
    };
    let (stage, callback) = subscribed_with(settings).await;
    stage.text("hi").await;
    clock.advance(Duration::from_secs(1));
    let start = 1_795_262_400;
    let value = callback.values(1).await.remove(0);
    assert_eq!(status(&value)["timestamp"], (start + 1).to_string());
    until(|| stage.simulator().pending() == 1).await;
    assert_eq!(callback.got().len(), 1, "the next step waits for the clock");
    clock.advance(Duration::from_secs(10));
    let value = callback.values(2).await.remove(1);
    assert_eq!(status(&value)["timestamp"], (start + 11).to_string());
    clock.advance(Duration::from_secs(100));
    let value = callback.values(3).await.remove(2);
    assert_eq!(status(&value)["status"], "read");
    stage.end().await;
}

#[tokio::test]
async fn an_undeliverable_user_gives_a_failed_status() {
    let (stage, callback) = subscribed().await;
    stage.simulator().user(USER).set_undeliverable(true);
    stage.text("hi").await;
    let value = callback.values(1).await.remove(0);
    let failed = status(&value);
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["errors"],
        json!([{"code": 131_026, "title": "Message undeliverable",
                "message": "Message undeliverable",
                "error_data": {"details": "Message Undeliverable."},
                "href": "/documentation/business-messaging/whatsapp/support/error-codes"}])
    );
    assert_eq!(failed["recipient_id"], "16505551234");
    assert_eq!(failed.get("recipient_user_id"), None);
    assert_eq!(value.get("contacts"), None);
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn the_window_opt_outs_and_wrong_files_fail_later() {
    let (stage, callback) = subscribed_with(Settings {
        limits: simulator::Limits {
            service_window: true,
            ..simulator::Limits::NONE
        },
        ..quick()
    })
    .await;
    let user = stage.simulator().user(USER);
    stage.text("too early").await;
    assert_eq!(
        status(&callback.values(1).await[0])["errors"][0]["code"],
        131_047
    );
    user.says("hi").await.unwrap();
    stage.text("in time").await;
    assert_eq!(status(&callback.values(4).await[3])["status"], "delivered");
    stage.simulator().clock().advance(Duration::from_hours(25));
    stage.text("too late").await;
    assert_eq!(
        status(&callback.values(5).await[4])["errors"][0]["code"],
        131_047
    );

    user.set_stopped_marketing(true);
    let coupon = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
        "template": {"name": "coupon_code_fall2023_25off", "language": {"code": "en_US"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "25OFF"},
                                                {"type": "text", "text": "25%"}]},
                {"type": "button", "sub_type": "copy_code", "index": 1,
                 "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}]}]}});
    let (status_code, _) = stage.send(&coupon).await;
    assert_eq!(status_code, 200);
    assert_eq!(
        status(&callback.values(6).await[5])["errors"][0]["code"],
        131_050
    );

    user.says("hi again").await.unwrap();
    stage.simulator().put_media("77", "application/pdf", "%PDF");
    let image = json!({"messaging_product": "whatsapp", "to": USER, "type": "image",
                       "image": {"id": "77"}});
    assert_eq!(stage.send(&image).await.0, 200);
    assert_eq!(
        status(&callback.values(8).await[7])["errors"][0]["code"],
        131_053
    );
    stage.end().await;
}

#[tokio::test]
async fn reactions_are_only_sent_and_need_a_target() {
    let (stage, callback) = subscribed().await;
    let wamid = stage.simulator().user(USER).says("hi").await.unwrap();
    let reaction = |wamid: &str| {
        json!({"messaging_product": "whatsapp", "to": USER, "type": "reaction",
               "reaction": {"message_id": wamid, "emoji": "👍"}})
    };
    stage.send(&reaction(wamid.as_str())).await;
    assert_eq!(status(&callback.values(2).await[1])["status"], "sent");
    stage.send(&reaction("wamid.unknown")).await;
    assert_eq!(
        status(&callback.values(3).await[2])["errors"][0]["code"],
        131_009
    );
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 3);
    stage.end().await;
}

#[tokio::test]
async fn bsuid_group_and_template_statuses_have_their_own_shape() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().username_user("pablomorales");
    let text = |to: &str, value: Value| {
        let mut body = json!({"messaging_product": "whatsapp", "type": "text",
                              "text": {"body": "hi"}});
        body[to] = value;
        body
    };
    stage.send(&text("recipient", json!(user.bsuid()))).await;
    let values = callback.values(2).await;
    assert_eq!(status(&values[0]).get("recipient_id"), None);
    assert_eq!(status(&values[0])["recipient_user_id"], json!(user.bsuid()));
    assert_eq!(values[0]["contacts"][0]["profile"].get("username"), None);
    assert_eq!(
        values[1]["contacts"][0]["profile"]["username"],
        "pablomorales"
    );
    assert_eq!(values[1]["contacts"][0].get("wa_id"), None);

    stage
        .simulator()
        .put_group("Y2FwaV9ncm91cDox", &[USER])
        .unwrap();
    let mut group = text("to", json!("Y2FwaV9ncm91cDox"));
    group["recipient_type"] = json!("group");
    stage.send(&group).await;
    let value = callback.values(3).await.remove(2);
    assert_eq!(status(&value)["recipient_type"], "group");
    assert_eq!(status(&value)["recipient_id"], "Y2FwaV9ncm91cDox");
    assert_eq!(status(&value)["pricing"]["category"], "group_service");

    stage
        .send(
            &json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                      "template": {"name": "hello_world", "language": {"code": "en_US"}}}),
        )
        .await;
    let value = callback.values(5).await.remove(4);
    assert_eq!(
        status(&value)["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"})
    );
    stage.end().await;
}
