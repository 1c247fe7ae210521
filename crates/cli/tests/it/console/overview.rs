//! The overview: figures that lead to the lists behind them.

use serde_json::json;

use super::desk::{CHANNEL, Desk, END, HOME, LEFT, RIGHT, USER};

/// A chart by its title, as an element of the page.
fn chart(title: &str) -> String {
    format!(
        "[...document.querySelectorAll('.chart')].find((one) => one.querySelector('h2').innerText === '{title}')"
    )
}

/// What the chart tells, by keys alone: of the last minutes, the newest value of which this holds.
fn chart_tells(desk: &Desk, title: &str, holds: &str) {
    let plot = format!("{}.querySelector('[role=slider]')", chart(title));
    desk.holds(&format!("{}?.querySelector('canvas')", chart(title)));
    desk.until(&format!(
        "{plot}.focus(); return document.activeElement === {plot}"
    ));
    desk.press(END);
    let found = format!("return {holds}.test({plot}.getAttribute('aria-valuetext'))");
    // What was written may be of the minute before.
    for _ in 0..5 {
        if desk.browser.run(&found, &json!([])).unwrap() == true {
            break;
        }
        desk.press(LEFT);
    }
    desk.until(&found);
    // Whoever sees it reads the same.
    desk.holds(&format!(
        "{plot}.getAttribute('aria-valuetext').startsWith({}.querySelector('time').innerText)",
        chart(title)
    ));
}

#[test]
fn every_figure_leads_to_the_list_behind_it() {
    let desk = Desk::new();
    desk.user_writes("Good morning");
    let id = desk.business_writes(&format!("+{USER}"), "Good morning to you");
    desk.message_is(&id, "read");
    desk.open("overview");
    desk.click("[aria-label='Time span'] button:first-child");
    let figure = |name: &str| {
        format!(
            "[...document.querySelectorAll('a.figure')].find((one) => one.querySelector('.figure-name').innerText === '{name}')"
        )
    };
    desk.until(&format!(
        "return Number({}.querySelector('.figure-value').innerText) >= 3",
        figure("In")
    ));
    desk.until(&format!(
        "return Number({}.querySelector('.figure-value').innerText) >= 2",
        figure("Out")
    ));
    for title in ["Messages per second", "Acknowledged within", "Delivery lag"] {
        desk.holds(&format!("{}?.querySelector('canvas')", chart(title)));
    }
    desk.says("WhatsApp refused nothing in this time.");
    desk.says("None was made in this time.");
    chart_tells(
        &desk,
        "Messages per second",
        r"/: in [0-9.]*[1-9][0-9]*, out [0-9.]*[1-9]/",
    );
    chart_tells(
        &desk,
        "Acknowledged within",
        r"/: p50 [0-9.]+ m?s, p99 [0-9.]+ m?s$/",
    );
    chart_tells(&desk, "Delivery lag", r"/: lag [0-9.]+ m?s$/");
    // To the first value and one on; behind the last there is none.
    let plot = "document.querySelector('.chart [role=slider]')";
    let at = |n: &str| {
        desk.holds(&format!(
            "{plot}.getAttribute('aria-valuenow') === String({n})"
        ))
    };
    desk.until(&format!("{plot}.focus(); return true"));
    desk.press(HOME);
    at("0");
    desk.press(RIGHT);
    at("1");
    desk.press(&format!("{END}{RIGHT}"));
    at(&format!("{plot}.getAttribute('aria-valuemax')"));
    desk.press(LEFT);
    at(&format!("{plot}.getAttribute('aria-valuemax') - 1"));
    desk.looks_well("overview");
    let figures = desk.until("return document.querySelectorAll('.figure').length");
    let links = desk.until("return document.querySelectorAll('a.figure[href^=\"#/\"]').length");
    assert_eq!(figures, links);
    desk.until(&format!("{}.click(); return true", figure("In")));
    desk.until("return location.hash === '#/messages?direction=inbound&hours=1'");
    desk.says("Good morning");
    desk.says("Only of the last hour");
    desk.looks_well("messages");
    desk.end();
}

/// What the gateway has counted fills its charts, also when it has counted for minutes only.
#[test]
fn a_young_gateway_opens_at_the_shortest_span_that_holds_all_of_it() {
    let desk = Desk::new();
    let pressed =
        "document.querySelector('[aria-label=\"Time span\"] [aria-pressed=true]')?.innerText";
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/overview?')).map((one) => new URL(one.name).searchParams.get('hours')).filter((one, at, all) => one !== all[at - 1]).join()";
    desk.see(".chart canvas");
    desk.looks_well("overview-young");
    assert_eq!(desk.holds(pressed), "1 h");
    // It has counted since the hours before, in the answers that follow.
    desk.until(
        "const ask = window.fetch;
        window.under = 0;
        window.fetch = async (path, options) => {
            window.under += 1;
            const answer = await ask(path, options).finally(() => { window.under -= 1; });
            if (!String(path).includes('/overview?')) return answer;
            const told = await answer.json();
            for (const one of told.minutes) if (new Date(told.now) - new Date(one.at) <= window.since * 3600000) one.in ??= 0;
            return new Response(JSON.stringify(told), { headers: { 'content-type': 'application/json' } });
        };
        window.spans = new Set();
        const look = () => { const link = document.querySelector('a.figure[href*=hours]'); if (link) window.spans.add(link.href.split('hours=')[1]); };
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
        return true",
    );
    for (since, name, hours, asks) in [
        ("0.5", "1 h", "1", "24,1"),
        ("3", "6 h", "6", "24,6"),
        ("25", "24 h", "24", "24"),
    ] {
        desk.open("messages");
        // What the screen before has asked for is answered.
        desk.holds("window.under === 0");
        desk.until(&format!("window.since = {since}; window.spans.clear(); performance.clearResourceTimings(); return true"));
        desk.open("overview");
        desk.holds(&format!(
            "document.querySelector('.chart canvas') && {pressed} === '{name}'"
        ));
        // Asked for one other span at most, and nothing is drawn that is drawn anew a moment later.
        assert_eq!(desk.holds(asked), asks);
        assert_eq!(desk.holds("[...window.spans].join()"), hours);
    }
    desk.choose("1 h");
    desk.holds(&format!(
        "document.querySelector('.chart canvas') && {pressed} === '1 h'"
    ));
    assert_eq!(desk.holds("[...window.spans].at(-1)"), "1");
    desk.end();
}

