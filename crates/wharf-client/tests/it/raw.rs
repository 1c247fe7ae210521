//! The raw call: anything below the version, and nothing outside it.

use serde_json::json;
use wharf_client::{Client, ErrorClass, Method};

use crate::platform::{NUMBER, Platform, USER, token};

#[tokio::test]
async fn a_raw_call_sends_and_answers_json() {
    let platform = Platform::start().await;
    let message = json!({
        "messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "hello"},
    });
    let path = format!("{NUMBER}/messages");
    let answer = platform
        .client
        .raw(Method::POST, &path, Some(&message))
        .await
        .unwrap();
    assert!(
        answer["messages"][0]["id"]
            .as_str()
            .unwrap()
            .starts_with("wamid.")
    );
    assert_eq!(platform.simulator().accepted()[0].json(), message);
}

#[tokio::test]
async fn a_raw_refusal_is_graphs_error() {
    let platform = Platform::start().await;
    let error = platform
        .client
        .raw(Method::GET, "42", None)
        .await
        .unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::FixRequest), "{error:?}");
}

#[tokio::test]
async fn a_call_can_be_looked_at_before_it_is_sent() {
    let client = Client::new(token()).unwrap();
    let call = client.raw(Method::GET, "/1/message_templates?limit=5", None);
    let url = call.url().unwrap().as_str();
    assert_eq!(
        url,
        "https://graph.facebook.com/v26.0/1/message_templates?limit=5"
    );
    assert_eq!((call.method(), call.json()), (Some(&Method::GET), None));
}

#[tokio::test]
async fn a_path_cannot_leave_the_version() {
    let base = "http://127.0.0.1:9/graph".parse().unwrap();
    let client = Client::builder(token()).base_url(base).build().unwrap();
    for path in ["../v1.0/1", "..", "1/../../x", "%2e%2e/x", "..\\x", "1#f"] {
        let call = client.raw(Method::GET, path, None);
        assert!(call.url().is_none(), "{path}: {:?}", call.url());
        assert!(call.await.unwrap_err().was_not_sent());
    }
    // What looks like another host is a path below the version.
    for path in [
        "//evil.example/x",
        "https://evil.example/x",
        "@evil.example/x",
    ] {
        let call = client.raw(Method::GET, path, None);
        assert_eq!(call.url().unwrap().host_str(), Some("127.0.0.1"), "{path}");
        assert!(
            call.url().unwrap().path().starts_with("/graph/v26.0/"),
            "{path}"
        );
    }
}
