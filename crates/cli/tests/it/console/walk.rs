//! The ten minutes of somebody who has never seen Wharf, from the first message to the replay of a
//! delivery that failed.

use serde_json::json;

use super::desk::{Desk, ENTER};

#[test]
fn from_the_first_message_to_a_delivery_that_is_made_again() {
    let desk = Desk::new();
    let page = desk.page();
    // The simulated user writes; it is seen in the inbox, and answered.
    desk.user_writes("Hello, is my order ready?");
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.says("Hello, is my order ready?");
    desk.see(".thread-list .bubble");
    desk.type_into(".composer textarea", "It is! Come by until six.");
    desk.press(ENTER);
    // The ticks: it was read.
    desk.until("return [...document.querySelectorAll('.thread-list .is-mine')].at(-1)?.querySelector('.ticks[data-state=read]')");
    desk.picture("walk-answered");

    // The subscriber breaks, as a person breaks it: by the button of the demo's page.
    let console = desk.address();
    desk.browser.open(&page).unwrap();
    desk.see("#state.live");
    desk.click("#break");
    assert_eq!(desk.see("#break.is-broken"), "Mend the subscriber");
    desk.picture("walk-broken");
    desk.user_writes("Can I come at seven?");
    // The first try and the second have failed; the third is minutes away.
    let failing = "/api/v1/deliveries?state=pending&limit=1";
    let failing = desk.api_until(failing, |list| list["data"][0]["attempt_count"] == 2);
    let delivery = failing["data"][0]["id"].as_str().unwrap();

    // The failed delivery is found, and with it what the subscriber said.
    desk.browser.open(&console).unwrap();
    desk.see("body[data-ready='in'] main h1");
    desk.open("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.says("failing");
    desk.picture("walk-failing");
    desk.until("const row = [...document.querySelectorAll('[aria-label=Deliveries] tbody tr')].find((one) => one.innerText.includes('failing'));
        row?.querySelector('.row-link').click(); return row");
    desk.see(".attempt[open]");
    desk.says("TypeError: cannot read 'order' of undefined");
    desk.picture("walk-delivery");

    // It is fixed, and what failed is delivered.
    desk.browser.open(&page).unwrap();
    desk.click("#break.is-broken");
    desk.see("#break:not(.is-broken)");
    desk.browser.open(&console).unwrap();
    desk.see("body[data-ready='in'] main h1");
    desk.open("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.until("return location.hash.startsWith('#/endpoints/ep_')");
    let script = "location.hash += '?delivery=' + arguments[0]; return true";
    desk.browser.run(script, &json!([delivery])).unwrap();
    desk.choose("Try now");
    desk.see(".delivery[data-state=delivered]");
    desk.picture("walk-mended");
    desk.browser.open(&page).unwrap();
    desk.see("#state.live");
    desk.says("Can I come at seven?");
    desk.picture("walk-replayed");
    drop(desk);
}
