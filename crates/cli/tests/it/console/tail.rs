//! The live tail: events within a second, filters, pause, JSON.

use serde_json::json;

use super::desk::{Desk, ESCAPE, UP};

const LINES: &str = "[...document.querySelectorAll('.tail-line')]";

#[test]
fn events_come_as_they_happen_and_wait_while_it_is_paused() {
    let desk = Desk::new();
    desk.open("tail");
    desk.until("return document.querySelector('.line-state.is-live')");
    desk.until("window.cameAt = 0; new MutationObserver(() => {
        if (!window.cameAt && document.body.innerText.includes('Is it here yet?')) window.cameAt = Date.now(); })
        .observe(document.body, {subtree: true, childList: true, characterData: true}); return true");
    let before = desk.until("return Date.now()").as_i64().unwrap();
    desk.user_writes("Is it here yet?");
    let came = desk.until("return window.cameAt").as_i64().unwrap();
    assert!(came - before < 1000, "it took {} ms", came - before);
    desk.looks_well("tail");
    // Space pauses; what comes meanwhile is counted and appears afterwards.
    desk.browser
        .run("document.activeElement.blur()", &json!([]))
        .unwrap();
    desk.press(" ");
    desk.until("return document.querySelector('.head .badge').innerText === 'paused'");
    desk.user_writes("This one waits");
    desk.until("return /· 1 waiting/.test(document.querySelector('.tail-pause').innerText)");
    let hidden = format!("return !{LINES}.some((one) => one.innerText.includes('This one waits'))");
    desk.until(&hidden);
    desk.press(" ");
    desk.until(&format!(
        "return {LINES}.some((one) => one.innerText.includes('This one waits'))"
    ));
    // Arrows choose a line; beside the list is its JSON.
    desk.press(UP);
    let chosen = desk.see(".tail-chosen pre");
    let chosen: serde_json::Value = serde_json::from_str(&chosen).unwrap();
    assert_eq!(chosen["data"]["update"]["text"]["body"], "This one waits");
    desk.looks_well("tail-chosen");
    desk.press(ESCAPE);
    desk.until("return !document.querySelector('.tail-chosen')");
    desk.end();
}

#[test]
fn filters_leave_what_was_asked_for() {
    let desk = Desk::new();
    desk.open("tail");
    desk.until("return document.querySelector('.line-state.is-live')");
    desk.user_writes("About tulips");
    let id = desk.business_writes("+15550100123", "About roses");
    desk.message_is(&id, "read");
    desk.until(&format!("return {LINES}.length >= 5"));
    desk.until("[...document.querySelectorAll('.chip')].find((one) => one.innerText === 'status').click(); return true");
    desk.until("return location.hash === '#/tail?types=status'");
    desk.until(&format!(
        "return {LINES}.length >= 3 && {LINES}.every((one) => one.innerText.includes('status'))"
    ));
    desk.until("[...document.querySelectorAll('.chip')].find((one) => one.innerText === 'status').click(); return true");
    desk.type_into(".tail-text input", "tulips");
    desk.until(&format!("return {LINES}.length === 1"));
    // Of one channel: what the other says is not there.
    let sales = json!({"name": "Sales", "id": "sales", "phone_number_id": "206540352242922", "access_token": "env:PATH"});
    desk.api("POST", "/api/v1/channels", Some(&sales));
    let reason = json!({"reason": "the shop is closed"});
    desk.api("POST", "/api/v1/channels/sales/pause", Some(&reason));
    desk.open("channels");
    desk.open("tail");
    let of = |channel: &str| {
        format!(
            "{LINES}.filter((one) => one.querySelector('.tail-channel').innerText === '{channel}').length"
        )
    };
    desk.until(&format!("return {} > 0 && {} > 0", of("sales"), of("demo")));
    desk.holds("[...document.querySelectorAll('.field select option')].some((one) => one.value === 'sales')");
    desk.fill(".field select", "sales");
    desk.holds("location.hash === '#/tail?channel=sales'");
    desk.until(&format!(
        "return {} > 0 && {} === 0",
        of("sales"),
        of("demo")
    ));
    desk.end();
}

#[test]
fn it_keeps_the_last_thousand_lines_and_shows_those_in_sight() {
    let desk = Desk::new();
    desk.open("tail");
    desk.until("return document.querySelector('.line-state.is-live')");
    desk.user_writes_often("again", 1100);
    desk.user_writes("the last one");
    desk.says("1,000 lines");
    desk.until(&format!(
        "return {LINES}.at(-1).innerText.includes('the last one')"
    ));
    desk.until(&format!("return {LINES}.length < 80"));
    desk.end();
}

/// The browser tells of a scroll when it draws next, and the list may have left the page by then.
#[test]
fn a_scroll_that_is_told_of_late_finds_no_list_and_is_passed_over() {
    let desk = Desk::new();
    for (place, list) in [("tail", ".tail-list"), ("inbox", ".thread-list")] {
        desk.open(place);
        if place == "inbox" {
            desk.click(".talk[data-at='0']");
            desk.see(".thread-list .bubble");
        }
        desk.see(list);
        desk.until(&format!(
            "window.left = document.querySelector('{list}'); return true"
        ));
        desk.open("channels");
        desk.holds("!left.isConnected");
        desk.until("left.dispatchEvent(new Event('scroll')); return true");
    }
    desk.end();
}
