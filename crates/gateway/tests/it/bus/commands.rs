//! Each documented command, from the subject to the carrier and back to its result.

use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};

use super::{Bench, fixture, text};
use crate::app::{CHANNEL, until};

/// The commands that the carrier takes, and what it gets.
const SENT: [(&str, &str); 13] = [
    ("text.json", "text"),
    ("image.url.json", "image"),
    ("image.base64.json", "image"),
    ("video.json", "video"),
    ("audio.json", "audio"),
    ("document.json", "document"),
    ("sticker.json", "sticker"),
    ("location.json", "location"),
    ("contact.json", "contacts"),
    ("reaction.json", "reaction"),
    ("buttons.json", "interactive"),
    ("list.json", "interactive"),
    ("interactive.json", "interactive"),
];

/// A result has the documented keys at its top and beside ours in `data`.
fn check_result(result: &Value, name: &str, success: bool) {
    assert_eq!(result["request_id"], name);
    assert_eq!(result["success"], success, "{result}");
    for key in ["request_id", "success", "message_id", "error", "timestamp"] {
        assert!(result.get(key).is_some(), "{name}: {key}");
        assert_eq!(result[key], result["data"][key], "{name}: {key}");
    }
    assert_eq!(result["error"].is_null(), success, "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_command_reaches_the_carrier_or_says_why_not() {
    let bench = Bench::start().await;
    for (name, _) in SENT {
        bench.command(CHANNEL, &fixture(name)).await;
    }
    for name in ["read.json", "poll.json", "edit.json", "revoke.json"] {
        bench.command(CHANNEL, &fixture(name)).await;
    }
    for (name, kind) in SENT {
        let result = bench.result(name).await;
        check_result(&result, name, true);
        let sent = bench.app.simulator.accepted();
        let sent = sent
            .iter()
            .find(|sent| result["message_id"] == *sent.wamid.as_ref());
        let body = sent.unwrap_or_else(|| panic!("{name} was not sent")).json();
        assert_eq!(body["type"], kind, "{name}");
        assert_eq!(body["to"], "+628123456789", "{name}");
    }
    check_result(&bench.result("read.json").await, "read.json", true);
    for name in ["poll.json", "edit.json", "revoke.json"] {
        let result = bench.result(name).await;
        check_result(&result, name, false);
        assert_eq!(result["data"]["reason"], "unsupported_by_carrier", "{name}");
    }
    let letters = bench.dead_letters().await;
    assert_eq!(letters.len(), 3, "{letters:?}");
    bench.until_complete().await;
    until("the stream of commands is empty", async || {
        let mut stream = bench.js.get_stream("WA_SEND").await.unwrap();
        stream.info().await.unwrap().state.messages == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_before_its_message() {
    let bench = Bench::start().await;
    bench.command(CHANNEL, &fixture("image.base64.json")).await;
    let result = bench.result("image.base64.json").await;
    let sent = bench.app.simulator.accepted();
    let id = sent[0].json()["image"]["id"].as_str().unwrap().to_owned();
    assert_ne!(id, "pending-upload");
    let ours = result["data"]["id"].as_str().unwrap();
    let message = bench.app.get(&format!("/api/v1/messages/{ours}")).await;
    let kept = message["content"]["image"]["id"].as_str().unwrap();
    assert!(kept.starts_with("med_") && kept != id, "{kept}");
    let file = bench.app.get(&format!("/api/v1/media/{kept}")).await;
    assert_eq!(file["state"], "stored");
    assert_eq!(message["content"]["image"]["caption"], "A pixel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_again_when_nobody_knows_whether_it_arrived() {
    let bench = Bench::start().await;
    for trouble in [
        Trouble::CutAfterAccepting,
        Trouble::CutBeforeAccepting,
        Trouble::graph(131_000),
    ] {
        let fault = Fault::new(trouble).calls(Calls::Media).times(1);
        bench.app.simulator.fault(fault);
    }
    bench.command(CHANNEL, &fixture("image.base64.json")).await;
    let result = bench.result("image.base64.json").await;
    assert_eq!(result["success"], true, "{result}");
    assert_eq!(bench.app.simulator.accepted_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_outlives_an_outage_of_the_carrier_and_a_restart() {
    let mut bench = Bench::start().await;
    let outage = Fault::new(Trouble::Http {
        status: 502,
        body: "bad gateway".to_owned(),
    });
    let outage = outage.calls(Calls::MarkRead);
    let outage = bench.app.simulator.fault(outage);
    bench.command(CHANNEL, &fixture("read.json")).await;
    let refused = json!({"type": "read", "message_ids": ["odd", "wamid.x"], "request_id": "odd"});
    bench.command(CHANNEL, &refused).await;
    until("both are taken", async || {
        let mut stream = bench.js.get_stream("WA_SEND").await.unwrap();
        stream.info().await.unwrap().state.messages == 0
    })
    .await;
    bench.app.restart().await;
    bench.app.simulator.clear_fault(outage);
    check_result(&bench.result("read.json").await, "read.json", true);
    let odd = bench.result("odd").await;
    assert_eq!(odd["success"], false);
    assert_eq!(odd["data"]["reason"], "not_marked_as_read");
    let letters = bench.dead_letters().await;
    let raw = letters[0]["detail"]["raw"].as_str().unwrap();
    let raw: Value = serde_json::from_str(raw).unwrap();
    assert_eq!(raw["message_ids"], json!(["odd"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_ended_at_once_kept_with_its_bytes_and_told() {
    let bench = Bench::start().await;
    let binary = vec![0xff, 0x00, 0xfe];
    bench.raw_command(CHANNEL, binary.clone()).await;
    bench
        .command(
            CHANNEL,
            &json!({"type": "text", "to": "me", "text": "x", "request_id": "a"}),
        )
        .await;
    let result = bench.result("a").await;
    assert_eq!(result["success"], false);
    assert_eq!(result["data"]["reason"], "invalid_command");
    until("both are dead letters", async || {
        bench.dead_letters().await.len() == 2
    })
    .await;
    let letters = bench.dead_letters().await;
    let raw = letters.iter().find_map(|letter| {
        let raw = letter["detail"]["raw_base64"].as_str();
        raw.map(str::to_owned)
    });
    assert_eq!(raw.as_deref(), Some("/wD+"));
    let worker = super::worker(&bench.js).await.unwrap();
    until("neither is delivered again", async || {
        let info = worker.get_info().await.unwrap();
        info.num_ack_pending == 0 && info.delivered.consumer_sequence == 2
    })
    .await;

    // What was nonsense is nonsense still.
    let id = letters[0]["id"].as_str().unwrap();
    let retry = bench
        .app
        .call("POST", &format!("/api/v1/dead-letters/{id}/retry"));
    assert_eq!(retry.send().await.unwrap().status(), 409);
    let discard = format!("/api/v1/dead-letters/{id}/discard");
    bench.app.post(&discard, &json!({"reason": "noise"})).await;
    assert_eq!(bench.dead_letters().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_done_once_whatever_its_body() {
    let bench = Bench::start_with(|config| config.send.in_flight = 1).await;
    bench.command(CHANNEL, &text("once", "first")).await;
    bench.command(CHANNEL, &text("once", "second")).await;
    bench.command(CHANNEL, &text("after", "third")).await;
    bench.result("after").await;
    bench.result("once").await;
    let words: Vec<_> = bench
        .app
        .simulator
        .accepted()
        .iter()
        .map(|sent| sent.json()["text"]["body"].clone())
        .collect();
    assert_eq!(words, ["first", "third"]);
    let metrics = bench.app.call("GET", "/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for line in [
        "wharf_bus_commands_total{outcome=\"queued\"} 2",
        "wharf_bus_commands_total{outcome=\"repeated\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_a_session_keep_their_order() {
    const COUNT: usize = 150;
    let bench = Bench::start_with(|config| config.send.in_flight = 1).await;
    let mut acks = Vec::new();
    for number in 0..COUNT {
        let command = text(&format!("r{number}"), &number.to_string()).to_string();
        let subject = format!("wa.send.{CHANNEL}");
        acks.push(bench.js.publish(subject, command.into()).await.unwrap());
    }
    for ack in acks {
        ack.await.unwrap();
    }
    until("all are sent", async || {
        bench.app.simulator.accepted_count() == COUNT as u64
    })
    .await;
    let words = bench.app.simulator.accepted();
    let words: Vec<_> = words
        .iter()
        .map(|sent| sent.json()["text"]["body"].clone())
        .collect();
    let expected: Vec<_> = (0..COUNT).map(|number| json!(number.to_string())).collect();
    assert_eq!(words, expected);
}
