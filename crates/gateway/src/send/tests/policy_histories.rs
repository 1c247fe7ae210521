//! Random histories through the real store and a strict simulator: what the policy lets through is
//! never answered with 131047 or 131050.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::policy::{USER, strict, template};
use super::{House, accept, until};
use crate::clock::Millis;
use crate::send::{Accept, Accepted};
use crate::store::messages::State;

const HOUR: Millis = 3600 * 1000;
const STEPS: usize = 120;

#[tokio::test(flavor = "multi_thread")]
async fn no_window_is_missed_and_no_refusal_in_random_histories() {
    let house = strict(|_| {}).await;
    house.hear("hi").await;
    house.fetch_templates().await;
    let mut dice = StdRng::seed_from_u64(11);
    let mut taken: Vec<String> = Vec::new();
    let mut refused = 0_u32;
    for _ in 0..STEPS {
        match dice.random_range(0..14) {
            0 => house.hear("good morning").await,
            1 => house.hear("STOP").await,
            2 => house.hear("start").await,
            3 => preference(&house, "user_preferences.stop").await,
            4 => preference(&house, "user_preferences.resume").await,
            5 | 6 => house.pass(dice.random_range(1..16) * HOUR),
            7 => house.pass(dice.random_range(1..120) * 1000),
            step => {
                let content = match step {
                    8..=10 => accept("hello"),
                    11 => template("hello_there"),
                    _ => template("sale"),
                };
                let due_at = dice
                    .random_bool(0.5)
                    .then(|| house.now() + dice.random_range(1..30) * HOUR);
                let accept = Accept { due_at, ..content };
                match house.accept(accept).await {
                    Ok(Accepted::New { message, .. }) => taken.push(message.id),
                    Ok(Accepted::Replayed { .. }) => panic!("replayed without a key"),
                    Err(error) => {
                        assert!(error.to_string().len() > 10);
                        refused += 1;
                    }
                }
            }
        }
        settle(&house, &taken).await;
    }
    house.pass(40 * HOUR);
    settle(&house, &taken).await;
    let (mut delivered, mut held) = (0_u32, 0_u32);
    for id in &taken {
        let message = house.message(id).await;
        match (message.state, message.carrier_id) {
            (State::Delivered, Some(_)) => delivered += 1,
            (State::Failed | State::RequiresTemplate, None) => held += 1,
            // The name is not known to Meta either.
            (State::Failed, Some(_)) => panic!("{:?}", message.state_detail),
            other => panic!("{other:?}: {:?}", message.state_detail),
        }
    }
    assert!(
        refused > 5 && delivered > 5 && held > 2,
        "refused {refused}, delivered {delivered}, held {held}"
    );
}

/// Waits until what was due has ended, so that the next step finds the world at rest.
async fn settle(house: &House, taken: &[String]) {
    for id in taken {
        let rests = async || {
            let message = house.message(id).await;
            match message.state {
                State::Queued | State::Sending | State::Accepted | State::Sent => false,
                State::Scheduled => !due(house, id).await,
                _ => true,
            }
        };
        until("a message comes to rest", rests).await;
    }
}

/// Whether a message in the queue is due.
async fn due(house: &House, id: &str) -> bool {
    let (id, now) = (id.to_owned(), house.now());
    let look = move |tx: &crate::store::Tx<'_>| {
        tx.first(
            "SELECT due_at FROM send_later WHERE message_id = $1",
            &[(&id).into()],
            |row| row.int(0),
        )
    };
    let at = house.app().store.read(look).await.unwrap();
    at.is_none_or(|at| at <= now)
}

async fn preference(house: &House, event: &str) {
    let before = house.events("user_preferences").await.len();
    house
        .simulator
        .trigger(event, json!({"user": USER}))
        .await
        .unwrap();
    let heard = async || house.events("user_preferences").await.len() > before;
    until(event, heard).await;
    // The next is not said in the same second.
    house.pass(1000);
}
