//! What a caller may ask for beside the content of a message, and keys that make a request safe to
//! repeat.

use std::collections::HashSet;

use gateway::clock::Clock;
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings, until};

fn text(body: &str) -> Value {
    json!({"channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": body}})
}

fn with(mut message: Value, options: Value) -> Value {
    let Value::Object(options) = options else {
        panic!("no object")
    };
    message.as_object_mut().unwrap().extend(options);
    message
}

async fn answer(
    app: &TestApp,
    key: Option<&str>,
    body: &Value,
) -> (u16, reqwest::header::HeaderMap, String) {
    let mut request = app.call("POST", "/api/v1/messages").json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

fn ids(page: &Value) -> Vec<&str> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|message| message["id"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_waits_for_its_time_is_found_by_its_tag_and_can_be_taken_back() {
    let clock = Clock::fixed(1_800_000_000_000);
    let app = TestApp::start_with(clock, settings(), |_| {}).await;
    let options = json!({
        "send_at": "2027-01-15T09:00:00Z", "expires_at": "2027-01-16T08:00:00Z",
        "priority": "low", "tags": ["spring", "spring", "vip"], "metadata": {"order": 7},
        "in_order": true,
        "on_window_closed": {"template": {"name": "hello_world", "language": {"code": "en_US"}}},
    });
    let told = app
        .post("/api/v1/messages", &with(text("later"), options.clone()))
        .await;
    assert_eq!(told["state"], "scheduled", "{told}");
    let id = told["id"].as_str().unwrap();
    let shown = app.get(&format!("/api/v1/messages/{id}")).await;
    for key in ["priority", "metadata", "in_order"] {
        assert_eq!(shown[key], options[key], "{key}");
    }
    assert_eq!(shown["send_at"], "2027-01-15T09:00:00.000Z");
    assert_eq!(shown["expires_at"], "2027-01-16T08:00:00.000Z");
    assert_eq!(shown["tags"], json!(["spring", "vip"]));
    assert_eq!(shown["on_window_closed"]["template"]["name"], "hello_world");
    // Options are no part of what goes to the carrier.
    assert!(shown["content"].get("tags").is_none(), "{shown}");

    // Ids of the same millisecond have no order.
    app.clock.advance(1);
    let other = app
        .post(
            "/api/v1/messages",
            &with(text("now"), json!({"tags": ["vip"]})),
        )
        .await;
    let plain = app.post("/api/v1/messages", &text("plain")).await;
    let (other, plain) = (other["id"].as_str().unwrap(), plain["id"].as_str().unwrap());
    let list = async |query: &str| app.get(&format!("/api/v1/messages?{query}")).await;
    assert_eq!(ids(&list("tag=vip&direction=outbound").await), [other, id]);
    assert_eq!(ids(&list("tag=spring").await), [id]);
    assert_eq!(ids(&list("tag=vip&state=scheduled").await), [id]);
    assert_eq!(ids(&list("state=scheduled").await), [id]);
    assert!(ids(&list("tag=none").await).is_empty());
    let first = list("tag=vip&limit=1").await;
    assert_eq!(ids(&first), [other]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = list(&format!("tag=vip&limit=1&cursor={cursor}")).await;
    assert_eq!(ids(&second), [id]);
    assert_eq!(second["next_cursor"], Value::Null);
    let contact = shown["contact_id"].as_str().unwrap();
    let of_contact = list(&format!("contact={contact}")).await;
    let of_contact: HashSet<_> = ids(&of_contact).into_iter().collect();
    assert_eq!(of_contact, HashSet::from([id, other, plain]));
    assert!(ids(&list("contact=cnt_none").await).is_empty());

    let taken = app
        .post(&format!("/api/v1/messages/{id}/cancel"), &json!({}))
        .await;
    assert_eq!(taken["state"], "canceled");
    app.clock.advance(3 * 3_600_000);
    let after = app.post("/api/v1/messages", &text("last")).await;
    let after = format!("/api/v1/messages/{}", after["id"].as_str().unwrap());
    until("the last is sent", async || {
        app.get(&after).await["attempts"] == 1
    })
    .await;
    assert_eq!(
        app.get(&format!("/api/v1/messages/{id}")).await["attempts"],
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_message_leaves_at_its_time() {
    let clock = Clock::fixed(1_800_000_000_000);
    let app = TestApp::start_with(clock, settings(), |_| {}).await;
    let later = with(text("later"), json!({"send_at": "2027-01-15T08:30:00Z"}));
    let told = app.post("/api/v1/messages", &later).await;
    let path = format!("/api/v1/messages/{}", told["id"].as_str().unwrap());
    let now = app.post("/api/v1/messages", &text("now")).await;
    let now = format!("/api/v1/messages/{}", now["id"].as_str().unwrap());
    until("the other one is sent", async || {
        app.get(&now).await["wamid"] != Value::Null
    })
    .await;
    assert_eq!(app.get(&path).await["state"], "scheduled");
    app.clock.advance(31 * 60_000);
    until("it is sent", async || {
        app.get(&path).await["wamid"] != Value::Null
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_message_and_options_are_told_together() {
    let app = TestApp::start().await;
    let body = with(
        text(&"x".repeat(5000)),
        json!({"priority": "now", "tags": "a", "send_at": "soon"}),
    );
    let (status, _, told) = answer(&app, None, &body).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["code"]), (422, &json!("invalid")));
    let pointers: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/text/body", "/send_at", "/priority", "/tags"]);
    let expired = with(text("late"), json!({"expires_at": "2020-01-01T00:00:00Z"}));
    let (status, _, told) = answer(&app, None, &expired).await;
    assert_eq!(status, 422);
    assert!(told.contains("/expires_at"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_same_bytes_and_headers_over_a_restart() {
    let mut app = TestApp::start().await;
    let body = with(text("once"), json!({"tags": ["a"]}));
    let (status, headers, first) = answer(&app, Some("k 1"), &body).await;
    assert_eq!(status, 202, "{first}");
    for restart in [false, true] {
        if restart {
            app.restart().await;
        }
        let (status, again, repeated) = answer(&app, Some("k 1"), &body).await;
        assert_eq!((status, &repeated), (202, &first));
        assert_eq!(again["idempotent-replayed"], "true");
        for name in ["location", "content-type", "content-length"] {
            assert_eq!(again[name], headers[name], "{name}");
        }
    }
    // Options are part of the request.
    let other = with(text("once"), json!({"tags": ["b"]}));
    assert_eq!(answer(&app, Some("k 1"), &other).await.0, 422);
    // What was refused is not remembered.
    let wrong = with(text("x"), json!({"channel": "nowhere"}));
    assert_eq!(answer(&app, Some("k 2"), &wrong).await.0, 422);
    assert_eq!(answer(&app, Some("k 2"), &body).await.0, 202);
    for key in [String::new(), "k".repeat(256), "tab\tkey".to_owned()] {
        assert_eq!(answer(&app, Some(&key), &body).await.0, 400, "{key}");
    }
    assert_eq!(answer(&app, Some(&"k".repeat(255)), &body).await.0, 202);
    until("the three are sent", async || {
        app.simulator.accepted_count() == 3
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_requests_with_one_key_make_one_message() {
    let app = TestApp::start().await;
    let body = text("once");
    for round in 0..5 {
        let key = format!("round-{round}");
        // Of several gateways each gets its part.
        let all = (0..24).map(|_| answer(&app, Some(&key), &body));
        let all = futures_util::future::join_all(all).await;
        let mut bodies = HashSet::new();
        let mut new = 0;
        for (status, headers, told) in all {
            match status {
                202 => {
                    new += usize::from(!headers.contains_key("idempotent-replayed"));
                    bodies.insert(told);
                }
                409 => {
                    assert!(told.contains("idempotency_in_flight"), "{told}");
                    assert_eq!(headers["retry-after"], "1");
                }
                other => panic!("{other}: {told}"),
            }
        }
        assert_eq!((new, bodies.len()), (1, 1));
        let (status, _, again) = answer(&app, Some(&key), &body).await;
        assert!(status == 202 && bodies.contains(&again), "{status}");
    }
    until("five are sent", async || {
        app.simulator.accepted_count() == 5
    })
    .await;
}
