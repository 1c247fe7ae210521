//! The webhook sender: signature, escaping, retries, batches, duplicates, order.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use simulator::{Clock, DeliveryState, RetrySchedule, Settings};

use crate::kit::{Callback, PATIENCE, Stage, USER, hex, quick, subscribed, subscribed_with, until};

fn hex_hmac(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

#[tokio::test]
async fn bodies_are_escaped_as_meta_does_and_signed() {
    let (stage, callback) = subscribed().await;
    stage
        .simulator()
        .user(USER)
        .says("café 😀 https://x.test")
        .await
        .unwrap();
    let got = callback.wait(1).await.remove(0);
    let body = String::from_utf8(got.body.to_vec()).unwrap();
    assert!(
        body.contains(r"caf\u00e9 \ud83d\ude00 https:\/\/x.test"),
        "{body}"
    );
    assert!(body.is_ascii());
    assert!(!body.replace(r"\/", "").contains('/'), "{body}");
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(
        got.headers["content-length"],
        body.len().to_string().as_str()
    );
    assert_eq!(
        got.headers["x-hub-signature-256"].to_str().unwrap(),
        format!("sha256={}", hex_hmac("simulated-app-secret", &got.body))
    );
    let json = got.json();
    assert_eq!(json["object"], "whatsapp_business_account");
    assert_eq!(json["entry"][0]["changes"][0]["field"], "messages");
    assert_eq!(
        json["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"],
        "café 😀 https://x.test"
    );
    stage.end().await;
}

#[tokio::test]
async fn anything_but_200_is_tried_again() {
    let (stage, callback) = subscribed().await;
    callback.answers([500, 404, 201, 302]);
    stage.simulator().user(USER).says("hi").await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let got = callback.got();
    assert_eq!(got.len(), 5);
    assert!(
        got.iter().all(|one| one.body == got[0].body),
        "each attempt has the same bytes"
    );
    let deliveries = stage.simulator().deliveries();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].state, DeliveryState::Delivered);
    assert_eq!(deliveries[0].body, got[0].body);
    let statuses: Vec<_> = deliveries[0]
        .attempts
        .iter()
        .map(|one| one.status)
        .collect();
    assert_eq!(
        statuses,
        [Some(500), Some(404), Some(201), Some(302), Some(200)]
    );
    assert_eq!(stage.simulator().delivered_count(), 1);
    stage.end().await;
}

#[tokio::test]
async fn retries_wait_for_the_schedule_and_end_with_it() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let mut settings = Settings {
        clock: clock.clone(),
        ..quick()
    };
    settings.webhooks.retries =
        RetrySchedule(vec![Duration::from_mins(1), Duration::from_mins(10)]);
    let (stage, callback) = subscribed_with(settings).await;
    callback.answers([500, 500, 500]);
    stage.simulator().user(USER).says("hi").await.unwrap();
    let waits_after = async |attempts: usize| {
        until(|| {
            let deliveries = stage.simulator().deliveries();
            deliveries
                .iter()
                .any(|one| one.attempts.len() == attempts && one.state == DeliveryState::Waiting)
        })
        .await;
    };
    waits_after(1).await;
    clock.advance(Duration::from_secs(59));
    clock.advance(Duration::from_secs(1));
    waits_after(2).await;
    clock.advance(Duration::from_mins(10));
    callback.wait(3).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let delivery = stage.simulator().deliveries().remove(0);
    assert_eq!(delivery.state, DeliveryState::GivenUp);
    let seconds: Vec<_> = delivery
        .attempts
        .iter()
        .map(|one| one.at.as_second() - 1_795_262_400)
        .collect();
    assert_eq!(seconds, [0, 60, 660]);
    stage.end().await;
}

