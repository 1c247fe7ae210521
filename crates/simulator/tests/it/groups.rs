//! Groups: made, edited, joined, moderated, written in, suspended.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Clock, Limits, MessageStatus, Settings};

use crate::fixtures::request as fixture;
use crate::kit::{
    Callback, PATIENCE, PHONE, Stage, TOKEN, USER, quick, subscribed, subscribed_with, text,
};

const OTHER: &str = "+16505555678";

/// The first element of `groups` of the `n`th notification, and its field.
async fn told(callback: &Callback, n: usize) -> (Value, Value) {
    let change = callback.wait(n).await[n - 1].json()["entry"][0]["changes"][0].clone();
    (
        change["field"].clone(),
        change["value"]["groups"][0].clone(),
    )
}

/// Every key of the sample's element is there.
fn like(group: &Value, sample: &str) {
    let sample = fixture(sample);
    let sample = &sample["entry"][0]["changes"][0]["value"]["groups"][0];
    for (key, value) in sample.as_object().unwrap() {
        assert!(group.get(key).is_some(), "{key} is missing in {group}");
        assert_eq!(group[key].is_string(), value.is_string(), "{key}");
    }
    assert_eq!(group["type"], sample["type"]);
}

/// Makes a group and gives its id and link, after `seen` notifications.
async fn made(stage: &Stage, callback: &Callback, mode: &str, seen: usize) -> (String, String) {
    let mut body = fixture("request.group-create.json");
    body["join_approval_mode"] = json!(mode);
    let (status, answer) = stage.post(&format!("/v24.0/{PHONE}/groups"), &body).await;
    assert_eq!(status, 200, "{answer}");
    let (field, group) = told(callback, seen + 1).await;
    assert_eq!(field, "group_lifecycle_update");
    like(&group, "group_lifecycle_update.group_create.json");
    assert_eq!(group["request_id"], answer["request_id"]);
    let text = |name: &str| group[name].as_str().unwrap().to_owned();
    (text("group_id"), text("invite_link"))
}

fn message(group: &str) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": group,
        "type": "text", "text": {"body": "hi all"}})
}

#[tokio::test]
async fn a_group_lives_from_creation_to_deletion() {
    let (stage, callback) = subscribed().await;
    let (id, link) = made(&stage, &callback, "auto_approve", 0).await;
    assert_eq!(stage.send(&message(&id)).await.1["error"]["code"], 131_020);
    let user = stage.simulator().user(USER);
    assert_eq!(user.joins(&link).await.unwrap(), (id.clone(), None));
    let (field, group) = told(&callback, 2).await;
    assert_eq!(field, "group_participants_update");
    assert_eq!(group["reason"], "invite_link");
    assert_eq!(group["added_participants"][0]["wa_id"], "16505551234");
    assert!(user.joins(&link).await.is_err(), "twice is once too often");

    let node = format!("/v24.0/{id}");
    assert_eq!(stage.get(&node).await.1, json!({"id": id}));
    let path = format!("{node}?fields=subject,participants,total_participant_count,suspended");
    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["total_participant_count"], 1);
    assert_eq!(shown["subject"], "New Purchase Inquiry");

    let (_, answer) = stage.post(&node, &json!({"subject": "Test Subject"})).await;
    let (_, group) = told(&callback, 3).await;
    assert_eq!(group["request_id"], answer["request_id"]);
    assert_eq!(group["group_subject"]["text"], "Test Subject");
    let (_, listed) = stage.get(&format!("/v24.0/{PHONE}/groups?limit=1")).await;
    assert_eq!(listed["data"]["groups"][0]["subject"], "Test Subject");
    let path = format!("/v24.0/{PHONE}/groups?after=bm8");
    assert_eq!(stage.get(&path).await.1["error"]["code"], 131_059);

    let product = json!({"messaging_product": "whatsapp"});
    let (_, new) = stage.post(&format!("{node}/invite_link"), &product).await;
    assert_ne!(new["invite_link"], link);
    let other = stage.simulator().user(OTHER);
    assert!(other.joins(&link).await.is_err(), "the old link is dead");
    let long = json!({"subject": "x".repeat(129)});
    assert_eq!(stage.post(&node, &long).await.0, 400);

    assert_eq!(stage.call("DELETE", &node, None).await.0, 200);
    like(
        &told(&callback, 4).await.1,
        "group_lifecycle_update.group_delete.json",
    );
    assert_eq!(stage.get(&node).await.1["error"]["error_subcode"], 33);
    assert_eq!(stage.send(&message(&id)).await.1["error"]["code"], 131_041);
    stage.end().await;
}

