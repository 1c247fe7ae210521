//! How fast a number may send: its throughput, and the rate to one user.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Clock, Limits, Settings};

use crate::kit::{PHONE, Stage, USER, quick, text};

fn strict() -> Settings {
    Settings {
        clock: Clock::fixed(Timestamp::constant(1_795_219_200, 0)),
        limits: Limits::STRICT,
        ..quick()
    }
}

/// Sends `count` messages, each to a user of its own; the codes of those refused.
async fn to_many(stage: &Stage, count: usize) -> Vec<Value> {
    let mut refused = Vec::new();
    for index in 0..count {
        let mut body = text("hi");
        body["to"] = json!(format!("+1650555{index:04}"));
        let (status, answer) = stage.send(&body).await;
        if status != 200 {
            assert_eq!(status, 400);
            refused.push(answer["error"]["code"].clone());
        }
    }
    refused
}

#[tokio::test]
async fn beyond_its_throughput_a_number_is_refused_for_a_moment() {
    let stage = Stage::with(strict()).await;
    stage
        .simulator()
        .user(USER)
        .says("counts, too")
        .await
        .unwrap();
    assert_eq!(to_many(&stage, 81).await, vec![json!(130_429); 2]);
    stage
        .simulator()
        .clock()
        .advance(Duration::from_millis(500));
    assert_eq!(to_many(&stage, 41).await, vec![json!(130_429)]);
    stage.end().await;
}

#[tokio::test]
async fn one_user_is_spared_and_the_others_get_theirs() {
    let stage = Stage::with(strict()).await;
    for _ in 0..20 {
        stage.text("a burst").await;
    }
    stage.simulator().clock().advance(Duration::from_secs(7));
    let (status, answer) = stage.send(&text("too soon")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_056)));
    assert_eq!(to_many(&stage, 5).await, Vec::<Value>::new());
    stage.simulator().clock().advance(Duration::from_secs(113));
    stage.text("paid for").await;
    let accepted = stage.simulator().accepted();
    assert!(
        accepted
            .iter()
            .all(|send| send.phone_number_id.as_str() == PHONE)
    );
    assert_eq!(accepted.len(), 26);

    let off = json!({"pair_limit": false, "throughput_limit": false});
    let settings = stage.call("PATCH", "/sim/v1/settings", Some(&off)).await.1;
    assert_eq!(settings["pair_limit"], false);
    stage.text("nothing holds it").await;
    assert_eq!(to_many(&stage, 100).await, Vec::<Value>::new());
    stage.end().await;
}
