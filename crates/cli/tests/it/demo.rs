//! The demo, end to end, and the commands that it prints.

use std::process::Command;

use serde_json::json;
use test_servers::Chromium;

use crate::binary::{Beside, LIMIT, run, wharf};
use crate::console::desk::Desk;

/// Usual ports would collide with whatever runs on this machine; free ones are asked for.
const DEMO: [&str; 5] = ["demo", "--port", "0", "--simulator-port", "0"];

fn temporary_folders(under: &std::path::Path) -> usize {
    std::fs::read_dir(under).unwrap().count()
}

#[test]
fn the_play_runs_to_its_end_and_leaves_nothing() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = wharf(folder.path(), &DEMO);
    let ended = run(command.arg("--once").env("TMPDIR", temporary.path()));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut rest = ended.out.as_str();
    for part in [
        "writes “Hello",
        "signed with the app secret; answer 200",
        "it is message msg_",
        "got event “message” evt_",
        "answers “Yes",
        "202: msg_",
        "event “send_result”",
        "status”: sent",
        "status”: delivered",
        "status”: read",
        "writes “Lovely",
        "got event “message” evt_",
    ] {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no {part:?}: {ended:#?}"));
        rest = after;
    }
    assert_eq!(temporary_folders(temporary.path()), 0);
    assert_eq!(temporary_folders(folder.path()), 0);
}

#[test]
fn the_printed_commands_work_as_printed() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut demo = Beside::start(wharf(folder.path(), &DEMO).env("TMPDIR", temporary.path()));
    let mut commands = Vec::new();
    while commands.len() < 6 {
        let is_command = |line: &str| line.starts_with("curl ") || line.contains("wharf ");
        commands.push(demo.out.next("with a command", is_command));
    }
    let (curl, own) = commands.split_at(3);
    let shell = |line: &str| {
        let ended = run(Command::new("sh")
            .args(["-c", line])
            .current_dir(folder.path()));
        assert_eq!(ended.code, Some(0), "is curl installed? {line}: {ended:?}");
        ended.out
    };
    let [send_line, list_line, user_line] = curl else {
        panic!("{curl:?}")
    };
    let sent: serde_json::Value = serde_json::from_str(&shell(send_line)).unwrap();
    assert_eq!(sent["state"], "queued", "{sent}");
    // Its last status: none of them may come when the next message is waited for.
    demo.out.next("that the message was read", |line| {
        line.contains("read msg_")
    });
    let listed: serde_json::Value = serde_json::from_str(&shell(list_line)).unwrap();
    let listed = listed["data"].as_array().unwrap();
    assert_eq!(listed.len(), 5, "{listed:?}");
    assert_eq!(listed[4]["data"]["status"], "read", "{listed:?}");
    assert_eq!(listed[4]["data"]["id"], sent["id"], "{listed:?}");
    let wrote: serde_json::Value = serde_json::from_str(&shell(user_line)).unwrap();
    assert!(wrote["wamid"].is_string(), "{wrote}");
    demo.out.next("of the user's message", |line| {
        line.contains("Hello, it is me again")
    });
    let [listen_line, cli_line, trigger_line] = own else {
        panic!("{own:?}")
    };
    let mut listening =
        Beside::start(Command::new("sh").args(["-c", &format!("exec {listen_line} --count 1")]));
    listening
        .err
        .next("that it listens", |line| line.contains("listening"));
    assert!(shell(trigger_line).contains("wamid."));
    listening
        .out
        .next("of the triggered message", |line| line.contains("message"));
    assert!(listening.wait().success());
    assert!(shell(cli_line).contains("delivered"));
    let (status, took) = demo.terminate();
    assert!(status.success() && took < LIMIT, "{status} after {took:?}");
    assert_eq!(temporary_folders(temporary.path()), 0);
}

