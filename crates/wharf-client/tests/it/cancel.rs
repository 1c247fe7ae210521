//! A call that its caller ends.

use std::time::Duration;

use serde_json::json;
use wharf_client::{CancellationToken, Client, Error, RetryPolicy};

use crate::desk::Desk;
use crate::platform::{client, number, text, token};
use crate::wire::{Then, Wire};

#[tokio::test]
async fn a_call_cancelled_while_it_waits_may_have_been_sent() {
    let wire = Wire::answer("", Then::FallSilent).await;
    let stop = CancellationToken::new();
    let call = client(&wire.url()).number(&number()).send(&text());
    let (result, ()) = tokio::join!(call.cancel_on(&stop).into_future(), async {
        wire.reached().await;
        stop.cancel();
    });
    let error = result.unwrap_err();
    assert!(
        matches!(error, Error::Cancelled { maybe_sent: true }),
        "{error:?}"
    );
    assert!(error.outcome_unknown() && !error.was_not_sent() && !error.is_timeout());
}

#[tokio::test]
async fn a_call_cancelled_first_sends_nothing() {
    let wire = Wire::answer("", Then::Close).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let call = client(&wire.url()).number(&number()).send(&text());
    let error = call.cancel_on(&stop).await.unwrap_err();
    assert!(
        matches!(error, Error::Cancelled { maybe_sent: false }),
        "{error:?}"
    );
    assert!(error.was_not_sent() && !error.outcome_unknown());
    assert_eq!(wire.connections(), 0);
}

#[tokio::test]
async fn a_client_ends_all_its_calls_and_no_other_clients() {
    let wire = Wire::answer("", Then::FallSilent).await;
    let stop = CancellationToken::new();
    let builder = Client::builder(token()).base_url(wire.url());
    let ending = builder.cancel_on(&stop).build().unwrap();
    // A call's own token comes beside the client's.
    let own = CancellationToken::new();
    let number = ending.number(&number());
    let (first, second, ()) = tokio::join!(
        number.info().into_future(),
        number.info().cancel_on(&own).into_future(),
        async {
            wire.reached().await;
            stop.cancel();
        }
    );
    for result in [first, second] {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error:?}");
    }
    assert!(!own.is_cancelled());
}

#[tokio::test]
async fn a_wait_between_attempts_is_ended_too() {
    let desk = Desk::open().await;
    let busy = json!({"error": {"code": 4}});
    let headers = [
        ("retry-after", "60"),
        ("x-app-usage", r#"{"call_count":100}"#),
    ];
    desk.answer_with(400, &headers, busy);
    let stop = CancellationToken::new();
    let client = desk.client();
    let call = client.number(&number()).info().cancel_on(&stop);
    let call = call.retry(RetryPolicy::new(2)).into_future();
    let told = async {
        while client.usage().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told);
    let (result, ()) = tokio::join!(call, async {
        told.await.unwrap();
        stop.cancel();
    });
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error:?}");
    assert_eq!(desk.count(), 1);
}
