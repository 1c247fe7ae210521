//! Each noun with its verbs, against a running gateway.

use serde_json::Value;

use crate::binary::{run, run_with};
use crate::pair::Pair;

/// A pair in which a user has written and was answered.
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
    let send = [
        "send",
        "--channel",
        "main",
        "--to",
        "+15550100123",
        "--text",
        "Hello",
        "--wait",
    ];
    pair.succeed(&send);
    pair
}

fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap().iter();
    data.map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_list_has_json_and_a_table() {
    let pair = talked();
    for list in [
        &["messages", "list"][..],
        &["conversations", "list"],
        &["contacts", "list"],
        &["channels", "list"],
        &["templates", "list"],
        &["suppressions", "list"],
        &["events", "list"],
        &["endpoints", "list"],
        &["deliveries", "list"],
        &["dead-letters", "list"],
        &["dead-letters", "list", "--state", "any", "--since", "1h"],
        &[
            "messages",
            "list",
            "--state",
            "read,failed",
            "--until",
            "1h",
        ],
        &[
            "errors",
            "--code",
            "131047",
            "--channel",
            "main",
            "--since",
            "1h",
        ],
        &["dead-letters", "bulk", "list"],
        &["keys", "list"],
        &["trigger", "--list"],
    ] {
        let json = pair.json(list);
        assert!(json["data"].is_array(), "{list:?}: {json}");
        pair.succeed(list);
    }
}

#[test]
fn lists_come_in_pages_or_whole() {
    let pair = talked();
    for name in ["one", "two", "three", "four"] {
        pair.succeed(&["keys", "create", name, "--role", "viewer"]);
    }
    let whole = pair.json(&["keys", "list", "--all"]);
    let whole_ids = ids(&whole);
    assert_eq!((whole_ids.len(), &whole["next_cursor"]), (5, &Value::Null));
    let part = pair.json(&["keys", "list", "--limit", "2"]);
    assert_eq!(ids(&part), whole_ids[..2]);
    let cursor = part["next_cursor"].as_str().unwrap();
    let rest = pair.json(&["keys", "list", "--cursor", cursor, "--limit", "1000"]);
    assert_eq!(ids(&rest), whole_ids[2..]);
    let table = run(&mut pair.command(&["keys", "list", "--limit", "3"]));
    assert_eq!(table.out.lines().count(), 4, "{table:?}");
    assert!(table.err.contains("--all"), "{table:?}");
    let both = run(&mut pair.command(&["keys", "list", "--limit", "3", "--all"]));
    assert_eq!(both.code, Some(2), "{both:?}");
}

#[test]
fn keys_have_roles_and_channels_and_are_rotated() {
    let pair = talked();
    let create = [
        "keys",
        "create",
        "board",
        "--role",
        "viewer",
        "--channel",
        "main",
        "--texts",
    ];
    let made = pair.json(&create);
    assert_eq!(made["role"], "viewer");
    assert_eq!(made["channels"], serde_json::json!(["main"]));
    assert_eq!(made["shows_texts"], true);
    let hidden = pair.json(&[
        "keys",
        "create",
        "plain",
        "--role",
        "operator",
        "--no-texts",
    ]);
    assert_eq!(hidden["shows_texts"], false);
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let with =
        |key: &str, arguments: &[&str]| run(pair.command(arguments).env("WHARF_API_KEY", key)).code;
    assert_eq!(with(key, &["channels", "list"]), Some(0));
    assert_eq!(with(key, &["keys", "list"]), Some(4));
    let rotated = pair.json(&["keys", "rotate", id, "--overlap", "600"]);
    let second = rotated["key"].as_str().unwrap();
    assert_eq!(with(key, &["channels", "list"]), Some(0));
    assert_eq!(with(second, &["channels", "list"]), Some(0));
    assert_eq!(pair.succeed(&["keys", "revoke", id]), "revoked\n");
    assert_eq!(with(second, &["channels", "list"]), Some(4));
    let list = pair.succeed(&["keys", "list"]);
    assert!(!list.contains(key) && !list.contains(second), "{list}");
}

