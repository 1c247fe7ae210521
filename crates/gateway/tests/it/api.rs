//! The REST API over HTTP: problems, channels, pages, idempotent sends, the document itself.

use std::collections::HashSet;

use gateway::clock::Clock;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings, until};

/// A text to the simulator's first user.
fn text(body: &str) -> Value {
    json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": body}
    })
}

/// Sends the request, which must fail with a well-formed problem of this status and code.
async fn problem(request: RequestBuilder, status: u16, code: &str) -> Value {
    let response = request.send().await.unwrap();
    let told = response.status();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/problem+json");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let request_id = header("x-request-id");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(
        (told.as_u16(), problem["code"].as_str().unwrap()),
        (status, code),
        "{problem}"
    );
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/problems/{code}"));
    assert_eq!(problem["request_id"], request_id.as_str());
    assert!(problem["title"].as_str().unwrap().len() > 5, "{problem}");
    assert!(
        problem["detail"].as_str().unwrap().ends_with('.'),
        "{problem}"
    );
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_precise_problems() {
    let app = TestApp::start().await;
    let post = |path: &str| app.call("POST", path);
    let json = ("content-type", "application/json");
    let broken = post("/api/v1/channels")
        .header(json.0, json.1)
        .body("{\n  \"name\": }");
    let told = problem(broken, 400, "malformed_json").await;
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("line 2, column 11"),
        "{told}"
    );

    let wrong = json!({"name": 7, "phone_number_id": "1"});
    let told = problem(post("/api/v1/channels").json(&wrong), 422, "invalid").await;
    assert_eq!(
        told["errors"],
        json!([{"pointer": "/name", "detail": "must be a string"}])
    );
    let unknown = json!({"name": "x", "phone_number_id": "1", "tokn": "env:X"});
    let told = problem(post("/api/v1/channels").json(&unknown), 422, "invalid").await;
    assert_eq!(told["errors"][0]["pointer"], "/tokn");

    let form = post("/api/v1/channels")
        .header("content-type", "text/plain")
        .body("{}");
    problem(form, 415, "not_json").await;
    let large = post("/api/v1/channels").json(&json!({"name": "x".repeat(2_000_000)}));
    problem(large, 413, "body_too_large").await;
    problem(app.call("GET", "/api/v1/chanels"), 404, "no_such_route").await;
    problem(app.call("GET", "/api/v1/channels/none"), 404, "not_found").await;
    problem(
        app.call("GET", "/api/v1/messages/wamid.none"),
        404,
        "not_found",
    )
    .await;
    problem(
        app.call("GET", "/api/v1/channels/%ff"),
        404,
        "no_such_route",
    )
    .await;
    let told = problem(
        app.call("GET", "/api/v1/messages?stat=failed"),
        400,
        "invalid_query",
    )
    .await;
    assert_eq!(told["errors"][0]["parameter"], "stat");
    let told = problem(
        app.call("GET", "/api/v1/messages?state=lost"),
        400,
        "invalid_query",
    )
    .await;
    assert_eq!(told["errors"][0]["parameter"], "state");
    assert!(!told.to_string().contains("lost"), "{told}");
    problem(
        app.call("GET", "/api/v1/channels?limit=501"),
        400,
        "invalid_query",
    )
    .await;
    problem(
        app.call("GET", "/api/v1/channels?cursor=x"),
        400,
        "invalid_query",
    )
    .await;
    problem(
        app.call("GET", "/api/v1/events?type=mesage"),
        400,
        "invalid_query",
    )
    .await;

    let put = app.call("PUT", "/api/v1/channels").send().await.unwrap();
    let allow = put.headers()["allow"].to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    problem(app.call("PUT", "/api/v1/channels"), 405, "wrong_method").await;

    let metrics = app.metrics().await;
    let line =
        "wharf_api_requests_total{method=\"GET\",route=\"/api/v1/messages/{id}\",status=\"404\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    assert!(!metrics.contains("wamid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_checked_when_it_is_made() {
    let app = TestApp::start().await;
    let inline = json!({"name": "B", "phone_number_id": "77", "access_token": "EAAhush"});
    let told = problem(
        app.call("POST", "/api/v1/channels").json(&inline),
        422,
        "invalid",
    )
    .await;
    assert_eq!(told["errors"][0]["pointer"], "/access_token");
    assert!(!told.to_string().contains("hush"), "{told}");
    let absent =
        json!({"name": "B", "phone_number_id": "77", "app_secret": "env:NOT_SET_ANYWHERE"});
    let told = problem(
        app.call("POST", "/api/v1/channels").json(&absent),
        422,
        "invalid",
    )
    .await;
    assert_eq!(told["errors"][0]["pointer"], "/app_secret");

    let made = app
        .post(
            "/api/v1/channels",
            &json!({"id": "berlin", "name": "B", "phone_number_id": "77"}),
        )
        .await;
    assert_eq!(
        (made["state"].as_str(), made["throughput"].as_u64()),
        (Some("receive_only"), Some(80))
    );
    let again = json!({"id": "berlin", "name": "B", "phone_number_id": "78"});
    problem(
        app.call("POST", "/api/v1/channels").json(&again),
        409,
        "channel_exists",
    )
    .await;
    let number = json!({"id": "paris", "name": "P", "phone_number_id": "77"});
    problem(
        app.call("POST", "/api/v1/channels").json(&number),
        409,
        "number_taken",
    )
    .await;
    let mut unsent = text("x");
    unsent["channel"] = json!("berlin");
    problem(
        app.call("POST", "/api/v1/messages").json(&unsent),
        422,
        "channel_receive_only",
    )
    .await;
    unsent["channel"] = json!("nowhere");
    problem(
        app.call("POST", "/api/v1/messages").json(&unsent),
        422,
        "channel_not_found",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_changed_paused_and_deleted() {
    let app = TestApp::start().await;
    let token = format!("file:{}", app.data().join("access-token").display());
    let new = json!({"id": "berlin", "name": "B", "phone_number_id": "77"});
    app.post("/api/v1/channels", &new).await;
    let mut unsent = text("x");
    unsent["channel"] = json!("berlin");
    let patch = |body: Value| {
        app.call("PATCH", "/api/v1/channels/berlin")
            .json(&body)
            .send()
    };
    let patched: Value = patch(json!({"access_token": token, "waba_id": "5"}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&patched["state"], &patched["waba_id"]),
        (&json!("active"), &json!("5"))
    );
    let patched: Value = patch(json!({"waba_id": null}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&patched["state"], &patched["waba_id"]),
        (&json!("active"), &json!(null))
    );

    let paused = app
        .post(
            "/api/v1/channels/berlin/pause",
            &json!({"reason": "holiday"}),
        )
        .await;
    assert_eq!(
        (&paused["state"], &paused["pause_reason"]),
        (&json!("paused"), &json!("holiday"))
    );
    let told = app.events().await;
    assert_eq!(
        (&told[0]["event"], &told[0]["data"]["reason"]),
        (&json!("channel_paused"), &json!("holiday"))
    );
    let queued = app.post("/api/v1/messages", &unsent).await;
    let delete = || app.call("DELETE", "/api/v1/channels/berlin");
    problem(delete(), 409, "channel_busy").await;
    let id = queued["id"].as_str().unwrap();
    let canceled = app
        .post(&format!("/api/v1/messages/{id}/cancel"), &json!({}))
        .await;
    assert_eq!(canceled["state"], "canceled");
    problem(
        app.call("POST", &format!("/api/v1/messages/{id}/cancel")),
        409,
        "wrong_state",
    )
    .await;
    let resumed = app
        .call("POST", "/api/v1/channels/berlin/resume")
        .send()
        .await
        .unwrap();
    assert_eq!(resumed.json::<Value>().await.unwrap()["state"], "active");
    until("the canceled message has left the queue", async || {
        delete().send().await.unwrap().status() == 204
    })
    .await;
    problem(delete(), 404, "not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_while_rows_are_added() {
    // Ids sort by the millisecond: a clock of our own gives each row one.
    let clock = Clock::fixed(1_790_000_000_000);
    let app = TestApp::start_with(clock, settings(), |_| {}).await;
    let make = async |name: &str| {
        app.clock.advance(1);
        let made = app.post("/api/v1/api-keys", &json!({"name": name})).await;
        made["id"].clone()
    };
    let mut before = vec![app.get("/api/v1/api-keys").await["data"][0]["id"].clone()];
    for name in ["a", "b", "c", "d", "e", "f"] {
        before.push(make(name).await);
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/api-keys?limit=2".to_owned();
    let cursor = loop {
        let page = app.get(&path).await;
        let keys = page["data"].as_array().unwrap();
        seen.extend(keys.iter().map(|key| key["id"].clone()));
        make("later").await;
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/api-keys?limit=2&cursor={cursor}"),
            None => break path.rsplit_once('=').unwrap().1.to_owned(),
        }
    };
    before.reverse();
    assert_eq!(seen, before, "newest first, none twice, none missed");
    let other = app.call("GET", &format!("/api/v1/contacts?cursor={cursor}"));
    problem(other, 400, "invalid_query").await;
}

async fn send(app: &TestApp, key: &str, body: &Value) -> Response {
    let request = app.call("POST", "/api/v1/messages").json(body);
    request.header("idempotency-key", key).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_is_repeated_safely_and_found_by_any_id() {
    let app = TestApp::start().await;
    let body = text("Hello");
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(send(&app, "order-1", &body).await);
    }
    let mut texts = HashSet::new();
    let mut replayed = 0;
    for answer in answers {
        assert_eq!(answer.status(), 202);
        replayed += usize::from(answer.headers().contains_key("idempotent-replayed"));
        texts.insert(answer.text().await.unwrap());
    }
    assert_eq!((texts.len(), replayed), (1, 7), "{texts:?}");
    let first: Value = serde_json::from_str(texts.iter().next().unwrap()).unwrap();
    assert_eq!(first["request_id"], "order-1");
    let other = app.call("POST", "/api/v1/messages").json(&text("Other"));
    let other = other.header("idempotency-key", "order-1");
    problem(other, 422, "idempotency_key_reused").await;
    let long = app.call("POST", "/api/v1/messages").json(&body);
    problem(
        long.header("idempotency-key", "k".repeat(256)),
        400,
        "invalid_header",
    )
    .await;
    let mut invalid = text(&"x".repeat(4097));
    invalid["channel"] = json!(null);
    let invalid = app.call("POST", "/api/v1/messages").json(&invalid);
    let told = problem(invalid, 422, "invalid").await;
    assert_eq!(told["errors"][1]["limit"], 4096, "{told}");

    let path = format!("/api/v1/messages/{}", first["id"].as_str().unwrap());
    until("the message is accepted", async || {
        !app.get(&path).await["wamid"].is_null()
    })
    .await;
    let wamid = app.get(&path).await["wamid"].as_str().unwrap().to_owned();
    let encoded = wamid
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('=', "%3D");
    let found = app.get(&format!("/api/v1/messages/{encoded}")).await;
    assert_eq!(found["id"], first["id"]);
    assert!(found["statuses"].is_array(), "{found}");
    let conversation = first["conversation_id"].as_str().unwrap();
    let list = app
        .get(&format!(
            "/api/v1/messages?conversation={conversation}&direction=outbound"
        ))
        .await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let list = app
        .get(&format!(
            "/api/v1/messages?conversation={conversation}&state=failed"
        ))
        .await;
    assert_eq!(list["data"], json!([]));
    assert_eq!(
        app.get(&format!("/api/v1/conversations/{conversation}"))
            .await["channel"],
        CHANNEL
    );
    let contact = first["contact_id"].as_str().unwrap();
    assert_eq!(
        app.get(&format!("/api/v1/contacts/{contact}")).await["wa_id"],
        "16505551234"
    );
    problem(
        app.call("POST", &format!("{path}/resend")),
        409,
        "wrong_state",
    )
    .await;
    problem(
        app.call("POST", &format!("{path}/read")),
        409,
        "wrong_state",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_lives_and_events_are_replayed_to_it() {
    let app = TestApp::start().await;
    let bad = json!({"url": "ftp://x", "event_types": ["message", "mesage"]});
    let told = problem(
        app.call("POST", "/api/v1/endpoints").json(&bad),
        422,
        "invalid",
    )
    .await;
    let pointers: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(pointers, [json!("/event_types/1"), json!("/url")]);
    let made = app
        .post(
            "/api/v1/endpoints",
            &json!({"url": "http://127.0.0.1:9/none", "channels": ["other"]}),
        )
        .await;
    let endpoint = format!("/api/v1/endpoints/{}", made["id"].as_str().unwrap());
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    assert!(app.get(&endpoint).await.get("secret").is_none());
    assert_eq!(
        app.get(&format!("{endpoint}/secret")).await["secret"],
        secret
    );

    app.post("/api/v1/messages", &text("Hello")).await;
    until("there is an event", async || !app.events().await.is_empty()).await;
    let event = app.events().await[0]["id"].as_str().unwrap().to_owned();
    let replay = format!("/api/v1/events/{event}/replay");
    let nobody = json!({"endpoint": "ep_none"});
    problem(app.call("POST", &replay).json(&nobody), 422, "invalid").await;
    let delivery = app.post(&replay, &json!({"endpoint": made["id"]})).await;
    let shown = format!("/api/v1/deliveries/{}", delivery["id"].as_str().unwrap());
    until("it was tried", async || {
        app.get(&shown).await["attempts"] != json!([])
    })
    .await;
    let shown = app.get(&shown).await;
    assert_eq!(
        (&shown["event_id"], &shown["state"]),
        (&json!(event), &json!("pending"))
    );
    let list = app
        .get(&format!("/api/v1/deliveries?event={event}&state=pending"))
        .await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);

    let patch = app
        .call("PATCH", &endpoint)
        .json(&json!({"disabled": true, "channels": null}));
    let patched: Value = patch.send().await.unwrap().json().await.unwrap();
    assert!(
        patched["disabled_at"].is_string() && patched["channels"] == json!([]),
        "{patched}"
    );
    problem(
        app.call("POST", &replay)
            .json(&json!({"endpoint": made["id"]})),
        409,
        "wrong_state",
    )
    .await;
    let enabled = app
        .call("POST", &format!("{endpoint}/enable"))
        .send()
        .await
        .unwrap();
    assert!(enabled.json::<Value>().await.unwrap()["disabled_at"].is_null());
    assert_eq!(
        app.call("DELETE", &endpoint).send().await.unwrap().status(),
        204
    );
    problem(app.call("GET", &endpoint), 404, "not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_understood_can_be_discarded() {
    let app = TestApp::start().await;
    let odd =
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [7]}]});
    assert_eq!(app.notify(odd.to_string().as_bytes()).await, 200);
    app.until_applied().await;
    let letters = app.get("/api/v1/dead-letters?kind=ingest").await;
    let path = format!(
        "/api/v1/dead-letters/{}",
        letters["data"][0]["id"].as_str().unwrap()
    );
    problem(
        app.call("POST", &format!("{path}/retry")),
        409,
        "wrong_state",
    )
    .await;
    let settled = app
        .post(&format!("{path}/discard"), &json!({"reason": "a test"}))
        .await;
    assert_eq!(settled["resolution"], "discarded: a test");
    problem(
        app.call("POST", &format!("{path}/discard"))
            .json(&json!({"reason": "again"})),
        409,
        "wrong_state",
    )
    .await;
    assert_eq!(app.get("/api/v1/dead-letters").await["data"], json!([]));
    assert_eq!(app.get(&path).await["resolution"], "discarded: a test");
}

#[test]
fn the_document_is_whole() {
    let text = gateway::openapi_json();
    assert_eq!(text, gateway::openapi_json());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert_eq!(
                operation["tags"].as_array().unwrap().len(),
                1,
                "{method} {path}"
            );
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{method} {path}"
            );
            for (status, response) in responses {
                let failed = status.starts_with('4') || status.starts_with('5');
                let plain = operation["security"] == json!([]) && !path.starts_with("/console/");
                let kind = if plain {
                    "text/plain"
                } else if path.starts_with("/graph/") {
                    "application/json"
                } else {
                    "application/problem+json"
                };
                assert!(
                    !failed || response["content"][kind].is_object(),
                    "{method} {path} {status}"
                );
            }
        }
    }
    // Every reference leads somewhere.
    for piece in text.split("\"#").skip(1) {
        let pointer = piece.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}
