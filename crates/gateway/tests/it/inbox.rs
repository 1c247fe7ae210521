//! The inbox: conversations by their last activity, with what a person wants to see of each.

use gateway::clock::Clock;
use serde_json::{Value, json};
use simulator::{Fault, Settings, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};

async fn inbox(app: &TestApp) -> Vec<Value> {
    let page = app.get("/api/v1/conversations").await;
    page["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_active_conversation_is_first_and_tells_what_was_said() {
    // The platform's time is the machine's, so that the window is open.
    let now = jiff::Timestamp::from_millisecond(Clock::system().now()).unwrap();
    let settings = Settings {
        clock: simulator::Clock::running_from(now),
        ..settings()
    };
    let app = TestApp::start_with(Clock::system(), settings, |_| {}).await;
    let (one, other) = ("+16505551234", "+16505551235");
    app.simulator.user(one).says("first").await.unwrap();
    until("it is there", async || inbox(&app).await.len() == 1).await;
    app.simulator.user(other).says("second").await.unwrap();
    until("both are there", async || inbox(&app).await.len() == 2).await;
    let rows = inbox(&app).await;
    assert_eq!(rows[0]["last_message"]["text"], "second", "{rows:#?}");
    assert_eq!(rows[0]["contact"]["wa_id"], "16505551235");
    assert_eq!(
        (&rows[0]["unread"], &rows[1]["unread"]),
        (&json!(1), &json!(1))
    );
    assert!(rows[0]["window_until"].is_string());

    // An answer moves its conversation to the top, and nothing of it is unread.
    let id = rows[1]["id"].as_str().unwrap().to_owned();
    let text = json!({
        "channel": CHANNEL, "to": one, "type": "text", "text": {"body": "an answer"}
    });
    app.post("/api/v1/messages", &text).await;
    let rows = inbox(&app).await;
    assert_eq!(rows[0]["id"], id.as_str());
    assert_eq!(rows[0]["last_message"]["text"], "an answer");
    assert_eq!(rows[0]["last_message"]["direction"], "outbound");
    assert_eq!(rows[0]["unread"], 0);
    until("its ticks follow", async || {
        inbox(&app).await[0]["last_message"]["state"] == "delivered"
    })
    .await;

    // So does marking it as read.
    let wamid = app.simulator.user(other).says("more").await.unwrap();
    until("it counts", async || inbox(&app).await[0]["unread"] == 2).await;
    let read = app.call("POST", &format!("/api/v1/messages/{wamid}/read"));
    assert_eq!(read.send().await.unwrap().status(), 204);
    assert_eq!(inbox(&app).await[0]["unread"], 0);

    let began = app.get("/api/v1/conversations?order=created").await;
    assert_eq!(began["data"][1]["id"], id.as_str(), "the first began first");
    let of = app.get(&format!("/api/v1/conversations/{id}")).await;
    assert_eq!(of["last_message"]["text"], "an answer");
    let none = app.get("/api/v1/conversations?channel=none").await;
    assert_eq!(none["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_shows_no_texts_gets_none_and_one_of_another_channel_nothing() {
    let app = TestApp::start().await;
    app.simulator
        .user("+16505551234")
        .says("hush")
        .await
        .unwrap();
    until("it is there", async || inbox(&app).await.len() == 1).await;
    let id = inbox(&app).await[0]["id"].as_str().unwrap().to_owned();
    let key = |channels: Value, shows: bool| json!({"name": "k", "role": "viewer", "channels": channels, "shows_texts": shows});
    let blind = app
        .post("/api/v1/api-keys", &key(json!([CHANNEL]), false))
        .await;
    let other = app
        .post("/api/v1/api-keys", &key(json!(["other"]), true))
        .await;
    let get = async |key: &Value, path: &str| {
        let request = app.http.get(app.url(path));
        let request = request.bearer_auth(key["key"].as_str().unwrap());
        request.send().await.unwrap()
    };
    for path in [
        "/api/v1/conversations",
        &format!("/api/v1/conversations/{id}"),
    ] {
        let text = get(&blind, path).await.text().await.unwrap();
        assert!(text.contains(&id) && !text.contains("hush"), "{text}");
        let answer = get(&other, path).await;
        assert!(!answer.text().await.unwrap().contains("last_message"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_shows_states_reasons_and_files() {
    let app = TestApp::start().await;
    app.simulator
        .user("+16505551234")
        .says("hello")
        .await
        .unwrap();
    until("it is there", async || inbox(&app).await.len() == 1).await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let text = json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hi"}
    });
    app.post("/api/v1/messages", &text).await;
    let id = inbox(&app).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/messages?conversation={id}");
    until("it has failed", async || {
        app.get(&path).await["data"][0]["state"] == "failed"
    })
    .await;
    let thread = app.get(&path).await;
    assert_eq!(thread["data"][0]["error"]["code"], 131_026, "{thread:#}");
    assert!(thread["data"][0]["error"]["title"].is_string());
    assert_eq!(thread["data"][1]["content"]["text"]["body"], "hello");
}
