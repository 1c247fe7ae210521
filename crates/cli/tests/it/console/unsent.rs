//! What is being written in a thread survives a send that fails, a filter and nobody's curiosity.

use serde_json::json;

use super::desk::{Desk, ENTER};

/// Messages are held until `fail()`, which breaks the wire.
const HELD: &str = "const ask = window.fetch;
    window.fetch = (path, options) => (options?.method === 'POST' && path === '/api/v1/messages'
        ? new Promise((_, fails) => { window.fail = () => { window.fetch = ask; fails(new TypeError('no wire')); return true; }; })
        : ask(path, options));
    return true";

fn open_thread(desk: &Desk) {
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.see(".thread-list .bubble");
    desk.see(".composer textarea");
}

fn has_in_the_box(desk: &Desk, text: &str) {
    let script = "return document.querySelector('.composer textarea')?.value === arguments[0]";
    desk.browser.wait(script, &json!([text])).unwrap();
}

#[test]
fn a_reply_that_fails_after_somebody_moved_on_is_back_in_its_box_and_no_one_else_sees_it() {
    let desk = Desk::new();
    open_thread(&desk);
    desk.until(HELD);
    desk.type_into(".composer textarea", &format!("We close at six{ENTER}"));
    desk.until("return window.fail");
    desk.open("inbox");
    desk.until("return !document.querySelector('.composer')");
    desk.until("return fail()");
    desk.says("Not sent to");
    open_thread(&desk);
    has_in_the_box(&desk, "We close at six");
    // And also when the thread is open again.
    desk.until(HELD);
    desk.press("r");
    desk.press(ENTER);
    desk.until("return window.fail");
    desk.open("inbox");
    open_thread(&desk);
    desk.type_into(".composer textarea", "or seven");
    desk.until("return fail()");
    has_in_the_box(&desk, "We close at six\nor seven");

    desk.click(".sign-out");
    desk.see("body[data-ready='out'] .sign-in");
    desk.type_into("input[name=key]", &format!("{}{ENTER}", desk.key));
    desk.see("body[data-ready='in'] main h1");
    open_thread(&desk);
    has_in_the_box(&desk, "");
    desk.end();
}

#[test]
fn a_filter_of_the_list_leaves_the_open_thread_as_it_is() {
    let desk = Desk::new();
    open_thread(&desk);
    desk.until("document.querySelector('.composer textarea').dataset.mine = 'yes'; return true");
    desk.fill(".inbox-list input[type=search]", "Nobody is called so");
    desk.says("Nobody is found");
    desk.see(".composer textarea[data-mine=yes]");
    desk.fill(".inbox-list input[type=search]", "");
    desk.see(".talk");
    desk.see(".composer textarea[data-mine=yes]");
    desk.end();
}

#[test]
fn a_text_stands_in_its_own_direction() {
    let desk = Desk::new();
    open_thread(&desk);
    desk.user_writes("שלום, מה שלומך? (Hello)");
    for place in [
        ".is-theirs:last-child .said",
        ".talk-last > span:last-child",
    ] {
        let right = "const said = document.querySelector(arguments[0]);
            return said?.innerText.includes('Hello') && getComputedStyle(said).direction === 'rtl'";
        desk.browser.wait(right, &json!([place])).unwrap();
    }
    desk.type_into(".composer textarea", "תודה");
    desk.holds(
        "getComputedStyle(document.querySelector('.composer textarea')).direction === 'rtl'",
    );
    desk.picture("inbox-right-to-left");
    desk.end();
}
