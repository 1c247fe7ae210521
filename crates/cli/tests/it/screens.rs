//! What the gateway tells the console, told by the command line: search, audit, groups, load,
//! endpoints under repair, and the end of a person's data.

use std::net::TcpListener;

use serde_json::Value;

use crate::binary::{Beside, run, run_with};
use crate::pair::Pair;
use crate::round_trip::answer;

fn talked() -> Pair {
    let pair = Pair::start();
    pair.succeed(&[
        "trigger",
        "message.text",
        "--user",
        "+15550100123",
        "--text",
        "Hi",
    ]);
    pair.until(&["messages", "list"], |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    pair
}

#[test]
fn whatever_belongs_to_a_number_is_found() {
    let pair = talked();
    let found = pair.json(&["search", "+15550100123"]);
    let kinds: Vec<_> = found["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| &hit["kind"])
        .collect();
    assert!(kinds.contains(&&"contact".into()), "{found}");
    let piped = run_with(&mut pair.command(&["search"]), "+15550100123\n");
    assert!(
        piped.out.starts_with("ID\tKIND\tTITLE\tCHANNEL\tAT\n"),
        "{piped:?}"
    );
    let none = run(&mut pair.command(&["search", "+15550199999"]));
    assert_eq!(none.code, Some(6), "{none:?}");
}

#[test]
fn the_audit_tells_who_did_what() {
    let pair = talked();
    pair.succeed(&["channels", "pause", "main", "--reason", "a test"]);
    let list = pair.json(&["audit", "list", "--subject", "main", "--since", "1h"]);
    let deeds: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|deed| &deed["action"])
        .collect();
    assert!(deeds.contains(&&"channel.paused".into()), "{list}");
    assert!(
        pair.succeed(&["audit", "export"])
            .contains("channel.paused")
    );
    pair.succeed(&[
        "audit",
        "export",
        "--to",
        "ndjson",
        "--output",
        "audit.ndjson",
    ]);
    let file = std::fs::read_to_string(pair.path().join("audit.ndjson")).unwrap();
    let first: Value = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    assert!(first["action"].is_string(), "{first}");
    let mut following = Beside::start(&mut pair.command(&["logs", "--follow", "--json"]));
    following.out.next("of the deed", |line| {
        line.contains("\"audit\"") && line.contains("channel.paused")
    });
    following
        .err
        .next("that it follows", |line| line.contains("following"));
    pair.succeed(&["channels", "resume", "main"]);
    following
        .out
        .next("of the next deed", |line| line.contains("channel.resumed"));
    assert!(following.terminate().0.success());
}

#[test]
fn an_endpoint_is_tested_and_its_secret_rotated() {
    let pair = Pair::start_with("\n[deliver]\nallow_networks = [\"127.0.0.0/8\"]\n");
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", server.local_addr().unwrap());
    let made = pair.json(&["endpoints", "create", &url, "--types", "call"]);
    let id = made["id"].as_str().unwrap();
    for (status, code) in [("200 OK", 0), ("500 Oh", 1)] {
        let mut testing = Beside::start(&mut pair.command(&["endpoints", "test", id]));
        assert!(answer(&server, status).body.contains("test"));
        assert_eq!(testing.wait().code(), Some(code), "{status}");
    }
    let rotated = pair.json(&["endpoints", "rotate-secret", id, "--overlap", "60"]);
    assert_ne!(rotated["secret"], made["secret"]);
    let shown = pair.json(&["endpoints", "secret", id]);
    assert_eq!(shown["secret"], rotated["secret"]);
    assert_eq!(pair.json(&["endpoints", "stats", id])["succeeded_24h"], 1);
    assert_eq!(
        pair.json(&["endpoints", "recover", id, "--since", "1h"])["deliveries"],
        0
    );
    assert!(pair.json(&["channels", "load", "main"])["queue"].is_object());
    let groups = pair.json(&["dead-letters", "groups"]);
    assert_eq!(groups["data"], Value::Array(Vec::new()), "{groups}");
    let failing = |pair: &Pair| {
        let list = pair.succeed(&["deliveries", "list", "--state", "failing", "--endpoint", id]);
        list.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(failing(&pair), Vec::<String>::new());
    pair.succeed(&["endpoints", "update", id, "--types", "message"]);
    pair.succeed(&["trigger", "message.text", "--text", "Hi"]);
    assert!(answer(&server, "500 Oh").body.contains("Hi"));
    pair.until(&["deliveries", "list", "--state", "failing"], |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    let row = failing(&pair);
    assert!(row[0].contains("\tmessage\tfailing\t500\t1\t20"), "{row:?}");
    let list = pair.succeed(&["endpoints", "list"]);
    assert!(list.contains(&format!("{id}\tfailing\t1\t")), "{list}");
    let delivery = row[0].split('\t').next().unwrap();
    let attempts = pair.succeed(&["deliveries", "get", delivery]);
    assert!(
        attempts.contains("\t500\t\t") && !attempts.contains("answered 500"),
        "{attempts}"
    );
}

#[test]
fn a_person_is_exported_and_erased() {
    let pair = talked();
    let contacts = pair.json(&["contacts", "list"]);
    let id = contacts["data"][0]["id"].as_str().unwrap();
    let export = pair.succeed(&["contacts", "export", id]);
    let kinds: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        kinds.iter().any(|line| line["kind"] == "message"),
        "{export}"
    );
    let erased = pair.json(&["contacts", "erase", id, "--yes"]);
    assert_eq!(erased["state"], "done", "{erased}");
    assert_eq!(erased["erased"]["messages"], 1, "{erased}");
    let again = pair.json(&["contacts", "erasure", erased["id"].as_str().unwrap()]);
    assert_eq!(again["state"], "done");
    assert_eq!(
        run(&mut pair.command(&["contacts", "get", id])).code,
        Some(6)
    );
}
