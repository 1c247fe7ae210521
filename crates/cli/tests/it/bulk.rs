//! Dead letters settled in bulk, by jobs of a running gateway.

use serde_json::Value;

use crate::binary::run;
use crate::pair::Pair;

const SEND: [&str; 7] = [
    "send",
    "--channel",
    "main",
    "--to",
    "+15550100123",
    "--text",
    "Hello",
];

/// A pair with this many dead letters of refused messages.
fn with_letters(count: usize) -> (Pair, Vec<String>) {
    let pair = Pair::start();
    pair.succeed(&["trigger", "message.text", "--user", "+15550100123"]);
    let fault = format!("{{\"trouble\": {{\"graph\": {{\"code\": 131047}}}}, \"times\": {count}}}");
    pair.order("faults", &fault);
    for _ in 0..count {
        pair.succeed(&SEND);
    }
    let letters = pair.until(&["dead-letters", "list"], |list| {
        list["data"].as_array().unwrap().len() == count
    });
    let ids = letters["data"].as_array().unwrap().iter();
    let ids = ids.map(|letter| letter["id"].as_str().unwrap().to_owned());
    let ids = ids.collect();
    (pair, ids)
}

#[test]
fn many_dead_letters_are_tried_again_or_left() {
    let (pair, ids) = with_letters(4);
    let retry = [
        "dead-letters",
        "bulk",
        "retry",
        "--reason",
        "requires_template",
    ];
    let preview = pair.json(&[&retry[..], &["--dry-run"]].concat());
    assert_eq!(preview["total"], 4, "{preview}");
    assert_eq!(preview["by_kind"][0]["value"], "send", "{preview}");
    let table = pair.succeed(&[&retry[..], &["--dry-run"]].concat());
    assert!(table.contains("total\t-\t4"), "{table}");

    let some = ["--id", &ids[0], "--id", &ids[1], "--per-second", "50"];
    let job = pair.json(&[&["dead-letters", "bulk", "retry"], &some[..]].concat());
    assert_eq!(
        (&job["action"], &job["state"]),
        (&"retry".into(), &"done".into()),
        "{job}"
    );
    let counts = ["total", "done", "failed"].map(|field| job[field].as_i64());
    assert_eq!(counts, [Some(2), Some(2), Some(0)], "{job}");
    pair.until(&["messages", "list", "--state", "delivered"], |list| {
        list["data"].as_array().unwrap().len() == 2
    });

    let job = pair.json(&[
        "dead-letters",
        "bulk",
        "discard",
        "--all",
        "--why",
        "a test",
    ]);
    assert_eq!(
        (&job["total"], &job["done"]),
        (&2.into(), &2.into()),
        "{job}"
    );
    let left = pair.json(&["dead-letters", "list"]);
    assert_eq!(left["data"], Value::Array(Vec::new()), "{left}");
    let id = job["id"].as_str().unwrap();
    assert!(pair.succeed(&["dead-letters", "bulk", "list"]).contains(id));
    assert_eq!(
        pair.json(&["dead-letters", "bulk", "get", id])["state"],
        "done"
    );
    let letter = pair.json(&["dead-letters", "get", &ids[3]]);
    assert!(letter["history"].to_string().contains("a test"), "{letter}");
}

#[test]
fn a_job_goes_on_without_the_command_and_can_be_ended() {
    // One a second, so that there is time to end it.
    let (pair, ids) = with_letters(8);
    let retry = [
        "dead-letters",
        "bulk",
        "retry",
        "--all",
        "--per-second",
        "1",
        "--no-wait",
    ];
    let job = pair.json(&retry);
    let id = job["id"].as_str().unwrap();
    assert_eq!(job["state"], "running", "{job}");
    pair.until(&["dead-letters", "bulk", "get", id], |job| job["done"] != 0);
    let ended = pair.json(&["dead-letters", "bulk", "cancel", id]);
    assert_eq!(ended["state"], "canceled", "{ended}");
    let left = pair.json(&["dead-letters", "list"]);
    let left = left["data"].as_array().unwrap().len();
    assert!(left < ids.len() && left > 0, "{left} are left");

    // A job that nobody said anything about is a mistake, and not one over all of them.
    let nothing = run(&mut pair.command(&["dead-letters", "bulk", "retry"]));
    assert_eq!(nothing.code, Some(2), "{nothing:?}");
    let unknown = run(&mut pair.command(&["dead-letters", "bulk", "get", "job_0"]));
    assert_eq!(unknown.code, Some(6), "{unknown:?}");
}
