//! What is repeated and what never is, counted at the other end.

use std::time::Duration;

use serde_json::json;
use simulator::Trouble;
use tokio::net::TcpListener;
use url::Url;
use wharf_client::{Client, Error, MediaUpload, Method, RetryPolicy};

use crate::desk::Desk;
use crate::platform::{Platform, client, number, text, token};
use crate::wire::{SOON, Then, Wire, nobody, read_request};

/// Three attempts without much waiting.
fn three() -> RetryPolicy {
    RetryPolicy::new(3).backoff(Duration::from_millis(1), Duration::from_secs(2))
}

fn refusal(code: i64) -> serde_json::Value {
    json!({"error": {"code": code, "message": "refused"}})
}

fn patient(desk: &Desk) -> Client {
    let builder = Client::builder(token()).base_url(desk.url());
    builder.retry(three()).build().unwrap()
}

#[tokio::test]
async fn a_read_is_repeated_until_it_is_answered() {
    let desk = Desk::open().await;
    desk.answer(502, json!("sorry"));
    desk.answer(400, refusal(80_007));
    desk.answer(200, json!({"id": "1"}));
    let answered = patient(&desk).number(&number()).info().answered().await;
    assert_eq!(answered.unwrap().attempts, 3);
    assert_eq!(desk.count(), 3);
}

#[tokio::test]
async fn the_last_failure_is_the_one_that_is_told() {
    let desk = Desk::open().await;
    for code in [2, 4, 131_000] {
        desk.answer(400, refusal(code));
    }
    let error = patient(&desk).number(&number()).info().await.unwrap_err();
    assert_eq!(error.graph().unwrap().code, 131_000.into());
    assert_eq!(desk.count(), 3);
}

#[tokio::test]
async fn without_a_policy_and_against_it_nothing_is_repeated() {
    let desk = Desk::open().await;
    desk.answer(503, refusal(2));
    desk.client().number(&number()).info().await.unwrap_err();
    assert_eq!(desk.count(), 1);

    desk.answer(503, refusal(2));
    let once = patient(&desk).number(&number()).info();
    once.retry(RetryPolicy::none()).await.unwrap_err();
    assert_eq!(desk.count(), 2);

    desk.answer(401, refusal(190));
    patient(&desk).number(&number()).info().await.unwrap_err();
    assert_eq!(desk.count(), 3, "the next token is the operator's matter");
}

#[tokio::test]
async fn a_write_is_repeated_only_if_nothing_happened() {
    let desk = Desk::open().await;
    desk.answer(503, refusal(131_016));
    desk.answer(200, json!({"success": true}));
    let write = || patient(&desk).number(&number()).deregister();
    write().await.unwrap();
    assert_eq!(desk.count(), 2);

    desk.answer(504, json!("sorry"));
    assert!(write().await.unwrap_err().is_edge_error());
    assert_eq!(desk.count(), 3);
}

#[tokio::test]
async fn a_file_goes_out_once() {
    let desk = Desk::open().await;
    desk.answer(503, refusal(2));
    let file = MediaUpload::from_bytes("application/pdf", &b"%PDF"[..]);
    let upload = patient(&desk).number(&number()).upload(file);
    upload.await.unwrap_err();
    assert_eq!(desk.count(), 1);
}

#[tokio::test]
async fn a_send_is_repeated_only_when_asked() {
    let platform = Platform::start().await;
    platform.once(Trouble::graph(131_016));
    let send = || platform.number().send(&text());
    send().retry(three()).await.unwrap_err();
    assert_eq!(platform.simulator().accepted_count(), 0);

    platform.once(Trouble::graph(131_016));
    let answered = send().retry(three().and_sends()).answered().await.unwrap();
    assert_eq!(answered.attempts, 2);
    assert!(answered.value.id().is_some());
    assert_eq!(platform.simulator().accepted_count(), 1);
}

#[tokio::test]
async fn a_send_with_an_unknown_outcome_is_never_repeated() {
    let platform = Platform::start().await;
    let policy = three().and_sends();
    platform.once(Trouble::CutAfterAccepting);
    let error = platform.number().send(&text()).retry(policy).await;
    assert!(error.unwrap_err().outcome_unknown());
    assert_eq!(platform.simulator().accepted_count(), 1);

    let message = serde_json::to_value(text()).unwrap();
    let path = format!("{}/messages", number().as_str());
    let raw = platform.client.raw(Method::POST, &path, Some(&message));
    platform.once(Trouble::CutAfterAccepting);
    assert!(raw.retry(policy).await.unwrap_err().outcome_unknown());
    assert_eq!(platform.simulator().accepted_count(), 2);
}

#[tokio::test]
async fn a_raw_send_is_a_send() {
    let platform = Platform::start().await;
    let message = serde_json::to_value(text()).unwrap();
    let path = format!("{}/messages", number().as_str());
    platform.once(Trouble::graph(131_016));
    let raw = platform.client.raw(Method::POST, &path, Some(&message));
    raw.retry(three()).await.unwrap_err();
    assert_eq!(platform.simulator().accepted_count(), 0);
}

#[tokio::test]
async fn what_was_not_sent_last_may_have_been_sent_before() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let server = async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_request(&mut socket).await.unwrap();
        // Nobody listens any more when the client sees that its connection is gone.
        drop(listener);
    };
    let media = client(&url).media(&"1".parse().unwrap());
    let call = media.delete().retry(three()).into_future();
    let (result, ()) = tokio::join!(call, server);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Unknown(_)), "{error:?}");
    assert!(!error.was_not_sent());
}

#[tokio::test]
async fn nobody_there_stays_certain() {
    let client = client(&nobody().await);
    let error = client.number(&number()).send(&text());
    let error = error.retry(three().and_sends()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error:?}");
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_or_the_longest_is_not_begun() {
    for policy in [
        RetryPolicy::new(9).deadline(SOON),
        RetryPolicy::new(9).backoff(SOON, SOON),
    ] {
        let desk = Desk::open().await;
        desk.answer_with(400, &[("retry-after", "30")], refusal(4));
        let call = desk.client().number(&number()).info().retry(policy);
        let error = call.await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        assert_eq!(desk.count(), 1);
    }
}

#[tokio::test]
async fn the_deadline_ends_an_attempt() {
    let wire = Wire::answer("", Then::FallSilent).await;
    let policy = RetryPolicy::new(9).deadline(SOON);
    let call = client(&wire.url()).number(&number()).info().retry(policy);
    let error = call.await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Timeout {
                maybe_sent: true,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_unanswered_read_is_asked_again() {
    let wire = Wire::answer("", Then::Close).await;
    let call = client(&wire.url()).number(&number()).info();
    call.retry(three()).await.unwrap_err();
    assert_eq!(wire.connections(), 3);
    // And a send, with the same policy, is not.
    let wire = Wire::answer("", Then::Close).await;
    let send = client(&wire.url()).number(&number()).send(&text());
    send.retry(three().and_sends()).await.unwrap_err();
    assert_eq!(wire.connections(), 1);
}
