//! Refusals: Graph's error shapes, by code, and answers without a code.

use std::time::Duration;

use simulator::Trouble;
use wharf_client::{Error, ErrorClass, Problem};

use crate::platform::{Platform, TOKEN, text};

#[tokio::test]
async fn each_class_is_told_by_code() {
    let platform = Platform::start().await;
    for (code, class) in [
        (131_016, ErrorClass::Retry),
        (130_429, ErrorClass::RetryNumber),
        (131_056, ErrorClass::RetryPair),
        (4, ErrorClass::RetryAccount),
        (131_049, ErrorClass::RetryLater),
        (131_047, ErrorClass::Template),
        (132_001, ErrorClass::FixTemplate),
        (131_050, ErrorClass::OptOut),
        (131_026, ErrorClass::Recipient),
        (190, ErrorClass::Auth),
        (131_031, ErrorClass::Blocked),
        (131_009, ErrorClass::FixRequest),
    ] {
        platform.once(Trouble::graph(code));
        let error = platform.number().send(&text()).await.unwrap_err();
        assert_eq!(error.class(), Some(class), "{code}");
        let graph = error.graph().unwrap();
        assert_eq!(graph.code, code.into());
        assert!(graph.fbtrace_id.is_some() && graph.body.contains("fbtrace_id"));
        assert!(!error.was_not_sent() && !error.outcome_unknown() && !error.is_edge_error());
    }
    assert_eq!(platform.simulator().accepted_count(), 0);
}

#[tokio::test]
async fn subcode_details_and_wait_are_kept() {
    let platform = Platform::start().await;
    platform.once(Trouble::Graph {
        code: 130_429,
        subcode: Some(2_494_055),
        details: Some("Cloud API message throughput has been reached.".to_owned()),
        retry_after: Some(7),
    });
    let error = platform.number().send(&text()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let graph = error.graph().unwrap();
    assert_eq!(graph.subcode, Some(2_494_055));
    let details = graph.details.as_deref();
    assert_eq!(
        details,
        Some("Cloud API message throughput has been reached.")
    );
    assert_eq!(graph.status, 400);
}

/// Shapes that Graph has outside the Cloud API, as an edge would pass them on.
#[tokio::test]
async fn odd_envelopes_are_read() {
    let platform = Platform::start().await;
    let send = async |status, body: &str| {
        platform.once(Trouble::Http {
            status,
            body: body.to_owned(),
        });
        platform.number().send(&text()).await.unwrap_err()
    };

    let error = send(
        400,
        r#"{"error":{"code":100,"error_data":"a text","is_transient":false}}"#,
    );
    assert_eq!(
        error.await.graph().unwrap().details.as_deref(),
        Some("a text")
    );

    let error = send(400, r#"{"error":{"code":"190","error_subcode":"463"}}"#).await;
    assert_eq!(error.class(), Some(ErrorClass::Auth));
    assert_eq!(error.graph().unwrap().subcode, Some(463));

    let user = r#"{"error":{"code":100,"error_subcode":2388024,"error_user_title":"exists",
        "error_user_msg":"There is already content for this template."}}"#;
    let error = send(400, user).await;
    assert_eq!(error.graph().unwrap().user_title.as_deref(), Some("exists"));
    assert_eq!(error.class(), Some(ErrorClass::FixRequest));

    let error = send(400, r#"{"error":{"code":987654,"is_transient":true}}"#).await;
    assert_eq!(
        error.class(),
        Some(ErrorClass::Retry),
        "unknown, but called transient"
    );

    let error = send(200, r#"{"error":{"code":131000}}"#).await;
    assert_eq!(
        error.graph().unwrap().code,
        131_000.into(),
        "an envelope under a success"
    );
}

#[tokio::test]
async fn a_token_that_graph_repeats_is_cut_out() {
    let platform = Platform::start().await;
    let body = format!(r#"{{"error":{{"code":190,"message":"Malformed access token {TOKEN}"}}}}"#);
    platform.once(Trouble::Http { status: 400, body });
    let error = platform.number().send(&text()).await.unwrap_err();
    let graph = error.graph().unwrap();
    assert_eq!(
        graph.message.as_deref(),
        Some("Malformed access token [access token]")
    );
    assert!(!graph.body.contains(TOKEN) && graph.body.contains("Malformed"));
}

#[tokio::test]
async fn an_edge_that_answers_itself_is_told_apart() {
    let platform = Platform::start().await;
    for (status, class, edge) in [
        (502, Some(ErrorClass::Retry), true),
        (504, Some(ErrorClass::Retry), true),
        (429, Some(ErrorClass::Retry), false),
        (404, None, false),
    ] {
        platform.once(Trouble::Http {
            status,
            body: "<html>sorry</html>".to_owned(),
        });
        let error = platform.number().send(&text()).await.unwrap_err();
        assert_eq!(
            (error.class(), error.is_edge_error()),
            (class, edge),
            "{status}"
        );
        let Error::Response(response) = error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (response.status, response.problem),
            (status, Problem::NoEnvelope)
        );
        assert_eq!(response.length, 18);
    }
}

#[tokio::test]
async fn a_wrong_token_is_an_auth_error() {
    let platform = Platform::start().await;
    let other = wharf_client::AccessToken::new("another-token").unwrap();
    let client = platform.client.with_token(other).unwrap();
    let error = client
        .number(&crate::platform::number())
        .send(&text())
        .await
        .unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::Auth));
}
