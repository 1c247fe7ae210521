//! Lists and figures that go on while somebody looks at them.

use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{Desk, USER};

/// How soon what happens is to be seen.
const SOON: Duration = Duration::from_secs(1);

/// How long it takes until this condition holds after a user has written, which gets the text. The
/// machine may be busy with other tests: the best of three says what the console can do.
fn soonest(desk: &Desk, condition: &str) -> Duration {
    let turns = (0..3).map(|turn| {
        let text = format!("It comes by itself {turn}");
        desk.until("window.before = window.now?.(); return true");
        let began = Instant::now();
        desk.user_writes(&text);
        let there = format!("return {condition}");
        desk.browser.wait(&there, &json!([text])).unwrap();
        began.elapsed()
    });
    turns.min().unwrap()
}

#[test]
fn a_message_is_in_the_list_within_a_second() {
    let desk = Desk::new();
    desk.open("messages");
    desk.see("[aria-label=Messages] .row-link");
    let first = "document.querySelector('[aria-label=Messages] tbody tr')";
    let took = soonest(&desk, &format!("{first}.innerText.includes(arguments[0])"));
    assert!(took < SOON, "{took:?}");
    // So does what becomes of one.
    let id = desk.business_writes(&format!("+{USER}"), "How far is it?");
    desk.holds(&format!(
        "document.querySelector(\"a[href='#/messages/{id}']\")?.closest('tr').innerText.includes('read')"
    ));
    desk.end();
}

#[test]
fn what_arrives_moves_no_row_that_somebody_reads() {
    let desk = Desk::new();
    desk.user_writes_often("One of many", 90);
    desk.api_until("/api/v1/messages?limit=500", |list| {
        list["data"].as_array().unwrap().len() > 90
    });
    desk.open("messages");
    let rows = "document.querySelectorAll('[aria-label=Messages] tbody tr').length";
    // On to the second page, with a row in sight that has the focus.
    desk.until(&format!(
        "const main = document.querySelector('main'); main.scrollTop = 1e6; return {rows} > 90"
    ));
    desk.until("const main = document.querySelector('main'); main.scrollTop = main.scrollHeight / 2;
        const middle = main.getBoundingClientRect().top + main.clientHeight / 2;
        window.row = [...document.querySelectorAll('[aria-label=Messages] .row-link')].find((one) => one.getBoundingClientRect().top > middle);
        row?.focus({ preventScroll: true }); window.top0 = row?.getBoundingClientRect().top; return row");
    let before = desk.holds(rows);
    desk.user_writes("It comes on top");
    desk.holds("document.querySelector('[aria-label=Messages] tbody tr').innerText.includes('It comes on top')");
    let moved =
        "Math.abs(row.getBoundingClientRect().top - top0) < 2 && document.activeElement === row";
    desk.holds(moved);
    desk.holds(&format!("{rows} >= {before}"));
    desk.end();
}

#[test]
fn the_overview_counts_a_message_within_a_second() {
    let desk = Desk::new();
    desk.open("overview");
    desk.until("window.now = () => Number([...document.querySelectorAll('.figure')].find((one) => one.innerText.startsWith('In\\n'))
        .querySelector('.figure-value').innerText); return now() >= 0");
    let took = soonest(&desk, "now() > before");
    assert!(took < SOON, "{took:?}");
    desk.end();
}

#[test]
fn a_delivery_is_listed_and_counted_within_a_second() {
    let desk = Desk::new();
    desk.open("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.until("window.now = () => ['.figure-card small', '[aria-label=Deliveries] tbody code'].map((one) => document.querySelector(one).innerText);
        return /^[0-9]+ of/.test(now()[0])");
    let took = soonest(&desk, "now().every((one, at) => one !== before[at])");
    assert!(took < SOON, "{took:?}");
    desk.end();
}

/// What no event tells of is asked for.
#[test]
fn what_others_do_is_seen_without_a_reload() {
    let desk = Desk::new();
    let make = |name: &str| {
        let asked = json!({"name": name, "role": "viewer"});
        desk.api("POST", "/api/v1/api-keys", Some(&asked));
    };
    desk.open("keys");
    desk.says("yours");
    make("Of a colleague");
    desk.says("Of a colleague");
    desk.open("audit");
    desk.see("[aria-label=Audit] .row-link");
    let rows = "document.querySelectorAll('[aria-label=Audit] tbody tr').length";
    let before = desk.holds(rows);
    make("Of another");
    desk.holds(&format!("{rows} > {before}"));
    desk.end();
}
