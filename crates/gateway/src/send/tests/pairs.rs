//! The pace of each user, against a simulator that refuses what is too fast.

use serde_json::json;
use simulator::{Fault, Limits, Matching, Settings, Trouble};

use super::{CHANNEL, House, accept_json, fixed, until};
use crate::send::{Accept, Accepted};
use crate::store::messages::State;

const ANN: &str = "+16505551111";
const BOB: &str = "+16505552222";

/// Both clocks stand until [`House::pass`].
async fn strict() -> House {
    let simulate = |settings: &mut Settings| {
        settings.limits = Limits {
            pair: true,
            ..Limits::NONE
        };
        settings.clock.freeze();
    };
    House::build_against(fixed(), |config| config.send.pair_pace = true, simulate).await
}

fn to(user: &str, text: &str) -> Accept {
    accept_json(&json!({"to": user, "type": "text", "text": {"body": text}}))
}

impl House {
    async fn send_to(&self, user: &str, text: &str) -> String {
        match self.accept(to(user, text)).await.unwrap() {
            Accepted::New { message, .. } => message.id,
            Accepted::Replayed { .. } => panic!("replayed without a key"),
        }
    }

    /// Until so many have arrived and no more wait to be claimed.
    async fn until_arrived(&self, count: usize) {
        until("they arrive", async || self.arrived().len() >= count).await;
        let due = "SELECT message_id, channel_id FROM send_queue WHERE channel_id = $1";
        until("the rest waits for its time", async || {
            self.rows(due, CHANNEL.to_owned()).await.is_empty()
        })
        .await;
        assert_eq!(self.arrived().len(), count);
    }

    async fn retried(&self) -> usize {
        let sql = "SELECT outcome, message_id FROM send_attempts \
                   WHERE outcome = 'retry' AND message_id <> $1";
        self.rows(sql, String::new()).await.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_gets_a_burst_then_rests_and_nobody_else_waits() {
    let mut house = strict().await;
    // A first message, so that the start of the sender is past.
    house.send_to(BOB, "hello").await;
    house.until_arrived(1).await;
    house.pass(20_000);
    for number in 0..60 {
        house.send_to(ANN, &format!("ann-{number:02}")).await;
    }
    for number in 0..5 {
        house.send_to(BOB, &format!("bob-{number}")).await;
    }
    house.until_arrived(1 + 45 + 5).await;
    // Another sender takes over and keeps to what was sent before it.
    house.pass(100_000);
    house.restart(|_| Ok(())).await;
    let late = house.send_to(ANN, "ann-60").await;
    house.until_arrived(51).await;
    assert_eq!(house.message(&late).await.attempts, 0);
    house.pass(171_000);
    house.until_arrived(51 + 16).await;
    let mut ann = house.arrived();
    ann.retain(|text| text.starts_with("ann"));
    let mut sorted = ann.clone();
    sorted.sort_unstable();
    assert_eq!(ann.len(), 61);
    // Calls run beside each other, so the order is that of bursts.
    let (mut first, mut rest) = (ann[..45].to_vec(), ann[45..].to_vec());
    first.sort_unstable();
    rest.sort_unstable();
    assert_eq!((&first[..], &rest[..]), (&sorted[..45], &sorted[45..]));
    assert_eq!(house.retried().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_pair_waits_longer_each_time_and_the_number_goes_on() {
    let house = strict().await;
    let only_ann = Matching {
        recipient: Some(ANN.to_owned()),
        ..Matching::ANY
    };
    let fault = Fault {
        matching: only_ann,
        ..Fault::new(Trouble::graph(131_056)).times(2)
    };
    house.simulator.fault(fault);
    let ann = house.send_to(ANN, "ann").await;
    until("it was refused", async || house.retried().await == 1).await;
    let behind = house.send_to(ANN, "behind").await;
    let bob = house.send_to(BOB, "bob").await;
    house.until_state(&bob, State::Accepted).await;
    house.pass(900);
    house.until_arrived(1).await;
    assert_eq!(house.retried().await, 1);
    house.pass(200);
    until("it was refused again", async || house.retried().await == 2).await;
    // Now it is four seconds.
    house.pass(3_500);
    house.until_arrived(1).await;
    house.pass(600);
    house.until_state(&ann, State::Accepted).await;
    assert_eq!(house.message(&behind).await.attempts, 0);
    house.pass(7_000);
    house.until_state(&behind, State::Accepted).await;
    assert_eq!(house.arrived(), ["bob", "ann", "behind"]);
}
