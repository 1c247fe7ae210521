//! Claims made by hand: what comes late of an attempt, and what others do to a message meanwhile.

use std::sync::Arc;
use std::sync::mpsc::channel;

use test_servers::Folder;
use wharf_model::ErrorClass;

use super::{CHANNEL, House, PATIENCE, accept, fixed, until};
use crate::StoreError;
use crate::carrier::{Outcome, Rejection};
use crate::clock::Millis;
use crate::send::claim::{self, Ask, PassedOver};
use crate::send::pairs::Pairs;
use crate::send::record::{self, Call, fault_of};
use crate::send::{Accept, Accepted, accept_within};
use crate::store::messages::{self, State};
use crate::store::outbound::{self, Claim, Claimed, Claimer};
use crate::store::{Locked, Tx, channels, lanes};

const MINUTE: Millis = 60_000;

/// A house on a fixed clock, and a message that its sender leaves alone.
async fn with_message() -> (House, String) {
    let house = House::build_with(fixed(), |config| {
        config.send.max_attempts = 2;
        config.send.backoff_first_ms = 20_000;
    })
    .await;
    let id = later(&house, |_| {}).await;
    (house, id)
}

/// A message that is due in a minute.
async fn later(house: &House, change: impl FnOnce(&mut Accept)) -> String {
    let mut accept = accept("later");
    accept.due_at = Some(house.clock.now() + MINUTE);
    change(&mut accept);
    match house.accept(accept).await.unwrap() {
        Accepted::New { message, .. } => message.id,
        Accepted::Replayed { .. } => panic!("replayed without a key"),
    }
}

