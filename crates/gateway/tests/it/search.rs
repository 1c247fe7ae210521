//! Search, by each thing that somebody may have at hand.

use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};
use crate::media::{answer, png};

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
    let inbound = app.get("/api/v1/messages?direction=inbound").await;
    let inbound = &inbound["data"][0]["id"];
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
        (
            channel["waba_id"].as_str().unwrap(),
            "channel",
            &channel["id"],
        ),
        (&wamid, "message", inbound),
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

/// Of each kind one: its id, and where its own route shows it.
async fn one_of_each(app: &TestApp) -> Vec<(&'static str, String, String)> {
    let first = async |list: &str| {
        let list = app.get(&format!("/api/v1/{list}")).await;
        list["data"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let made = async |list: &str, body: Value| {
        let made = app.post(&format!("/api/v1/{list}"), &body).await;
        made["id"].as_str().unwrap().to_owned()
    };
    for number in ["16505551234", "16505550042"] {
        let user = app.simulator.user(&format!("+{number}"));
        user.says("hello").await.unwrap();
        app.until_known(number).await;
    }
    let endpoint = made("endpoints", json!({"url": "http://127.0.0.1:9/hook"})).await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let lists = ["templates", "dead-letters", "deliveries"];
    let message = app.send_text("to nobody").await;
    until("there is one of each", async || {
        let mut are_there = true;
        for list in lists {
            are_there &= !first(list).await.is_empty();
        }
        are_there
    })
    .await;
    let upload = app.call("POST", &format!("/api/v1/media?channel={CHANNEL}"));
    let upload = upload.header("content-type", "image/png").body(png(500));
    let (_, media) = answer(upload).await;
    let contact = app.contact("16505551234").await;
    let stop = json!({"contact": contact, "scope": "all"});
    let suppression_of_all = made("suppressions", stop.clone()).await;
    let mut stop = stop;
    stop["channel"] = CHANNEL.into();
    let suppression = made("suppressions", stop).await;
    let discard = json!({"action": "discard", "reason": "gone", "filter": {"kind": "ingest"}});
    let job = made("dead-letters/bulk", discard).await;
    let key = made("api-keys", json!({"name": "desk", "role": "viewer"})).await;
    let erasure = app.erase(&app.contact("16505550042").await).await;
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let mut each = vec![
        ("message", message, "messages/{}"),
        ("contact", contact.clone(), "contacts/{}"),
        (
            "conversation",
            first(&format!("conversations?contact={contact}")).await,
            "conversations/{}",
        ),
        (
            "event",
            first(&format!("events?channel={CHANNEL}")).await,
            "events/{}",
        ),
        ("delivery", first("deliveries").await, "deliveries/{}"),
        ("endpoint", endpoint, "endpoints/{}"),
        ("channel", CHANNEL.to_owned(), "channels/{}"),
        (
            "dead_letter",
            first("dead-letters").await,
            "dead-letters/{}",
        ),
        ("media", id(&media), "media/{}"),
        ("suppression", suppression, "suppressions/{}"),
        ("suppression", suppression_of_all, "suppressions/{}"),
        ("template", first("templates").await, "templates/{}"),
        ("job", job, "dead-letters/bulk/{}"),
        ("erasure", id(&erasure), "erasures/{}"),
        ("audit_entry", first("audit").await, "audit"),
        ("api_key", key, "api-keys"),
    ];
    each.sort();
    let route = |id: &str, route: &str| format!("/api/v1/{}", route.replace("{}", id));
    each.into_iter()
        .map(|(kind, id, of)| (kind, id.clone(), route(&id, of)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_found_by_its_id_by_whom_its_own_route_shows_it() {
    let app = TestApp::start().await;
    let each = one_of_each(&app).await;
    let waba = app.get(&format!("/api/v1/channels/{CHANNEL}")).await["waba_id"].clone();
    for (role, channels, sees) in [
        ("admin", Value::Null, 16),
        ("operator", Value::Null, 13),
        ("viewer", Value::Null, 13),
        ("admin", json!([CHANNEL]), 10),
        ("viewer", json!([CHANNEL]), 10),
        ("admin", json!(["other"]), 0),
    ] {
        let asked = json!({"name": "k", "role": role, "channels": channels});
        let key = app.key_of(asked).await;
        let mut seen = 0;
        for (kind, id, route) in &each {
            let search = app.call_with(&key, "POST", "/api/v1/search");
            let (_, found) = answer(search.json(&json!({"q": id}))).await;
            let hits = found["data"].as_array().unwrap();
            let is_found = hits
                .iter()
                .any(|hit| hit["kind"] == *kind && hit["id"] == *id);
            let (shown, _) = answer(app.call_with(&key, "GET", route)).await;
            assert_eq!(
                is_found,
                shown == 200,
                "{role} of {channels}: {kind} {found}"
            );
            seen += usize::from(is_found);
        }
        assert_eq!(seen, sees, "{role} of {channels}");
        let search = app.call_with(&key, "POST", "/api/v1/search");
        let (_, found) = answer(search.json(&json!({"q": waba}))).await;
        assert_eq!(
            found["data"][0]["id"] == CHANNEL,
            sees > 0,
            "{role} of {channels}"
        );
    }
}
