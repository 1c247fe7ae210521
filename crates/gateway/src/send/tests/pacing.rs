//! Order, pace and load.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::{House, until};
use crate::clock::Clock;

#[tokio::test(flavor = "multi_thread")]
async fn messages_leave_in_the_order_they_came() {
    // With one call at a time the order of arrival is the order of leaving.
    let house = House::build_with(Clock::system(), |config| config.send.in_flight = 1).await;
    let texts: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
    for chunk in texts.chunks(20) {
        if test_servers::Folder::is_on_server() {
            // Calls that run beside each other have no order there.
            for text in chunk {
                house.send(text).await;
            }
        } else {
            // Accepted without waiting in between: many share a millisecond and a transaction.
            join_all(chunk.iter().map(|text| house.send(text))).await;
        }
    }
    house
        .simulator
        .wait_for_accepted(200, super::PATIENCE)
        .await
        .unwrap();
    assert_eq!(house.arrived(), texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_keeps_its_pace() {
    let house = House::build().await;
    house
        .change_channel(|channel| channel.throughput = 50)
        .await;
    let before = house.send("the sender has heard of it").await;
    house
        .until_state(&before, crate::store::messages::State::Accepted)
        .await;
    let texts: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let begun = Instant::now();
    join_all(texts.iter().map(|text| house.send(text))).await;
    house
        .simulator
        .wait_for_accepted(61, super::PATIENCE)
        .await
        .unwrap();
    // Sixty at fifty a second, less the burst, need more than a second.
    assert!(
        begun.elapsed() > Duration::from_millis(1100),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_sent_once_each() {
    let house = House::build().await;
    let texts: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    join_all(texts.iter().map(|text| house.send(text))).await;
    house
        .simulator
        .wait_for_accepted(500, super::PATIENCE)
        .await
        .unwrap();
    until("all are recorded", async || {
        house.events("send_result").await.len() == 500
    })
    .await;
    assert_eq!(house.simulator.duplicates(), []);
    let waiting = house.rows(
        "SELECT message_id, message_id FROM send_queue WHERE channel_id = $1",
        super::CHANNEL.to_owned(),
    );
    assert_eq!(waiting.await, []);
}
