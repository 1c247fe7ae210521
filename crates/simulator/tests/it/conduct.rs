//! How the platform treats a business: limits, quality, pacing, upgrades, prices, and users who vanish.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Clock, Limits, MessageStatus, Quality, Settings, TemplateStatus};

use crate::kit::{APP, APP_TOKEN, PATIENCE, PHONE, Stage, USER, quick, subscribed_with, text};

const HOUR: Duration = Duration::from_hours(1);

/// Settings of a platform whose clock stands.
fn frozen(limits: Limits) -> Settings {
    Settings {
        clock: Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap()),
        limits,
        ..quick()
    }
}

fn only(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::NONE;
    set(&mut limits);
    limits
}

fn hello(to: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "template",
           "template": {"name": "hello_world", "language": {"code": "en_US"}}})
}

/// The statuses of the latest accepted send.
fn last(stage: &Stage) -> Vec<MessageStatus> {
    let accepted = stage.simulator().accepted();
    let statuses = &accepted.last().unwrap().statuses;
    statuses.iter().map(|(status, _)| *status).collect()
}

async fn idle(stage: &Stage) {
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
}

#[tokio::test]
async fn beyond_the_messaging_limit_a_message_waits_for_room() {
    let stage = Stage::with(frozen(only(|limits| limits.messaging = true))).await;
    let tier = json!({"limit": "TIER_50"});
    stage
        .simulator()
        .trigger("business.capability", tier)
        .await
        .unwrap();
    for n in 0..51 {
        assert_eq!(stage.send(&hello(&format!("+1650555{n:04}"))).await.0, 200);
    }
    idle(&stage).await;
    assert_eq!(last(&stage), []);
    let sent = stage.simulator().accepted();
    let reached = sent.iter().filter(|send| !send.statuses.is_empty()).count();
    assert_eq!(reached, 50);
    // Somebody who wrote is no new user.
    stage
        .simulator()
        .user("+16505559999")
        .says("hi")
        .await
        .unwrap();
    assert_eq!(stage.send(&hello("+16505559999")).await.0, 200);
    idle(&stage).await;
    assert_eq!(
        last(&stage),
        [MessageStatus::Sent, MessageStatus::Delivered]
    );
    stage.simulator().clock().advance(24 * HOUR);
    crate::kit::until(|| stage.simulator().accepted()[50].statuses.len() == 2).await;
    stage.end().await;
}

#[tokio::test]
async fn a_new_template_is_held_until_users_had_their_say() {
    let stage = Stage::with(frozen(only(|limits| limits.pacing = true))).await;
    let mut template = stage.simulator().templates()[0].clone();
    template.quality = Quality::Unknown;
    stage.simulator().put_template(template);
    for _ in 0..100 {
        let (_, answer) = stage.send(&hello(USER)).await;
        assert_eq!(answer["messages"][0]["message_status"], "accepted");
    }
    let (_, answer) = stage.send(&hello(USER)).await;
    let documented = crate::fixtures::request("response.send-template-held.json");
    assert_eq!(
        answer["messages"][0]["message_status"],
        documented["messages"][0]["message_status"]
    );
    idle(&stage).await;
    assert_eq!(last(&stage), []);
    stage.simulator().clock().advance(HOUR);
    crate::kit::until(|| last(&stage).len() == 2).await;
    let quality = stage.simulator().templates().pop().unwrap().quality;
    assert_eq!(quality, Quality::Green);
    stage.end().await;
}

#[tokio::test]
async fn complaints_pause_a_template_and_flag_the_number() {
    let (stage, callback) = subscribed_with(frozen(only(|limits| limits.quality = true))).await;
    assert_eq!(stage.send(&hello(USER)).await.0, 200);
    idle(&stage).await;
    let user = stage.simulator().user(USER);
    user.reports().unwrap();
    user.reports().unwrap();
    let status = || stage.simulator().templates()[0].status;
    assert_eq!(status(), TemplateStatus::Paused);
    idle(&stage).await;
    let fields: Vec<String> = callback
        .got()
        .iter()
        .map(|got| got.json()["entry"][0]["changes"][0].clone())
        .map(|change| {
            format!(
                "{} {}",
                change["field"].as_str().unwrap(),
                change["value"]["event"]
            )
        })
        .collect();
    for expected in [
        "message_template_quality_update null",
        "message_template_status_update \"PAUSED\"",
        "phone_number_quality_update \"FLAGGED\"",
    ] {
        assert!(fields.iter().any(|field| field == expected), "{fields:?}");
    }
    let (_, node) = stage.get(&format!("/v24.0/{PHONE}")).await;
    assert_eq!(node["quality_rating"], "RED");
    // What comes now does not arrive: the user has blocked the number.
    assert_eq!(stage.send(&text("hello?")).await.0, 200);
    idle(&stage).await;
    assert_eq!(last(&stage), [MessageStatus::Sent]);
    stage.simulator().clock().advance(3 * HOUR);
    crate::kit::until(|| status() == TemplateStatus::Approved).await;
    stage.end().await;
}

#[tokio::test]
async fn a_phone_that_is_off_gets_what_has_not_expired() {
    let stage = Stage::with(frozen(Limits::NONE)).await;
    let user = stage.simulator().user(USER);
    user.turns_phone(false);
    stage.text("see you").await;
    let login = crate::fixtures::request("request.template-auth-otp.json");
    let mut login = login.clone();
    login["to"] = json!(USER);
    assert_eq!(stage.send(&login).await.0, 200);
    idle(&stage).await;
    assert_eq!(last(&stage), [MessageStatus::Sent]);
    stage.simulator().clock().advance(HOUR);
    user.turns_phone(true);
    idle(&stage).await;
    assert_eq!(
        last(&stage),
        [MessageStatus::Sent],
        "a login code lives 10 minutes"
    );
    let first = stage.simulator().accepted()[0].statuses.len();
    assert_eq!(first, 2);
    stage.end().await;
}

