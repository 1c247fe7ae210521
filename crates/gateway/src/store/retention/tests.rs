//! Each step looks at a few rows, whatever holds them.

use super::*;
use crate::ids::Random;
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::deliveries::{self, Delivery};
use crate::store::events::{self, NewEvent};
use crate::store::{Store, bus_cursors};

/// Rows from before the cutoff.
const ROWS: i64 = 12;
/// Those of them that wait for nothing.
const OVER: i64 = 3;
const CUTOFF: Millis = 1000;

fn event(random: &Random, at: Millis) -> NewEvent {
    NewEvent {
        id: random.id(Kind::Event, at),
        channel_id: "shop".to_owned(),
        kind: "status",
        occurred_at: at,
        created_at: at,
        message_id: None,
        notification: None,
        data: "{}".to_owned(),
    }
}

#[tokio::test]
async fn events_that_are_held_are_passed_a_few_at_a_time() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        for at in 1..=ROWS {
            let event = event(&random, at);
            let delivery = Delivery {
                id: random.id(Kind::Delivery, at),
                endpoint_id: "ep_1".to_owned(),
                event_seq: at,
                event_id: event.id.clone(),
                state: if at > ROWS - OVER {
                    deliveries::State::Delivered
                } else {
                    deliveries::State::Pending
                },
                attempts: 1,
                made: 0,
                due_at: at,
                created_at: at,
                updated_at: at,
            };
            events::append(tx, event);
            deliveries::insert(tx, &delivery)?;
        }
        Ok(())
    };
    store.write(change).await.unwrap();
    let (mut from, mut removed) = (0, 0);
    loop {
        let step = move |tx: &Tx<'_>| events(tx, from, ROWS, CUTOFF, 5);
        let (walked, last) = store.write(step).await.unwrap();
        removed += walked.removed;
        assert!(last - from <= 5, "{last} after {from}");
        if walked.seen < 5 {
            break;
        }
        assert_eq!((walked.seen, last), (5, from + 5));
        from = last;
    }
    assert_eq!(i64::try_from(removed).unwrap(), OVER);
    let left = store.read(|tx| events::after(tx, 0, 100)).await.unwrap();
    assert_eq!(i64::try_from(left.len()).unwrap(), ROWS - OVER);
    store.close().await;
}

#[tokio::test]
async fn letters_that_are_open_are_passed_a_few_at_a_time() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        for at in 1..=ROWS {
            let letter = NewDeadLetter {
                id: random.id(Kind::DeadLetter, at),
                channel_id: None,
                message_id: None,
                delivery_id: None,
                event_id: None,
                notification: None,
                reason: "unreadable".to_owned(),
                detail: "{}".to_owned(),
            };
            dead_letters::insert(tx, dead_letters::Kind::Ingest, &letter, at)?;
            if at > ROWS - OVER {
                dead_letters::resolve(tx, &letter.id, "discarded", at)?;
            }
        }
        Ok(())
    };
    store.write(change).await.unwrap();
    let (mut after, mut steps, mut removed) = (String::new(), 0, 0);
    loop {
        let step = move |tx: &Tx<'_>| dead_letters(tx, &after, CUTOFF, 5);
        let (walked, last) = store.write(step).await.unwrap();
        steps += 1;
        removed += walked.removed;
        if walked.seen < 5 {
            break;
        }
        after = last;
    }
    assert_eq!((i64::try_from(removed).unwrap(), steps), (OVER, 3));
    store.close().await;
}

#[tokio::test]
async fn a_bus_that_is_switched_off_holds_no_events() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        bus_cursors::begin(tx)?;
        events::append(tx, event(&Random::seeded(1), 1));
        Ok(())
    };
    store.write(change).await.unwrap();
    for (has_bus, last) in [(true, 0), (false, 1)] {
        let look = move |tx: &Tx<'_>| last_event(tx, CUTOFF, has_bus);
        assert_eq!(store.read(look).await.unwrap(), last, "{has_bus}");
    }
    store.close().await;
}
