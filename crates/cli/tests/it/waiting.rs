//! `send --wait`: however the wait ends, the message's id is told, so that nobody sends it twice.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::binary::{Beside, run};
use crate::pair::Pair;

const SEND: [&str; 9] = [
    "send",
    "--channel",
    "main",
    "--to",
    "+15550100123",
    "--text",
    "Hello",
    "--wait",
    "--json",
];

#[test]
fn a_wait_that_ends_without_an_end_tells_the_message() {
    let mut pair = Pair::start();
    pair.succeed(&["trigger", "message.text"]);
    pair.succeed(&["channels", "pause", "main", "--reason", "a test"]);
    let ended = run(pair.command(&SEND).args(["--timeout", "1"]));
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let message: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(message["state"], "queued", "{message}");

    // What is not sent in time has ended.
    let soon = run(Command::new("date").args(["-u", "-d", "+2 seconds", "+%FT%TZ"]));
    let mut waiting = Beside::start(pair.command(&SEND).args(["--expires-at", soon.out.trim()]));
    std::thread::sleep(Duration::from_secs(3));
    pair.succeed(&["channels", "resume", "main"]);
    assert_eq!(waiting.wait().code(), Some(1));
    let message: Value = serde_json::from_str(&waiting.out.rest().join("\n")).unwrap();
    assert_eq!(message["state"], "expired", "{message}");

    // The gateway is gone in the middle.
    pair.succeed(&["channels", "pause", "main", "--reason", "a test"]);
    let mut waiting = Beside::start(pair.command(&SEND).args(["--timeout", "3"]));
    pair.until(&["messages", "list", "--state", "queued"], |list| {
        !list["data"].as_array().unwrap().is_empty()
    });
    pair.gateway.kill();
    assert_eq!(waiting.wait().code(), Some(5));
    let told = waiting.out.rest().join("\n");
    let message: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(message["state"], "queued", "{message}");
}

#[test]
fn an_export_in_json_is_json() {
    let pair = Pair::start();
    let lines = pair.succeed(&["audit", "export", "--json"]);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(first["action"].is_string(), "{lines}");
    let both = run(&mut pair.command(&["audit", "export", "--json", "--to", "csv"]));
    assert_eq!(both.code, Some(2), "{both:?}");
    let nothing = pair.json(&["events", "list", "--since", "now"]);
    assert_eq!(nothing["data"], Value::Array(Vec::new()));
}
