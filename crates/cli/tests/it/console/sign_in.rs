//! Signing in with a key, and out again.

use serde_json::json;

use super::desk::{Desk, ENTER};

#[test]
fn a_key_signs_in_and_out_again() {
    let desk = Desk::signed_out();
    desk.browser.open(&desk.url).unwrap();
    desk.see("body[data-ready='out'] .sign-in h1");
    let path = desk.until("return location.pathname");
    assert_eq!(path, "/console/");
    desk.looks_well("sign-in");
    desk.type_into(
        "input[name=key]",
        &format!("wharf_{}{ENTER}", "x".repeat(40)),
    );
    assert!(desk.see(".sign-in .wrong").contains("not a key"));
    let retype =
        "const input = document.querySelector('input[name=key]'); input.select(); return true";
    desk.until(retype);
    desk.type_into("input[name=key]", &format!("{}{ENTER}", desk.key));
    assert_eq!(desk.see("body[data-ready='in'] main h1"), "Overview");
    // The cookie is out of the reach of scripts, and so is the key.
    let seen = "return document.cookie + JSON.stringify({...localStorage, ...sessionStorage})";
    assert_eq!(desk.browser.run(seen, &json!([])).unwrap(), "{}");
    desk.browser
        .open(&format!("{}/console/#/tail", desk.url))
        .unwrap();
    desk.browser.run("location.reload()", &json!([])).unwrap();
    desk.says("Live tail");
    desk.click(".sign-out");
    desk.see("body[data-ready='out'] .sign-in");
    let answer = desk
        .browser
        .run_async(
            "const done = arguments[0]; fetch('/api/v1/channels').then((answer) => done(answer.status))",
            &json!([]),
        )
        .unwrap();
    assert_eq!(answer, 401);
    desk.is_clean_but(&["401 (Unauthorized)"]);
    desk.end();
}

#[test]
fn a_session_that_ended_elsewhere_asks_for_the_key_and_goes_on() {
    let desk = Desk::new();
    desk.open("messages");
    desk.see(".table");
    let end = "const done = arguments[0]; fetch('/console/sessions', {method: 'DELETE',
        headers: {'X-Wharf-Console': '1'}}).then((answer) => done(answer.status))";
    let ended = desk.browser.run_async(end, &json!([])).unwrap();
    assert_eq!(ended, 204);
    // What is in sight is asked for all the time, and refused.
    desk.see("body[data-ready='out'] .sign-in");
    desk.says("Your session has ended");
    desk.type_into("input[name=key]", &format!("{}{ENTER}", desk.key));
    desk.see("body[data-ready='in']");
    assert_eq!(desk.see("main h1"), "Messages");
    desk.is_clean_but(&["401 (Unauthorized)"]);
    desk.end();
}
