//! What is not as the console expects stays where it is.

use serde_json::json;

use super::desk::{Desk, USER};

#[test]
fn a_screen_that_cannot_be_shown_says_so_and_is_tried_again() {
    let desk = Desk::signed_out();
    desk.sign_in();
    desk.open("messages");
    desk.until(
        "const ask = window.fetch;
        window.fetch = (path, options) => (String(path).startsWith('/api/v1/overview') ? Promise.resolve(new Response('{}')) : ask(path, options));
        window.mend = () => { window.fetch = ask; return true; };
        return true",
    );
    desk.press("go");
    desk.says("This screen cannot be shown");
    // The rest goes on.
    desk.press("gl");
    desk.holds("document.querySelector('main h1')?.innerText === 'Live tail'");
    desk.press("go");
    desk.says("This screen cannot be shown");
    desk.until("return mend()");
    desk.choose("Try again");
    desk.see(".figures");
    desk.is_clean_but(&["TypeError"]);
    desk.end();
}

#[test]
fn a_form_with_no_answers_is_shown_without() {
    let desk = Desk::new();
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.see(".thread-list .bubble");
    let form = json!({"type": "interactive", "interactive": {"type": "nfm_reply",
        "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "null"}}});
    desk.simulate("POST", &format!("users/{USER}/messages"), &form);
    desk.until(
        "return [...document.querySelectorAll('.is-theirs .said')].at(-1)?.innerText === 'Sent'",
    );
    desk.end();
}
