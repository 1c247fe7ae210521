//! What comes of a send by the code that the carrier answers: every code of Meta's tables.

use serde_json::json;
use simulator::Trouble;

use super::{House, accept_json, fixed, until};
use crate::clock::Clock;
use crate::send::Accepted;
use crate::store::messages::State;

/// Meta's fault, or too fast: sent again after a moment.
const AGAIN: &[i64] = &[
    1, 2, 131_000, 131_016, 131_057, 131_208, 133_000, 133_004, 2_494_100, // retry
    130_429,   // the number is too fast
    4, 17, 32, 613, 80_007, 80_008, // the account is
];

/// Sent again after these seconds: what Meta says, else an hour.
const LATER: &[(i64, i64)] = &[
    (131_049, 24 * 3600),
    (131_056, 1),
    (132_069, 3600),
    (133_008, 3600),
    (133_009, 3600),
    (133_015, 5 * 60),
    (133_016, 72 * 3600),
    (134_101, 10 * 60),
    (138_009, 3600),
    (138_012, 3600),
];

/// The channel stops and keeps its queue.
const PAUSES: &[(&str, &[i64])] = &[
    ("auth", &[0, 3, 10, 104, 190, 200, 210, 250, 299, 131_005]),
    (
        "blocked",
        &[
            33, 368, 131_031, 131_037, 131_042, 131_044, 131_045, 131_048, 131_064, 133_006,
            133_010,
        ],
    ),
];

/// The message ends, and a dead letter waits for somebody.
const ENDS: &[(&str, &[i64])] = &[
    ("requires_template", &[131_047]),
    (
        "fix_template",
        &[
            132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 132_018,
            132_068, 134_103,
        ],
    ),
    ("recipient", &[1026, 130_472, 130_497, 131_026, 137_000]),
    ("opt_out", &[131_050]),
    // Only payments, and one template, meet these: the channel goes on.
    ("blocked", &[134_011, 134_102]),
    ("noop", &[130_501, 131_052, 131_060, 1_752_041, 2_593_109]),
    (
        "fix_request",
        &[
            100, 2040, 2046, 2047, 130_403, 131_008, 131_009, 131_020, 131_021, 131_027, 131_030,
            131_041, 131_051, 131_053, 131_055, 131_059, 131_062, 131_063, 131_202, 131_203,
            131_204, 131_207, 131_209, 131_210, 131_211, 131_212, 131_213, 131_214, 131_215,
            133_005, 134_100, 135_000, 138_000, 138_001, 138_002, 138_003, 138_004, 138_005,
            138_006, 138_007, 138_013, 138_014, 138_015, 138_017, 138_018, 139_000, 139_001,
            139_002, 139_003, 139_004, 139_006, 139_100, 139_101, 139_102, 139_103, 141_002,
            147_001, 147_002, 147_003, 147_004, 147_005, 200_005, 200_006, 200_007, 2_388_001,
            2_388_012, 2_388_019, 2_388_023, 2_388_024, 2_388_039, 2_388_040, 2_388_047, 2_388_072,
            2_388_073, 2_388_077, 2_388_091, 2_388_093, 2_388_103, 2_388_293, 2_388_299, 2_494_164,
            2_494_165, 2_494_166, 2_494_167, 2_494_168, 2_494_176, 2_494_177, 2_494_179, 2_494_191,
            2_593_079, 2_593_085, 2_593_107, 2_593_108, // Meta has invented this one since:
            777_777,
        ],
    ),
];

/// What a `failed` status says, and whether the channel stops.
const STATUSES: &[(i64, &str, bool)] = &[
    (1026, "recipient", false),
    (2040, "fix_request", false),
    (2046, "fix_request", false),
    (2047, "fix_request", false),
    (130_472, "recipient", false),
    (131_000, "retry", false),
    (131_026, "recipient", false),
    (131_047, "requires_template", false),
    (131_049, "retry_later", false),
    (131_050, "opt_out", false),
    (131_052, "noop", false),
    (131_053, "fix_request", false),
    (137_000, "recipient", false),
    (777_777, "fix_request", false),
    (131_042, "blocked", true),
    (131_044, "blocked", true),
    (131_031, "blocked", true),
    (134_011, "blocked", false),
];

