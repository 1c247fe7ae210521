//! Replay, retry, discard, delete.

use super::super::{RefusedWish, discard_within, recover, replay, retry, test};
use super::*;
use crate::store::audit::{self, Scribe};

/// More than a recovery begins in four transactions.
const FAILED: u16 = 2200;
/// When they were due before.
const UNTOUCHED: i64 = NOW + 1;

fn all() -> Scope {
    Scope::default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_delivers_again_past_the_filters() {
    let house = House::start().await;
    let mut receiver = Receiver::answering(200).await;
    let event = house.event("template", "shop").await;
    let endpoint = house.endpoint_for(&receiver.url, &["message"], &[]).await;
    let ask = |event: &str, endpoint: &str| {
        replay(
            house.app(),
            event.to_owned(),
            endpoint.to_owned(),
            all(),
            Scribe::for_test(house.app()),
        )
    };
    let first = ask(&event, &endpoint.id).await.unwrap();
    let second = ask(&event, &endpoint.id).await.unwrap();
    assert_ne!(first.id, second.id);
    let got = receiver.until(2).await;
    assert!(
        got.iter()
            .all(|got| got.id() == event && got.body == got.body)
    );
    house.until_state(&endpoint, State::Delivered, 2).await;
    assert!(matches!(
        ask("evt_0", &endpoint.id).await,
        Err(RefusedWish::NoEvent)
    ));
    assert!(matches!(
        ask(&event, "ep_0").await,
        Err(RefusedWish::NoEndpoint)
    ));
    let (id, now) = (endpoint.id.clone(), house.clock.now());
    house
        .write(move |tx| endpoints::disable(tx, &id, "by hand", now))
        .await;
    assert!(matches!(
        ask(&event, &endpoint.id).await,
        Err(RefusedWish::EndpointDisabled)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_not_taken_up_again() {
    let house = House::start().await;
    let mut receiver = Receiver::start(|_| None).await;
    let endpoint = house.endpoint(&receiver.url).await;
    let ids = house.events("message", "shop", 8).await;
    receiver.until(8).await;
    // The replay has the worker look for everything that is due, which the eight still are.
    let replayed = replay(
        house.app(),
        ids[0].clone(),
        endpoint.id.clone(),
        all(),
        Scribe::for_test(house.app()),
    )
    .await;
    let got = receiver.until(9).await;
    assert_eq!(got[8].id(), replayed.unwrap().event_id);
    assert_eq!(receiver.count(), 9);
    // What hangs must not hold up the end of this test.
    house.app().stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_begins_the_schedule_again_and_closes_the_dead_letter() {
    let house = House::start_fixed().await;
    let mut receiver = Receiver::start(|nth| Some(answer(if nth <= 11 { 503 } else { 200 }))).await;
    let endpoint = house.endpoint_for(&receiver.url, &["message"], &[]).await;
    house.event("message", "shop").await;
    until("the schedule is over", async || {
        house.clock.advance(86_400_000);
        house.dead_letters().await.len() == 1
    })
    .await;
    let failed = house.deliveries(&endpoint).await.remove(0);
    assert_eq!((failed.state, failed.attempts), (State::Failed, 10));
    let retried = retry(
        house.app(),
        failed.id.clone(),
        all(),
        Scribe::for_test(house.app()),
    )
    .await
    .unwrap();
    assert_eq!((retried.state, retried.attempts), (State::Pending, 0));
    assert_eq!(retried.made, 10);
    assert_eq!(
        house.dead_letters().await,
        [(failed.id.clone(), Some("retried".to_owned()))]
    );
    let pending = house.attempted(&endpoint, 11).await;
    assert_eq!((pending.state, pending.attempts), (State::Pending, 1));
    assert_eq!(pending.made, 11);
    // The second step of the schedule, not one behind its end.
    let wait = pending.due_at - house.clock.now();
    assert!((4000..=6000).contains(&wait), "{wait}");
    retry(
        house.app(),
        failed.id.clone(),
        all(),
        Scribe::for_test(house.app()),
    )
    .await
    .unwrap();
    receiver.until(12).await;
    house.until_state(&endpoint, State::Delivered, 1).await;
    let delivered = house.attempted(&endpoint, 12).await;
    assert_eq!((delivered.made, delivered.attempts), (12, 1));
    let with_failures = house.read(|tx| {
        let filter = Filter {
            failures: true,
            ..Filter::default()
        };
        let found = deliveries::page(tx, filter, &Scope::default(), &Page::new(None, 10))?;
        Ok(found.rows.len())
    });
    assert_eq!(with_failures.await, 1);
    assert!(matches!(
        retry(house.app(), failed.id, all(), Scribe::for_test(house.app())).await,
        Err(RefusedWish::Delivered)
    ));
    assert!(matches!(
        retry(
            house.app(),
            "dlv_0".into(),
            all(),
            Scribe::for_test(house.app())
        )
        .await,
        Err(RefusedWish::NoDelivery)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_not_undone_by_the_attempt_under_way() {
    let house = House::start_fixed().await;
    let (go, wait) = std::sync::mpsc::channel();
    let wait = std::sync::Mutex::new(wait);
    let mut receiver = Receiver::start(move |nth| {
        if nth == 2 {
            tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
        }
        Some(answer(if nth < 3 { 500 } else { 200 }))
    })
    .await;
    let endpoint = house.endpoint_for(&receiver.url, &["message"], &[]).await;
    house.event("message", "shop").await;
    let failing = house.attempted(&endpoint, 1).await;
    house.clock.advance(failing.due_at - house.clock.now());
    receiver.until(2).await;
    retry(
        house.app(),
        failing.id,
        all(),
        Scribe::for_test(house.app()),
    )
    .await
    .unwrap();
    go.send(()).unwrap();
    house.until_state(&endpoint, State::Delivered, 1).await;
    assert_eq!(receiver.count(), 3);
    let delivered = house.deliveries(&endpoint).await.remove(0);
    assert_eq!((delivered.attempts, delivered.made), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_does_not_wait_behind_what_waits_for_a_lane() {
    let one_lane = |config: &mut Config| config.deliver.in_flight = 1;
    let house = House::start_with(Clock::system(), one_lane).await;
    let (go, wait) = std::sync::mpsc::channel();
    let wait = std::sync::Mutex::new(wait);
    let mut receiver = Receiver::start(move |nth| {
        if nth == 1 {
            tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
        }
        Some(answer(200))
    })
    .await;
    let endpoint = house.endpoint(&receiver.url).await;
    let ids = house.events("message", "shop", 600).await;
    receiver.until(1).await;
    let scribe = Scribe::for_test(house.app());
    let tested = test(house.app(), endpoint.id.clone(), scribe)
        .await
        .unwrap();
    let got = receiver.until(2).await;
    assert_eq!(got[1].id(), tested.event_id);
    house.until_state(&endpoint, State::Delivered, 1).await;
    let made = house.attempts(&tested).await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].status, Some(200));
    // The others go on in their order.
    go.send(()).unwrap();
    let mut got = receiver.until(601).await;
    got.remove(1);
    let got: Vec<_> = got.iter().map(|got| got.id().to_owned()).collect();
    assert!(got == ids);
    house.until_state(&endpoint, State::Delivered, 601).await;
    assert_eq!(receiver.count(), 601);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_does_not_wait_for_the_pauses_of_an_endpoint_that_fails() {
    let house = House::start_fixed().await;
    let mut receiver = Receiver::answering(500).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.events("message", "shop", 600).await;
    receiver.until(22).await;
    let scribe = Scribe::for_test(house.app());
    let tested = test(house.app(), endpoint.id.clone(), scribe)
        .await
        .unwrap();
    house.until_state(&endpoint, State::Canceled, 1).await;
    let made = house.attempts(&tested).await;
    assert_eq!((made.len(), made[0].status), (1, Some(500)));
    assert!(receiver.count() < 100, "{}", receiver.count());
}

/// Deliveries that failed, each due at [`UNTOUCHED`] as long as nobody has begun it again.
async fn failed(house: &House, endpoint: &Endpoint) {
    let event_id = house.event("message", "shop").await;
    let (app, id) = (Arc::clone(house.app()), endpoint.id.clone());
    house
        .write(move |tx| {
            let event = events::by_id(tx, &event_id)?.unwrap();
            for nth in 0..FAILED {
                let failed = Delivery {
                    id: app.random.id(Kind::Delivery, NOW),
                    endpoint_id: id.clone(),
                    event_seq: event.seq,
                    event_id: event_id.clone(),
                    // For good, or so far.
                    state: [State::Failed, State::Pending][usize::from(nth % 2 == 0)],
                    attempts: 1,
                    made: 1,
                    due_at: UNTOUCHED,
                    created_at: NOW,
                    updated_at: NOW,
                };
                deliveries::insert(tx, &failed)?;
            }
            Ok(())
        })
        .await;
}

async fn untouched(house: &House, endpoint: &Endpoint) -> usize {
    let left = house.deliveries(endpoint).await.into_iter();
    left.filter(|one| one.due_at == UNTOUCHED).count()
}

fn since() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(NOW).unwrap()
}

/// The first fail again while the others are begun: there are more than one transaction takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_goes_on_behind_what_it_has_begun() {
    let house = House::start_fixed().await;
    let mut receiver = Receiver::answering(503).await;
    let endpoint = house.endpoint_for(&receiver.url, &["call"], &[]).await;
    failed(&house, &endpoint).await;
    let scribe = Scribe::for_test(house.app());
    let recovered = recover(house.app(), endpoint.id.clone(), since(), &scribe).await;
    assert_eq!(recovered.unwrap(), i64::from(FAILED));
    receiver.until(1).await;
    assert_eq!(untouched(&house, &endpoint).await, 0, "each has been begun");
    let left = house.deliveries(&endpoint).await;
    assert!(left.iter().all(|one| one.state == State::Pending));
}

/// What the audit says of recoveries, in the order of their ids: how many were begun.
async fn noted(house: &House, endpoint: &Endpoint) -> Vec<i64> {
    let id = endpoint.id.clone();
    let deeds = house.read(move |tx| audit::of_subject(tx, &id, 100)).await;
    let counts = deeds.iter().map(|deed| {
        assert_eq!(deed.action, "endpoint.recovered");
        let became: serde_json::Value =
            serde_json::from_str(deed.became.as_deref().unwrap()).unwrap();
        became["deliveries"].as_i64().unwrap()
    });
    counts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_a_recovery_is_noted_or_not_made() {
    let house = House::start_fixed().await;
    let receiver = Receiver::answering(503).await;
    let endpoint = house.endpoint_for(&receiver.url, &["call"], &[]).await;
    failed(&house, &endpoint).await;
    let scribe = || Scribe {
        random: Random::seeded(7),
        ..Scribe::for_test(house.app())
    };
    // The entry of the third step cannot be written: its id is taken.
    let foretold = scribe();
    let [.., third] = [(); 3].map(|()| foretold.random.id(Kind::Audit, foretold.now));
    let taken = audit::Deed {
        id: third,
        actor: "key_test".to_owned(),
        at_console: false,
        action: "endpoint.recovered".to_owned(),
        subject: "ep_other".to_owned(),
        was: None,
        became: None,
        created_at: NOW,
    };
    house.write(move |tx| audit::add(tx, &taken)).await;
    let broken = recover(house.app(), endpoint.id.clone(), since(), &scribe()).await;
    assert!(matches!(broken, Err(RefusedWish::Store(_))), "{broken:?}");
    assert_eq!(noted(&house, &endpoint).await, [500, 500]);
    assert_eq!(
        untouched(&house, &endpoint).await,
        usize::from(FAILED) - 1000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_is_over() {
    let house = House::start_fixed().await;
    let receiver = Receiver::answering(500).await;
    let endpoint = house.endpoint(&receiver.url).await;
    let scribe = Scribe::for_test(house.app());
    let id = endpoint.id.clone();
    test(house.app(), id, scribe).await.unwrap();
    house.until_state(&endpoint, State::Canceled, 1).await;
    assert_eq!(house.attempted(&endpoint, 1).await.attempts, 1);
    house.clock.advance(86_400_000);
    assert_eq!(house.dead_letters().await, []);
    assert_eq!(house.count_events("dead_letter").await, 0);
    assert_eq!(receiver.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_delivery_is_not_made() {
    let house = House::start_fixed().await;
    let mut receiver = Receiver::answering(500).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.event("message", "shop").await;
    let delivery = house.attempted(&endpoint, 1).await;
    let (id, now) = (delivery.id, house.clock.now());
    house
        .write(move |tx| discard_within(tx, &id, "discarded: wrong number", now))
        .await;
    house.until_state(&endpoint, State::Canceled, 1).await;
    house.clock.advance(60_000);
    let later = house.event("status", "shop").await;
    assert_eq!(receiver.until(2).await[1].id(), later);
    house.until_state(&endpoint, State::Canceled, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_endpoint_leaves_nothing_pending() {
    let mut house = House::start_fixed().await;
    let mut receiver = Receiver::answering(500).await;
    let endpoint = house.endpoint(&receiver.url).await;
    house.events("message", "shop", 2500).await;
    receiver.until(20).await;
    let (id, now) = (endpoint.id.clone(), house.clock.now());
    assert!(house.write(move |tx| endpoints::delete(tx, &id)).await);
    until("nothing is pending", async || {
        let all = house.deliveries(&endpoint).await;
        all.iter().all(|delivery| delivery.state == State::Canceled)
    })
    .await;

    // Deleted, and the process died before the rest was done.
    let id = endpoint.id.clone();
    house
        .write(move |tx| {
            let sql = "UPDATE deliveries SET state = 'pending', due_at = $1 WHERE endpoint_id = $2";
            tx.execute(sql, &[now.into(), (&id).into()])
        })
        .await;
    assert!(house.stop().await);
    house.boot(2).await;
    house.until_state(&endpoint, State::Pending, 0).await;
}
