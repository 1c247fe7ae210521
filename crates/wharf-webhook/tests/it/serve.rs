//! The handlers for axum, called as a server calls them.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::json;
use tower::ServiceExt as _;
use wharf_model::{AppSecret, VerifyToken};
use wharf_webhook::flow::{FlowEndpoint, FlowRequest, FlowResponse};
use wharf_webhook::serve::{FlowRefusal, Received, flow_endpoint, webhook};
use wharf_webhook::sign;

use crate::{change, flow};

fn secret() -> AppSecret {
    AppSecret::new("0123456789abcdef0123456789abcdef").unwrap()
}

async fn call(routes: &Router, request: Request<Body>) -> (u16, String) {
    let response = routes.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn post(routes: &Router, signature: Option<&str>, body: &str) -> (u16, String) {
    let mut request = Request::post("/");
    if let Some(signature) = signature {
        request = request.header("X-Hub-Signature-256", signature);
    }
    call(routes, request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_notification_is_acknowledged_when_it_was_taken() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    let take = move |received: Received| {
        let kept = Arc::clone(&kept);
        async move {
            let identities = received.notification.updates.iter();
            let identities: Vec<_> = identities.map(wharf_webhook::Update::identity).collect();
            if identities == ["message:wamid.full"] {
                return Err(io::Error::other("the disk is full"));
            }
            kept.lock().unwrap().extend(identities);
            Ok(())
        }
    };
    let tokens = vec![VerifyToken::new("let me in").unwrap()];
    let routes = webhook(vec![secret()], tokens, take);
    let message = |id: &str| change("messages", &format!(r#"{{"messages":[{{"id":"{id}"}}]}}"#));

    let good = message("wamid.A");
    let signed = sign(&secret(), good.as_bytes());
    assert_eq!(post(&routes, Some(&signed), &good).await.0, 200);
    assert_eq!(post(&routes, None, &good).await.0, 401);
    assert_eq!(
        post(&routes, Some(&signed), &message("wamid.B")).await.0,
        401
    );
    assert_eq!(
        post(&routes, Some(&sign(&secret(), b"[]")), "[]").await.0,
        400
    );
    let full = message("wamid.full");
    let signed = sign(&secret(), full.as_bytes());
    assert_eq!(post(&routes, Some(&signed), &full).await.0, 503);
    assert_eq!(*taken.lock().unwrap(), ["message:wamid.A"]);

    let large = change(
        "messages",
        &format!(r#"{{"x":"{}"}}"#, "x".repeat(3_100_000)),
    );
    let signed = sign(&secret(), large.as_bytes());
    assert_eq!(post(&routes, Some(&signed), &large).await.0, 200);

    let endless = change("messages", &"[".repeat(5_000_000));
    let signed = sign(&secret(), endless.as_bytes());
    assert_eq!(post(&routes, Some(&signed), &endless).await.0, 413);

    let ask = |token: &str| {
        let query = format!("/?hub.mode=subscribe&hub.challenge=115&hub.verify_token={token}");
        Request::get(query).body(Body::empty()).unwrap()
    };
    let answer = call(&routes, ask("let%20me%20in")).await;
    assert_eq!(answer, (200, "115".to_owned()));
    assert_eq!(call(&routes, ask("other")).await.0, 403);
}

#[tokio::test]
async fn a_flow_is_answered() {
    let endpoint = FlowEndpoint::new(flow::key(), vec![secret()]);
    let answer = async |request: FlowRequest| {
        assert_ne!(
            request.action.as_str(),
            "ping",
            "pings have a prescribed answer"
        );
        FlowResponse::screen("NEXT", &json!({})).map_err(|_| FlowRefusal::Failed)
    };
    let routes = flow_endpoint(endpoint, answer);
    let ping = flow::ping().to_string();
    let signed = sign(&secret(), ping.as_bytes());
    let (status, body) = post(&routes, Some(&signed), &ping).await;
    assert_eq!(status, 200);
    let wanted = "IHgL0mWXHJ6FDPLH6+aygF5BfT+mPzwvzktiKvlmYpg8eFKqJX/07YVStaI=";
    assert_eq!(body, wanted);
    assert_eq!(post(&routes, None, &ping).await.0, 432);
    let broken = ping.replace("ESExQVFhcYGRobHB0eHw==", "ESExQVFhcYGRobHB0eHg==");
    let signed = sign(&secret(), broken.as_bytes());
    assert_eq!(post(&routes, Some(&signed), &broken).await.0, 421);
}
