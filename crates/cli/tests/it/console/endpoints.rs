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
    // The first try and the second have failed; the third is minutes away.
    let stats = desk.api_until(
        &format!("/api/v1/endpoints/{}/stats", endpoint(&desk)),
        |stats| stats["failed_24h"] == 2,
    );
    let rate = stats["success_rate_24h"].as_f64().unwrap();
    assert!(rate > 0.5 && rate < 1.0, "{stats}");
    let rate = format!("`${{+({rate} * 100).toFixed(1)}} %`");
    desk.open("endpoints");
    desk.see("[aria-label=Endpoints] .row-link");
    let cell = |at: u32| {
        format!(
            "document.querySelector('[aria-label=Endpoints] tbody td:nth-child({at})').innerText"
        )
    };
    desk.holds(&format!("{}.includes({rate})", cell(3)));
    desk.holds(&format!("/^in \\d+[sm]$/.test({}.trim())", cell(5)));
    desk.looks_well("endpoints");
    desk.click("[aria-label=Endpoints] .row-link");
    desk.says("failing");
    let figure = |name: &str| {
        format!(
            "[...document.querySelectorAll('.figure-card')].find((one) => one.innerText.startsWith('{name}')).innerText"
        )
    };
    let well = stats["succeeded_24h"].as_i64().unwrap();
    let tries = figure("Succeeded tries");
    desk.holds(&format!(
        "{tries}.includes({rate}) && {tries}.includes('{well} of {}')",
        well + 2
    ));
    desk.holds(&format!(
        "/in \\d+[sm]$/.test({}.trim())",
        figure("Next try")
    ));
    desk.looks_well("endpoint");
    // The figure counts tries, and leads to what was tried.
    desk.click(".figure-card a[href*='state=delivered']");
    desk.says("Only those with a try in the last 24 hours");
    desk.choose("Show all");
    desk.choose("All");
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
    // What is made now fails, twice; the next try is minutes away.
    desk.subscriber_is_broken(true);
    desk.user_writes("Did you get this?");
    let failed = desk.api_until("/api/v1/deliveries?state=pending", |list| {
        list["data"][0]["attempt_count"] == 2
    });
    let failed = failed["data"].as_array().unwrap();
    assert_eq!(failed.len(), 1, "{failed:?}");
    desk.subscriber_is_broken(false);
    desk.choose("Recover…");
    desk.picture("endpoint-recover");
    desk.choose("Recover");
    desk.says("1 delivery goes out again.");
    desk.closed();
    let path = format!("/api/v1/deliveries/{}", failed[0]["id"].as_str().unwrap());
    desk.api_until(&path, |delivery| delivery["state"] == "delivered");
    desk.choose("Recover…");
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
    // Its figures may be asked for in the moment in which it goes.
    desk.is_clean_but(&["422", "/stats"]);
    desk.end();
}