#[tokio::test]
async fn what_is_said_in_a_group_goes_both_ways() {
    let (stage, callback) = subscribed().await;
    let (id, link) = made(&stage, &callback, "auto_approve", 0).await;
    let (one, two) = (stage.simulator().user(USER), stage.simulator().user(OTHER));
    one.joins(&link).await.unwrap();
    two.joins(&link).await.unwrap();
    callback.wait(3).await;
    let (status, answer) = stage.send(&message(&id)).await;
    assert_eq!(status, 200);
    assert_eq!(answer["messages"][0]["group_id"], id);
    let values = callback.values(5).await;
    assert_eq!(values[3]["statuses"].as_array().unwrap().len(), 1);
    let delivered = values[4]["statuses"].as_array().unwrap();
    let ids: Vec<_> = delivered
        .iter()
        .map(|item| &item["recipient_participant_id"])
        .collect();
    assert_eq!(ids, ["16505551234", "16505555678"]);
    assert_eq!(delivered[0]["recipient_type"], "group");
    assert_eq!(values[4]["contacts"].as_array().unwrap().len(), 2);

    let wamid = one
        .says_in(&id, "What does everyone think about this?")
        .await
        .unwrap();
    let values = callback.values(6).await;
    assert_eq!(values[5]["messages"][0]["group_id"], id);
    assert_eq!(values[5]["messages"][0]["id"], json!(wamid));
    two.leaves(&id).await.unwrap();
    like(
        &told(&callback, 7).await.1,
        "group_participants_update.left.json",
    );
    assert!(two.says_in(&id, "still there?").await.is_err());
    stage.end().await;
}

#[tokio::test]
async fn the_business_decides_who_joins() {
    let (stage, callback) = subscribed().await;
    let (id, link) = made(&stage, &callback, "approval_required", 0).await;
    let (one, two) = (stage.simulator().user(USER), stage.simulator().user(OTHER));
    let request = one.joins(&link).await.unwrap().1.unwrap();
    like(
        &told(&callback, 2).await.1,
        "group_participants_update.join_request_created.json",
    );
    let path = format!("/v24.0/{id}/join_requests");
    let (_, listed) = stage.get(&path).await;
    assert_eq!(listed["data"][0]["join_request_id"], request);
    assert_eq!(listed["data"][0]["wa_id"], "16505551234");

    let ids = |ids: &[&str]| json!({"messaging_product": "whatsapp", "join_requests": ids});
    let (status, answer) = stage.post(&path, &ids(&[&request, "nobody"])).await;
    assert_eq!(status, 206, "{answer}");
    assert_eq!(answer["approved_join_requests"], json!([request]));
    assert_eq!(
        answer["failed_join_requests"][0]["errors"][0]["code"],
        131_213
    );
    assert_eq!(answer["errors"][0]["code"], 131_201);
    assert_eq!(told(&callback, 3).await.1["type"], "group_participants_add");

    let request = two.joins(&link).await.unwrap().1.unwrap();
    told(&callback, 4).await;
    two.revokes_join(&id).await.unwrap();
    like(
        &told(&callback, 5).await.1,
        "group_participants_update.join_request_revoked.json",
    );
    let (status, answer) = stage.post(&path, &ids(&[&request])).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_213)));
    let request = two.joins(&link).await.unwrap().1.unwrap();
    let (status, answer) = stage.call("DELETE", &path, Some(&ids(&[&request]))).await;
    assert_eq!(
        (status, &answer["rejected_join_requests"]),
        (200, &json!([request]))
    );
    stage.end().await;
}

#[tokio::test]
async fn participants_are_removed_for_good() {
    let (stage, callback) = subscribed().await;
    let (id, link) = made(&stage, &callback, "auto_approve", 0).await;
    let user = stage.simulator().user(USER);
    user.joins(&link).await.unwrap();
    callback.wait(2).await;
    let path = format!("/v24.0/{id}/participants");
    let body = |users: &[&str]| {
        let users: Vec<_> = users.iter().map(|user| json!({"user": user})).collect();
        json!({"messaging_product": "whatsapp", "participants": users})
    };
    let twice = stage
        .call("DELETE", &path, Some(&body(&[USER, USER])))
        .await;
    assert_eq!(twice.1["error"]["code"], 131_202);
    let nine = stage.call("DELETE", &path, Some(&body(&[USER; 9]))).await;
    assert_eq!(nine.1["error"]["code"], 131_204);
    let answer = stage
        .call("DELETE", &path, Some(&body(&[USER, OTHER])))
        .await;
    assert_eq!(answer.0, 200);
    let (_, group) = told(&callback, 3).await;
    like(
        &group,
        "group_participants_update.remove-partial-failure.json",
    );
    assert_eq!(
        group["failed_participants"][0]["errors"][0]["code"],
        131_212
    );
    assert!(
        user.joins(&link).await.is_err(),
        "removed users cannot come back"
    );
    stage.end().await;
}