#[test]
fn the_page_has_the_phone_beside_the_events() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut demo = Beside::start(wharf(folder.path(), &DEMO).env("TMPDIR", temporary.path()));
    let line = demo
        .out
        .next("with the page", |line| line.contains("shows the phone"));
    let url = line.split_whitespace().nth(1).unwrap();
    let browser = Chromium::start(1280, 860).unwrap();
    browser.open(url).unwrap();
    // What came before the page was opened is there, the newest first.
    let count = "return document.querySelectorAll('#events li').length >= 6";
    browser.wait(count, &json!([])).unwrap();
    assert_eq!(browser.see("#events .kind").unwrap(), "message");
    assert!(browser.see("#events .facts").unwrap().contains("Lovely"));
    browser.enter(Some("iframe")).unwrap();
    assert!(browser.see(".mine .text").unwrap().contains("Hello!"));
    browser
        .type_into(".composer textarea", "Do you deliver on Saturdays?\u{e007}")
        .unwrap();
    browser.see(".mine:last-child .ticks.is-delivered").unwrap();
    browser.enter(None).unwrap();
    let asked = "return document.querySelector('#events .facts').innerText.includes('Saturdays')";
    browser.wait(asked, &json!([])).unwrap();
    browser.click("#events li:first-child summary").unwrap();
    let whole = browser.see("#events li:first-child pre").unwrap();
    let whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["event"], "message", "{whole}");
    assert_eq!(
        whole["data"]["update"]["text"]["body"],
        "Do you deliver on Saturdays?"
    );
    // For the picture: the list, with the shortest event open.
    browser.click("#events li:first-child summary").unwrap();
    browser
        .click("#events li:has(.send_result) summary")
        .unwrap();
    let quiet = "return document.getAnimations().every((one) => one.playState !== 'running')";
    browser.wait(quiet, &json!([])).unwrap();
    for (name, dark) in [("demo", false), ("demo-dark", true)] {
        browser.dark(dark).unwrap();
        let picture = format!("{}/{name}.png", env!("CARGO_TARGET_TMPDIR"));
        browser.screenshot(picture.as_ref()).unwrap();
    }
    let console = browser.see("header a").unwrap();
    assert_eq!(console, "Open the console");
    browser.click("#break").unwrap();
    browser.see("#break.is-broken").unwrap();
    browser.enter(Some("iframe")).unwrap();
    browser
        .type_into(".composer textarea", "Are you there?\u{e007}")
        .unwrap();
    browser.enter(None).unwrap();
    assert_eq!(
        browser.see("#events .is-refused .mark").unwrap(),
        "answered 500"
    );
    demo.out.next("of the refusal", |line| {
        line.contains("answered 500 to message evt_")
    });
    browser.click("#break").unwrap();
    browser.see("#break:not(.is-broken)").unwrap();
    assert_eq!(browser.complaints().unwrap(), Vec::<String>::new());
    drop(browser);
    let (status, took) = demo.terminate();
    assert!(status.success() && took < LIMIT, "{status} after {took:?}");
    assert_eq!(temporary_folders(temporary.path()), 0);
}

#[test]
fn the_page_marks_an_event_that_was_taken_before() {
    let desk = Desk::signed_out();
    desk.browser.open(&desk.page()).unwrap();
    desk.holds("document.querySelectorAll('#events li').length >= 6");
    let event = desk.get("/api/v1/events?newest=50&type=message")["data"][0]["id"].clone();
    let endpoint = desk.get("/api/v1/endpoints")["data"][0]["id"].clone();
    desk.holds("!document.querySelector('#events .mark')");
    let replay = format!("/api/v1/events/{}/replay", event.as_str().unwrap());
    desk.api("POST", &replay, Some(&json!({ "endpoint": endpoint })));
    assert_eq!(desk.see("#events li:first-child .mark"), "again");
    desk.see("#events li:first-child:not(.is-refused)");
    desk.click("#events li:first-child summary");
    let whole: serde_json::Value =
        serde_json::from_str(&desk.see("#events li:first-child pre")).unwrap();
    assert_eq!(whole["id"], event);
    assert_eq!(desk.browser.complaints().unwrap(), Vec::<String>::new());
}

#[test]
fn a_signal_ends_the_play_and_leaves_nothing() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut demo = Beside::start(wharf(folder.path(), &DEMO).env("TMPDIR", temporary.path()));
    demo.out
        .next("of the conversation", |line| line.contains("writes “Hello"));
    let (status, took) = demo.terminate();
    assert!(status.success() && took < LIMIT, "{status} after {took:?}");
    assert_eq!(temporary_folders(temporary.path()), 0);
}

#[test]
fn a_named_folder_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut command = wharf(folder.path(), &DEMO);
        let ended = run(command.args(["--once", "--data", "kept"]));
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    assert!(folder.path().join("kept/wharf.db").exists());
}

#[test]
fn its_key_is_found_in_the_folder_of_the_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = wharf(folder.path(), &DEMO);
    let mut demo = Beside::start(demo.args(["--data", "wharf-data"]));
    let url = demo.out.after("gateway    ");
    let url = url.trim_end_matches(',');
    let mut listen = wharf(folder.path(), &["listen", "--url", url, "--since", "start"]);
    let mut listening = Beside::start(listen.args(["--count", "1"]));
    listening
        .out
        .next("of an event", |line| line.contains("evt_"));
    assert!(listening.wait().success());
}

#[cfg(unix)]
#[test]
fn a_terminal_that_closes_leaves_nothing() {
    for (program, ends) in [("", true), ("nohup ", false)] {
        let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let shell = format!("exec {program}\"$0\" \"$@\"");
        let inner = wharf(folder.path(), &DEMO);
        let mut command = Command::new("sh");
        command.args(["-c", &shell]).arg(inner.get_program());
        command.args(inner.get_args()).current_dir(folder.path());
        let mut demo = Beside::start(command.env("TMPDIR", temporary.path()));
        demo.out
            .next("of the conversation", |line| line.contains("writes “Hello"));
        let hangup = format!("kill -HUP {}", demo.id());
        assert_eq!(run(Command::new("sh").args(["-c", &hangup])).code, Some(0));
        if ends {
            assert!(demo.wait().success());
        } else {
            demo.out
                .next("that it goes on", |line| line.contains("Ctrl-C ends it"));
            assert!(demo.terminate().0.success());
        }
        assert_eq!(temporary_folders(temporary.path()), 0, "{program}");
    }
}

#[cfg(unix)]
#[test]
fn secrets_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut command = wharf(folder.path(), &DEMO);
    assert_eq!(
        run(command.args(["--once", "--data", "kept"])).code,
        Some(0)
    );
    for name in ["app-secret", "verify-token", "access-token", "api-key"] {
        let file = folder.path().join("kept").join(name);
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
