//! Simulated users: what they do and how it looks to the business.

use serde_json::{Value, json};
use simulator::SimulatorError;

use crate::kit::{USER, subscribed};

#[tokio::test]
async fn a_text_names_its_writer() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().user(USER);
    user.set_name("Sheena Nelson");
    let wamid = user.says("Does it come in another color?").await.unwrap();
    let value = callback.values(1).await.remove(0);
    assert_eq!(
        value["contacts"],
        json!([{"profile": {"name": "Sheena Nelson"}, "wa_id": "16505551234",
                "user_id": user.bsuid()}])
    );
    let message = &value["messages"][0];
    assert_eq!(message["from"], "16505551234");
    assert_eq!(message["from_user_id"], json!(user.bsuid()));
    assert_eq!(message["id"], json!(wamid));
    assert_eq!(message["type"], "text");
    assert_eq!(message["text"]["body"], "Does it come in another color?");
    assert_eq!(stage.simulator().user("16505551234").bsuid(), user.bsuid());
    stage.end().await;
}

#[tokio::test]
async fn a_username_user_shows_no_phone_number() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().username_user("realsheenanelson");
    user.says("hi").await.unwrap();
    let value = callback.values(1).await.remove(0);
    assert_eq!(
        value["contacts"][0]["profile"]["username"],
        "realsheenanelson"
    );
    assert_eq!(value["contacts"][0].get("wa_id"), None);
    assert_eq!(value["messages"][0].get("from"), None);
    assert_eq!(value["messages"][0]["from_user_id"], json!(user.bsuid()));
    stage.end().await;
}

async fn interactive(stage: &crate::kit::Stage, kind: &str, action: Value) -> String {
    let (status, answer) = stage
        .send(
            &json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive",
            "interactive": {"type": kind, "body": {"text": "Choose"}, "action": action}}),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn taps_and_picks_answer_the_message() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().user(USER);
    let buttons = json!({"buttons": [
        {"type": "reply", "reply": {"id": "change", "title": "Change"}},
        {"type": "reply", "reply": {"id": "cancel", "title": "Cancel"}}]});
    let wamid = interactive(&stage, "button", buttons).await;
    callback.wait(2).await;
    user.taps_button(&wamid, "Cancel").await.unwrap();
    let message = callback.values(3).await[2]["messages"][0].clone();
    assert_eq!(
        message["context"],
        json!({"from": "15550783881", "id": wamid})
    );
    assert_eq!(
        message["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "cancel", "title": "Cancel"}})
    );
    assert!(matches!(
        user.taps_button(&wamid, "Dance").await,
        Err(SimulatorError::Parameter { .. })
    ));
    let other = stage.simulator().user("+16505550000");
    assert!(
        other.taps_button(&wamid, "Cancel").await.is_err(),
        "it was not sent to them"
    );

    let sections = json!({"button": "Go", "sections": [{"rows": [
        {"id": "priority", "title": "Priority Mail", "description": "1–3 Days"}]}]});
    let wamid = interactive(&stage, "list", sections).await;
    callback.wait(5).await;
    user.picks_row(&wamid, "priority").await.unwrap();
    let message = callback.values(6).await[5]["messages"][0].clone();
    assert_eq!(
        message["interactive"],
        json!({"type": "list_reply", "list_reply": {"id": "priority", "title": "Priority Mail",
                                                    "description": "1–3 Days"}})
    );
    stage.end().await;
}

#[tokio::test]
async fn a_templates_quick_reply_comes_back_with_its_payload() {
    let (stage, callback) = subscribed().await;
    let (status, answer) = stage
        .send(&crate::fixtures::request(
            "request.template-quick_reply-payload.json",
        ))
        .await;
    assert_eq!(status, 200, "{answer}");
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    callback.wait(2).await;
    let user = stage.simulator().user(USER);
    user.taps_button(wamid, "Stop delivery updates")
        .await
        .unwrap();
    let message = callback.values(3).await[2]["messages"][0].clone();
    assert_eq!(message["type"], "button");
    assert_eq!(
        message["button"],
        json!({"payload": "stop-delivery-updates", "text": "Stop delivery updates"})
    );
    stage.end().await;
}

#[tokio::test]
async fn replies_reactions_places_and_files_have_metas_shape() {
    let (stage, callback) = subscribed().await;
    let user = stage.simulator().user(USER);
    let wamid = stage.text("hi").await;
    callback.wait(2).await;
    user.replies(&wamid, "hello").await.unwrap();
    user.reacts(&wamid, "👍").await.unwrap();
    user.reacts(&wamid, "").await.unwrap();
    user.shares_location(37.4, -122.1).await.unwrap();
    user.sends_file("image", "image/png", "not really")
        .await
        .unwrap();
    user.sends_file("audio", "audio/ogg; codecs=opus", "voice")
        .await
        .unwrap();
    let messages: Vec<Value> = callback.values(8).await[2..]
        .iter()
        .map(|value| value["messages"][0].clone())
        .collect();
    assert_eq!(messages[0]["context"]["id"], json!(wamid));
    assert_eq!(
        messages[1]["reaction"],
        json!({"message_id": wamid, "emoji": "👍"})
    );
    assert_eq!(messages[2]["reaction"], json!({"message_id": wamid}));
    assert_eq!(
        messages[3]["location"],
        json!({"latitude": 37.4, "longitude": -122.1})
    );
    assert_eq!(messages[4]["image"]["mime_type"], "image/png");
    assert_eq!(messages[5]["audio"]["voice"], true);
    let id = messages[4]["image"]["id"].as_str().unwrap();
    let (status, node) = stage.get(&format!("/v24.0/{id}")).await;
    assert_eq!((status, &node["file_size"]), (200, &json!(10)));
    let url = messages[4]["image"]["url"].as_str().unwrap();
    let bytes = stage
        .http
        .get(url)
        .bearer_auth(crate::kit::TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(bytes.text().await.unwrap(), "not really");

    let chat = user.chat();
    let kinds: Vec<_> = chat
        .iter()
        .map(|line| (line.from_user, line.kind.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (false, "text"),
            (true, "text"),
            (true, "reaction"),
            (true, "reaction"),
            (true, "location"),
            (true, "image"),
            (true, "audio"),
        ]
    );
    assert_eq!(chat[0].content["body"], "hi");
    stage.end().await;
}