/// Subscribes the app anew, to payloads of this version.
async fn as_of(stage: &Stage, version: &str, url: &str) {
    let path = format!("/{version}/{APP}/subscriptions");
    let wish = json!({"object": "whatsapp_business_account", "callback_url": url,
                      "verify_token": "simulated-verify-token"});
    let (status, answer) = stage.call_as(APP_TOKEN, "POST", &path, Some(&wish)).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn prices_follow_windows_and_old_versions_have_conversations() {
    let (stage, callback) = subscribed_with(frozen(Limits::NONE)).await;
    as_of(&stage, "v23.0", &callback.url).await;
    stage.text("hi").await;
    let status = callback.values(2).await[0]["statuses"][0].clone();
    assert_eq!(status["conversation"]["origin"]["type"], "service");
    assert!(status["conversation"]["expiration_timestamp"].is_string());
    assert_eq!(status["pricing"]["type"], "free_customer_service");
    as_of(&stage, "v24.0", &callback.url).await;
    stage.text("hi").await;
    let status = callback.values(4).await[2]["statuses"][0].clone();
    assert_eq!(status.get("conversation"), None);
    stage
        .simulator()
        .trigger("message.referral", Value::Null)
        .await
        .unwrap();
    assert_eq!(stage.send(&hello(USER)).await.0, 200);
    let status = callback.values(7).await[5]["statuses"][0].clone();
    let documented = crate::fixtures::request("messages.status-sent-free-entry-point.json");
    let documented = &documented["entry"][0]["changes"][0]["value"]["statuses"][0];
    assert_eq!(status["pricing"], documented["pricing"]);
    assert_eq!(
        status["conversation"]["origin"],
        documented["conversation"]["origin"]
    );
    stage.simulator().clock().advance(73 * HOUR);
    assert_eq!(stage.send(&hello(USER)).await.0, 200);
    let status = callback.values(9).await[7]["statuses"][0].clone();
    assert_eq!(status["pricing"]["category"], "utility");
    stage.end().await;
}

#[tokio::test]
async fn requests_for_calls_are_rare_and_identities_are_checked() {
    let stage = Stage::with(frozen(Limits::NONE)).await;
    let ask = crate::fixtures::request("request.interactive-call_permission_request.json");
    let code = async || stage.send(&ask).await.1["error"]["code"].clone();
    assert_eq!(code().await, Value::Null);
    assert_eq!(code().await, 138_009);
    stage.simulator().clock().advance(25 * HOUR);
    assert_eq!(code().await, Value::Null);
    stage.simulator().clock().advance(25 * HOUR);
    assert_eq!(code().await, 138_009, "two in seven days");

    let user = stage.simulator().user(USER);
    let mut checked = text("hi");
    checked["recipient_identity_key_hash"] = json!(user.identity_hash());
    assert_eq!(stage.send(&checked).await.0, 200);
    idle(&stage).await;
    assert_eq!(
        last(&stage),
        [MessageStatus::Sent, MessageStatus::Delivered]
    );
    user.changes_identity().unwrap();
    assert_eq!(stage.send(&checked).await.0, 200);
    idle(&stage).await;
    assert_eq!(last(&stage), [MessageStatus::Failed]);
    let moved = user.changes_number("+12195555358").unwrap();
    assert_ne!(moved.bsuid(), user.bsuid());
    assert!(moved.chat().len() > 1, "the chat moves along");
    stage.end().await;
}

#[tokio::test]
async fn users_act_over_the_admin_api() {
    let stage = Stage::new().await;
    let act = async |body: Value| {
        stage
            .post(&format!("/sim/v1/users/{USER}/act"), &body)
            .await
    };
    let flow = crate::fixtures::request("request.interactive-flow-navigate.json");
    let (_, answer) = stage.send(&flow).await;
    let wamid = &answer["messages"][0]["id"];
    let (status, answer) =
        act(json!({"act": "submit_flow", "wamid": wamid, "answers": {"day": "Monday"}})).await;
    assert_eq!(status, 200, "{answer}");
    let chat = stage.simulator().user(USER).chat();
    let reply = chat.last().unwrap().content["nfm_reply"]["response_json"].clone();
    let reply: Value = serde_json::from_str(reply.as_str().unwrap()).unwrap();
    assert_eq!(reply["day"], "Monday");
    assert_eq!(reply["flow_token"], "AQAAAAACS5FpgQ_cAAAAAD0QI3s.");
    for body in [
        json!({"act": "block"}),
        json!({"act": "unblock"}),
        json!({"act": "phone_off"}),
        json!({"act": "phone_on"}),
        json!({"act": "hear_from_app", "text": "hello"}),
        json!({"act": "change_identity"}),
    ] {
        assert_eq!(act(body).await.0, 200);
    }
    assert_eq!(act(json!({"act": "dance"})).await.0, 400);
    let wrong = json!({"act": "edit", "wamid": "wamid.x", "text": "y"});
    assert_eq!(
        act(wrong).await.0,
        400,
        "only coexisting numbers hear of changes"
    );
    let path = "/sim/v1/settings";
    let change =
        json!({"messaging_limit": true, "template_pacing": true, "us_marketing_pause": true});
    let (_, settings) = stage.call("PATCH", path, Some(&change)).await;
    assert_eq!(settings["template_pacing"], true);
    stage.end().await;
}
