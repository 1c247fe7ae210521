//! The inbox: what a user writes is there at once, is answered, and its way is followed to the end.

use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{CHANNEL, DOWN, Desk, ENTER, ESCAPE, TAB, USER};

/// How soon what happens is to be seen.
const SOON: Duration = Duration::from_secs(1);
/// A user to whom nobody has spoken.
const OTHER: &str = "15550100777";

/// The last bubble of ours, and a part of it.
fn mine(part: &str) -> String {
    format!(
        "return [...document.querySelectorAll('.thread-list .is-mine')].at(-1)?.querySelector('{part}')"
    )
}

fn open_thread(desk: &Desk) {
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.see(".thread-list .bubble");
}

#[test]
fn what_a_user_writes_is_there_within_a_second_and_is_answered() {
    let desk = Desk::new();
    desk.open("inbox");
    desk.see(".talk");
    // The machine may be busy with other tests: the best of three says what the console can do.
    let soonest = (0..3).map(|turn| {
        let text = format!("Is it ready yet? {turn}");
        let began = Instant::now();
        desk.user_writes(&text);
        let there = "return document.querySelector('.talk-last')?.innerText.includes(arguments[0])";
        desk.browser.wait(there, &json!([text])).unwrap();
        began.elapsed()
    });
    let soonest = soonest.min().unwrap();
    assert!(soonest < SOON, "{soonest:?}");
    // These, and the last word of the demo.
    assert_eq!(desk.see(".talk-unread [aria-hidden]"), "4");
    desk.click(".talk");
    desk.see(".thread-list .bubble");
    desk.until("return [...document.querySelectorAll('.is-theirs .said')].at(-1).innerText === 'Is it ready yet? 2'");
    // Whoever sees it has read it: the count goes, and the user is told.
    desk.until("return !document.querySelector('.talk-unread')");
    assert!(desk.see(".thread-head .window").contains("23 h 59 min"));

    let began = Instant::now();
    desk.type_into(".composer textarea", "It is, *come by* any time");
    // Twice: it is sent once.
    desk.press(&format!("{ENTER}{ENTER}"));
    desk.until(&mine(".said"));
    assert!(began.elapsed() < SOON * 3);
    desk.until(&mine(".said strong"));
    desk.until(&mine(".ticks[data-state=read]"));
    desk.until("return document.querySelector('.talk .ticks[data-state=read]')");
    assert_eq!(
        desk.browser
            .run(
                "return document.querySelector('.composer textarea').value",
                &json!([])
            )
            .unwrap(),
        ""
    );
    let listed = desk.get(&format!(
        "/api/v1/messages?channel={CHANNEL}&direction=outbound&limit=5"
    ));
    let same = listed["data"].as_array().unwrap().iter();
    let same = same.filter(|one| one["content"]["text"]["body"] == "It is, *come by* any time");
    assert_eq!(same.count(), 1, "{listed}");
    // An answer to one message quotes it; the user's own quotes and reactions are shown as such.
    desk.browser
        .run(
            "[...document.querySelectorAll('.is-theirs .answer')].at(-1).click()",
            &json!([]),
        )
        .unwrap();
    desk.type_into(".composer textarea", "Until six");
    desk.press(ENTER);
    desk.until(&mine(".quote"));
    desk.until(&mine(".ticks[data-state=read]"));
    let ours = desk.until("return [...document.querySelectorAll('.is-mine')].at(-1).dataset.wamid");
    desk.simulate(
        "POST",
        &format!("users/{USER}/react"),
        &json!({"wamid": ours, "emoji": "👍"}),
    );
    desk.until(&mine(".reactions"));
    desk.looks_well("inbox");
    desk.end();
}

