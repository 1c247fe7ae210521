//! The live line while nobody looks: what is missed is there once somebody does.

use serde_json::json;

use super::desk::Desk;

/// `leave()` and `come()` are somebody who goes to another tab for over a minute, and is back.
const TAB: &str = "const later = window.setTimeout;
    window.setTimeout = (fn, ms, ...rest) => later(fn, ms === 60000 ? 0 : ms, ...rest);
    const turn = (hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
        document.dispatchEvent(new Event('visibilitychange'));
    };
    window.leave = () => turn(true);
    window.come = () => turn(false);
    return true";

/// Until `lineMayOpen` is set no line is opened; `lines` has the ids after which one was asked for.
const WIRE: &str = "const ask = window.fetch;
    window.lines = [];
    window.fetch = (path, options) => {
        if (!String(path).includes('/events/stream')) return ask(path, options);
        if (window.lineMayOpen === false) return Promise.reject(new TypeError('no line'));
        window.lines.push(options.headers['last-event-id'] ?? 'now');
        return ask(path, options);
    };";

fn leaves(desk: &Desk) {
    desk.until("leave(); return true");
    desk.see(".line-state.is-off");
}

/// The user writes, and the gateway has stored it.
fn is_written(desk: &Desk, text: &str) {
    desk.user_writes(text);
    desk.api_until("/api/v1/messages?direction=inbound&limit=1", |list| {
        list["data"][0]["content"]["text"]["body"] == text
    });
}

fn comes(desk: &Desk) {
    desk.until("come(); return true");
    desk.see(".line-state.is-live");
}

fn listed(desk: &Desk, text: &str) {
    let there = "return document.querySelector('.talk-last')?.innerText.includes(arguments[0])";
    desk.browser.wait(there, &json!([text])).unwrap();
}

#[test]
fn what_came_while_a_quiet_tab_was_hidden_is_there() {
    let desk = Desk::new();
    desk.open("inbox");
    desk.see(".talk");
    desk.see(".line-state.is-live");
    desk.until(TAB);
    leaves(&desk);
    is_written(&desk, "Nobody saw it come");
    comes(&desk);
    listed(&desk, "Nobody saw it come");

    // An open thread has all of it, also when it is more than a page.
    desk.click(".talk");
    desk.see(".thread-list .bubble");
    let theirs = "return document.querySelectorAll('.thread-list .is-theirs').length";
    let before = desk.until(theirs).as_u64().unwrap();
    leaves(&desk);
    desk.user_writes_often("And another", 45);
    is_written(&desk, "That was all");
    comes(&desk);
    desk.until(&format!("{theirs} === {}", before + 46));
    desk.end();
}

#[test]
fn after_a_long_time_the_lists_are_loaded_and_the_events_between_are_not_gone_through() {
    let desk = Desk::new();
    desk.open("inbox");
    desk.see(".line-state.is-live");
    desk.until(TAB);
    desk.until(&format!("{WIRE} return true"));
    desk.user_writes("It has an id");
    listed(&desk, "It has an id");
    leaves(&desk);
    comes(&desk);
    desk.until("return lines[0].startsWith('evt_')");
    leaves(&desk);
    is_written(&desk, "Hours ago");
    desk.until("const now = Date.now; Date.now = () => now() + 600000; return true");
    comes(&desk);
    listed(&desk, "Hours ago");
    desk.until("return lines[1] === 'now'");
    desk.end();
}

#[test]
fn what_came_before_the_first_line_was_open_is_there() {
    let desk = Desk::signed_out();
    let script = json!({"source": format!("window.lineMayOpen = false; {WIRE}")});
    desk.browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", &script)
        .unwrap();
    desk.sign_in();
    desk.open("inbox");
    desk.see(".talk");
    is_written(&desk, "Is anybody listening?");
    desk.until("window.lineMayOpen = true; return true");
    listed(&desk, "Is anybody listening?");
    desk.end();
}
