//! What a person does with an endpoint that does not work, and what an attempt shows.

use axum::http::StatusCode;
use gateway::clock::Clock;
use gateway::standard_webhooks::{Secret, verify};
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings, until};
use crate::deliver::Receiver;

const NOW: i64 = 1_800_000_000_000;

fn header<'a>(headers: &'a Value, name: &str) -> Option<&'a str> {
    let mut pairs = headers.as_array().unwrap().iter();
    pairs.find(|pair| pair[0] == name)?[1].as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_sent_to_that_endpoint_alone_and_shows_both_sides() {
    let app = TestApp::start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let other = Receiver::start(StatusCode::OK).await;
    // Its filter lets nothing through: the test comes all the same.
    let body = json!({"url": receiver.url, "event_types": ["call"], "channels": [CHANNEL]});
    let endpoint = app.post("/api/v1/endpoints", &body).await;
    app.post("/api/v1/endpoints", &json!({"url": other.url}))
        .await;
    let id = endpoint["id"].as_str().unwrap();
    let secret = endpoint["secret"].as_str().unwrap();
    let delivery = app
        .post(&format!("/api/v1/endpoints/{id}/test"), &json!({}))
        .await;
    assert_eq!(delivery["state"], "delivered", "{delivery:#}");
    let attempt = &delivery["attempts"][0];
    assert_eq!(attempt["status"], 200);
    let got = receiver.until(1).await;
    let (headers, body) = &got[0];
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        (&body["event"], &body["id"]),
        (&json!("test"), &delivery["event_id"])
    );
    for name in [
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
        "user-agent",
    ] {
        let sent = headers[name].to_str().unwrap();
        assert_eq!(
            header(&attempt["request_headers"], name),
            Some(sent),
            "{name}"
        );
    }
    assert!(header(&attempt["response_headers"], "date").is_some());
    assert!(
        !delivery.to_string().contains(secret),
        "the secret is never shown"
    );
    let deliveries = app.get("/api/v1/deliveries").await;
    assert_eq!(
        deliveries["data"].as_array().unwrap().len(),
        1,
        "the other got none"
    );

    // One that fails is told, and not repeated.
    receiver
        .status
        .send_replace(StatusCode::INTERNAL_SERVER_ERROR);
    let failed = app
        .post(&format!("/api/v1/endpoints/{id}/test"), &json!({}))
        .await;
    assert_eq!(failed["attempts"][0]["status"], 500, "{failed:#}");
    assert_eq!(failed["state"], "canceled");
    assert_eq!(failed["attempts"].as_array().unwrap().len(), 1);
    until("both are counted", async || {
        let stats = app.get(&format!("/api/v1/endpoints/{id}/stats")).await;
        (&stats["succeeded_24h"], &stats["failed_24h"]) == (&json!(1), &json!(1))
            && stats["success_rate_24h"] == json!(0.5)
    })
    .await;

    app.call("PATCH", &format!("/api/v1/endpoints/{id}"))
        .json(&json!({"disabled": true}))
        .send()
        .await
        .unwrap();
    let refused = app.call("POST", &format!("/api/v1/endpoints/{id}/test"));
    assert_eq!(refused.send().await.unwrap().status(), 409);
    let none = app.call("POST", "/api/v1/endpoints/ep_none/test");
    assert_eq!(none.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_sign_until_the_overlap_ends() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let endpoint = app
        .post("/api/v1/endpoints", &json!({"url": receiver.url}))
        .await;
    let id = endpoint["id"].as_str().unwrap();
    let old = Secret::parse(endpoint["secret"].as_str().unwrap()).unwrap();
    let path = format!("/api/v1/endpoints/{id}/rotate-secret");
    let rotated = app.post(&path, &json!({"overlap_seconds": 60})).await;
    let new = Secret::parse(rotated["secret"].as_str().unwrap()).unwrap();
    assert_ne!(rotated["secret"], endpoint["secret"]);
    let shown = app.get(&format!("/api/v1/endpoints/{id}/secret")).await;
    assert_eq!(shown["secret"], rotated["secret"]);
    for (round, both) in [(1, true), (2, false)] {
        app.post(&format!("/api/v1/endpoints/{id}/test"), &json!({}))
            .await;
        let got = receiver.until(round).await;
        let (headers, body) = &got[round - 1];
        let text = |name: &str| headers[name].to_str().unwrap();
        let at = text("webhook-timestamp").parse().unwrap();
        let is_by = |secret| {
            verify(
                secret,
                text("webhook-id"),
                at,
                body,
                text("webhook-signature"),
            )
        };
        assert!(is_by(&new));
        assert_eq!(is_by(&old), both, "round {round}");
        assert_eq!(text("webhook-signature").split(' ').count(), 3 - round);
        app.clock.advance(60_000);
    }
    for wrong in [json!({"overlap_seconds": 604_801}), json!({"overlap": 1})] {
        let call = app.call("POST", &path).json(&wrong);
        assert_eq!(call.send().await.unwrap().status(), 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_since_then_goes_out_again() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let receiver = Receiver::start(StatusCode::SERVICE_UNAVAILABLE).await;
    let body = json!({"url": receiver.url, "event_types": ["message"]});
    let endpoint = app.post("/api/v1/endpoints", &body).await;
    let id = endpoint["id"].as_str().unwrap();
    let user = app.simulator.user("+16505551234");
    user.says("one").await.unwrap();
    user.says("two").await.unwrap();
    let failed = async || {
        let page = app.get("/api/v1/deliveries?state=failed").await;
        page["data"].as_array().unwrap().len()
    };
    let groups = async || app.get("/api/v1/dead-letters/groups").await["data"].clone();
    until("both are given up", async || {
        app.clock.advance(3_600_000);
        failed().await == 2
    })
    .await;
    let group = &groups().await[0];
    assert_eq!(
        (&group["kind"], &group["count"]),
        (&json!("delivery"), &json!(2))
    );
    assert_eq!(group["reason"], "attempts_exhausted");
    assert!(group["oldest_at"].as_str() <= group["newest_at"].as_str());

    receiver.status.send_replace(StatusCode::OK);
    let path = format!("/api/v1/endpoints/{id}/recover");
    let late = jiff::Timestamp::from_millisecond(app.clock.now() + 1).unwrap();
    let none = app.post(&path, &json!({"since": late.to_string()})).await;
    assert_eq!(none["deliveries"], 0);
    let early = jiff::Timestamp::from_millisecond(NOW - 1).unwrap();
    let both = app.post(&path, &json!({"since": early.to_string()})).await;
    assert_eq!(both["deliveries"], 2);
    until("both are delivered", async || {
        let page = app.get("/api/v1/deliveries?state=delivered").await;
        page["data"].as_array().unwrap().len() == 2
    })
    .await;
    assert_eq!(groups().await, json!([]));
    let stats = app.get(&format!("/api/v1/endpoints/{id}/stats")).await;
    assert_eq!(
        (&stats["waiting"], &stats["next_try_at"]),
        (&json!(0), &Value::Null)
    );
    let call = app.call("POST", &path).json(&json!({"since": "yesterday"}));
    assert_eq!(call.send().await.unwrap().status(), 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_show_a_key_only_its_channels() {
    let app = TestApp::start().await;
    let none = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "a_field_of_tomorrow", "value": {}}]}]
    });
    assert_eq!(app.notify(none.to_string().as_bytes()).await, 200);
    until("there is a group", async || {
        let groups = app.get("/api/v1/dead-letters/groups").await;
        groups["data"][0]["kind"] == "ingest"
    })
    .await;
    let key = json!({"name": "k", "role": "viewer", "channels": ["other"]});
    let key = app.post("/api/v1/api-keys", &key).await;
    let request = app.http.get(app.url("/api/v1/dead-letters/groups"));
    let request = request.bearer_auth(key["key"].as_str().unwrap());
    let told: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_another_try_is_failing_and_goes_out_at_once() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let receiver = Receiver::start(StatusCode::SERVICE_UNAVAILABLE).await;
    let body = json!({"url": receiver.url, "event_types": ["message"]});
    let endpoint = app.post("/api/v1/endpoints", &body).await;
    let path = format!("/api/v1/endpoints/{}", endpoint["id"].as_str().unwrap());
    let failing = async || app.get("/api/v1/overview").await["totals"]["failing_endpoints"].clone();
    assert_eq!(failing().await, 0);
    let user = app.simulator.user("+16505551234");
    for text in ["one", "two", "three"] {
        user.says(text).await.unwrap();
    }
    let stats = format!("{path}/stats");
    until("each was tried", async || {
        let told = app.get(&stats).await;
        (&told["waiting"], &told["failing"]) == (&json!(3), &json!(3))
    })
    .await;
    assert_eq!(failing().await, 1);
    // A list says as much of each, if it is asked to.
    let list = app.get("/api/v1/endpoints?stats=true").await;
    let told = app.get(&stats).await;
    // What is counted since the last minute began is another node's own.
    for name in ["waiting", "failing", "next_try_at"] {
        assert_eq!(list["data"][0]["stats"][name], told[name], "{told}");
    }
    assert!(list["data"][0]["stats"]["failed_24h"].is_u64(), "{list}");
    let list = app.get("/api/v1/endpoints").await;
    assert_eq!(list["data"][0].get("stats"), None);
    // The clock stands still: no other try is due.
    receiver.status.send_replace(StatusCode::OK);
    let early = jiff::Timestamp::from_millisecond(NOW - 1).unwrap();
    let recover = json!({"since": early.to_string()});
    let recovered = app.post(&format!("{path}/recover"), &recover).await;
    assert_eq!(recovered["deliveries"], 3);
    until("all are delivered", async || {
        let page = app.get("/api/v1/deliveries?state=delivered").await;
        page["data"].as_array().unwrap().len() == 3
    })
    .await;
    let told = app.get(&stats).await;
    assert_eq!((&told["waiting"], &told["failing"]), (&json!(0), &json!(0)));
    assert_eq!(failing().await, 0);
}