#[test]
fn one_of_each_can_be_looked_at() {
    let pair = talked();
    let conversation = &ids(&pair.json(&["conversations", "list", "--channel", "main"]))[0];
    let found = pair.json(&["conversations", "get", conversation]);
    assert_eq!(found["channel"], "main");
    let messages = pair.json(&["conversations", "messages", conversation]);
    assert_eq!(ids(&messages).len(), 2, "{messages}");
    let inbound = [
        "conversations",
        "messages",
        conversation,
        "--direction",
        "inbound",
    ];
    let inbound = ids(&pair.json(&inbound));
    assert_eq!(inbound.len(), 1);
    let contact = found["contact_id"].as_str().unwrap();
    assert_eq!(
        pair.json(&["contacts", "get", contact])["wa_id"],
        "15550100123"
    );
    pair.succeed(&["messages", "read", &inbound[0]]);
    let said = pair.succeed(&["conversations", "messages", conversation]);
    assert!(said.contains("\tmain\tHello\t"), "{said}");
    let list = pair.succeed(&["conversations", "list"]);
    let name = found["contact"]["name"].as_str();
    let name = name.unwrap_or("15550100123");
    assert!(list.contains(&format!("\t{name}\tHello\t")), "{list}");
    assert!(said.contains(&format!("\t{name}\tHi\t")), "{said}");
    let messages = pair.succeed(&["messages", "list"]);
    assert!(messages.contains("\t+15550100123\tHi\t"), "{messages}");
    let message = pair.succeed(&[
        "messages",
        "get",
        &ids(&pair.json(&["messages", "list"]))[0],
    ]);
    assert!(
        message.contains("text") && message.contains("  Hello\n") && !message.contains("\"body\""),
        "{message}"
    );
    assert!(
        message.contains("AT\tSTATUS\tRECIPIENT\tERROR\n"),
        "{message}"
    );
    let blind = pair.json(&["keys", "create", "blind", "--role", "viewer", "--no-texts"]);
    let list = ["conversations", "messages", conversation];
    let hidden = run(pair
        .command(&list)
        .env("WHARF_API_KEY", blind["key"].as_str().unwrap()));
    assert_eq!(hidden.code, Some(0), "{hidden:?}");
    assert!(!hidden.out.contains("Hello"), "{hidden:?}");
    let event = &ids(&pair.json(&["events", "list", "--type", "message"]))[0];
    let event = pair.succeed(&["events", "get", event]);
    assert!(event.contains("\n    \"update\": {\n"), "{event}");
    assert!(
        pair.succeed(&["messages", "timeline", &inbound[0]])
            .contains("AT\tWHAT\tDETAIL")
    );
    for gone in [
        ["conversations", "get", "cnv_0"],
        ["conversations", "messages", "cnv_0"],
        ["contacts", "get", "cnt_0"],
        ["contacts", "erase", "cnt_0"],
        ["messages", "get", "msg_0"],
        ["channels", "get", "none"],
        ["templates", "get", "1"],
        ["events", "get", "evt_0"],
        ["events", "resend", "evt_0"],
        ["endpoints", "get", "ep_0"],
        ["deliveries", "get", "dlv_0"],
        ["dead-letters", "get", "dl_0"],
        ["suppressions", "get", "sup_0"],
    ] {
        let ended = run(&mut pair.command(&gone));
        assert_eq!(ended.code, Some(6), "{gone:?}: {ended:?}");
    }
    // Nobody can be asked, so that it must be said beforehand.
    let erase = run_with(&mut pair.command(&["contacts", "erase", contact]), "yes\n");
    assert_eq!(erase.code, Some(2), "{erase:?}");
    assert!(erase.err.contains("--yes"), "{erase:?}");
}

#[test]
fn a_token_is_looked_for_in_the_gateways_environment() {
    let pair = Pair::start();
    let create = [
        "channels",
        "create",
        "--name",
        "Second",
        "--phone-number-id",
        "106540352242923",
        "--access-token",
        "env:TEST_IS_NOT_SET",
    ];
    let refused = run(pair.command(&create).env("TEST_IS_NOT_SET", "here alone"));
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(
        refused.err.contains("not set in the gateway's environment"),
        "{refused:?}"
    );
}

#[test]
fn channels_and_endpoints_are_changed() {
    let pair = talked();
    let changed = pair.json(&[
        "channels",
        "update",
        "main",
        "--name",
        "Shop",
        "--throughput",
        "40",
    ]);
    assert_eq!(
        (&changed["name"], &changed["throughput"]),
        (&"Shop".into(), &40.into())
    );
    let changed = pair.json(&["channels", "update", "main", "--unset", "throughput"]);
    assert_ne!(changed["throughput_source"], "set", "{changed}");
    assert_eq!(
        run(&mut pair.command(&["channels", "update", "main"])).code,
        Some(2)
    );

    let made = pair.json(&[
        "endpoints",
        "create",
        "https://example.com/a",
        "--types",
        "message",
    ]);
    let id = made["id"].as_str().unwrap();
    let to = [
        "endpoints",
        "update",
        id,
        "--to",
        "https://example.com/b",
        "--all-types",
    ];
    let changed = pair.json(&to);
    assert_eq!(changed["url"], "https://example.com/b");
    assert_eq!(changed["event_types"], Value::Array(Vec::new()));
    let disabled = pair.json(&["endpoints", "disable", id]);
    assert!(disabled["disabled_at"].is_string(), "{disabled}");
    assert!(
        pair.succeed(&["endpoints", "list"])
            .contains("\tdisabled\t0\thttps://example.com/b\tall\tall")
    );
    pair.succeed(&["endpoints", "enable", id]);
    assert!(
        pair.succeed(&["endpoints", "secret", id])
            .contains("whsec_")
    );
    assert_eq!(pair.succeed(&["endpoints", "delete", id]), "deleted\n");
    assert_eq!(
        pair.succeed(&["health", "--json"]),
        "{\n  \"ready\": true\n}\n"
    );
    let shown = pair.json(&["config", "show", "--config", "wharf.toml"]);
    assert_eq!(shown["cloud"]["app_secrets"][0], "file:app-secret");
}

