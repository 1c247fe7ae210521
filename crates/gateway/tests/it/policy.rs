//! The suppression list, the templates and the refusals of the policy over REST.

use gateway::clock::Clock;
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings, until};

/// The status of an answer, and its body.
async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suppression_is_made_enforced_listed_and_lifted() {
    let app = TestApp::start().await;
    let call = |method: &str, path: &str| app.call(method, path);
    let text = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
        "text": {"body": "Hello"}});
    let made = json!({"to": "+16505551234", "scope": "all", "note": "asked by letter"});
    let (status, first) = answer(call("POST", "/api/v1/suppressions").json(&made)).await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(first["source"], "api");
    assert_eq!(first["channel"], Value::Null);
    assert_eq!(first["proof"]["note"], "asked by letter");
    assert!(first["proof"]["by"].as_str().unwrap().starts_with("key_"));
    let (status, again) = answer(call("POST", "/api/v1/suppressions").json(&made)).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));

    let (status, refused) = answer(call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("suppressed")),
        "{refused}"
    );
    assert_eq!(refused["errors"][0]["pointer"], "/to");
    assert!(!refused.to_string().contains("6505551234"), "{refused}");

    let narrow = json!({"recipient": "US.13491208655302741918", "scope": "marketing",
        "channel": CHANNEL, "source": "console"});
    let (status, other) = answer(call("POST", "/api/v1/suppressions").json(&narrow)).await;
    assert_eq!(
        (status, &other["source"]),
        (201, &json!("console")),
        "{other}"
    );
    let ids = async |query: &str| -> Vec<Value> {
        let page = app.get(&format!("/api/v1/suppressions{query}")).await;
        let data = page["data"].as_array().unwrap();
        data.iter().map(|row| row["id"].clone()).collect()
    };
    let (first_id, other_id) = (first["id"].clone(), other["id"].clone());
    assert_eq!(ids("").await, [other_id.clone(), first_id.clone()]);
    assert_eq!(
        ids(&format!("?channel={CHANNEL}")).await,
        std::slice::from_ref(&other_id)
    );
    let contact = first["contact_id"].as_str().unwrap();
    assert_eq!(
        ids(&format!("?contact={contact}")).await,
        std::slice::from_ref(&first_id)
    );
    assert_eq!(
        ids("?scope=marketing&source=console").await,
        std::slice::from_ref(&other_id)
    );
    assert_eq!(ids("?limit=1").await, std::slice::from_ref(&other_id));

    let path = format!("/api/v1/suppressions/{}", first_id.as_str().unwrap());
    let (status, lifted) = answer(call("DELETE", &path)).await;
    assert_eq!(status, 200);
    assert!(
        lifted["lifted_by"].as_str().unwrap().starts_with("key_"),
        "{lifted}"
    );
    assert_eq!(app.get(&path).await, lifted);
    assert_eq!(ids("").await, std::slice::from_ref(&other_id));
    assert_eq!(ids("?lifted=true").await, [other_id, first_id]);
    let (status, _) = answer(call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(status, 202);
    assert_eq!(
        answer(call("DELETE", "/api/v1/suppressions/sup_x")).await.0,
        404
    );

    for (body, pointer) in [
        (json!({"scope": "all"}), "/contact"),
        (json!({"scope": "all", "contact": "cnt_x"}), "/contact"),
        (json!({"scope": "all", "to": "nobody"}), "/to"),
        (
            json!({"scope": "all", "to": "+1650", "source": "keyword"}),
            "/source",
        ),
    ] {
        let (status, told) = answer(call("POST", "/api/v1/suppressions").json(&body)).await;
        assert_eq!(status, 422, "{told}");
        assert_eq!(told["errors"][0]["pointer"], pointer, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_fetched_made_changed_and_deleted() {
    let app = TestApp::start().await;
    let call = |method: &str, path: &str| app.call(method, path);
    let find = async |query: &str| -> Vec<Value> {
        let page = app.get(&format!("/api/v1/templates{query}")).await;
        page["data"].as_array().unwrap().clone()
    };
    // They come by themselves, since the channel says its WABA.
    until("the templates are fetched", async || {
        find("?name=hello_world").await.len() == 1
    })
    .await;
    let all = app
        .post("/api/v1/templates/refresh", &json!({"channel": CHANNEL}))
        .await;
    let count = all["data"][0]["templates"].as_u64().unwrap();
    assert_eq!(find("?limit=500").await.len() as u64, count);
    assert!(find("?status=PAUSED").await.is_empty());
    assert!(!find("?category=utility&status=approved").await.is_empty());

    let new = json!({"channel": CHANNEL, "name": "parcel", "language": "en_US",
        "category": "UTILITY", "components": [{"type": "BODY", "text": "Your parcel {{1}} is here.",
            "example": {"body_text": [["A-17"]]}}]});
    let (status, made) = answer(call("POST", "/api/v1/templates").json(&new)).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/api/v1/templates/{}", made["id"].as_str().unwrap());
    until("it is approved", async || {
        app.get(&path).await["status"] == "APPROVED"
    })
    .await;
    let send = json!({"channel": CHANNEL, "to": "+16505551234", "type": "template",
        "template": {"name": "parcel", "language": {"code": "en_US"}}});
    let (status, told) = answer(call("POST", "/api/v1/messages").json(&send)).await;
    assert_eq!(
        (status, &told["code"]),
        (422, &json!("template_mismatch")),
        "{told}"
    );
    assert_eq!(told["errors"][0]["pointer"], "/template/components");

    let (status, twice) = answer(call("POST", "/api/v1/templates").json(&new)).await;
    assert_eq!(
        (status, &twice["code"]),
        (502, &json!("carrier_refused")),
        "{twice}"
    );
    assert!(
        twice["detail"].as_str().unwrap().contains("2388024"),
        "{twice}"
    );

    let edit = json!({"components": [{"type": "BODY", "text": "It is here."}]});
    let (status, edited) = answer(call("PATCH", &path).json(&edit)).await;
    assert_eq!(status, 200, "{edited}");
    assert_eq!(edited["definition"]["components"][0]["text"], "It is here.");

    assert_eq!(answer(call("DELETE", &path)).await.0, 204);
    assert_eq!(app.get(&path).await["status"], "DELETED");
    let (status, told) = answer(call("POST", "/api/v1/messages").json(&send)).await;
    assert_eq!(
        (status, &told["code"]),
        (422, &json!("template_deleted")),
        "{told}"
    );
    assert_eq!(answer(call("DELETE", "/api/v1/templates/1")).await.0, 404);
    let nobodys = json!({"name": "a", "language": "en"});
    let (status, told) = answer(call("POST", "/api/v1/templates").json(&nobodys)).await;
    assert_eq!(
        (status, &told["errors"][0]["pointer"]),
        (422, &json!("/channel")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_says_since_when_and_what_to_do() {
    let clock = Clock::fixed(1_795_219_200_000);
    let app = TestApp::start_with(clock, settings(), |_| {}).await;
    let user = app.simulator.user("+16505551234");
    user.says("hi").await.unwrap();
    until("the message comes in", async || {
        let events = app.events().await;
        events.iter().any(|event| event["event"] == "message")
    })
    .await;
    app.clock.advance(25 * 3600 * 1000);
    let text = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
        "text": {"body": "Hello"}});
    let (status, told) = answer(app.call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(
        (status, &told["code"]),
        (422, &json!("window_closed")),
        "{told}"
    );
    assert_eq!(told["errors"][0]["pointer"], "/type");
    let detail = told["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("2026-11-22T"), "{told}");
}
