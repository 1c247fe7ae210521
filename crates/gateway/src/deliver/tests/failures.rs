//! What fails: the schedule, Retry-After, 410, redirects, time-outs, the last attempt.

use super::super::schedule::SCHEDULE;
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_delivery_follows_the_schedule_and_becomes_one_dead_letter() {
    let house = House::start_fixed().await;
    let mut receiver = Receiver::answering(500).await;
    // It gets the event about its own failure too, and fails at that as well.
    let endpoint = house.endpoint(&receiver.url).await;
    let event = house.event("message", "shop").await;
    for (number, seconds) in SCHEDULE.into_iter().enumerate().skip(1) {
        let delivery = house.attempted(&endpoint, number).await;
        assert_eq!(delivery.state, State::Pending);
        let wait = delivery.due_at - house.clock.now();
        let step = i64::from(seconds) * 1000;
        assert!(
            (step * 4 / 5..=step * 6 / 5).contains(&wait),
            "attempt {number}: {wait}"
        );
        house.clock.advance(wait - 1);
        // A moment early: a round of the worker, seen by another endpoint's delivery, changes it not.
        assert_eq!(house.attempted(&endpoint, number).await, delivery);
        house.clock.advance(1);
    }
    house.until_state(&endpoint, State::Failed, 1).await;
    let got = receiver.until(10).await;
    let own: Vec<_> = got.iter().filter(|got| got.id() == event).collect();
    assert_eq!(own.len(), 10);
    assert!(
        own.iter().all(|got| got.body == own[0].body),
        "the same bytes each time"
    );
    let failed = house.deliveries(&endpoint).await.remove(0);
    let attempts = house.attempts(&failed).await;
    assert_eq!(
        attempts.iter().map(|one| one.number).collect::<Vec<_>>(),
        (1..=10).collect::<Vec<_>>()
    );
    assert!(attempts.iter().all(|one| one.status == Some(500)));
    assert_eq!(attempts[9].error.as_deref(), Some("answered 500"));
    assert_eq!(house.dead_letters().await, [(failed.id.clone(), None)]);

    // The failed delivery of the `dead_letter` event is kept, and makes no further event.
    until("the dead letter's event fails too", async || {
        house.clock.advance(86_400_000);
        house.dead_letters().await.len() == 2
    })
    .await;
    assert_eq!(house.count_events("dead_letter").await, 1);
    house.are_documented().await;
    assert_eq!(house.deliveries(&endpoint).await.len(), 2);
    assert_eq!(house.metric("refused"), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_honoured_when_it_is_later() {
    let date = jiff::Timestamp::from_millisecond(NOW + 7_200_000).unwrap();
    let date = jiff::fmt::strtime::format("%a, %d %b %Y %H:%M:%S GMT", date).unwrap();
    for (status, value, waits) in [(429, "90", 90_000), (503, date.as_str(), 7_200_000)] {
        let value = value.to_owned();
        let house = House::start_fixed().await;
        let script = move |nth| match nth {
            1 => Some(answer_with(status, "retry-after", &value)),
            _ => Some(answer(200)),
        };
        let mut receiver = Receiver::start(script).await;
        let endpoint = house.endpoint(&receiver.url).await;
        house.event("message", "shop").await;
        let delivery = house.attempted(&endpoint, 1).await;
        assert_eq!(delivery.due_at, NOW + waits);
        house.clock.advance(waits);
        receiver.until(2).await;
        house.until_state(&endpoint, State::Delivered, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gone_disables_the_endpoint_and_keeps_what_waits() {
    let house = House::start_with(Clock::fixed(NOW), |config| config.deliver.in_flight = 1).await;
    let receiver = Receiver::start(|nth| Some(answer(if nth == 1 { 410 } else { 200 }))).await;
    let endpoint = house.endpoint(&receiver.url).await;
    let mut watcher = Receiver::answering(200).await;
    house
        .endpoint_for(&watcher.url, &["endpoint_disabled"], &[])
        .await;
    house.events("message", "shop", 5).await;
    let told = watcher.until(1).await.remove(0);
    let told: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["data"]["endpoint"], endpoint.id);
    assert_eq!(told["data"]["reason"], "the endpoint answered 410 Gone");
    house.are_documented().await;
    assert_eq!(
        house.disabled_reason(&endpoint).await.as_deref(),
        Some("gone")
    );
    assert_eq!(receiver.count(), 1);
    let tried = house
        .deliveries(&endpoint)
        .await
        .iter()
        .map(|one| one.attempts)
        .sum::<i64>();
    assert_eq!(tried, 1);

    // Later events wait for it as well; nothing is delivered meanwhile.
    house.clock.advance(3_600_000);
    house.events("message", "shop", 2).await;
    house.until_state(&endpoint, State::Pending, 5).await;
    assert_eq!(receiver.count(), 1);
    house.enable(&endpoint).await;
    // Five and two, and the event that told of the disabling.
    house.until_state(&endpoint, State::Delivered, 8).await;
    assert_eq!(receiver.count(), 9);
    assert_eq!(house.count_events("endpoint_disabled").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let house = House::start_fixed().await;
    let other = Receiver::answering(200).await;
    let elsewhere = other.url.clone();
    let script = move |_| Some(answer_with(307, "location", &elsewhere));
    let receiver = Receiver::start(script).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.event("message", "shop").await;
    let delivery = house.attempted(&endpoint, 1).await;
    let attempt = house.attempts(&delivery).await.remove(0);
    assert_eq!(attempt.status, Some(307));
    assert_eq!(
        attempt.error.as_deref(),
        Some("answered 307: redirects are not followed")
    );
    assert_eq!(
        (receiver.count(), other.count(), house.metric("redirected")),
        (1, 0, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_in_time_is_a_failure() {
    let house = House::start_with(Clock::fixed(NOW), |config| {
        config.deliver.timeout_seconds = 1;
    })
    .await;
    let receiver = Receiver::start(|_| None).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.event("message", "shop").await;
    let delivery = house.attempted(&endpoint, 1).await;
    let attempt = house.attempts(&delivery).await.remove(0);
    assert_eq!(attempt.error.as_deref(), Some("no answer within 1 s"));
    assert!(
        (1000..5000).contains(&attempt.duration_ms),
        "{}",
        attempt.duration_ms
    );
    assert_eq!((attempt.status, house.metric("timeout")), (None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_up_to_its_limit() {
    let house = House::start_fixed().await;
    let script = |_| Some(Response::new(Body::from("\0ä".repeat(100_000))));
    let receiver = Receiver::start(script).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.event("message", "shop").await;
    let delivery = house.attempted(&endpoint, 1).await;
    assert_eq!(delivery.state, State::Delivered);
    let response = house.attempts(&delivery).await.remove(0).response.unwrap();
    assert!(response.starts_with("\u{fffd}ä\u{fffd}ä"), "{response:.20}");
    assert!(
        (2729..=2732).contains(&response.chars().count()),
        "{}",
        response.chars().count()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_nothing_but_fail_is_disabled_after_days() {
    const TWO_DAYS: i64 = 2 * 86_400_000;
    let change = |config: &mut Config| config.deliver.disable_after_days = 2;
    let house = House::start_with(Clock::fixed(NOW), change).await;
    let receiver = Receiver::answering(500).await;
    let endpoint = house.endpoint_for(&receiver.url, &["message"], &[]).await;
    house.event("message", "shop").await;
    let mut number = 1;
    loop {
        let delivery = house.attempted(&endpoint, number).await;
        let now = house.clock.now();
        if now - NOW >= TWO_DAYS {
            break;
        }
        assert_eq!(house.disabled_reason(&endpoint).await, None);
        house.clock.advance(delivery.due_at - now);
        number += 1;
    }
    until("it is disabled", async || {
        house.disabled_reason(&endpoint).await.is_some()
    })
    .await;
    let reason = house.disabled_reason(&endpoint).await;
    assert_eq!(reason.as_deref(), Some("failed for 2 days"));
    assert_eq!(house.count_events("endpoint_disabled").await, 1);
    house.are_documented().await;
    // Whoever enables it gives it as long again.
    house.enable(&endpoint).await;
    house.clock.advance(1000);
    let id = endpoint.id.clone();
    let later = house.clock.now();
    let since = house.write(move |tx| endpoints::set_failing(tx, &id, later));
    assert_eq!(since.await, Some(later));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_failures_ends_with_a_success_a_long_silence_or_another_url() {
    const DAY: i64 = 86_400_000;
    let house = House::start_fixed().await;
    let endpoint = house.endpoint("https://example.com/hook").await;
    let fails = async |at: i64| {
        let id = endpoint.id.clone();
        house
            .write(move |tx| endpoints::set_failing(tx, &id, at))
            .await
    };
    assert_eq!(fails(NOW).await, Some(NOW));
    assert_eq!(fails(NOW + DAY).await, Some(NOW));
    let id = endpoint.id.clone();
    house.write(move |tx| endpoints::set_well(tx, &id)).await;
    assert_eq!(fails(NOW + DAY).await, Some(NOW + DAY));
    assert_eq!(fails(NOW + 4 * DAY).await, Some(NOW + 4 * DAY));
    let mut moved = endpoint.clone();
    moved.description = "the same URL".to_owned();
    let same = moved.clone();
    house.write(move |tx| endpoints::update(tx, &same)).await;
    assert_eq!(fails(NOW + 5 * DAY).await, Some(NOW + 4 * DAY));
    moved.url = "https://example.com/other".parse().unwrap();
    house.write(move |tx| endpoints::update(tx, &moved)).await;
    assert_eq!(fails(NOW + 6 * DAY).await, Some(NOW + 6 * DAY));
}
