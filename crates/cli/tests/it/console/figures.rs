//! Figures and the lists behind them; and that they are asked for no more often than is of use.

use serde_json::json;

use super::desk::{CHANNEL, Desk};

#[test]
fn what_is_paused_or_disabled_is_found_by_its_figure() {
    let desk = Desk::new();
    let sales = json!({"name": "Sales", "id": "sales", "phone_number_id": "206540352242922"});
    desk.api("POST", "/api/v1/channels", Some(&sales));
    let reason = json!({"reason": "the shop is closed"});
    desk.api(
        "POST",
        &format!("/api/v1/channels/{CHANNEL}/pause"),
        Some(&reason),
    );
    let rows = |of: &str, n: u32| {
        desk.holds(&format!(
            "document.querySelectorAll('[aria-label={of}] tbody tr').length === {n}"
        ))
    };
    let figure = |name: &str| {
        desk.open("overview");
        desk.until(&format!(
            "const figure = [...document.querySelectorAll('a.figure')].find((one) => one.innerText.startsWith('{name}')); figure?.click(); return figure"
        ));
    };
    figure("Paused channels");
    desk.says("Only those that are paused");
    rows("Channels", 1);
    desk.looks_well("channels-paused");
    desk.choose("Show all");
    rows("Channels", 2);
    figure("Disabled endpoints");
    desk.says("None is in this state");
    desk.choose("Show all");
    rows("Endpoints", 1);
    desk.end();
}

#[test]
fn a_list_of_some_hours_ends_there() {
    let desk = Desk::new();
    desk.open("messages?direction=inbound&hours=24");
    desk.says("Only of the last 24 hours");
    desk.see("[aria-label=Messages] .row-link");
    desk.open("messages?direction=inbound&hours=0.00001");
    desk.says("No message fits");
    desk.choose("Show all");
    desk.see("[aria-label=Messages] .row-link");
    desk.end();
}

#[test]
fn an_answer_that_is_slower_than_the_pace_is_shown() {
    let desk = Desk::new();
    desk.until(
        "const ask = window.fetch;
        window.fetch = async (path, options) => {
            if (String(path).endsWith('/load')) await new Promise((go) => setTimeout(go, 1500));
            return ask(path, options);
        };
        return true",
    );
    desk.open(&format!("channels/{CHANNEL}"));
    desk.holds("document.querySelector('.figure-card .rate')?.innerText.includes('/s')");
    desk.end();
}

#[test]
fn a_list_that_takes_long_to_find_is_asked_for_less_often() {
    let desk = Desk::new();
    desk.until(
        "const ask = window.fetch; window.asked = [];
        window.fetch = async (path, options) => {
            if (String(path).includes('/deliveries?')) { asked.push(performance.now()); await new Promise((go) => setTimeout(go, 500)); }
            return ask(path, options);
        };
        return true",
    );
    desk.open("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.holds("asked.length >= 4");
    let gap = desk.holds("Math.min(...asked.slice(2).map((at, turn) => at - asked[turn + 1]))");
    assert!(gap.as_f64().unwrap() > 2400.0, "{gap}");
    desk.end();
}

/// Until figures have come there is none, and that is what it says.
#[test]
fn an_endpoint_whose_figures_are_on_their_way_shows_none() {
    let desk = Desk::new();
    desk.until(
        "const ask = window.fetch;
        window.fetch = (path, options) => (String(path).includes('/stats') ? new Promise(() => {}) : ask(path, options));
        return true",
    );
    desk.open("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    let figures = desk.see(".numbers");
    assert!(
        figures.contains("– of –") && !figures.contains("NaN"),
        "{figures}"
    );
    desk.end();
}

#[test]
fn many_events_at_once_ask_for_the_dead_letters_a_few_times() {
    let desk = Desk::new();
    desk.open("messages");
    let refused = json!({"trouble": {"graph": {"code": 131_026}}, "times": 40});
    desk.simulate("POST", "faults", &refused);
    desk.until("performance.clearResourceTimings(); window.began = performance.now(); return true");
    for number in 0..40 {
        desk.business_writes(&format!("+155501095{number:02}"), "To nobody");
    }
    desk.holds("document.querySelector('.side .tally')?.innerText === '40'");
    let told = desk.until(
        "const asked = performance.getEntriesByType('resource').filter((one) => one.name.includes('/dead-letters/groups')).length;
        return [asked, (performance.now() - began) / 1000]",
    );
    let (asked, seconds) = (told[0].as_f64().unwrap(), told[1].as_f64().unwrap());
    // Each 0.6 s, and once a second at an event.
    assert!(asked < seconds * 3.0 + 4.0, "{asked} in {seconds} s");
    desk.end();
}

#[test]
fn a_list_that_is_loaded_again_keeps_its_length() {
    let desk = Desk::new();
    desk.user_writes_often("One of many", 60);
    desk.api_until("/api/v1/messages?limit=500", |list| {
        list["data"].as_array().unwrap().len() > 60
    });
    desk.open("messages");
    let rows = "document.querySelectorAll('[aria-label=Messages] tbody tr').length";
    desk.until(&format!(
        "document.querySelector('main').scrollTop = 1e6; return {rows} > 60"
    ));
    desk.choose("Load again");
    desk.holds("performance.getEntriesByType('resource').some((one) => one.name.includes('/messages?') && Number(new URL(one.name).searchParams.get('limit')) > 60)");
    desk.holds(&format!("{rows} > 60"));
    desk.end();
}
