//! The life of a key: made with limits, rotated with two secrets for a while, revoked with its sessions.

use gateway::clock::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::house::{NOW, answer};
use crate::app::{TestApp, settings};

const KEYS: &str = "/api/v1/api-keys";

async fn house() -> TestApp {
    TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await
}

impl TestApp {
    async fn status_with(&self, key: &str) -> StatusCode {
        let answer = self.call_with(key, "GET", "/api/v1/channels").send().await;
        answer.unwrap().status()
    }

    async fn rotate(&self, id: &Value, overlap_seconds: u32) -> Value {
        let path = format!("{KEYS}/{}/rotate", id.as_str().unwrap());
        self.post(&path, &json!({"overlap_seconds": overlap_seconds}))
            .await
    }

    async fn revoke(&self, id: &Value) -> (StatusCode, Value) {
        answer(self.call("DELETE", &format!("{KEYS}/{}", id.as_str().unwrap()))).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_both_secrets_live_until_the_old_one_ends_on_time() {
    let app = house().await;
    let made = app
        .post(KEYS, &json!({"name": "billing", "role": "sender"}))
        .await;
    let first = made["key"].as_str().unwrap().to_owned();
    let rotated = app.rotate(&made["id"], 3600).await;
    let second = rotated["key"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(rotated["role"], "sender");
    assert_eq!(rotated["old_secret_until"], "2026-11-21T01:00:00.000Z");
    for key in [&first, &second] {
        assert_eq!(app.status_with(key).await, StatusCode::OK);
    }
    app.clock.advance(3_599_999);
    for key in [&first, &second] {
        assert_eq!(app.status_with(key).await, StatusCode::OK);
    }
    app.clock.advance(1);
    assert_eq!(app.status_with(&first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.status_with(&second).await, StatusCode::OK);

    // A second rotation ends what is left of the first; with no overlap the old one ends at once.
    let third = app.rotate(&made["id"], 86_400).await;
    let third = third["key"].as_str().unwrap().to_owned();
    let fourth = app.rotate(&made["id"], 0).await;
    let fourth = fourth["key"].as_str().unwrap().to_owned();
    for (key, status) in [(&second, 401), (&third, 401), (&fourth, 200)] {
        assert_eq!(app.status_with(key).await, status);
    }
    let listed = app.get(KEYS).await;
    let listed = listed["data"].as_array().unwrap().iter();
    assert_eq!(listed.filter(|key| key["name"] == "billing").count(), 1);
    for (overlap, status) in [(604_800, 200), (604_801, 422)] {
        let path = format!("{KEYS}/{}/rotate", made["id"].as_str().unwrap());
        let request = app
            .call("POST", &path)
            .json(&json!({"overlap_seconds": overlap}));
        assert_eq!(answer(request).await.0, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_ends_both_secrets_and_rotating_a_revoked_key_is_refused() {
    let app = house().await;
    let made = app.post(KEYS, &json!({"name": "billing"})).await;
    let first = made["key"].as_str().unwrap().to_owned();
    let rotated = app.rotate(&made["id"], 3600).await;
    let second = rotated["key"].as_str().unwrap().to_owned();
    assert_eq!(app.revoke(&made["id"]).await.0, StatusCode::NO_CONTENT);
    for key in [&first, &second] {
        assert_eq!(app.status_with(key).await, StatusCode::UNAUTHORIZED);
    }
    let path = format!("{KEYS}/{}/rotate", made["id"].as_str().unwrap());
    let again = app.call("POST", &path).json(&json!({}));
    assert_eq!(answer(again).await.1["code"], "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_key_that_can_make_keys_cannot_be_revoked() {
    let app = house().await;
    let first = app.get(KEYS).await["data"][0]["id"].clone();
    for other in [
        json!({"name": "o", "role": "operator"}),
        json!({"name": "v", "role": "viewer"}),
        // An administrator of one channel makes no keys.
        json!({"name": "a", "role": "admin", "channels": ["shop"]}),
    ] {
        let other = app.post(KEYS, &other).await;
        let (status, problem) = app.revoke(&first).await;
        assert_eq!(
            (status.as_u16(), &problem["code"]),
            (409, &json!("last_api_key"))
        );
        // Another key that is not the last admin goes all the same.
        assert_eq!(app.revoke(&other["id"]).await.0, StatusCode::NO_CONTENT);
    }
    let second = app.post(KEYS, &json!({"name": "second"})).await;
    assert_eq!(app.revoke(&first).await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.status_with(&app.key).await, StatusCode::UNAUTHORIZED);
    let key = second["key"].as_str().unwrap();
    let path = format!("{KEYS}/{}", second["id"].as_str().unwrap());
    assert_eq!(answer(app.call_with(key, "DELETE", &path)).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_tells_what_it_is_limited_to_and_wrong_limits_are_refused() {
    let app = house().await;
    let made = json!({"name": "n", "role": "viewer", "channels": ["shop", "later"]});
    let made = app.post(KEYS, &made).await;
    assert_eq!(made["channels"], json!(["shop", "later"]));
    assert_eq!(made["shows_texts"], false);
    let listed = app.get(KEYS).await["data"][0].clone();
    for key in [
        "id",
        "name",
        "role",
        "channels",
        "shows_texts",
        "created_at",
    ] {
        assert_eq!(listed[key], made[key], "{key}");
    }
    assert!(listed["key"].is_null() && !listed.to_string().contains("wharf_"));
    for (wrong, pointer) in [
        (json!({"name": "n", "role": "god"}), "/role"),
        (json!({"name": "n", "channels": []}), "/channels"),
        (
            json!({"name": "n", "channels": vec!["x"; 101]}),
            "/channels",
        ),
        (json!({"name": " "}), "/name"),
    ] {
        let (status, problem) = answer(app.call("POST", KEYS).json(&wrong)).await;
        assert_eq!(status, 422, "{wrong}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_its_key() {
    let app = TestApp::start().await;
    let made = app
        .post(KEYS, &json!({"name": "tail", "role": "viewer"}))
        .await;
    let key = made["key"].as_str().unwrap();
    let path = "/api/v1/events/stream?since=start";
    let mut stream = app.call_with(key, "GET", path).send().await.unwrap();
    let mut text = String::new();
    let id = app.send_text("before").await;
    while !text.contains(&id) {
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert_eq!(app.revoke(&made["id"]).await.0, StatusCode::NO_CONTENT);
    let later = app.send_text("after").await;
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    // Among several gateways another one may see it some seconds later.
    assert!(app.gateways() > 1 || !text.contains(&later));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_the_secret_that_opened_it() {
    let app = TestApp::start().await;
    let made = app
        .post(KEYS, &json!({"name": "tail", "role": "viewer"}))
        .await;
    let path = "/api/v1/events/stream?since=start";
    let key = made["key"].as_str().unwrap();
    let mut stream = app.call_with(key, "GET", path).send().await.unwrap();
    stream.chunk().await.unwrap();
    let rotated = app.rotate(&made["id"], 0).await;
    let key = rotated["key"].as_str().unwrap();
    let mut other = app.call_with(key, "GET", path).send().await.unwrap();
    let id = app.send_text("after").await;
    let mut text = String::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(app.gateways() > 1 || !text.contains(&id));
    // The secret after it hears on.
    let mut text = String::new();
    while !text.contains(&id) {
        text.push_str(std::str::from_utf8(&other.chunk().await.unwrap().unwrap()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_that_shows_texts_cannot_be_revoked() {
    let app = house().await;
    let first = app.get(KEYS).await["data"][0]["id"].clone();
    let blind = json!({"name": "blind", "shows_texts": false});
    let blind = app.post(KEYS, &blind).await;
    assert_eq!(app.revoke(&first).await.1["code"], "last_api_key");
    assert_eq!(app.revoke(&blind["id"]).await.0, StatusCode::NO_CONTENT);
}
