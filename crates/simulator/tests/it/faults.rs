//! Faults: each kind of trouble, for whom and how often.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Calls, Fault, Number, Settings, Trouble};

use crate::kit::{PHONE, Stage, TOKEN, quick, subscribed, text};

async fn raw(stage: &Stage) -> Result<reqwest::Response, reqwest::Error> {
    let url = stage.url(&format!("/v24.0/{PHONE}/messages"));
    stage
        .http
        .post(url)
        .bearer_auth(TOKEN)
        .json(&text("hi"))
        .send()
        .await
}

#[tokio::test]
async fn graph_errors_strike_as_often_as_ordered() {
    let stage = Stage::new().await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::graph(130_429)).times(2));
    for _ in 0..2 {
        let (status, answer) = stage.send(&text("hi")).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(130_429)));
        assert_eq!(answer["error"]["message"], "(#130429) Rate limit hit");
    }
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    assert!(
        stage.simulator().faults().is_empty(),
        "a used-up fault is gone"
    );
    for (code, http) in [
        (190, 401),
        (131_000, 500),
        (2, 503),
        (368, 403),
        (132_001, 404),
    ] {
        stage
            .simulator()
            .fault(Fault::new(Trouble::graph(code)).times(1));
        let (status, answer) = stage.send(&text("hi")).await;
        assert_eq!((status, &answer["error"]["code"]), (http, &json!(code)));
    }
    stage.simulator().fault(Fault::new(Trouble::Graph {
        code: 131_056,
        subcode: Some(7),
        details: Some("slow down".to_owned()),
        retry_after: Some(3),
    }));
    let answer = raw(&stage).await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "3");
    let error = answer.json::<Value>().await.unwrap()["error"].clone();
    assert_eq!(
        (&error["error_subcode"], &error["error_data"]["details"]),
        (&json!(7), &json!("slow down"))
    );
    stage.simulator().clear_faults();
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    stage.end().await;
}

#[tokio::test]
async fn a_cut_before_accepting_leaves_nothing() {
    let stage = Stage::new().await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::CutBeforeAccepting).times(1));
    let error = raw(&stage).await.unwrap_err();
    assert!(!error.is_timeout() && !error.is_connect(), "{error}");
    assert_eq!(stage.simulator().accepted_count(), 0);
    assert_eq!(raw(&stage).await.unwrap().status(), 200);
    stage.end().await;
}

#[tokio::test]
async fn a_cut_after_accepting_leaves_the_message_and_its_statuses() {
    let (stage, callback) = subscribed().await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::CutAfterAccepting).times(1));
    assert!(raw(&stage).await.is_err());
    assert_eq!(stage.simulator().accepted_count(), 1);
    let values = callback.values(2).await;
    assert_eq!(values[1]["statuses"][0]["status"], "delivered");
    stage.end().await;
}

#[tokio::test]
async fn edge_answers_and_latency() {
    let stage = Stage::new().await;
    let trouble = Trouble::Http {
        status: 502,
        body: "<html>Bad Gateway</html>".to_owned(),
    };
    stage.simulator().fault(Fault::new(trouble).times(1));
    let answer = raw(&stage).await.unwrap();
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.text().await.unwrap(), "<html>Bad Gateway</html>");
    let wait = Duration::from_millis(80);
    stage
        .simulator()
        .fault(Fault::new(Trouble::latency(wait)).times(1));
    let begun = Instant::now();
    assert_eq!(raw(&stage).await.unwrap().status(), 200);
    assert!(begun.elapsed() >= wait);
    stage.end().await;
}

#[tokio::test]
async fn a_fault_may_concern_one_number_or_kind_of_call() {
    let numbers = vec![Number::default(), Number::new("10", "15550000010")];
    let stage = Stage::with(Settings { numbers, ..quick() }).await;
    let id = stage
        .simulator()
        .fault(Fault::new(Trouble::graph(2)).number("10"));
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    assert_eq!(stage.post("/v24.0/10/messages", &text("hi")).await.0, 503);
    assert!(stage.simulator().clear_fault(id));
    assert!(!stage.simulator().clear_fault(id));

    let mark = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"});
    stage
        .simulator()
        .fault(Fault::new(Trouble::graph(2)).calls(Calls::MarkRead));
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    assert_eq!(stage.send(&mark).await.0, 503);
    stage
        .simulator()
        .fault(Fault::new(Trouble::graph(2)).calls(Calls::All));
    assert_eq!(stage.get(&format!("/v24.0/{PHONE}")).await.0, 503);
    stage.end().await;
}

#[tokio::test]
async fn a_message_may_fail_later() {
    let (stage, callback) = subscribed().await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::Fails { code: 131_049 }).times(1));
    stage.text("hi").await;
    let value = callback.values(1).await.remove(0);
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    stage.end().await;
}

async fn struck(seed: u64) -> Vec<u16> {
    let stage = Stage::with(Settings { seed, ..quick() }).await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::graph(131_000)).probability(0.3));
    let mut statuses = Vec::new();
    for _ in 0..60 {
        statuses.push(stage.send(&text("hi")).await.0);
    }
    stage.end().await;
    statuses
}

#[tokio::test]
async fn chance_comes_from_the_seed() {
    let statuses = struck(1).await;
    let hits = statuses.iter().filter(|status| **status == 500).count();
    assert!((6..=30).contains(&hits), "{hits} of 60 at 0.3");
    assert_eq!(statuses, struck(1).await);
    assert_ne!(statuses, struck(2).await);
}
