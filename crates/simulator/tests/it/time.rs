//! Time: speed, steps, travel in order, and a run that a seed repeats.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{
    Clock, Delays, DeliveryState, Fault, MessageStatus, RetrySchedule, Settings, Trouble,
    WebhookFaults,
};

use crate::kit::{Callback, PATIENCE, PHONE, Stage, USER, quick, subscribed_with, text};

const START: i64 = 1_795_262_400;

fn standing() -> Settings {
    Settings {
        clock: Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap()),
        delays: Delays {
            sent: Duration::from_secs(1),
            delivered: Duration::from_mins(10),
            read: Duration::from_hours(2),
        },
        auto_read: true,
        ..quick()
    }
}

#[tokio::test]
async fn a_fast_clock_makes_minutes_of_seconds() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let due = "2026-11-21T12:01:00Z".parse().unwrap();
    clock.run_at(600.0);
    assert!((clock.speed() - 600.0).abs() < 1e-9);
    let begun = Instant::now();
    clock.wait_until(due).await;
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(clock.now() >= due);
    clock.run_at(0.0);
    assert!(clock.is_fixed() && clock.now() >= due);
}

#[tokio::test]
async fn each_thing_happens_at_its_own_time() {
    let (stage, callback) = subscribed_with(standing()).await;
    stage.text("hi").await;
    let day = Duration::from_hours(25);
    stage.simulator().advance(day, PATIENCE).await.unwrap();
    assert_eq!(
        stage.simulator().clock().now().as_second(),
        START + 25 * 3600
    );
    // Nothing is waited for here: when the travel is over, the notifications have come.
    let got = callback.got();
    let seconds: Vec<_> = got
        .iter()
        .map(|got| {
            let status = got.json()["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
            let at: i64 = status["timestamp"].as_str().unwrap().parse().unwrap();
            (status["status"].as_str().unwrap().to_owned(), at - START)
        })
        .collect();
    let wanted = [("sent", 1), ("delivered", 601), ("read", 7801)];
    assert_eq!(seconds, wanted.map(|(status, at)| (status.to_owned(), at)));
    let accepted = stage.simulator().accepted().remove(0);
    let last = accepted.statuses.last().unwrap();
    assert_eq!(
        (last.0, last.1.as_second()),
        (MessageStatus::Read, START + 7801)
    );
    stage.end().await;
}

#[tokio::test]
async fn the_admin_api_steps_advances_and_speeds_up() {
    let (stage, callback) = subscribed_with(standing()).await;
    stage.text("hi").await;
    let clock = async |order: Value| stage.post("/sim/v1/clock", &order).await;
    for (posts, now, next) in [
        (1, "2026-11-21T12:00:01Z", json!("2026-11-21T12:10:01Z")),
        (2, "2026-11-21T12:10:01Z", json!("2026-11-21T14:10:01Z")),
        (3, "2026-11-21T14:10:01Z", Value::Null),
        (3, "2026-11-21T14:10:01Z", Value::Null),
    ] {
        let (status, answer) = clock(json!({"step": true})).await;
        assert_eq!(
            (status, &answer["now"], &answer["next"]),
            (200, &json!(now), &next)
        );
        assert_eq!(callback.got().len(), posts);
    }
    stage.text("again").await;
    clock(json!({"advance_ms": 25 * 3_600_000, "settle": true})).await;
    assert_eq!(callback.got().len(), 6);
    let (_, answer) = clock(json!({"set": "2026-11-30T00:00:00Z"})).await;
    assert_eq!(
        (&answer["now"], &answer["speed"]),
        (&json!("2026-11-30T00:00:00Z"), &json!(0.0))
    );
    let (_, answer) = clock(json!({"speed": 60})).await;
    assert_eq!(
        (&answer["frozen"], &answer["speed"]),
        (&json!(false), &json!(60.0))
    );
    let (_, answer) = clock(json!({"frozen": true})).await;
    assert_eq!(answer["frozen"], true);
    for bad in [json!({"speed": 0}), json!({"speed": -1})] {
        assert_eq!(clock(bad).await.0, 400);
    }
    stage.end().await;
}

#[tokio::test]
async fn retries_go_on_for_seven_days_and_no_longer() {
    let mut settings = standing();
    settings.webhooks.retries = RetrySchedule::meta();
    let (stage, callback) = subscribed_with(settings).await;
    callback.answers(std::iter::repeat_n(500, 10_000));
    let user = stage.simulator().user(USER);
    for n in 0..5 {
        user.says(&n.to_string()).await.unwrap();
    }
    let week = Duration::from_hours(8 * 24);
    stage.simulator().advance(week, PATIENCE).await.unwrap();
    let deliveries = stage.simulator().deliveries();
    assert_eq!(deliveries.len(), 5);
    for delivery in &deliveries {
        assert_eq!(delivery.state, DeliveryState::GivenUp);
        let at: Vec<_> = delivery
            .attempts
            .iter()
            .map(|attempt| attempt.at.as_second() - START)
            .collect();
        assert_eq!(at.len(), RetrySchedule::meta().0.len() + 1);
        assert!(at.is_sorted());
        assert_eq!(at.last(), Some(&(7 * 24 * 3600)));
    }
    // Attempt by attempt, what the user wrote comes in the order in which it was written.
    let said: Vec<_> = callback
        .got()
        .iter()
        .map(|got| {
            got.json()
                .pointer("/entry/0/changes/0/value/messages/0/text/body")
                .unwrap()
                .clone()
        })
        .collect();
    let mut firsts: Vec<Value> = Vec::new();
    for text in &said {
        if !firsts.contains(text) {
            firsts.push(text.clone());
        }
    }
    let written = ["0", "1", "2", "3", "4"].map(|n| json!(n));
    assert_eq!(firsts, written);
    assert_eq!(said.len(), 5 * (RetrySchedule::meta().0.len() + 1));
    assert_eq!(said[said.len() - 5..], written);
    stage.end().await;
}

#[tokio::test]
async fn webhook_faults_are_switched_while_it_runs() {
    let (stage, callback) = subscribed_with(standing()).await;
    let change = async |order: Value| stage.call("PATCH", "/sim/v1/webhooks", Some(&order)).await;
    let user = stage.simulator().user(USER);
    let settle = async || stage.simulator().settle(PATIENCE).await.unwrap();

    change(json!({"duplicated": 1.0})).await;
    user.says("twice").await.unwrap();
    settle().await;
    assert_eq!(callback.got().len(), 2);

    change(json!({"duplicated": 0, "delayed": 1.0, "delay_ms": 5000})).await;
    user.says("late").await.unwrap();
    settle().await;
    assert_eq!(callback.got().len(), 2);
    let wait = Duration::from_secs(5);
    stage.simulator().advance(wait, PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 3);

    let (_, faults) = change(json!({"delayed": 0, "dropped": 1.0})).await;
    assert_eq!(
        (&faults["dropped"], &faults["delay_ms"]),
        (&json!(1.0), &json!(5000))
    );
    user.says("lost at first").await.unwrap();
    settle().await;
    assert_eq!(callback.got().len(), 3);
    stage.simulator().step(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 4);
    let delivery = stage.simulator().deliveries().pop().unwrap();
    assert_eq!(delivery.attempts[0].error, Some("lost on purpose"));
    assert_eq!(delivery.attempts[1].status, Some(200));
    assert_eq!(change(json!({"dropped": 1.5})).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn a_post_is_no_larger_than_three_megabytes() {
    let mut settings = standing();
    settings.webhooks.max_updates_per_post = 1000;
    settings.webhooks.concurrency = 1;
    let (stage, callback) = subscribed_with(settings).await;
    callback.answers([500]);
    let user = stage.simulator().user(USER);
    for _ in 0..100 {
        user.says(&"é".repeat(10_000)).await.unwrap();
    }
    stage.simulator().settle(PATIENCE).await.unwrap();
    let sizes: Vec<_> = stage
        .simulator()
        .deliveries()
        .iter()
        .map(|one| one.body.len())
        .collect();
    assert!(sizes.iter().all(|size| *size <= 3_000_000), "{sizes:?}");
    assert!(sizes.iter().any(|size| *size > 1_000_000), "{sizes:?}");
    stage.end().await;
}

/// Everything of a run that anybody can see.
#[derive(Debug, PartialEq)]
struct Seen {
    answers: Vec<(u16, Value)>,
    accepted: Vec<String>,
    deliveries: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

async fn play(seed: u64) -> Seen {
    let mut settings = Settings {
        seed,
        public_url: Some("http://simulated".to_owned()),
        ..standing()
    };
    settings.webhooks.retries = RetrySchedule::every(Duration::from_secs(30), 3);
    settings.webhooks.duplicated = 0.2;
    settings.webhooks.reordered = 0.2;
    let stage = Stage::with(settings).await;
    let callback = Callback::new().await;
    let simulator = stage.simulator();
    simulator.subscribe(&callback.url).await.unwrap();
    simulator.fault(Fault::new(Trouble::graph(131_000)).probability(0.2));
    simulator.fault(Fault::new(Trouble::Fails { code: 131_026 }).probability(0.2));
    let mut answers = Vec::new();
    let tick = Duration::from_millis(700);
    for n in 0..30_usize {
        if n % 7 == 3 {
            callback.answers([500, 503]);
        }
        if n == 20 {
            simulator.set_webhook_faults(WebhookFaults {
                dropped: 0.5,
                delayed: 0.5,
                delay: Duration::from_secs(3),
                ..simulator.webhook_faults()
            });
        }
        let phone = format!("+1650555{:04}", n % 4);
        let user = simulator.user(&phone);
        match n % 5 {
            0 => drop(user.says(&format!("message {n}")).await.unwrap()),
            1 => {
                simulator.put_media(&format!("90{n}"), "image/png", vec![1; n + 1]);
                let (status, media) = stage.get(&format!("/v24.0/90{n}")).await;
                answers.push((status, media));
            }
            2 => drop(
                simulator
                    .trigger("message.image", json!({"user": phone}))
                    .await
                    .unwrap(),
            ),
            _ => {}
        }
        let mut body = text(&format!("line {n}"));
        body["to"] = json!(phone);
        body["biz_opaque_callback_data"] = json!(format!("own-{n}"));
        answers.push(stage.send(&body).await);
        simulator.advance(tick, PATIENCE).await.unwrap();
    }
    while simulator.step(PATIENCE).await.unwrap().is_some() {}
    let (status, mut number) = stage.get(&format!("/v24.0/{PHONE}")).await;
    // The callback listens on another port in each run.
    number["webhook_configuration"].take();
    answers.push((status, number));
    let everything = Seen {
        answers,
        accepted: simulator
            .accepted()
            .iter()
            .map(|one| format!("{one:?}"))
            .collect(),
        deliveries: simulator
            .deliveries()
            .iter()
            .map(|one| format!("{one:?}"))
            .collect(),
        bodies: callback.got().iter().map(|got| got.body.to_vec()).collect(),
    };
    stage.end().await;
    everything
}

#[tokio::test]
async fn a_seed_repeats_a_run_event_for_event() {
    let (one, same, other) = (play(5).await, play(5).await, play(6).await);
    assert!(
        one.answers.iter().any(|(status, _)| *status == 500),
        "no fault struck"
    );
    assert!(one.bodies.len() > 60, "{}", one.bodies.len());
    assert_eq!(one.answers, same.answers);
    assert_eq!(one.accepted, same.accepted);
    for user in ["16505550000", "16505550001", "16505550002", "16505550003"] {
        let of = |seen: &Seen| -> Vec<String> {
            let texts = seen
                .bodies
                .iter()
                .map(|body| String::from_utf8_lossy(body).into_owned());
            texts.filter(|body| body.contains(user)).collect()
        };
        assert_eq!(of(&one), of(&same), "what is sent about {user}");
    }
    let sorted = |seen: &Seen| {
        let mut bodies = seen.bodies.clone();
        bodies.sort();
        bodies
    };
    assert_eq!(sorted(&one), sorted(&same));
    assert_eq!(one.deliveries.len(), same.deliveries.len());
    assert_ne!(one.accepted, other.accepted);
    assert_ne!(sorted(&one), sorted(&other));
}