#[tokio::test]
async fn metas_schedule_grows_up_to_seven_days() {
    let RetrySchedule(waits) = RetrySchedule::meta();
    let total: Duration = waits.iter().sum();
    assert_eq!(total, Duration::from_hours(7 * 24));
    assert!(waits[..waits.len() - 1].is_sorted());
    assert_eq!(
        RetrySchedule::every(Duration::from_secs(1), 3)
            .faster(1000)
            .0[2]
            .as_millis(),
        1
    );
}

#[tokio::test]
async fn a_retry_follows_a_callback_that_moved() {
    let (stage, old) = subscribed().await;
    old.answers(std::iter::repeat_n(503, 1000));
    stage.simulator().user(USER).says("hi").await.unwrap();
    old.wait(2).await;
    let new = Callback::new().await;
    stage.simulator().subscribe(&new.url).await.unwrap();
    let value = new.values(1).await.remove(0);
    assert_eq!(value["messages"][0]["text"]["body"], "hi");
    stage.end().await;
}

#[tokio::test]
async fn updates_share_a_post_when_asked() {
    let mut settings = quick();
    settings.webhooks.max_updates_per_post = 10;
    settings.webhooks.concurrency = 1;
    let (stage, callback) = subscribed_with(settings).await;
    callback.answers([500]);
    let user = stage.simulator().user(USER);
    for n in 0..25 {
        user.says(&n.to_string()).await.unwrap();
    }
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let deliveries = stage.simulator().deliveries();
    assert!(deliveries.iter().all(|one| one.updates.len() <= 10));
    assert!(
        deliveries.iter().any(|one| one.updates.len() > 1),
        "nothing was batched"
    );
    let mut updates: Vec<_> = deliveries
        .iter()
        .flat_map(|one| one.updates.clone())
        .collect();
    updates.sort_unstable();
    assert_eq!(updates, (1..=25).collect::<Vec<_>>());
    stage.end().await;
}

#[tokio::test]
async fn duplicates_and_disorder_come_only_when_asked() {
    let mut settings = quick();
    settings.webhooks.duplicated = 1.0;
    let (stage, callback) = subscribed_with(settings).await;
    stage.simulator().user(USER).says("hi").await.unwrap();
    let got = callback.wait(2).await;
    assert_eq!(got[0].body, got[1].body);
    stage.end().await;

    let mut settings = quick();
    settings.webhooks.reordered = 0.5;
    let (stage, callback) = subscribed_with(settings).await;
    let user = stage.simulator().user(USER);
    for n in 0..20 {
        user.says(&n.to_string()).await.unwrap();
    }
    stage.simulator().clock().advance(Duration::from_secs(2));
    let order: Vec<Value> = callback
        .values(20)
        .await
        .iter()
        .map(|value| value["messages"][0]["text"]["body"].clone())
        .collect();
    let asked: Vec<Value> = (0..20).map(|n| json!(n.to_string())).collect();
    assert_ne!(order, asked);
    assert!(asked.iter().all(|body| order.contains(body)));
    stage.end().await;
}

#[tokio::test]
async fn a_full_backlog_refuses_sends() {
    let mut settings = quick();
    settings.webhooks.max_backlog = 4;
    settings.webhooks.retries = RetrySchedule::every(Duration::from_hours(1), 3);
    let (stage, callback) = subscribed_with(settings).await;
    callback.answers(std::iter::repeat_n(500, 100));
    for _ in 0..2 {
        stage.text("hi").await;
    }
    callback.wait(4).await;
    let (status, answer) = stage.send(&crate::kit::text("hi")).await;
    assert_eq!((status, &answer["error"]["code"]), (500, &json!(131_016)));
    assert_eq!(stage.simulator().accepted_count(), 2);
    stage.end().await;
}

#[tokio::test]
async fn nobody_subscribed_means_nothing_sent() {
    let stage = Stage::new().await;
    stage.simulator().user(USER).says("hi").await.unwrap();
    stage.text("hi").await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert!(stage.simulator().deliveries().is_empty());
    stage.end().await;
}