/// Takes what is due in a minute.
async fn claim_of(
    house: &House,
    claimed_at: Millis,
) -> impl FnOnce(&Tx<'_>) -> Result<Vec<Claimed>, StoreError> + Send + 'static {
    let version = house.channel().await.updated_at;
    let app = Arc::clone(house.app());
    let now = house.clock.now() + MINUTE;
    move |tx| {
        let claimer = Claimer {
            channel_id: CHANNEL,
            version,
            node: app.cluster.node(),
            fence: None,
            claimed_at,
        };
        let ask = Ask {
            limit: 9,
            passed_over: PassedOver::default(),
            pairs: &mut Pairs::default(),
            now,
        };
        match claim::claim(tx, &app, &claimer, ask)? {
            Claim::Taken { messages, .. } => Ok(messages),
            Claim::Stale => panic!("nothing may be taken"),
        }
    }
}

async fn claim(house: &House, claimed_at: Millis) -> Claimed {
    let claim = claim_of(house, claimed_at).await;
    house.write(claim).await.pop().expect("one message")
}

async fn call_of(house: &House, message: Claimed, outcome: Outcome) -> Arc<Call> {
    Arc::new(Call {
        message,
        channel_id: CHANNEL.to_owned(),
        channel_version: house.channel().await.updated_at,
        outcome,
        uploaded: false,
    })
}

async fn record(house: &House, call: &Arc<Call>) {
    let (app, call) = (Arc::clone(house.app()), Arc::clone(call));
    house.write(move |tx| record::record(tx, &app, &call)).await;
}

fn passing() -> Outcome {
    Outcome::Rejected(Box::new(Rejection {
        class: ErrorClass::Retry,
        code: Some(131_000),
        title: "something went wrong".to_owned(),
        details: None,
        retry_after: None,
        raw: None,
        status: Some(500),
    }))
}

/// The outcome of each attempt.
async fn outcomes(house: &House, id: &str) -> Vec<Option<String>> {
    let attempts = house.attempts(id).await.into_iter();
    attempts.map(|(outcome, _)| outcome).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_repeated_leaves_the_next_attempt_alone() {
    let (house, id) = with_message().await;
    let first = claim(&house, 1).await;
    let first = call_of(&house, first, passing()).await;
    record(&house, &first).await;
    let second = claim(&house, 2).await;
    assert_eq!(second.attempt, 2);
    record(&house, &first).await;
    assert_eq!(house.message(&id).await.state, State::Sending);
    assert_eq!(
        outcomes(&house, &id).await,
        [Some("retry".to_owned()), None]
    );
    assert_eq!(house.dead_letters(&id).await, []);
    assert!(house.write(|tx| lanes::is_empty(tx, CHANNEL)).await);

    let of = id.clone();
    let left = house.write(move |tx| {
        let fault = fault_of("unknown", "the outcome is unknown", "nobody knows");
        outbound::leave_sending(tx, &of, 1, State::Unknown, &fault, 3)
    });
    assert_eq!(left.await, None, "it is at its second attempt");
    assert_eq!(house.message(&id).await.state, State::Sending);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_of_a_call_that_was_written_off_counts_only_if_it_was_accepted() {
    let (house, id) = with_message().await;
    let first = claim(&house, 1).await;
    let (app, of) = (Arc::clone(house.app()), id.clone());
    house
        .write(move |tx| {
            let fault = fault_of("unknown", "the outcome is unknown", "the process ended");
            record::unknown(tx, &app, CHANNEL, &of, 1, &fault)
        })
        .await;
    let late = Claimed {
        content: String::new(),
        message_id: id.clone(),
        place: first.place.clone(),
        ..first
    };
    let late = call_of(&house, late, passing()).await;
    record(&house, &late).await;
    assert_eq!(house.message(&id).await.state, State::Unknown);
    assert_eq!(outcomes(&house, &id).await, [Some("unknown".to_owned())]);
    let accepted = Outcome::Accepted {
        carrier_id: "wamid.late".to_owned(),
        answer: "{}".to_owned(),
    };
    let accepted = call_of(&house, first, accepted).await;
    record(&house, &accepted).await;
    assert_eq!(house.message(&id).await.state, State::Accepted);
}

/// Waits until `task` waits for what somebody has locked, or has ended. With one writer all wait for
/// it.
async fn somebody_waits<T>(house: &House, task: &tokio::task::JoinHandle<T>) {
    if !Folder::is_on_server() {
        return;
    }
    let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
        AND wait_event IN ('transactionid', 'advisory')";
    let waits = async || {
        let look = |tx: &Tx<'_>| tx.first(sql, &[], |_| Ok(()));
        task.is_finished() || house.app().store.read(look).await.unwrap().is_some()
    };
    until("the task waits", waits).await;
}

/// Runs `end` on the message once it is locked and a claim asks for it: the messages of the claim.
async fn claimed_while(
    house: &House,
    id: &str,
    end: impl FnOnce(&Tx<'_>, &str) -> Result<(), StoreError> + Send + 'static,
) -> Vec<Claimed> {
    let (told, is_held) = tokio::sync::oneshot::channel();
    let (go, wait) = channel();
    let (store, of) = (house.app().store.clone(), id.to_owned());
    let ending = house.app().tasks.spawn(async move {
        let change = move |tx: &Tx<'_>| {
            messages::lock(tx, &of)?;
            told.send(()).unwrap();
            wait.recv().unwrap();
            end(tx, &of)
        };
        store.write(change).await
    });
    is_held.await.unwrap();
    let (store, claim) = (house.app().store.clone(), claim_of(house, 1).await);
    let claiming = house
        .app()
        .tasks
        .spawn(async move { store.write(claim).await });
    somebody_waits(house, &claiming).await;
    go.send(()).unwrap();
    ending.await.unwrap().unwrap();
    claiming.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_is_not_claimed() {
    let (house, id) = with_message().await;
    let cancel = |tx: &Tx<'_>, id: &str| messages::set_state(tx, id, State::Canceled, None, 9);
    let claimed = claimed_while(&house, &id, cancel).await;
    assert!(claimed.is_empty(), "{claimed:?}");
    assert_eq!(house.message(&id).await.state, State::Canceled);
    assert!(house.write(|tx| lanes::is_empty(tx, CHANNEL)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_claimed_is_not_cancelled() {
    let (house, id) = with_message().await;
    let (told, is_held) = tokio::sync::oneshot::channel();
    let (go, wait) = channel::<()>();
    let (store, claim) = (house.app().store.clone(), claim_of(&house, 1).await);
    let claiming = house.app().tasks.spawn(async move {
        let change = move |tx: &Tx<'_>| {
            let claimed = claim(tx)?;
            told.send(()).unwrap();
            wait.recv().unwrap();
            Ok(claimed)
        };
        store.write(change).await
    });
    is_held.await.unwrap();
    let app = Arc::clone(house.app());
    let of = id.clone();
    let cancelling = house.app().tasks.spawn(async move {
        let scribe = crate::store::audit::Scribe::for_test(&app);
        crate::send::cancel(&app, &of, scribe).await
    });
    somebody_waits(&house, &cancelling).await;
    go.send(()).unwrap();
    assert_eq!(claiming.await.unwrap().unwrap().len(), 1);
    let refused = cancelling.await.unwrap().unwrap_err().to_string();
    assert_eq!(refused, "a message that is sending cannot be cancelled");
    assert_eq!(house.message(&id).await.state, State::Sending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_busy_for_which_a_message_is_being_taken() {
    let house = House::build_with(fixed(), |_| {}).await;
    let (told, is_held) = tokio::sync::oneshot::channel();
    let (go, wait) = channel::<()>();
    let (app, due_at) = (Arc::clone(house.app()), house.clock.now() + MINUTE);
    let store = app.store.clone();
    let accepting = house.app().tasks.spawn(async move {
        let change = move |tx: &Tx<'_>| {
            let mut accept = accept("new");
            accept.due_at = Some(due_at);
            accept_within(tx, &app, accept).unwrap();
            told.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        };
        store.write(change).await
    });
    is_held.await.unwrap();
    let store = house.app().store.clone();
    let asking = house
        .app()
        .tasks
        .spawn(async move { store.write(|tx| channels::is_busy(tx, CHANNEL)).await });
    somebody_waits(&house, &asking).await;
    go.send(()).unwrap();
    accepting.await.unwrap().unwrap();
    assert!(asking.await.unwrap().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_does_not_wait_for_a_line_that_somebody_changes() {
    if !Folder::is_on_server() {
        // With one writer nobody changes it meanwhile.
        return;
    }
    let house = House::build_with(fixed(), |_| {}).await;
    let first = later(&house, |accept| accept.options.in_order = true).await;
    let second = later(&house, |accept| accept.options.in_order = true).await;
    let line = house.message(&first).await.conversation_id;
    let cancel = move |tx: &Tx<'_>| messages::set_state(tx, &first, State::Canceled, None, 9);
    house.write(cancel).await;
    let (told, is_held) = tokio::sync::oneshot::channel();
    let (go, wait) = channel::<()>();
    let store = house.app().store.clone();
    let changing = house.app().tasks.spawn(async move {
        let change = move |tx: &Tx<'_>| {
            tx.lock(Locked::Line(&line))?;
            tx.first("SELECT 1", &[], |_| Ok(()))?;
            told.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        };
        store.write(change).await
    });
    is_held.await.unwrap();
    let claim = house.write(claim_of(&house, 1).await);
    let claimed = tokio::time::timeout(PATIENCE, claim).await;
    assert!(claimed.expect("the claim waits").is_empty());
    go.send(()).unwrap();
    changing.await.unwrap().unwrap();
    house.clock.advance(2 * MINUTE);
    house.until_state(&second, State::Accepted).await;
}
