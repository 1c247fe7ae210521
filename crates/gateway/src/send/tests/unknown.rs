//! Unknown outcomes: shown, never repeated blindly, settled by a status or by policy.

use serde_json::json;
use simulator::Trouble;

use super::{House, accept, accept_json, fixed, until};
use crate::clock::Millis;
use crate::config::UnknownPolicy;
use crate::send::{Accepted, Idempotency};
use crate::store::Tx;
use crate::store::audit::Scribe;
use crate::store::messages::State;

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_leaves_the_outcome_unknown_and_nothing_is_sent_again() {
    for (trouble, arrived) in [
        (Trouble::CutAfterAccepting, 1),
        (Trouble::CutBeforeAccepting, 0),
        (
            Trouble::Http {
                status: 502,
                body: "<html>bad gateway</html>".to_owned(),
            },
            0,
        ),
        (
            Trouble::Http {
                status: 200,
                body: "{}".to_owned(),
            },
            0,
        ),
    ] {
        let house = House::build().await;
        house.trouble(trouble.clone(), 1);
        let id = house.send("perhaps").await;
        let message = house.until_state(&id, State::Unknown).await;
        assert_eq!(house.results(&id).await, ["unknown"], "{trouble:?}");
        let other = house.send("certainly").await;
        house.until_state(&other, State::Accepted).await;
        assert_eq!(house.message(&id).await.updated_at, message.updated_at);
        assert_eq!(house.simulator.accepted_count(), arrived + 1, "{trouble:?}");
        assert_eq!(house.simulator.duplicates(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_settles_what_was_unknown() {
    let house = House::build().await;
    house.subscribe().await;
    house.trouble(Trouble::CutAfterAccepting, 1);
    let id = house.send("perhaps").await;
    let message = house.until_state(&id, State::Delivered).await;
    let sent = house.simulator.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!(message.carrier_id.as_deref(), Some(sent[0].wamid.as_ref()));
    // The status may come before or after the connection is seen to be cut.
    let results = house.results(&id).await;
    assert_eq!(
        results.iter().filter(|state| *state == "accepted").count(),
        1,
        "{results:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_settles_by_the_callers_own_callback_data_too() {
    let house = House::build().await;
    let message = |to: &str| {
        accept_json(&json!({"to": to, "type": "text", "text": {"body": to},
            "biz_opaque_callback_data": "campaign"}))
    };
    house.simulator.set_delays(simulator::Delays {
        sent: std::time::Duration::from_millis(300),
        ..simulator::Delays::NONE
    });
    house.subscribe().await;
    house.trouble(Trouble::CutBeforeAccepting, 1);
    let Ok(Accepted::New { message: lost, .. }) = house.accept(message("+16505550001")).await
    else {
        panic!("not accepted");
    };
    house.until_state(&lost.id, State::Unknown).await;
    house.trouble(Trouble::CutAfterAccepting, 1);
    let Ok(Accepted::New { message: found, .. }) = house.accept(message("+16505550002")).await
    else {
        panic!("not accepted");
    };
    house.until_state(&found.id, State::Unknown).await;
    let settled = house.until_state(&found.id, State::Delivered).await;
    let sent = house.simulator.accepted();
    assert_eq!(settled.carrier_id.as_deref(), Some(sent[0].wamid.as_ref()));
    assert_eq!(
        house.message(&lost.id).await.state,
        State::Unknown,
        "not the other's status"
    );
    assert_eq!(house.results(&found.id).await, ["unknown", "accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_after_the_statuses_moves_nothing_backwards() {
    let house = House::build().await;
    house.subscribe().await;
    house.trouble(Trouble::Latency { millis: 300 }, 1);
    let id = house.send("slow").await;
    house.until_state(&id, State::Delivered).await;
    until("the answer is recorded", async || {
        house.attempts(&id).await[0].0.as_deref() == Some("accepted")
    })
    .await;
    assert_eq!(house.message(&id).await.state, State::Delivered);
    assert_eq!(house.results(&id).await, ["accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_somebody_who_was_erased_meanwhile_is_not_kept() {
    let house = House::build().await;
    house.trouble(Trouble::Latency { millis: 300 }, 1);
    let id = house.send("slow").await;
    house.until_state(&id, State::Sending).await;
    let erased = id.clone();
    // As it is left when nobody knew what became of it, and its person was erased.
    let erase = move |tx: &Tx<'_>| {
        let sql = "UPDATE messages SET state = 'failed', content = 'null', erased_at = 1 \
                   WHERE id = $1 AND state = 'sending'";
        tx.execute(sql, &[(&erased).into()])
    };
    assert_eq!(house.write(erase).await, 1);
    until("the answer is recorded", async || {
        house.attempts(&id).await[0].0.is_some()
    })
    .await;
    let accepted = (Some("accepted".to_owned()), None);
    assert_eq!(house.attempts(&id).await, [accepted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_sent_when_the_process_died_is_unknown() {
    let mut house = House::build().await;
    let id = house.send("before").await;
    house.until_state(&id, State::Accepted).await;
    let dying = id.clone();
    house
        .restart(move |tx| {
            // As a process that dies between the call and its record leaves it.
            tx.execute(
                "UPDATE messages SET state = 'sending', carrier_id = NULL WHERE id = $1",
                &[(&dying).into()],
            )?;
            tx.execute(
                "UPDATE send_attempts SET outcome = NULL, finished_at = NULL WHERE message_id = $1",
                &[(&dying).into()],
            )?;
            Ok(())
        })
        .await;
    // One of several nodes looks once it has heard that the other is gone.
    house.until_state(&id, State::Unknown).await;
    assert_eq!(house.results(&id).await, ["accepted", "unknown"]);
    assert_eq!(house.attempts(&id).await[0].0.as_deref(), Some("unknown"));
    let other = house.send("after").await;
    house.until_state(&other, State::Accepted).await;
    assert_eq!(house.arrived(), ["before", "after"]);
    // A key that was used before the crash still finds its message, whatever became of it.
    let mut again = accept("x");
    let key = Idempotency {
        scope: "s".into(),
        key: "k".into(),
        request_hash: "h".into(),
    };
    again.idempotency = Some(key);
    assert!(matches!(
        house.accept(again).await,
        Ok(Accepted::New { .. })
    ));
}

const GRACE: Millis = 600_000;

#[tokio::test(flavor = "multi_thread")]
async fn after_the_grace_period_a_person_decides() {
    let house = House::build_with(fixed(), |_| {}).await;
    house.trouble(Trouble::CutAfterAccepting, 1);
    let id = house.send("perhaps").await;
    house.until_state(&id, State::Unknown).await;
    house.clock.advance(GRACE / 2);
    let other = house.send("other").await;
    house.until_state(&other, State::Accepted).await;
    assert_eq!(house.dead_letters(&id).await, []);
    house.clock.advance(GRACE);
    until("it is shown", async || {
        !house.dead_letters(&id).await.is_empty()
    })
    .await;
    assert_eq!(
        house.dead_letters(&id).await[0].0.as_deref(),
        Some("outcome_unknown")
    );
    assert_eq!(house.message(&id).await.state, State::Unknown);
    // Shown once, however long it stays so.
    house.clock.advance(GRACE * 3);
    house.trouble(Trouble::CutBeforeAccepting, 1);
    let second = house.send("second").await;
    house.until_state(&second, State::Unknown).await;
    house.clock.advance(GRACE * 2);
    until("the second is shown", async || {
        !house.dead_letters(&second).await.is_empty()
    })
    .await;
    assert_eq!(house.dead_letters(&id).await.len(), 1);
    // A late status settles it and ends the dead letter.
    house.subscribe().await;
    crate::send::resend(house.app(), &second, Scribe::for_test(house.app()))
        .await
        .unwrap();
    house.until_state(&second, State::Delivered).await;
    assert_eq!(house.dead_letters(&second).await, []);
    assert_eq!(house.results(&second).await, ["unknown", "accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_may_be_to_send_again() {
    let house = House::build_with(fixed(), |config| {
        config.send.unknown_policy = UnknownPolicy::Resend;
    })
    .await;
    house.trouble(Trouble::CutBeforeAccepting, 1);
    let id = house.send("perhaps").await;
    house.until_state(&id, State::Unknown).await;
    house.clock.advance(GRACE * 2);
    let message = house.until_state(&id, State::Accepted).await;
    assert_eq!(message.attempts, 2);
    assert_eq!(house.simulator.accepted_count(), 1);
}