#[test]
fn pictures_and_other_kinds_go_both_ways() {
    let desk = Desk::new();
    open_thread(&desk);
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("shelf.png");
    desk.browser.screenshot(&picture).unwrap();
    desk.user_sends(&picture, "image", "image/png", "Like this one");
    desk.until("return document.querySelector('.is-theirs .picture img')?.naturalWidth > 0");
    desk.says("Like this one");
    desk.type_into(".composer input[type=file]", picture.to_str().unwrap());
    desk.see(".attached img");
    desk.type_into(".composer textarea", "No, like this");
    desk.press(ENTER);
    desk.until("return document.querySelector('.is-mine .picture img')?.naturalWidth > 0");
    desk.until(&mine(".ticks[data-state=read]"));
    let write =
        |body: serde_json::Value| desk.simulate("POST", &format!("users/{USER}/messages"), &body);
    write(
        json!({"type": "location", "location": {"latitude": 52.52, "longitude": 13.405, "name": "Office", "address": "Unter den Linden 1"}}),
    );
    desk.says("Unter den Linden 1");
    write(
        json!({"type": "contacts", "contacts": [{"name": {"first_name": "Barbara", "formatted_name": "Barbara J. Johnson"},
        "phones": [{"phone": "+1 415 555 0829"}]}]}),
    );
    desk.says("Barbara J. Johnson");
    let business = |kind: &str, content: serde_json::Value| {
        let body =
            json!({"channel": CHANNEL, "to": format!("+{USER}"), "type": kind, kind: content});
        desk.api("POST", "/api/v1/messages", Some(&body));
    };
    business(
        "interactive",
        json!({"type": "button", "body": {"text": "Shall we *deliver* it?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "yes", "title": "Yes, please"}}, {"type": "reply", "reply": {"id": "no", "title": "I come by"}}]}}),
    );
    desk.until(&mine(".card-buttons li"));
    desk.until(&mine(".ticks[data-state=read]"));
    let ours = desk.until("return [...document.querySelectorAll('.is-mine')].at(-1).dataset.wamid");
    desk.simulate(
        "POST",
        &format!("users/{USER}/tap"),
        &json!({"wamid": ours, "button": "yes"}),
    );
    desk.until("return [...document.querySelectorAll('.is-theirs')].at(-1).querySelector('.quote + .said, .said')?.innerText.startsWith('Yes, please')");
    desk.looks_well("inbox-kinds");
    desk.end();
}

#[test]
fn a_closed_window_asks_for_a_template_and_sends_it() {
    let desk = Desk::new();
    let template = json!({"name": "hello_world", "language": {"code": "en_US"}});
    let body = json!({"channel": CHANNEL, "to": format!("+{OTHER}"), "type": "template", "template": template});
    desk.api("POST", "/api/v1/messages", Some(&body));
    desk.open("inbox");
    desk.until("return document.querySelectorAll('.talk').length === 2");
    desk.click(".talk[data-at='0']");
    // What was sent is drawn as the user sees it.
    desk.until(
        "return document.querySelector('.is-mine .card-title')?.innerText === 'Hello World'",
    );
    assert!(desk.see(".thread-head .window").contains("No window yet"));
    desk.see(".composer.is-closed");
    assert_eq!(
        desk.browser
            .run(
                "return document.querySelectorAll('.composer textarea').length",
                &json!([])
            )
            .unwrap(),
        0
    );
    desk.type_into(".choices input", "seasonal");
    desk.click(".choices [data-name=seasonal_promotion]");
    let fields = desk.until("return document.querySelectorAll('.picker-fill input').length");
    assert_eq!(fields, 4);
    desk.see(".picker-fill [type=submit]:disabled");
    for (at, value) in ["Summer Sale", "the end of August", "25OFF", "25%"]
        .iter()
        .enumerate()
    {
        desk.type_into(
            &format!(".picker-fill .field:nth-of-type({}) input", at + 1),
            value,
        );
    }
    desk.until("return document.querySelector('.preview .said').innerText.includes('use code 25OFF to get 25% off')");
    desk.looks_well("inbox-template");
    desk.click(".picker-fill [type=submit]");
    desk.until("return [...document.querySelectorAll('.is-mine .card-title')].at(-1).innerText === 'Our Summer Sale is on!'");
    desk.until(&mine(
        ".ticks[data-state=read], .ticks[data-state=delivered]",
    ));
    // The user writes: the window opens, and the reply box is back.
    desk.simulate(
        "POST",
        &format!("users/{OTHER}/messages"),
        &json!({"text": "Tell me more"}),
    );
    desk.see(".composer textarea");
    desk.end();
}

#[test]
fn a_message_that_fails_says_why() {
    let desk = Desk::new();
    open_thread(&desk);
    desk.simulate(
        "PATCH",
        &format!("users/{USER}"),
        &json!({"undeliverable": true}),
    );
    desk.type_into(".composer textarea", "Are you there?");
    desk.press(ENTER);
    desk.until(&mine(".ticks[data-state=failed]"));
    // The event says that it failed; the reason is asked for then.
    desk.until("return document.querySelector('.trouble code')?.innerText === '131026'");
    assert!(desk.see(".trouble").starts_with("Failed"));
    desk.looks_well("inbox-failed");
    // Put right, it goes again at a click.
    desk.simulate(
        "PATCH",
        &format!("users/{USER}"),
        &json!({"undeliverable": false}),
    );
    desk.click(".trouble .link");
    desk.until(&mine(".ticks[data-state=read]"));
    desk.end();
}

#[test]
fn keys_alone_are_enough() {
    let desk = Desk::new();
    let body = json!({"channel": CHANNEL, "to": format!("+{OTHER}"), "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    desk.api("POST", "/api/v1/messages", Some(&body));
    desk.press("gi");
    desk.until("return document.querySelectorAll('.talk').length === 2");
    desk.press(&format!("{DOWN}{DOWN}"));
    desk.until("return document.activeElement.dataset.at === '1'");
    desk.press(ENTER);
    desk.see(".thread-list .bubble");
    desk.press("r");
    desk.until("return document.activeElement.matches('.composer textarea')");
    desk.press("First line");
    desk.browser
        .run(
            "document.execCommand('insertText', false, '\\n')",
            &json!([]),
        )
        .unwrap();
    desk.press(&format!("and second{ENTER}"));
    desk.until(&mine(".ticks[data-state=read]"));
    desk.until("return [...document.querySelectorAll('.is-mine .said')].at(-1).innerText.includes('First line\\nand second')");
    desk.press(ESCAPE);
    desk.until("return location.hash === '#/inbox'");
    // Tab reaches the search and the list in this order.
    desk.browser
        .run(
            "document.querySelector('.inbox-head input').focus()",
            &json!([]),
        )
        .unwrap();
    desk.press("Nobody is called so");
    desk.says("Nobody is found");
    desk.browser
        .run(
            "document.querySelector('.inbox-head input').select()",
            &json!([]),
        )
        .unwrap();
    desk.press("\u{e003}");
    desk.see(".talk");
    desk.press(TAB);
    desk.until("return document.activeElement.closest('.virtual') || document.activeElement.matches('.talk')");
    desk.end();
}

#[test]
fn on_a_phone_list_and_thread_are_two_pages() {
    let desk = Desk::new();
    desk.browser.resize(360, 740).unwrap();
    desk.open("inbox");
    desk.looks_well("inbox-list");
    desk.browser.resize(360, 740).unwrap();
    desk.click(".talk");
    desk.see(".thread-list .bubble");
    desk.until("return document.querySelector('.inbox-list').getClientRects().length === 0");
    desk.type_into(".composer textarea", "From my phone");
    desk.click(".composer [type=submit]");
    desk.until(&mine(".ticks[data-state=read]"));
    desk.click(".thread-back");
    desk.see(".talk");
    desk.until("return document.querySelector('.inbox-thread').getClientRects().length === 0");
    desk.end();
}

#[test]
fn a_viewer_looks_and_writes_nothing() {
    let desk = Desk::signed_out().with_role("viewer");
    desk.sign_in();
    open_thread(&desk);
    desk.says("This key may look, not write.");
    let boxes = "return document.querySelectorAll('.composer').length";
    assert_eq!(desk.browser.run(boxes, &json!([])).unwrap(), 0);
    desk.picture("inbox-viewer");
    desk.end();
}

#[test]
fn a_key_without_texts_sees_that_there_are_messages_and_none_of_their_words() {
    let desk = Desk::signed_out();
    let canary = "what nobody but the team reads";
    desk.user_writes(canary);
    let desk = desk.with_role("viewer");
    desk.sign_in();
    open_thread(&desk);
    desk.says("hidden: this key does not show texts");
    desk.user_writes(canary);
    desk.until("return document.querySelectorAll('.is-theirs').length === 4");
    let page = "return document.documentElement.outerHTML";
    let page = desk.browser.run(page, &json!([])).unwrap();
    assert!(!page.as_str().unwrap().contains(canary));
    desk.end();
}
