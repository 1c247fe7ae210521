//! `listen`: filters, where it begins, how it ends; `events resend`; `logs`.

use std::net::TcpListener;

use serde_json::Value;

use crate::binary::{Beside, run};
use crate::pair::Pair;
use crate::round_trip::answer;

fn event(listening: &mut Beside) -> Value {
    serde_json::from_str(&listening.out.next("with an event", |_| true)).unwrap()
}

fn write(pair: &Pair, user: &str, text: &str) {
    pair.succeed(&["trigger", "message.text", "--user", user, "--text", text]);
}

#[test]
fn it_begins_where_it_is_told_and_ends_with_a_summary() {
    let pair = Pair::start();
    write(&pair, "+15550100123", "the first");
    let list = pair.until(&["events", "list", "--type", "message"], |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    let first = list["data"][0]["id"].as_str().unwrap();
    write(&pair, "+15550100124", "the second");
    for (since, text) in [
        ("start", "the first"),
        ("10m", "the first"),
        ("2020-01-01T00:00:00Z", "the first"),
        (first, "the second"),
    ] {
        let mut listening = pair.listen(&["--event", "message", "--since", since]);
        assert_eq!(
            event(&mut listening)["data"]["update"]["text"]["body"],
            text,
            "{since}"
        );
        let (status, _) = listening.terminate();
        assert!(status.success(), "{status}");
        let told = listening.err.rest();
        assert!(
            told.iter().any(|line| line.contains("in 0 s")
                || line.contains("events in")
                || line.contains("event in")),
            "{told:?}"
        );
    }
    let wrong = run(&mut pair.command(&["listen", "--since", "yesterday"]));
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("10m"), "{wrong:?}");
    // In a minute nothing has happened yet.
    let later = ["events", "list", "--since", "2999-01-01"];
    assert_eq!(pair.json(&later)["data"], Value::Array(Vec::new()));
    let all = pair.json(&["events", "list", "--since", "1h", "--type", "message"]);
    assert_eq!(all["data"].as_array().unwrap().len(), 2, "{all}");
}

#[test]
fn one_contact_can_be_listened_to() {
    let pair = Pair::start();
    let mut listening = pair.listen(&["--contact", "+15550100124", "--count", "1"]);
    write(&pair, "+15550100123", "not this");
    write(&pair, "+15550100124", "but this");
    assert_eq!(
        event(&mut listening)["data"]["update"]["text"]["body"],
        "but this"
    );
    assert!(listening.wait().success());
}

#[test]
fn an_events_secret_may_be_an_endpoints_own() {
    let pair = Pair::start();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", server.local_addr().unwrap());
    let made = pair.json(&[
        "endpoints",
        "create",
        "https://example.com/hook",
        "--types",
        "message",
    ]);
    let id = made["id"].as_str().unwrap();
    let listen = ["--forward-to", &url, "--as-endpoint", id, "--count", "1"];
    let mut listening = pair.listen(&listen);
    write(&pair, "+15550100123", "to me");
    let request = answer(&server, "204 No Content");
    let secret = ["endpoints", "secret", id];
    let secret = pair.json(&secret)["secret"].as_str().unwrap().to_owned();
    request.is_signed_with(&secret);
    assert!(listening.wait().success());
    let told = listening.err.rest().join("\n");
    // The secret is the endpoint's, so that none is made and shown.
    assert!(
        !told.contains("whsec_") && told.contains("1 forwarded"),
        "{told}"
    );
    let mut made = pair.listen(&["--forward-to", &url, "--event", "message", "--count", "1"]);
    write(&pair, "+15550100123", "to me too");
    let request = answer(&server, "204 No Content");
    assert!(made.wait().success());
    let told = made.err.rest().join("\n");
    assert_eq!(told.matches("whsec_").count(), 1, "{told}");
    assert!(told.contains("WHARF_FORWARD_SECRET"), "{told}");
    let (_, made) = told.split_once("the signing secret is ").unwrap();
    request.is_signed_with(made.split(';').next().unwrap());
    // An argument would show the secret to others.
    let secret = ["listen", "--forward-to", &url, "--secret", "whsec_canary"];
    let refused = run(&mut pair.command(&secret));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(!refused.err.contains("canary"), "{refused:?}");
}

#[test]
fn an_event_is_resent_to_those_who_want_it() {
    let pair = Pair::start();
    write(&pair, "+15550100123", "again");
    let list = pair.until(&["events", "list", "--type", "message"], |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    let event = list["data"][0]["id"].as_str().unwrap();
    let nobody = run(&mut pair.command(&["events", "resend", event]));
    assert_eq!(nobody.code, Some(6), "{nobody:?}");
    let create = |types: &str| {
        let made = pair.json(&[
            "endpoints",
            "create",
            "https://127.0.0.1.invalid/x",
            "--types",
            types,
        ]);
        made["id"].as_str().unwrap().to_owned()
    };
    let (wants, other) = (create("message"), create("status"));
    let resent = pair.json(&["events", "resend", event]);
    assert_eq!(resent["data"].as_array().unwrap().len(), 1, "{resent}");
    assert_eq!(resent["data"][0]["endpoint_id"], wants.as_str());
    let one = pair.json(&["events", "resend", event, "--endpoint", &other]);
    assert_eq!(one["data"][0]["endpoint_id"], other.as_str());
    let id = one["data"][0]["id"].as_str().unwrap();
    assert!(
        pair.succeed(&["deliveries", "list", "--event", event])
            .contains(id)
    );
    assert!(
        pair.succeed(&["deliveries", "get", id])
            .contains("ATTEMPT\tAT")
    );
}

#[test]
fn logs_tell_of_what_went_wrong_and_go_on() {
    let pair = Pair::start();
    pair.succeed(&["channels", "pause", "main", "--reason", "a test"]);
    pair.until(&["logs", "--only", "events"], |logs| {
        let data = logs["data"].as_array().unwrap();
        data.iter()
            .any(|entry| entry["event"]["event"] == "channel_paused")
    });
    let follow = ["logs", "--follow", "--json", "--only", "events"];
    let mut following = Beside::start(&mut pair.command(&follow));
    following
        .out
        .next("of the pause", |line| line.contains("channel_paused"));
    following
        .err
        .next("that it follows", |line| line.contains("following"));
    pair.succeed(&["channels", "resume", "main"]);
    let line = following.out.next("of the resumption", |_| true);
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["event"]["event"], "channel_resumed", "{entry}");
    assert!(following.terminate().0.success());
}
