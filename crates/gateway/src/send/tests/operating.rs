//! What a person does to a message: cancel, send again, give up, mark as read; and stopping.

use simulator::{Calls, Fault, Trouble};

use super::{CHANNEL, House, accept, fixed, until};
use crate::send::{Accepted, OperateError, ReadError, cancel, give_up, mark_read, resend};
use crate::store::audit::Scribe;
use crate::store::messages::State;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_due_yet_can_be_cancelled() {
    let house = House::build_with(fixed(), |_| {}).await;
    let mut ids = Vec::new();
    for text in ["stays", "goes"] {
        let mut accept = accept(text);
        accept.due_at = Some(house.clock.now() + 60_000);
        let Ok(Accepted::New { message, .. }) = house.accept(accept).await else {
            panic!("not accepted");
        };
        assert_eq!(message.state, State::Scheduled);
        ids.push(message.id);
    }
    let cancelled = cancel(house.app(), &ids[0], Scribe::for_test(house.app()))
        .await
        .unwrap();
    assert_eq!(cancelled.state, State::Canceled);
    house.clock.advance(59_999);
    let now = house.send("now").await;
    house.until_state(&now, State::Accepted).await;
    assert_eq!(house.message(&ids[1]).await.state, State::Scheduled);
    house.clock.advance(1);
    house.until_state(&ids[1], State::Accepted).await;
    assert_eq!(house.message(&ids[0]).await.state, State::Canceled);
    assert_eq!(house.arrived(), ["now", "goes"]);
    let left = house.rows(
        "SELECT message_id, message_id FROM send_queue WHERE channel_id = $1",
        CHANNEL.to_owned(),
    );
    assert_eq!(left.await, [], "the cancelled one's row is gone too");

    let late = cancel(house.app(), &ids[1], Scribe::for_test(house.app()))
        .await
        .unwrap_err();
    assert!(
        matches!(
            late,
            OperateError::WrongState {
                state: State::Accepted,
                ..
            }
        ),
        "{late}"
    );
    assert_eq!(
        late.to_string(),
        "a message that is accepted cannot be cancelled"
    );
    assert_eq!(
        cancel(house.app(), "msg_none", Scribe::for_test(house.app()))
            .await
            .unwrap_err()
            .to_string(),
        "there is no outbound message with this id"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_can_be_sent_again_or_given_up() {
    let house = House::build().await;
    house.trouble(Trouble::graph(131_026), 1);
    let failed = house.send("failed").await;
    house.until_state(&failed, State::Failed).await;
    let again = resend(house.app(), &failed, Scribe::for_test(house.app()))
        .await
        .unwrap();
    assert_eq!((again.state, again.state_detail), (State::Queued, None));
    house.until_state(&failed, State::Accepted).await;
    assert_eq!(house.dead_letters(&failed).await, []);
    let error = resend(house.app(), &failed, Scribe::for_test(house.app()))
        .await
        .unwrap_err();
    assert!(matches!(error, OperateError::WrongState { .. }), "{error}");

    house.trouble(Trouble::CutBeforeAccepting, 1);
    let unknown = house.send("unknown").await;
    house.until_state(&unknown, State::Unknown).await;
    let id = unknown.clone();
    let now = house.clock.now();
    house.write(move |tx| give_up(tx, &id, now)).await;
    let given_up = house.message(&unknown).await;
    assert_eq!(given_up.state, State::Failed);
    assert!(given_up.state_detail.unwrap().contains("unknown"));
    let id = failed.clone();
    house.write(move |tx| give_up(tx, &id, now)).await;
    let message = house.message(&failed).await;
    assert_eq!(message.state, State::Accepted, "it was sent meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_marked_as_read() {
    let house = House::build().await;
    house.subscribe().await;
    let wamid = house
        .simulator
        .user("+16505551234")
        .says("hello")
        .await
        .unwrap();
    mark_read(house.app(), CHANNEL, wamid.as_ref(), true)
        .await
        .unwrap();
    let trouble = Fault::new(Trouble::graph(100))
        .calls(Calls::MarkRead)
        .times(1);
    house.simulator.fault(trouble);
    let refused = mark_read(house.app(), CHANNEL, wamid.as_ref(), false)
        .await
        .unwrap_err();
    assert!(matches!(refused, ReadError::Rejected(_)), "{refused}");
    let none = mark_read(house.app(), "nowhere", wamid.as_ref(), false)
        .await
        .unwrap_err();
    assert_eq!(none.to_string(), "there is no channel \"nowhere\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_records_the_calls_under_way_and_leaves_the_rest_queued() {
    let mut house = House::build_with(crate::clock::Clock::system(), |config| {
        config.send.in_flight = 4;
    })
    .await;
    house
        .simulator
        .fault(Fault::new(Trouble::Latency { millis: 200 }));
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(house.send(&number.to_string()).await);
    }
    until("calls are under way", async || {
        house.message(&ids[0]).await.attempts == 1
    })
    .await;
    house.restart(|_| Ok(())).await;
    let unknown = house
        .events("send_result")
        .await
        .iter()
        .filter(|r| r["state"] == "unknown")
        .count();
    assert_eq!(unknown, 0, "what was under way was recorded");
    house.simulator.clear_faults();
    for id in &ids {
        house.until_state(id, State::Accepted).await;
    }
    assert_eq!(house.simulator.accepted_count(), 20);
    assert_eq!(house.simulator.duplicates(), []);
}