impl House {
    /// A message to somebody else than all others, because pairs have a pace of their own.
    async fn send_to_number(&self, number: usize) -> String {
        let to = format!("+1650{:07}", 5_550_000 + number);
        let text = json!({"to": to, "type": "text", "text": {"body": "code"}});
        match self.accept(accept_json(&text)).await.unwrap() {
            Accepted::New { message, .. } => message.id,
            Accepted::Replayed { .. } => panic!("replayed without a key"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_passing_faults_are_tried_again_after_a_moment() {
    let house = House::build_with(fixed(), |config| config.send.backoff_longest_ms = 50).await;
    for (number, &code) in AGAIN.iter().enumerate() {
        house.trouble(Trouble::graph(code), 1);
        let id = house.send_to_number(number).await;
        until("it is accepted", async || {
            house.clock.advance(5);
            house.message(&id).await.state == State::Accepted
        })
        .await;
        assert_eq!(house.message(&id).await.attempts, 2, "{code}");
        assert_eq!(house.dead_letters(&id).await, [], "{code}");
    }
    assert!(house.channel().await.paused.is_none());
    // "API Unknown" may be the request's fault: it is tried twice and not more often.
    house.trouble(Trouble::graph(1), 2);
    let id = house.send_to_number(AGAIN.len()).await;
    until("it ends", async || {
        house.clock.advance(5);
        house.message(&id).await.state == State::Failed
    })
    .await;
    assert_eq!(house.message(&id).await.attempts, 2);
    let letters = house.dead_letters(&id).await;
    assert_eq!(letters[0].0.as_deref(), Some("attempts_exhausted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_say_later_wait_as_long_as_meta_says() {
    let house = House::build_with(fixed(), |_| {}).await;
    for (number, &(code, seconds)) in LATER.iter().enumerate() {
        house.trouble(Trouble::graph(code), 1);
        let id = house.send_to_number(10 * number).await;
        until("it waits", async || {
            let message = house.message(&id).await;
            (message.state, message.attempts) == (State::Queued, 1)
        })
        .await;
        house.clock.advance(seconds * 1000 - 1);
        let other = house.send_to_number(10 * number + 1).await;
        house.until_state(&other, State::Accepted).await;
        assert_eq!(house.message(&id).await.state, State::Queued, "{code}");
        house.clock.advance(seconds * 100 + 1);
        house.until_state(&id, State::Accepted).await;
    }
    assert!(house.channel().await.paused.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_stop_a_channel_keep_its_queue() {
    let house = House::build_with(fixed(), |_| {}).await;
    let (mut number, mut paused) = (0, 0);
    for (class, codes) in PAUSES {
        for &code in *codes {
            number += 1;
            paused += 1;
            house.trouble(Trouble::graph(code), 1);
            let id = house.send_to_number(number).await;
            until("the channel is paused", async || {
                house.channel().await.paused.is_some()
            })
            .await;
            let reason = house.channel().await.paused.unwrap().reason;
            assert_eq!(reason, format!("{class} ({code})"));
            house.until_state(&id, State::Queued).await;
            assert_eq!(house.dead_letters(&id).await, [], "{code}");
            let events = house.events("channel_paused").await;
            assert_eq!(events.len(), paused, "{code}");
            let event = events.last().unwrap();
            assert_eq!(
                (&event["reason"], &event["code"]),
                (&json!(class), &json!(code))
            );
            house.change_channel(|channel| channel.paused = None).await;
            house.until_state(&id, State::Accepted).await;
        }
    }
    // Graph knows nothing under the number's id.
    let unknown_number = Trouble::Graph {
        code: 100,
        subcode: Some(33),
        details: None,
        retry_after: None,
    };
    house.trouble(unknown_number, 1);
    let id = house.send_to_number(0).await;
    until("the channel is paused", async || {
        house.channel().await.paused.is_some()
    })
    .await;
    house.until_state(&id, State::Queued).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_lasting_faults_end_their_message_and_nothing_else() {
    let house = House::build_with(fixed(), |_| {}).await;
    let mut number = 0;
    for (reason, codes) in ENDS {
        for &code in *codes {
            number += 1;
            house.trouble(Trouble::graph(code), 1);
            let id = house.send_to_number(number).await;
            let state = match *reason {
                "requires_template" => State::RequiresTemplate,
                _ => State::Failed,
            };
            let message = house.until_state(&id, state).await;
            assert_eq!(message.attempts, 1, "{code}");
            let letters = house.dead_letters(&id).await;
            assert_eq!(letters.len(), 1, "{code}");
            assert_eq!(letters[0].0.as_deref(), Some(*reason), "{code}");
        }
    }
    assert!(house.channel().await.paused.is_none());
    // A success in part, HTTP 206, of which a message has no parts: nobody knows.
    house.trouble(Trouble::graph(131_201), 1);
    let id = house.send_to_number(0).await;
    house.until_state(&id, State::Unknown).await;
    assert_eq!(house.simulator.accepted_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_failed_statuses_end_their_message_and_may_stop_the_channel() {
    let mut house = House::build_with(Clock::system(), |_| {}).await;
    house.subscribe().await;
    for (number, &(code, reason, stops)) in STATUSES.iter().enumerate() {
        house.trouble(Trouble::Fails { code }, 1);
        let id = house.send_to_number(number).await;
        let state = match reason {
            "requires_template" => State::RequiresTemplate,
            _ => State::Failed,
        };
        house.until_state(&id, state).await;
        let letters = house.dead_letters(&id).await;
        assert_eq!(letters[0].0.as_deref(), Some(reason), "{code}");
        let paused = house.channel().await.paused;
        assert_eq!(paused.is_some(), stops, "{code}");
        if stops {
            assert_eq!(house.events("channel_paused").await[0]["code"], code);
            house = House::build().await;
            house.subscribe().await;
        }
    }
}
