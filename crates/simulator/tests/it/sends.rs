//! Accepted sends: Meta's answers, the record of them, and the same run for the same seed.

use serde_json::{Value, json};
use simulator::{PhoneNumberId, Settings};

use crate::kit::{PATIENCE, PHONE, Stage, USER, quick, text};

#[tokio::test]
async fn a_text_is_answered_as_meta_does() {
    let stage = Stage::new().await;
    let (status, answer) = stage.send(&text("hi")).await;
    assert_eq!(status, 200);
    assert_eq!(answer["messaging_product"], "whatsapp");
    assert_eq!(
        answer["contacts"],
        json!([{"input": USER, "wa_id": "16505551234"}])
    );
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert!(
        wamid.starts_with("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI"),
        "{wamid}"
    );
    assert_eq!(answer["messages"][0].get("message_status"), None);
    stage.end().await;
}

#[tokio::test]
async fn bsuid_group_and_template_are_answered_in_their_own_way() {
    let stage = Stage::new().await;
    let bsuid = "US.13491208655302741918";
    let (_, answer) = stage
        .send(&json!({"messaging_product": "whatsapp", "recipient": bsuid,
                      "type": "text", "text": {"body": "hi"}}))
        .await;
    assert_eq!(
        answer["contacts"],
        json!([{"input": bsuid, "user_id": bsuid}])
    );

    let group = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";
    stage.simulator().put_group(group, &[USER]).unwrap();
    let (_, answer) = stage
        .send(
            &json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": group,
                      "type": "text", "text": {"body": "hi"}}),
        )
        .await;
    assert_eq!(
        answer["contacts"],
        json!([{"input": group, "wa_id": group}])
    );
    assert_eq!(answer["messages"][0]["group_id"], group);

    let (_, answer) = stage
        .send(
            &json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                      "template": {"name": "hello_world", "language": {"code": "en_US"}}}),
        )
        .await;
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    stage.end().await;
}

#[tokio::test]
async fn accepted_sends_are_recorded_and_duplicates_found() {
    let stage = Stage::new().await;
    let simulator = stage.simulator();
    for data in ["one", "two", "one"] {
        let mut body = text("hi");
        body["biz_opaque_callback_data"] = json!(data);
        stage.send(&body).await;
    }
    let accepted = simulator.wait_for_accepted(3, PATIENCE).await.unwrap();
    assert_eq!(simulator.accepted_count(), 3);
    assert_eq!(accepted[1].callback_data.as_deref(), Some("two"));
    assert_eq!(accepted[1].phone_number_id, PhoneNumberId::from(PHONE));
    assert_eq!(accepted[1].json()["text"]["body"], "hi");
    let duplicates = simulator.duplicates();
    assert_eq!(duplicates.len(), 1);
    assert_eq!(duplicates[0].callback_data, "one");
    assert_eq!(
        duplicates[0].wamids,
        [accepted[0].wamid.clone(), accepted[2].wamid.clone()]
    );
    stage.end().await;
}

#[tokio::test]
async fn history_is_bounded_and_the_count_is_not() {
    let mut settings = quick();
    settings.history.accepted = 2;
    let stage = Stage::with(settings).await;
    for _ in 0..5 {
        stage.text("hi").await;
    }
    assert_eq!(stage.simulator().accepted_count(), 5);
    assert_eq!(stage.simulator().accepted().len(), 2);
    let (_, page) = stage.get("/sim/v1/accepted?limit=1").await;
    assert_eq!(
        (&page["data"][0]["place"], &page["next"]),
        (&json!(4), &json!(4))
    );
    let (_, page) = stage.get("/sim/v1/accepted?after=4").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(page["next"], 5);
    stage.end().await;
}

async fn run(seed: u64) -> Vec<Value> {
    let stage = Stage::with(Settings { seed, ..quick() }).await;
    let mut answers = Vec::new();
    for n in 0..3 {
        answers.push(stage.send(&text(&format!("hi {n}"))).await.1);
    }
    answers.push(stage.send(&json!({})).await.1);
    answers.push(json!(stage.simulator().user(USER).bsuid()));
    answers.push(json!(
        stage.simulator().user(USER).says("hi").await.unwrap()
    ));
    stage.end().await;
    answers
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let (one, same, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!(one, same);
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}

#[tokio::test]
async fn read_marks_and_typing_are_confirmed_and_not_counted() {
    let stage = Stage::new().await;
    let wamid = stage.simulator().user(USER).says("hi").await.unwrap();
    let mut mark = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
    assert_eq!(stage.send(&mark).await, (200, json!({"success": true})));
    mark["typing_indicator"] = json!({"type": "text"});
    assert_eq!(stage.send(&mark).await, (200, json!({"success": true})));
    assert_eq!(stage.simulator().accepted_count(), 0);
    stage.end().await;
}

#[tokio::test]
async fn a_number_shows_its_fields() {
    let stage = Stage::new().await;
    let (status, node) = stage.get(&format!("/v24.0/{PHONE}")).await;
    assert_eq!(status, 200);
    assert_eq!(node["id"], PHONE);
    assert_eq!(node["display_phone_number"], "15550783881");
    assert_eq!(node["verified_name"], "Lucky Shrub");
    assert_eq!(node["quality_rating"], "GREEN");
    assert_eq!(node["throughput"]["level"], "STANDARD");
    let path = format!("/v24.0/{PHONE}?fields=throughput{{level}},verified_name");
    let (_, node) = stage.get(&path).await;
    assert_eq!(
        node,
        json!({"id": PHONE, "verified_name": "Lucky Shrub", "throughput": {"level": "STANDARD"}})
    );
    stage.end().await;
}
