//! Endpoints: a subscriber that breaks, what was sent to it and what it said, and its repair.

use super::desk::Desk;

fn endpoint(desk: &Desk) -> String {
    desk.get("/api/v1/endpoints")["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_failed_delivery_is_found_understood_and_made_again() {
    let desk = Desk::new();
    desk.subscriber_is_broken(true);
    desk.user_writes("Is anybody there?");
    desk.open("endpoints");
    desk.see("[aria-label=Endpoints] .row-link");
    desk.looks_well("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.says("failing");
    desk.looks_well("endpoint");
    desk.until("const row = [...document.querySelectorAll('[aria-label=Deliveries] tbody tr')].find((one) => one.innerText.includes('failing'));
        row?.querySelector('.row-link').click(); return row");
    desk.see(".attempt[open] .headers");
    desk.says("TypeError: cannot read");
    let attempt = desk.see(".attempt[open]");
    assert!(
        attempt.contains("500") && attempt.contains("webhook-signature"),
        "{attempt}"
    );
    desk.choose("Body");
    desk.says("Is anybody there?");
    desk.looks_well("delivery");
    desk.subscriber_is_broken(false);
    desk.choose("Try now");
    desk.see(".delivery[data-state=delivered]");
    desk.end();
}

#[test]
fn a_test_goes_out_and_what_failed_is_recovered() {
    let desk = Desk::new();
    desk.open(&format!("endpoints/{}", endpoint(&desk)));
    desk.choose("Send test");
    desk.see(".delivery[data-state=delivered]");
    desk.choose("Close");
    desk.closed();
    desk.choose("Recover…");
    desk.picture("endpoint-recover");
    desk.choose("Recover");
    desk.says("Nothing that was made since then has failed");
    desk.closed();
    desk.end();
}

#[test]
fn a_secret_is_rotated_and_shown_once() {
    let desk = Desk::new();
    let id = endpoint(&desk);
    let before = desk.get(&format!("/api/v1/endpoints/{id}/secret"));
    desk.open(&format!("endpoints/{id}"));
    desk.choose("More");
    desk.choose("Rotate secret…");
    desk.choose("Rotate");
    let shown = desk.see(".secret code");
    assert!(shown.starts_with("whsec_"), "{shown}");
    assert_ne!(before["secret"], shown.as_str());
    desk.looks_well("endpoint-secret");
    desk.choose("I have it");
    desk.closed();
    // The demo's subscriber knows the old secret only, which signs for the time of the overlap.
    desk.choose("Send test");
    desk.see(".delivery[data-state=delivered]");
    desk.end();
}

#[test]
fn an_endpoint_is_made_changed_disabled_and_deleted() {
    let desk = Desk::new();
    desk.open("endpoints");
    desk.choose("New endpoint");
    desk.fill("input[name=url]", "https://name:word@example.com/hook");
    desk.fill("input[name=description]", "orders");
    desk.choose("Create");
    desk.see("dialog .wrong");
    desk.fill("input[name=url]", "https://example.com/hook");
    desk.until("const radio = document.querySelectorAll('.some input[type=radio]')[1]; radio.click(); return true");
    // Only these, and none is chosen: that is not all of them.
    desk.says("Choose at least one.");
    assert!(!desk.offers("Create"));
    desk.choose("status");
    desk.looks_well("endpoint-new");
    desk.choose("Create");
    desk.see(".secret code");
    desk.choose("I have it");
    desk.says("1 event of all channels");
    desk.until("[...document.querySelectorAll('.row-link')].find((one) => one.innerText.includes('orders')).click(); return true");
    desk.says("No deliveries yet");
    desk.choose("More");
    desk.choose("Edit");
    desk.fill("input[name=description]", "orders and returns");
    desk.choose("Save");
    desk.says("orders and returns");
    desk.choose("More");
    desk.choose("Disable…");
    desk.choose("Disable");
    desk.says("Nothing is delivered.");
    desk.choose("Enable");
    desk.says("Enabled: what waited");
    desk.choose("More");
    desk.choose("Delete…");
    desk.choose("Delete");
    desk.holds("location.hash === '#/endpoints'");
    desk.api_until("/api/v1/endpoints", |list| {
        list["data"].as_array().unwrap().len() == 1
    });
    desk.is_clean_but(&["422"]);
    desk.end();
}
