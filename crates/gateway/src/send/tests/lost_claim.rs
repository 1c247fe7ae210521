//! A claim whose commit was not answered.

use std::sync::Arc;

use simulator::Trouble;

use super::{CHANNEL, House, until};
use crate::clock::{Clock, Millis};
use crate::send::claim::{self, Ask, PassedOver};
use crate::send::lost_claim;
use crate::send::pairs::Pairs;
use crate::store::messages::State;
use crate::store::outbound::{Claim, Claimer};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_claim_took_is_sent_all_the_same_and_once() {
    let house = House::build_with(Clock::system(), |config| {
        config.send.backoff_first_ms = 20_000;
    })
    .await;
    // A first try that Meta refuses: the message waits long enough for the claim.
    house.trouble(Trouble::graph(131_000), 1);
    let id = house.send("once").await;
    until("the message waits after its first try", async || {
        let message = house.message(&id).await;
        message.attempts == 1 && message.state == State::Queued
    })
    .await;
    let version = house.channel().await.updated_at;
    let node = house.app().cluster.node().to_owned();
    let shared = Arc::clone(house.app());
    let claim = house.write(move |tx| {
        let claimer = Claimer {
            channel_id: CHANNEL,
            version,
            node: &node,
            fence: None,
            claimed_at: 7,
        };
        let ask = Ask {
            limit: 9,
            passed_over: PassedOver::default(),
            pairs: &mut Pairs::default(),
            now: Millis::MAX,
        };
        claim::claim(tx, &shared, &claimer, ask)
    });
    assert!(matches!(claim.await, Claim::Taken { messages, .. } if messages.len() == 1));
    let app = || house.app().clone();
    // Another claim's messages are left alone.
    lost_claim::put_back(app(), CHANNEL.to_owned(), None, 8).await;
    assert_eq!(house.message(&id).await.state, State::Sending);
    lost_claim::put_back(app(), CHANNEL.to_owned(), None, 7).await;
    let sent = house.until_state(&id, State::Accepted).await;
    assert_eq!(sent.attempts, 3);
    // Whoever asks again finds nothing to put back.
    lost_claim::put_back(app(), CHANNEL.to_owned(), None, 7).await;
    assert_eq!(house.simulator.accepted_count(), 1);
    let outcomes = house.attempts(&id).await;
    let words: Vec<_> = outcomes
        .iter()
        .map(|(outcome, _)| outcome.as_deref().unwrap())
        .collect();
    assert_eq!(words, ["retry", "put_back", "accepted"]);
}
