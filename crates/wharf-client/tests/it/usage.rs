//! Usage headers and budgets, of successes and refusals.

use std::time::Duration;

use serde_json::json;
use wharf_client::Budget;

use crate::desk::Desk;
use crate::platform::{number, token};

const APP: (&str, &str) = (
    "x-app-usage",
    r#"{"call_count":28,"total_time":25,"total_cputime":31}"#,
);

#[tokio::test]
async fn a_success_tells_usage_and_trace() {
    let desk = Desk::open().await;
    let client = desk.client();
    assert!(client.usage().is_empty());
    desk.answer_with(200, &[APP, ("x-fb-trace-id", "AbC")], json!({"id": "1"}));
    let answered = client.number(&number()).info().answered().await.unwrap();
    assert_eq!(answered.trace_id.as_deref(), Some("AbC"));
    assert_eq!((answered.usage.peak(), answered.attempts), (Some(31.0), 1));
    assert_eq!(client.usage(), answered.usage);

    desk.answer(200, json!({"id": "1"}));
    let answered = client.number(&number()).info().answered().await.unwrap();
    assert!(answered.usage.is_empty() && answered.trace_id.is_none());
    assert_eq!(client.clone().usage().peak(), Some(31.0), "still known");
    assert!(client.with_token(token()).unwrap().usage().is_empty());
}

#[tokio::test]
async fn a_refusal_tells_its_budget_usage_and_wait() {
    let desk = Desk::open().await;
    let client = desk.client();
    let waba = r#"{"102":[{"type":"whatsapp_business_management","call_count":100,
        "estimated_time_to_regain_access":7}]}"#
        .replace('\n', "");
    let headers = [APP, ("x-business-use-case-usage", waba.as_str())];
    desk.answer_with(400, &headers, json!({"error": {"code": 80_007}}));
    let error = client.number(&number()).info().await.unwrap_err();
    assert_eq!(error.budget(), Some(Budget::Waba));
    assert_eq!(error.retry_after(), Some(Duration::from_mins(7)));
    let usage = client.usage();
    assert_eq!(usage.peak(), Some(100.0));
    assert_eq!(usage.regain_access(), Some(Duration::from_mins(7)));
    let kinds: Vec<_> = usage.business["102"].iter().map(|one| one.kind()).collect();
    assert_eq!(kinds, [Some("whatsapp_business_management")]);
}

#[tokio::test]
async fn nobody_is_asked_to_wait_for_longer_than_a_week() {
    let week = Some(Duration::from_hours(7 * 24));
    let desk = Desk::open().await;
    let client = desk.client();
    let waba = json!({"102": [{"type": "messaging", "estimated_time_to_regain_access": u64::MAX}]});
    let (waba, seconds) = (waba.to_string(), u64::MAX.to_string());
    for header in [
        ("retry-after", seconds.as_str()),
        ("x-business-use-case-usage", waba.as_str()),
    ] {
        desk.answer_with(400, &[header], json!({"error": {"code": 80_007}}));
        let error = client.number(&number()).info().await.unwrap_err();
        assert_eq!(error.retry_after(), week, "{}", header.0);
    }
    assert_eq!(client.usage().regain_access(), week);
}

#[tokio::test]
async fn each_budget_is_told_apart() {
    let desk = Desk::open().await;
    for (code, budget) in [
        (130_429, Some(Budget::Number)),
        (131_056, Some(Budget::Pair)),
        (80_007, Some(Budget::Waba)),
        (4, Some(Budget::App)),
        (131_049, None),
    ] {
        desk.answer(400, json!({"error": {"code": code}}));
        let error = desk.client().number(&number()).info().await.unwrap_err();
        assert_eq!(error.budget(), budget, "{code}");
    }
}