#[test]
fn an_unknown_event_is_answered_with_the_nearest() {
    let pair = Pair::start();
    let wrong = run(&mut pair.command(&["trigger", "message.tex"]));
    assert_eq!(wrong.code, Some(6), "{wrong:?}");
    assert!(
        wrong.err.contains("is it message.text?") && wrong.err.contains("trigger --list"),
        "{wrong:?}"
    );
}

#[test]
fn errors_are_listed_with_what_to_do() {
    let pair = talked();
    pair.order(
        "faults",
        "{\"trouble\": {\"graph\": {\"code\": 131026}}, \"times\": 1}",
    );
    let send = [
        "send",
        "--channel",
        "main",
        "--to",
        "+15550100123",
        "--text",
        "x",
        "--wait",
    ];
    assert_eq!(run(&mut pair.command(&send)).code, Some(1));
    let errors = pair.succeed(&["errors", "--code", "131026", "--since", "1h"]);
    let (head, row) = errors.split_once('\n').unwrap();
    assert_eq!(head, "MESSAGE\tCODE\tCLASS\tAT\tADVICE\tCHANNEL");
    assert!(
        row.starts_with("msg_") && row.contains("\t131026\trecipient\t"),
        "{row}"
    );
    assert_eq!(
        pair.json(&["errors", "--code", "1"])["data"],
        Value::Array(Vec::new())
    );
    let letters = pair.succeed(&["dead-letters", "list"]);
    let row = letters.lines().nth(1).unwrap();
    assert!(row.contains("\t131026 ") && row.contains("\tmsg_"), "{row}");
    assert!(!row.contains("(#"), "{row}");
    let letter = row.split('\t').next().unwrap();
    pair.succeed(&["dead-letters", "discard", letter, "--reason", "a test"]);
    let resolved = [
        "dead-letters",
        "list",
        "--state",
        "resolved",
        "--since",
        "1h",
    ];
    assert_eq!(ids(&pair.json(&resolved)), [letter]);
    let failed = [
        "messages",
        "list",
        "--state",
        "failed,unknown",
        "--since",
        "1h",
    ];
    assert_eq!(ids(&pair.json(&failed)).len(), 1);
    assert!(
        pair.succeed(&["events", "list", "--type", "dead_letter"])
            .contains(&format!("{letter} of msg_"))
    );
}

#[test]
fn each_exit_code_has_its_case() {
    let pair = talked();
    let code = |arguments: &[&str]| run(&mut pair.command(arguments)).code;
    let send = |more: &[&str]| {
        let send = [
            "send",
            "--channel",
            "main",
            "--to",
            "+15550100123",
            "--text",
            "Hello",
            "--wait",
        ];
        code(&[&send[..], more].concat())
    };
    assert_eq!(send(&[]), Some(0));
    pair.order(
        "faults",
        "{\"trouble\": {\"graph\": {\"code\": 131026}}, \"times\": 1}",
    );
    assert_eq!(send(&[]), Some(1));
    assert_eq!(code(&["send"]), Some(2));
    assert_eq!(
        code(&["channels", "list", "--url", "http://127.0.0.1:9"]),
        Some(3)
    );
    // The role is refused as a wrong key is, and as a wrong message is.
    assert_eq!(send(&["--tag", &"x".repeat(2000)]), Some(4));
    // The simulator takes a while to deliver it.
    assert_eq!(send(&["--timeout", "0"]), Some(5));
    assert_eq!(code(&["messages", "get", "msg_0"]), Some(6));
    // A route that the gateway does not have is no thing that is not there.
    let newer = run(pair
        .command(&["channels", "list"])
        .env("WHARF_URL", format!("{}/x", pair.url)));
    assert_eq!(newer.code, Some(4), "{newer:?}");
    assert!(newer.err.contains("older"), "{newer:?}");
}
