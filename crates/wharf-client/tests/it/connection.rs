//! What is certain after a connection failed: not sent, or unknown.

use simulator::Trouble;
use url::Url;
use wharf_client::{Client, Error, Problem};

use crate::platform::{Platform, client, impatient, number, text};
use crate::wire::{SOON, Then, Wire, nobody};

async fn send(client: &Client) -> Error {
    client.number(&number()).send(&text()).await.unwrap_err()
}

/// Exactly one of the answers to "did it leave?" holds.
#[track_caller]
fn assert_unknown(error: &Error) {
    assert!(
        matches!(error, Error::Unknown(_)) && !error.is_timeout(),
        "{error:?}"
    );
    assert!(error.outcome_unknown() && !error.was_not_sent() && error.class().is_none());
}

#[track_caller]
fn assert_too_late(error: &Error) {
    assert!(
        matches!(
            error,
            Error::Timeout {
                maybe_sent: true,
                ..
            }
        ) && error.is_timeout(),
        "{error:?}"
    );
    assert!(error.outcome_unknown() && !error.was_not_sent() && error.class().is_none());
}

#[track_caller]
fn assert_not_sent(error: &Error) {
    assert!(
        matches!(error, Error::NotSent(_)) && !error.is_timeout(),
        "{error:?}"
    );
    assert!(error.was_not_sent() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let error = send(&client(&nobody().await)).await;
    assert_not_sent(&error);
}

#[tokio::test]
async fn a_failed_tls_handshake_sent_nothing() {
    let wire = Wire::answer("this is not TLS\r\n", Then::Close).await;
    let base = Url::parse(&wire.url().as_str().replace("http:", "https:")).unwrap();
    assert_not_sent(&send(&client(&base)).await);
    assert_eq!(wire.connections(), 1);
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_sent_nothing() {
    let wire = Wire::answer("", Then::FallSilent).await;
    let base = Url::parse(&wire.url().as_str().replace("http:", "https:")).unwrap();
    let error = Client::builder(crate::platform::token())
        .base_url(base)
        .http(wharf_client::http_builder(SOON).unwrap().build().unwrap())
        .build()
        .map(|client| async move { send(&client).await })
        .unwrap()
        .await;
    assert!(
        matches!(
            error,
            Error::Timeout {
                maybe_sent: false,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.was_not_sent() && error.is_timeout() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_connection_cut_before_accepting_is_unknown_and_tried_once() {
    let platform = Platform::start().await;
    // A pooled connection is the one on which an HTTP client is tempted to try again.
    platform.number().send(&text()).await.unwrap();
    platform.once(Trouble::CutBeforeAccepting);
    assert_unknown(&send(&platform.client).await);
    assert_eq!(platform.simulator().accepted_count(), 1);
}

#[tokio::test]
async fn a_connection_cut_after_accepting_is_unknown_and_tried_once() {
    let platform = Platform::start().await;
    platform.number().send(&text()).await.unwrap();
    platform.once(Trouble::CutAfterAccepting);
    assert_unknown(&send(&platform.client).await);
    assert_eq!(platform.simulator().accepted_count(), 2);
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let platform = Platform::start().await;
    platform.once(Trouble::latency(SOON * 100));
    let error = platform
        .number()
        .send(&text())
        .timeout(SOON)
        .await
        .unwrap_err();
    assert_too_late(&error);
}

#[tokio::test]
async fn a_cut_success_is_unknown() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\n{\"messaging_product\":";
    let wire = Wire::answer(cut, Then::Close).await;
    assert_unknown(&send(&client(&wire.url())).await);

    let wire = Wire::answer(cut, Then::FallSilent).await;
    let error = send(&impatient(&wire.url(), SOON)).await;
    assert_too_late(&error);
}

#[tokio::test]
async fn a_success_that_names_no_message_is_unknown() {
    for body in [
        "",
        "{}",
        "OK",
        r#"{"messaging_product":"whatsapp","messages":[]}"#,
    ] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let wire = Wire::answer(answer, Then::Close).await;
        let error = send(&client(&wire.url())).await;
        assert!(matches!(error, Error::Response(_)), "{error:?}");
        assert!(error.outcome_unknown() && !error.is_edge_error() && error.class().is_none());
    }
}

#[tokio::test]
async fn a_cut_refusal_keeps_its_status() {
    let cut = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 200\r\n\r\n<html>";
    let wire = Wire::answer(cut, Then::Close).await;
    let error = send(&client(&wire.url())).await;
    assert!(error.is_edge_error() && !error.outcome_unknown());
    let Error::Response(response) = error else {
        panic!("{error:?}")
    };
    assert_eq!((response.status, response.problem), (502, Problem::Cut));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Wire::answer("", Then::Close).await;
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url()
    );
    let wire = Wire::answer(redirect, Then::Close).await;
    let error = send(&client(&wire.url())).await;
    let Error::Response(response) = error else {
        panic!("{error:?}")
    };
    assert_eq!(response.problem, Problem::Redirect);
    assert_eq!(elsewhere.connections(), 0);
}