#[tokio::test]
async fn a_suspended_group_is_closed() {
    let (stage, callback) = subscribed().await;
    let (id, _) = made(&stage, &callback, "auto_approve", 0).await;
    let path = format!("/sim/v1/groups/{id}/suspended");
    stage.post(&path, &json!({"suspended": true})).await;
    like(
        &told(&callback, 2).await.1,
        "group_status_update.suspend.json",
    );
    let (status, answer) = stage.send(&message(&id)).await;
    assert_eq!((status, &answer["error"]["code"]), (403, &json!(131_207)));
    let change = stage
        .post(&format!("/v24.0/{id}"), &json!({"subject": "x"}))
        .await;
    assert_eq!(change.1["error"]["code"], 131_207);
    stage.post(&path, &json!({"suspended": false})).await;
    like(
        &told(&callback, 3).await.1,
        "group_status_update.suspend_cleared.json",
    );
    stage.end().await;
}

/// The head of a JPEG of this size.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0, 0xff, 0xd9]);
    bytes
}

#[tokio::test]
async fn a_group_picture_is_square_and_large_enough() {
    let (stage, callback) = subscribed().await;
    let (id, _) = made(&stage, &callback, "auto_approve", 0).await;
    let put = |bytes: Vec<u8>| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("a.jpg");
        let form = reqwest::multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .part("file", part);
        let url = stage.url(&format!("/v24.0/{id}"));
        stage
            .http
            .post(url)
            .bearer_auth(TOKEN)
            .multipart(form)
            .send()
    };
    for (place, (size, code)) in [
        ((640, 640), None),
        ((640, 480), Some(131_209)),
        ((192, 192), Some(131_210)),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(put(jpeg(size.0, size.1)).await.unwrap().status(), 200);
        let (_, group) = told(&callback, place + 2).await;
        let picture = &group["profile_picture"];
        assert_eq!(picture["update_successful"], code.is_none());
        assert_eq!(picture["errors"][0]["code"].as_i64(), code);
    }
    assert_eq!(put(b"no picture".to_vec()).await.unwrap().status(), 400);
    stage.end().await;
}

#[tokio::test]
async fn a_group_has_a_service_window_of_its_own() {
    let mut limits = Limits::NONE;
    limits.service_window = true;
    let settings = Settings {
        clock: Clock::fixed("2026-09-21T12:00:00Z".parse().unwrap()),
        limits,
        ..quick()
    };
    let stage = Stage::with(settings).await;
    let simulator = stage.simulator();
    simulator.put_group("G-window", &[USER]).unwrap();
    let user = simulator.user(USER);
    let send = async |body: &Value| {
        let (status, answer) = stage.send(body).await;
        assert_eq!(status, 200, "{answer}");
        simulator.wait_until_idle(PATIENCE).await.unwrap();
        let accepted = simulator.accepted();
        accepted.last().unwrap().statuses[0].0
    };
    user.says("hello").await.unwrap();
    let to_group = message("G-window");
    assert_eq!(
        send(&to_group).await,
        MessageStatus::Failed,
        "only the user's is open"
    );
    user.says_in("G-window", "hello all").await.unwrap();
    assert_eq!(send(&to_group).await, MessageStatus::Sent);
    simulator.clock().advance(Duration::from_hours(23));
    assert_eq!(send(&to_group).await, MessageStatus::Sent);
    user.says_in("G-window", "still here").await.unwrap();
    simulator.clock().advance(Duration::from_hours(2));
    assert_eq!(
        send(&text("hi")).await,
        MessageStatus::Failed,
        "the user's is over"
    );
    assert_eq!(send(&to_group).await, MessageStatus::Sent);
    simulator.clock().advance(Duration::from_hours(24));
    assert_eq!(send(&to_group).await, MessageStatus::Failed);
    stage.end().await;
}

#[tokio::test]
async fn a_number_may_be_stopped_from_making_groups() {
    let settings = Settings {
        clock: Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap()),
        ..quick()
    };
    let (stage, _) = subscribed_with(settings).await;
    let create = async || {
        let path = format!("/v24.0/{PHONE}/groups");
        stage
            .post(&path, &fixture("request.group-create.json"))
            .await
    };
    let stop = json!({"stopped": true});
    let path = "/sim/v1/groups/creation";
    assert_eq!(stage.post(path, &stop).await.0, 200);
    let (status, answer) = create().await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_214)));
    stage
        .simulator()
        .clock()
        .advance(Duration::from_hours(7 * 24));
    assert_eq!(create().await.0, 200, "seven days are over");
    assert_eq!(stage.post(path, &stop).await.0, 200);
    assert_eq!(stage.post(path, &json!({"stopped": false})).await.0, 200);
    assert_eq!(create().await.0, 200);
    let fault = json!({"trouble": {"graph": {"code": 131_208}}, "calls": "manage", "times": 1});
    assert_eq!(stage.post("/sim/v1/faults", &fault).await.0, 200);
    let (status, answer) = create().await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (429, &json!(131_208)),
        "{answer}"
    );
    stage.end().await;
}