/// What the figure or the link `to` leads to is the list whose rows it counted.
#[test]
fn each_number_is_as_long_as_its_list() {
    let desk = Desk::new();
    // One is refused, one is queued, one is for later; one was never taken.
    let refused = json!({"trouble": {"graph": {"code": 131_026}}, "times": 1});
    desk.simulate("POST", "faults", &refused);
    let failed = desk.business_writes(&format!("+{USER}"), "To nobody");
    desk.message_is(&failed, "failed");
    let taken = desk.business_writes(&format!("+{USER}"), "To somebody");
    desk.message_is(&taken, "read");
    desk.api(
        "POST",
        &format!("/api/v1/channels/{CHANNEL}/pause"),
        Some(&json!({"reason": "for the test"})),
    );
    let queued = desk.business_writes(&format!("+{USER}"), "Waits");
    let letters = desk.api_until("/api/v1/dead-letters?kind=send", |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    let letter = letters["data"][0]["id"].as_str().unwrap();
    desk.api(
        "POST",
        &format!("/api/v1/dead-letters/{letter}/discard"),
        Some(&json!({"reason": "for the test"})),
    );

    let figure = |name: &str| {
        format!(
            "[...document.querySelectorAll('a.figure')].find((one) => one.querySelector('.figure-name').innerText === '{name}')"
        )
    };
    let rows = |list: &str| {
        format!("document.querySelectorAll('[aria-label=\"{list}\"] tbody tr').length")
    };
    desk.open("overview");
    for name in ["In", "Out", "In the queue"] {
        desk.open("overview");
        let value = format!(
            "Number({}?.querySelector('.figure-value').innerText)",
            figure(name)
        );
        desk.holds(&format!("{value} > 0"));
        let counted = desk.holds(&value).as_u64().unwrap();
        desk.until(&format!("{}.click(); return true", figure(name)));
        desk.holds(&format!(
            "location.hash.startsWith('#/messages') && {} === {counted}",
            rows("Messages")
        ));
        if name == "In the queue" {
            desk.see(&format!(
                "[aria-label=Messages] a[href='#/messages/{queued}']"
            ));
            assert_eq!(counted, 1);
        }
    }
    // The failed message is in no list of what went out; its error has a list of its own.
    desk.open("overview");
    chart_tells(&desk, "Errors by code", "/: 131026 1$/");
    chart_tells(&desk, "Dead letters", "/: made 1$/");
    desk.click(".chart-legend a[href='#/errors?code=131026&hours=1']");
    desk.see(&format!(
        "[aria-label=Errors] a[href='#/messages/{failed}']"
    ));
    desk.says("with code 131026");
    desk.holds(&format!("{} === 1", rows("Errors")));
    desk.looks_well("errors");
    desk.open("overview");
    desk.click("a[href='#/dead-letters?state=any&hours=1']");
    desk.see(&format!(
        "[aria-label='Dead letters'] a[href='#/dead-letters/{letter}']"
    ));
    desk.says("settled");
    assert!(!desk.offers("Retry all…"), "what is settled is not retried");
    desk.looks_well("dead-letters-settled");
    desk.choose("Show all that are open");
    desk.says("No dead letters");
    desk.end();
}

/// The chart names the five most frequent codes.
#[test]
fn the_other_errors_have_their_list() {
    let desk = Desk::new();
    let codes = [
        131_008, 131_009, 131_021, 131_026, 131_051, 132_000, 132_001, 132_005,
    ];
    let mut rare = Vec::new();
    for (at, code) in codes.into_iter().enumerate() {
        let times = if at < 5 { 2 } else { 1 };
        for turn in 0..times {
            let refused = json!({"trouble": {"graph": {"code": code}}, "times": 1});
            desk.simulate("POST", "faults", &refused);
            let id = desk.business_writes(&format!("+1555010{turn}{at:03}"), "To nobody");
            desk.message_is(&id, "failed");
            if times == 1 {
                rare.push(id);
            }
        }
    }
    desk.open("overview");
    desk.click(".chart-legend a[href*='132005']");
    desk.says("with one of the codes 132000, 132001, 132005");
    desk.holds("document.querySelectorAll('[aria-label=Errors] tbody tr').length === 3");
    for id in &rare {
        desk.see(&format!("[aria-label=Errors] a[href='#/messages/{id}']"));
    }
    desk.looks_well("errors-other");
    desk.end();
}
