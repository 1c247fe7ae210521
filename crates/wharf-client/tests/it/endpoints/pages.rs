//! Lists page by page.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use wharf_client::{Client, RetryPolicy};

use super::WABA;
use crate::desk::Desk;

fn page(ids: &[&str], after: Option<&str>, next: bool) -> Value {
    let data: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    let mut paging = json!({});
    if let Some(after) = after {
        paging["cursors"] = json!({"before": "x", "after": after});
    }
    if next {
        paging["next"] = json!("https://elsewhere.example/v1/2?after=fromlink&access_token=secret");
    }
    json!({"data": data, "paging": paging})
}

#[tokio::test]
async fn pages_follow_cursors_and_never_links() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    desk.answer(200, page(&["1", "2"], Some("c1"), true));
    desk.answer(200, page(&[], Some("c2"), true));
    desk.answer(200, page(&["3"], Some("c3"), false));
    let items: Vec<_> = waba.numbers().limit(2).items().try_collect().await.unwrap();
    let ids: Vec<_> = items.iter().map(|item| item.id().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[2].as_str(), "3");
    assert_eq!(
        desk.last().path,
        "102290129340398/phone_numbers?limit=2&after=c2"
    );
    assert_eq!(
        desk.last().path,
        "102290129340398/phone_numbers?limit=2&after=c1"
    );
    assert_eq!(desk.last().path, "102290129340398/phone_numbers?limit=2");
}

#[tokio::test]
async fn a_page_without_cursors_gives_its_link_for_one() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    desk.answer(200, page(&["1"], None, true));
    // The same cursor again: the list must end.
    desk.answer(200, page(&["2"], Some("fromlink"), true));
    let mut numbers = waba.numbers();
    while numbers.next_page().await.unwrap().is_some() {}
    assert_eq!(
        desk.last().path,
        "102290129340398/phone_numbers?after=fromlink"
    );
}

#[tokio::test]
async fn after_an_error_the_same_page_is_asked_for_again() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    let mut numbers = waba.numbers();
    desk.answer(200, page(&["1"], Some("c1"), true));
    numbers.next_page().await.unwrap().unwrap();
    desk.answer(500, json!({"error": {"message": "x", "code": 2}}));
    let error = numbers.next_page().await.unwrap_err();
    assert!(error.graph().is_some());
    desk.answer(200, page(&["2"], Some("c2"), false));
    assert_eq!(numbers.next_page().await.unwrap().unwrap().len(), 1);
    assert_eq!(desk.last().path, "102290129340398/phone_numbers?after=c1");
    assert!(numbers.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn all_pages_can_be_collected_and_a_page_is_asked_for_again() {
    let desk = Desk::open().await;
    let policy = RetryPolicy::new(2).backoff(Duration::ZERO, Duration::ZERO);
    let builder = Client::builder(crate::platform::token()).base_url(desk.url());
    let client = builder.retry(policy).build().unwrap();
    desk.answer(200, page(&["1", "2"], Some("c1"), true));
    desk.answer(502, json!("sorry"));
    desk.answer(200, page(&["3"], None, false));
    let waba = client.waba(&WABA.parse().unwrap());
    assert_eq!(waba.numbers().collect().await.unwrap().len(), 3);
    let paths = [desk.last().path, desk.last().path];
    assert_eq!(paths, ["102290129340398/phone_numbers?after=c1"; 2]);
}
