//! Search, by each thing that somebody may have at hand.

use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, until};

async fn found(app: &TestApp, q: &str) -> Vec<(String, String)> {
    let answer = app.post("/api/v1/search", &json!({ "q": q })).await;
    let data = answer["data"].as_array().unwrap();
    let word = |hit: &Value, name: &str| hit[name].as_str().unwrap().to_owned();
    data.iter()
        .map(|hit| (word(hit, "kind"), word(hit, "id")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_found_by_what_somebody_has_at_hand() {
    let app = TestApp::start().await;
    // Nobody listens there.
    let endpoint = json!({"url": "http://127.0.0.1:9/hook"});
    let endpoint = app.post("/api/v1/endpoints", &endpoint).await;
    let user = app.simulator.user("+16505551234");
    let wamid = user.says("a secret word").await.unwrap().to_string();
    app.until_applied().await;
    until("the message is there", async || {
        !found(&app, &wamid).await.is_empty()
    })
    .await;
    let request = app.call("POST", "/api/v1/messages").json(&json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hello"}
    }));
    let sent = request.header("idempotency-key", "order 1042");
    let sent: Value = sent.send().await.unwrap().json().await.unwrap();
    let (message, conversation) = (&sent["id"], &sent["conversation_id"]);
    let contact = app
        .get(&format!(
            "/api/v1/contacts/{}",
            sent["contact_id"].as_str().unwrap()
        ))
        .await;
    until("a delivery is made", async || {
        !app.get("/api/v1/deliveries").await["data"]
            .as_array()
            .unwrap()
            .is_empty()
    })
    .await;
    let delivery = &app.get("/api/v1/deliveries").await["data"][0]["id"];
    let event = &app.get("/api/v1/events").await["data"][0]["id"];
    let channel = app.get(&format!("/api/v1/channels/{CHANNEL}")).await;
    let name = contact["name"].as_str().unwrap().to_uppercase();
    let bsuid = contact["bsuid"].as_str().unwrap();
    for (q, kind, id) in [
        (message.as_str().unwrap(), "message", message),
        ("order 1042", "message", message),
        ("+1 (650) 555-1234", "conversation", conversation),
        ("16505551234", "contact", &contact["id"]),
        ("165055", "contact", &contact["id"]),
        (bsuid, "contact", &contact["id"]),
        (name.as_str(), "contact", &contact["id"]),
        (conversation.as_str().unwrap(), "conversation", conversation),
        (contact["id"].as_str().unwrap(), "contact", &contact["id"]),
        (event.as_str().unwrap(), "event", event),
        (delivery.as_str().unwrap(), "delivery", delivery),
        (
            endpoint["id"].as_str().unwrap(),
            "endpoint",
            &endpoint["id"],
        ),
        (CHANNEL, "channel", &channel["id"]),
        (
            channel["phone_number_id"].as_str().unwrap(),
            "channel",
            &channel["id"],
        ),
    ] {
        let wanted = (kind.to_owned(), id.as_str().unwrap().to_owned());
        let hits = found(&app, q).await;
        assert!(hits.contains(&wanted), "{q}: {hits:?}, not {wanted:?}");
    }
    assert!(found(&app, "nobody has this").await.is_empty());
    let answer = app.post("/api/v1/search", &json!({"q": wamid})).await;
    assert!(!answer.to_string().contains("secret word"), "{answer}");
    for (q, status) in [("", 422), (" ", 422), (&*"x".repeat(256), 422)] {
        let request = app.call("POST", "/api/v1/search").json(&json!({ "q": q }));
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_channel_finds_nothing() {
    let app = TestApp::start().await;
    let endpoint = json!({"url": "http://127.0.0.1:9/hook"});
    let endpoint = app.post("/api/v1/endpoints", &endpoint).await;
    let user = app.simulator.user("+16505551234");
    let wamid = user.says("hello").await.unwrap().to_string();
    until("the message is there", async || {
        !found(&app, &wamid).await.is_empty()
    })
    .await;
    let mut known = found(&app, "16505551234").await;
    known.extend(found(&app, &wamid).await);
    known.extend(found(&app, CHANNEL).await);
    known.push((
        "endpoint".to_owned(),
        endpoint["id"].as_str().unwrap().to_owned(),
    ));
    assert!(known.len() >= 5, "{known:?}");
    let key = |channels: Value| json!({"name": "k", "role": "viewer", "channels": channels});
    let other = app.post("/api/v1/api-keys", &key(json!(["other"]))).await;
    let own = app.post("/api/v1/api-keys", &key(json!([CHANNEL]))).await;
    for (_, id) in &known {
        for (key, sees) in [(&other, false), (&own, !id.starts_with("ep_"))] {
            let request = app.http.post(app.url("/api/v1/search"));
            let request = request.bearer_auth(key["key"].as_str().unwrap());
            let answer = request.json(&json!({ "q": id })).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            let hits = answer["data"].as_array().unwrap();
            assert_eq!(!hits.is_empty(), sees, "{id}: {answer}");
        }
    }
}
