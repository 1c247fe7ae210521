//! Messages of a conversation that leave in order.

use simulator::{Calls, Fault, Trouble};

use super::{House, accept, accept_json, until};
use crate::send::options::Options;
use crate::send::{Accept, Accepted, cancel};
use crate::store::audit::Scribe;
use crate::store::messages::State;

fn in_order(text: &str) -> Accept {
    let options = Options {
        in_order: true,
        ..Options::default()
    };
    Accept {
        options,
        ..accept(text)
    }
}

impl House {
    async fn line_up(&self, text: &str) -> String {
        match self.accept(in_order(text)).await.unwrap() {
            Accepted::New { message, .. } => message.id,
            Accepted::Replayed { .. } => panic!("replayed without a key"),
        }
    }

    async fn in_line(&self) -> usize {
        let sql = "SELECT message_id, channel_id FROM send_lines WHERE channel_id = $1";
        self.rows(sql, super::CHANNEL.to_owned()).await.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn order_holds_through_retries_and_failures() {
    let house = House::build().await;
    // Every third call is refused for the moment; one message is refused for good.
    house.simulator.fault(
        Fault::new(Trouble::graph(131_000))
            .every(3)
            .calls(Calls::Send),
    );
    let mut ids = Vec::new();
    for number in 0..40 {
        ids.push(house.line_up(&format!("{number:02}")).await);
    }
    // Others do not wait for them, and they do not wait for others.
    let other = accept_json(&serde_json::json!({
        "to": "+16505550000", "type": "text", "text": {"body": "other"}
    }));
    house.accept(other).await.unwrap();
    for id in &ids {
        house.until_state(id, State::Accepted).await;
    }
    until("the other leaves", async || {
        house.arrived().contains(&"other".to_owned())
    })
    .await;
    let mut arrived = house.arrived();
    arrived.retain(|text| text != "other");
    let expected: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    assert_eq!(arrived, expected);
    assert_eq!(house.in_line().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_in_any_way_lets_the_next_go() {
    let house = House::build_with(super::fixed(), |_| {}).await;
    let due = house.clock.now() + 60_000;
    let first = Accept {
        due_at: Some(due),
        ..in_order("cancelled")
    };
    let Accepted::New { message, .. } = house.accept(first).await.unwrap() else {
        panic!("replayed")
    };
    let refused = house.line_up("refused").await;
    let unknown = house.line_up("unknown").await;
    let waits = house.line_up("cancelled too").await;
    let last = house.line_up("last").await;
    assert_eq!(house.message(&last).await.state, State::Queued);
    assert_eq!(house.message(&last).await.attempts, 0);
    cancel(house.app(), &waits, Scribe::for_test(house.app()))
        .await
        .unwrap();
    house
        .simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    house
        .simulator
        .fault(Fault::new(Trouble::CutAfterAccepting).times(1));
    cancel(house.app(), &message.id, Scribe::for_test(house.app()))
        .await
        .unwrap();
    house.until_state(&refused, State::Failed).await;
    house.until_state(&unknown, State::Unknown).await;
    house.until_state(&last, State::Accepted).await;
    assert_eq!(house.arrived(), ["unknown", "last"]);
    assert_eq!(house.in_line().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_goes_on_after_the_process_died_in_its_first_call() {
    let mut house = House::build_with(super::fixed(), |_| {}).await;
    let due = house.clock.now() + 60_000;
    let first = Accept {
        due_at: Some(due),
        ..in_order("first")
    };
    let Accepted::New { message, .. } = house.accept(first).await.unwrap() else {
        panic!("replayed")
    };
    let second = house.line_up("second").await;
    let id = message.id.clone();
    // As a kill in the middle of its call leaves it.
    house
        .restart(move |tx| {
            tx.execute(
                "DELETE FROM send_later WHERE message_id = $1",
                &[(&id).into()],
            )?;
            tx.execute(
                "INSERT INTO send_attempts (message_id, attempt, started_at, node) \
                 VALUES ($1, 1, 1, 'gone')",
                &[(&id).into()],
            )?;
            tx.execute(
                "UPDATE messages SET state = 'sending', attempts = 1 WHERE id = $1",
                &[(&id).into()],
            )?;
            Ok(())
        })
        .await;
    house.until_state(&message.id, State::Unknown).await;
    house.until_state(&second, State::Accepted).await;
    assert_eq!(house.arrived(), ["second"]);
}
