//! The ten minutes of somebody who has never seen Wharf: the steps of the README, by clicks and keys
//! in its pages, from the first message to the replay of a delivery that failed.

use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{Desk, ENTER};

/// How long the README says that it takes.
const WALK: Duration = Duration::from_mins(10);

/// Goes to a screen of the console by its link, as whoever comes back to its tab.
fn at_the_console(desk: &Desk, screen: &str) {
    desk.browser
        .open(&format!("{}/console/", desk.url))
        .unwrap();
    desk.see("body[data-ready='in'] main h1");
    desk.click(&format!(".side a[href='#/{screen}']"));
}

/// Writes on the phone of the demo's page, and stays on the page.
fn writes_on_the_phone(desk: &Desk, text: &str) {
    desk.browser.enter(Some("iframe")).unwrap();
    let field = ".composer textarea";
    desk.type_into(field, &format!("{text}{ENTER}"));
    let written = "return [...document.querySelectorAll('.mine .text')].some((one) => one.innerText.includes(arguments[0]))";
    desk.browser.wait(written, &json!([text])).unwrap();
    desk.browser.enter(None).unwrap();
}

/// Waits for an event with this text on the page, and this mark of what the subscriber made of it.
fn is_marked(desk: &Desk, text: &str, mark: &str) {
    let marked = "return [...document.querySelectorAll('#events li')].some((one) => one.innerText.includes(arguments[0])
        && (one.querySelector('.mark')?.innerText ?? '') === arguments[1])";
    desk.browser.wait(marked, &json!([text, mark])).unwrap();
}

#[test]
fn from_the_first_message_to_a_delivery_that_is_made_again() {
    let desk = Desk::signed_out();
    let page = desk.page();
    let began = Instant::now();
    // 1. Sign in with the key; what Ada wrote is in the inbox, and is answered.
    desk.sign_in();
    desk.click(".side a[href='#/inbox']");
    desk.click(".talk[data-at='0']");
    desk.says("Lovely, see you later!");
    desk.type_into(".composer textarea", "Come by until six.");
    desk.press(ENTER);
    desk.until("return [...document.querySelectorAll('.thread-list .is-mine')].at(-1)?.querySelector('.ticks[data-state=read]')");
    desk.picture("walk-answered");

    // 2. What is written on the phone is in the console.
    desk.browser.open(&page).unwrap();
    desk.see("#state.live");
    writes_on_the_phone(&desk, "Is my order ready?");
    at_the_console(&desk, "inbox");
    desk.click(".talk[data-at='0']");
    desk.until("return [...document.querySelectorAll('.is-theirs .said')].at(-1).innerText === 'Is my order ready?'");

    // 3. The subscriber breaks by the button of the page, and the phone writes again.
    desk.browser.open(&page).unwrap();
    desk.see("#state.live");
    desk.click("#break");
    assert_eq!(desk.see("#break.is-broken"), "Mend the subscriber");
    writes_on_the_phone(&desk, "Can I come at seven?");
    is_marked(&desk, "Can I come at seven?", "answered 500");
    desk.picture("walk-broken");

    // 4. The delivery that fails is found, with what was sent and what came back.
    let failing = || {
        at_the_console(&desk, "endpoints");
        desk.until("return document.querySelector('[aria-label=Endpoints] tbody tr')?.innerText.includes('failing')");
        desk.click("[aria-label=Endpoints] .row-link");
        desk.click("[aria-label='State of the deliveries'] a[href$='state=failing']");
        desk.until("const rows = [...document.querySelectorAll('[aria-label=Deliveries] tbody tr')]; return rows.length === 1 && rows[0].innerText.includes('failing')");
        desk.picture("walk-failing");
        desk.click("[aria-label=Deliveries] .row-link");
        desk.see(".attempt[open]");
    };
    failing();
    // The first try and the second have failed; the third is minutes away.
    desk.see(".attempt[data-attempt='2']");
    desk.says("TypeError: cannot read 'order' of undefined");
    desk.choose("Body");
    desk.says("Can I come at seven?");
    desk.picture("walk-delivery");

    // 5. It is mended, and what failed is delivered.
    desk.browser.open(&page).unwrap();
    desk.click("#break.is-broken");
    desk.see("#break:not(.is-broken)");
    failing();
    desk.choose("Try now");
    desk.see(".delivery[data-state=delivered]");
    desk.picture("walk-mended");
    desk.browser.open(&page).unwrap();
    desk.see("#state.live");
    is_marked(&desk, "Can I come at seven?", "");
    desk.picture("walk-replayed");
    let took = began.elapsed();
    assert!(took < WALK, "{took:?}");
    drop(desk);
}
