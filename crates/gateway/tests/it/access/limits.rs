//! How many requests a key may make, and what each answer tells of it.

use futures_util::future::join_all;
use gateway::clock::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, settings};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_what_is_left_for_its_key() {
    let app = TestApp::start().await;
    let key = app.key_of(json!({"name": "n", "role": "sender"})).await;
    for (method, path, status) in [
        ("GET", "/api/v1/channels", 200),
        ("GET", "/api/v1/messages/x", 404),
        ("GET", "/api/v1/nodes", 403),
        ("POST", "/api/v1/messages", 422),
        ("POST", "/graph/v26.0/1/messages", 400),
    ] {
        let request = app.call_with(&key, method, path);
        let request = match method {
            "POST" => request.json(&json!({})),
            _ => request,
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        let field = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(field("ratelimit-policy"), "\"key\";q=2000;w=2");
        let left = field("ratelimit");
        let left = left.strip_prefix("\"key\";r=").unwrap();
        let (left, seconds) = left.split_once(";t=").unwrap();
        assert!(
            (1900..2000).contains(&left.parse::<u32>().unwrap()),
            "{left}"
        );
        assert!(seconds.parse::<u32>().unwrap() <= 1, "{seconds}");
    }
    let open = app.http.get(app.url("/livez")).send().await.unwrap();
    assert!(!open.headers().contains_key("ratelimit"));
    let wrong = app.call_with("wharf_x", "GET", "/api/v1/channels");
    assert!(
        !wrong
            .send()
            .await
            .unwrap()
            .headers()
            .contains_key("ratelimit")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_too_many_is_answered_429_and_does_nothing() {
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.server.requests_per_second_per_key = 5;
    });
    let app = app.await;
    let key = app.key_of(json!({"name": "hasty", "role": "sender"})).await;
    let message = json!({"channel": "shop", "to": "+16505551234", "text": {"body": "hi"}});
    let send = || {
        let send = app
            .call_with(&key, "POST", "/api/v1/messages")
            .json(&message);
        async { send.send().await.unwrap() }
    };
    let answers = join_all((0..60).map(|_| send())).await;
    let (taken, mut refused): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.status() == StatusCode::ACCEPTED);
    assert!(taken.len() >= 10, "the burst is only {}", taken.len());
    let refused = refused.pop().unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["ratelimit-policy"], "\"key\";q=10;w=2");
    let left = refused.headers()["ratelimit"].to_str().unwrap();
    assert!(left.starts_with("\"key\";r=0;t="), "{left}");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "too_many_requests");
    let look = || {
        let look = app.call_with(&key, "GET", "/graph/v26.0/1");
        async { look.send().await.unwrap() }
    };
    let answers = join_all((0..60).map(|_| look())).await.into_iter();
    let mut refused = answers.filter(|one| one.status() == StatusCode::TOO_MANY_REQUESTS);
    let fault: Value = refused.next().unwrap().json().await.unwrap();
    assert_eq!(fault["error"]["code"], 4);
    // Nobody else pays for it.
    let listed = app
        .get("/api/v1/messages?limit=500&direction=outbound")
        .await;
    assert_eq!(listed["data"].as_array().unwrap().len(), taken.len());
}
