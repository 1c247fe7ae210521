//! Lists and figures that go on while somebody looks at them.

use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{CHANNEL, Desk, USER};

/// How soon what happens is to be seen.
const SOON: Duration = Duration::from_secs(1);

/// How long it takes until this condition holds after `act`, which gets a number and gives what the
/// condition gets. The machine may be busy with other tests: the best of three says what the console
/// can do.
fn soonest_of(desk: &Desk, condition: &str, mut act: impl FnMut(u32) -> String) -> Duration {
    let turns = (0..3).map(|turn| {
        desk.until("window.before = window.now?.(); return true");
        let began = Instant::now();
        let given = act(turn);
        let there = format!("return {condition}");
        desk.browser.wait(&there, &json!([given])).unwrap();
        began.elapsed()
    });
    turns.min().unwrap()
}

/// The same after a user has written; the condition gets the text.
fn soonest(desk: &Desk, condition: &str) -> Duration {
    soonest_of(desk, condition, |turn| {
        let text = format!("It comes by itself {turn}");
        desk.user_writes(&text);
        text
    })
}

/// A list or a screen, that it has come, and when what was done is seen in it.
fn follows(desk: &Desk, place: &str, seen: &str, act: impl FnMut(u32) -> String) {
    desk.open(place);
    desk.see("main table tbody tr, main .empty");
    let took = soonest_of(desk, seen, act);
    assert!(took < SOON, "{place}: {took:?}");
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
        return /^[0-9]+$/.test(now()[0])");
    let took = soonest(&desk, "now().every((one, at) => one !== before[at])");
    assert!(took < SOON, "{took:?}");
    desk.end();
}

/// What no event tells of is asked for.
#[test]
fn what_others_do_is_seen_within_a_second() {
    let desk = Desk::new();
    let told = "document.querySelector('main').innerText.includes(arguments[0])";
    follows(&desk, "keys", told, |turn| {
        let name = format!("Of a colleague {turn}");
        let asked = json!({"name": name, "role": "viewer"});
        desk.api("POST", "/api/v1/api-keys", Some(&asked));
        name
    });
    follows(&desk, "audit", told, |_| {
        let asked = json!({"name": "Of another", "role": "viewer"});
        let made = desk.api("POST", "/api/v1/api-keys", Some(&asked));
        made["id"].as_str().unwrap().to_owned()
    });
    let channel = format!("/api/v1/channels/{CHANNEL}");
    let renamed = |turn: u32| {
        let name = format!("The shop, {turn}");
        desk.api("PATCH", &channel, Some(&json!({"name": name})));
        name
    };
    follows(&desk, "channels", told, renamed);
    let endpoint = desk.get("/api/v1/endpoints")["data"][0]["id"].clone();
    let endpoint = format!("/api/v1/endpoints/{}", endpoint.as_str().unwrap());
    follows(&desk, "endpoints", told, |turn| {
        let description = format!("Orders, {turn}");
        let change = json!({"description": description});
        desk.api("PATCH", &endpoint, Some(&change));
        description
    });
    follows(&desk, "templates", told, |turn| {
        let name = format!("of_a_colleague_{turn}");
        let template = json!({"channel": CHANNEL, "name": name, "language": "en_US",
            "category": "UTILITY", "components": [{"type": "BODY", "text": "Your order is ready."}]});
        desk.api("POST", "/api/v1/templates", Some(&template));
        name
    });
    desk.end();
}

/// A refusal, the dead letter that it makes, and its end by somebody else.
#[test]
fn what_fails_and_is_settled_is_seen_within_a_second() {
    let desk = Desk::new();
    // Each to somebody else, as the pace to one user is slow.
    let mut users = 15_550_108_000_u64..;
    let mut fail = |_| {
        let refused = json!({"trouble": {"graph": {"code": 131_026}}, "times": 1});
        desk.simulate("POST", "faults", &refused);
        let to = users.next().unwrap();
        desk.business_writes(&format!("+{to}"), "To nobody")
    };
    let id = fail(0);
    desk.message_is(&id, "failed");
    follows(
        &desk,
        "errors",
        "document.querySelector(`[aria-label=Errors] a[href='#/messages/${arguments[0]}']`)",
        &mut fail,
    );
    let rows = "document.querySelectorAll('[aria-label=\"Dead letters\"] tbody tr').length";
    let tally = "Number(document.querySelector('.side .tally')?.innerText ?? 0)";
    desk.until(&format!("window.now = () => {rows}; return true"));
    let more = format!("{rows} > before && {tally} === {rows}");
    follows(&desk, "dead-letters", &more, &mut fail);
    let letters = desk.get("/api/v1/dead-letters?limit=500");
    let ids: Vec<_> = letters["data"].as_array().unwrap().iter().collect();
    let less = format!("{rows} < before && {tally} === {rows}");
    follows(&desk, "dead-letters", &less, |turn| {
        let id = ids[turn as usize]["id"].as_str().unwrap();
        let path = format!("/api/v1/dead-letters/{id}/discard");
        desk.api("POST", &path, Some(&json!({"reason": "called instead"})));
        id.to_owned()
    });
    desk.end();
}
