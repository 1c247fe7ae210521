//! Outcomes: each class of refusal, retries, pauses.

use std::sync::Arc;

use simulator::{Fault, Trouble};

use super::{CHANNEL, House, accept, fixed, until};
use crate::clock::Millis;
use crate::config::SecretRef;
use crate::send::AcceptError;
use crate::send::claim::{self, Ask, PassedOver};
use crate::send::pairs::Pairs;
use crate::store::Tx;
use crate::store::audit::Scribe;
use crate::store::messages::State;
use crate::store::outbound::{Claim, Claimer};

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_fault_is_tried_again() {
    for code in [2, 131_000, 131_016, 131_057, 130_429, 80_007, 1] {
        let house = House::build().await;
        house.trouble(Trouble::graph(code), 1);
        let id = house.send("again").await;
        let message = house.until_state(&id, State::Accepted).await;
        assert_eq!(
            (message.attempts, message.state_detail),
            (2, None),
            "{code}"
        );
        let outcomes: Vec<_> = house
            .attempts(&id)
            .await
            .into_iter()
            .map(|a| a.0.unwrap())
            .collect();
        assert_eq!(outcomes, ["retry", "accepted"], "{code}");
        assert_eq!(house.results(&id).await, ["accepted"], "{code}");
        assert_eq!(house.simulator.accepted_count(), 1, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_end_as_their_class_says() {
    let house = House::build().await;
    for (code, state, reason) in [
        (131_047, State::RequiresTemplate, "requires_template"),
        (132_001, State::Failed, "fix_template"),
        (131_008, State::Failed, "fix_request"),
        (131_026, State::Failed, "recipient"),
        (131_050, State::Failed, "opt_out"),
        (134_011, State::Failed, "blocked"),
        (100, State::Failed, "fix_request"),
    ] {
        house.trouble(Trouble::graph(code), 1);
        let id = house.send("no").await;
        let message = house.until_state(&id, state).await;
        assert_eq!(message.attempts, 1, "{code}");
        assert_eq!(house.results(&id).await, [state.as_str()], "{code}");
        let letters = house.dead_letters(&id).await;
        assert_eq!(letters.len(), 1, "{code}");
        assert_eq!(letters[0].0.as_deref(), Some(reason), "{code}");
        let detail: serde_json::Value =
            serde_json::from_str(letters[0].1.as_deref().unwrap()).unwrap();
        assert_eq!(
            detail["answer"]["error"]["code"], code,
            "the answer is kept as it came"
        );
        assert!(detail["advice"].as_str().unwrap().len() > 10);
        let fault: serde_json::Value =
            serde_json::from_str(message.state_detail.as_deref().unwrap()).unwrap();
        assert_eq!(fault["code"], code);
        let result = house.events("send_result").await.pop().unwrap();
        assert_eq!(
            (&result["success"], &result["code"]),
            (&false.into(), &code.into())
        );
        let event = house.events("dead_letter").await.pop().unwrap();
        assert_eq!(
            (&event["id"], &event["reason"]),
            (&id.into(), &reason.into())
        );
    }
    assert!(house.channel().await.paused.is_none());
    assert_eq!(house.simulator.accepted_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_are_bounded_and_a_resend_begins_anew() {
    let house = House::build_with(fixed(), |config| {
        config.send.max_attempts = 3;
        config.send.backoff_longest_ms = 10;
    })
    .await;
    house.trouble(Trouble::graph(131_000), 4);
    let id = house.send("never").await;
    until("the message ends", async || {
        house.clock.advance(20);
        house.message(&id).await.state == State::Failed
    })
    .await;
    assert_eq!(house.message(&id).await.attempts, 3);
    assert_eq!(
        house.dead_letters(&id).await[0].0.as_deref(),
        Some("attempts_exhausted")
    );

    crate::send::resend(house.app(), &id, Scribe::for_test(house.app()))
        .await
        .unwrap();
    assert_eq!(house.dead_letters(&id).await, []);
    until("the message is accepted", async || {
        house.clock.advance(20);
        house.message(&id).await.state == State::Accepted
    })
    .await;
    assert_eq!(house.message(&id).await.attempts, 5);
    assert_eq!(house.results(&id).await, ["failed", "accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_are_kept_by_the_clock() {
    let house = House::build_with(fixed(), |_| {}).await;
    let graph = |code, retry_after| Trouble::Graph {
        code,
        subcode: None,
        details: None,
        retry_after,
    };
    for (trouble, seconds) in [
        (graph(131_056, None), 1),
        (graph(131_016, Some(90)), 90),
        (graph(131_049, None), 24 * 3600),
    ] {
        house.trouble(trouble, 1);
        let id = house.send("later").await;
        until("the message waits", async || {
            let message = house.message(&id).await;
            (message.state, message.attempts) == (State::Queued, 1)
        })
        .await;
        // Another one is not held up by it.
        let other = house.send("now").await;
        house.until_state(&other, State::Accepted).await;
        house.clock.advance(seconds * 1000 - 1);
        let third = house.send("now too").await;
        house.until_state(&third, State::Accepted).await;
        assert_eq!(house.message(&id).await.state, State::Queued);
        house.clock.advance(seconds * 100 + 1);
        house.until_state(&id, State::Accepted).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_pauses_the_channel_and_a_new_one_sends_its_queue() {
    let house = House::build().await;
    std::fs::write(&house.token, "expired").unwrap();
    house
        .change_channel(|channel| channel.name = "token read anew".to_owned())
        .await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(house.send(text).await);
    }
    until("the channel is paused", async || {
        house.channel().await.paused.is_some()
    })
    .await;
    assert_eq!(house.channel().await.paused.unwrap().reason, "auth (190)");
    for id in &ids {
        house.until_state(id, State::Queued).await;
        assert_eq!(house.dead_letters(id).await, []);
        assert_eq!(house.results(id).await, [""; 0]);
    }
    let paused = house.events("channel_paused").await;
    assert_eq!(paused.len(), 1, "{paused:?}");
    assert_eq!(paused[0]["code"], 190);
    assert!(paused[0]["advice"].as_str().unwrap().contains("token"));
    // Accepted all the same, and kept.
    ids.push(house.send("four").await);
    assert_eq!(house.simulator.accepted_count(), 0);

    let token = house.token.with_file_name("new-token");
    std::fs::write(&token, house.simulator.settings().access_token.expose()).unwrap();
    house
        .change_channel(|channel| {
            channel.access_token = Some(SecretRef::File(token).to_string());
            channel.paused = None;
        })
        .await;
    for id in &ids {
        house.until_state(id, State::Accepted).await;
    }
    let mut arrived = house.arrived();
    arrived.sort_unstable();
    assert_eq!(arrived, ["four", "one", "three", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_carrier_spends_no_try_and_keeps_the_order() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let mut house = House::build_with(crate::clock::Clock::system(), |config| {
        config.send.max_attempts = 2;
        config.send.in_flight = 1;
    })
    .await;
    let reachable = house.config.cloud.base_url.clone();
    house.config.cloud.base_url = format!("http://{address}").parse().unwrap();
    house.restart(|_| Ok(())).await;
    let first = house.send("first").await;
    let second = house.send("second").await;
    until(
        "it is tried more often than tries are counted",
        async || house.message(&first).await.attempts > 3,
    )
    .await;
    assert_eq!(
        house.message(&second).await.attempts,
        0,
        "one message tries the way"
    );
    house.config.cloud.base_url = reachable;
    house.restart(|_| Ok(())).await;
    house.until_state(&first, State::Accepted).await;
    house.until_state(&second, State::Accepted).await;
    assert_eq!(house.arrived(), ["first", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ill_carrier_costs_few_messages_a_try_and_leaves_few_unknown() {
    for trouble in [Trouble::graph(131_016), Trouble::CutBeforeAccepting] {
        let house = House::build_with(crate::clock::Clock::system(), |config| {
            config.send.in_flight = 4;
            config.send.backoff_first_ms = 20_000;
        })
        .await;
        house.simulator.fault(Fault::new(trouble.clone()));
        let mut ids = Vec::new();
        for number in 0..40 {
            ids.push(house.send(&number.to_string()).await);
        }
        // All that a pause lets through at most: what was under way, and then one at a time.
        until("the channel waits", async || {
            let mut tried = 0;
            for id in &ids {
                tried += house.message(id).await.attempts;
            }
            tried >= 3
        })
        .await;
        let last = house.send("last").await;
        let tried = house.rows(
            "SELECT message_id, outcome FROM send_attempts WHERE message_id <> $1",
            last.clone(),
        );
        assert!(tried.await.len() <= 10, "{trouble:?}");
        assert_eq!(house.message(&last).await.attempts, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_channel_and_a_changed_one_are_followed() {
    let house = House::build().await;
    house
        .change_channel(|channel| {
            let at = 7;
            let reason = "a person".to_owned();
            channel.paused = Some(crate::store::channels::Paused { at, reason });
        })
        .await;
    // The pause is on disk: from here no call begins, whether or not the sender has heard of it.
    let id = house.send("waits").await;
    let version = house.channel().await.updated_at;
    let shared = Arc::clone(house.app());
    let claim = move |tx: &Tx<'_>| {
        let claimer = Claimer {
            channel_id: CHANNEL,
            version,
            node: "node",
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
    };
    assert!(matches!(house.write(claim.clone()).await, Claim::Stale));
    assert_eq!(house.simulator.accepted_count(), 0);
    assert_eq!(house.message(&id).await.attempts, 0);
    house.change_channel(|channel| channel.paused = None).await;
    // One who knows only the channel as it was takes nothing either.
    assert!(matches!(house.write(claim).await, Claim::Stale));
    house.until_state(&id, State::Accepted).await;
    house
        .write(|tx| crate::store::channels::delete(tx, CHANNEL))
        .await;
    let gone = house.accept(accept("gone")).await.unwrap_err();
    assert!(matches!(gone, AcceptError::ChannelNotFound(_)), "{gone}");
}
