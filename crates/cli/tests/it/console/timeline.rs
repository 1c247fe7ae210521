//! A message's timeline: one line from acceptance to the last delivery.

use serde_json::json;

use super::desk::{CHANNEL, Desk, USER};

#[test]
fn a_message_is_followed_from_its_acceptance_to_its_delivery() {
    let desk = Desk::new();
    let id = desk.business_writes(&format!("+{USER}"), "Your order is on its way.");
    desk.open(&format!("messages/{id}"));
    // It grows while one looks at it.
    for what in [
        "accepted", "queued", "attempt", "status", "event", "delivery",
    ] {
        desk.see(&format!(".line-entry[data-what={what}]"));
    }
    desk.until("return document.querySelector('.head .badge')?.innerText === 'read'");
    desk.until("return document.querySelectorAll('.line-entry[data-what=status]').length === 3");
    desk.says("Your order is on its way.");
    desk.until("return [...document.querySelectorAll('.line-entry[data-what=delivery] .badge')].every((one) => one.innerText === 'delivered')");
    desk.looks_well("timeline");
    desk.click(".line-entry[data-what=attempt] summary");
    assert!(
        desk.see(".line-entry[data-what=attempt] pre")
            .contains("\"http_status\": 200")
    );
    let links = desk.until(
        "return [...document.querySelectorAll('main a')].map((one) => one.getAttribute('href'))",
    );
    let links = links.to_string();
    for link in [
        "#/inbox/cnv_",
        "#/endpoints/ep_",
        &format!("#/channels/{CHANNEL}"),
    ] {
        assert!(links.contains(link), "{link} is not in {links}");
    }
    desk.end();
}

#[test]
fn a_failure_says_why_and_leads_to_its_dead_letter() {
    let desk = Desk::new();
    let nobody = "15550100999";
    desk.simulate(
        "PATCH",
        &format!("users/{nobody}"),
        &json!({"undeliverable": true}),
    );
    let id = desk.business_writes(&format!("+{nobody}"), "Will you get this?");
    desk.message_is(&id, "failed");
    desk.open(&format!("messages/{id}"));
    desk.see(".line-entry[data-what=dead_letter]");
    desk.says("131026");
    desk.looks_well("timeline-failed");
    let letter = desk.until("return document.querySelector('.line-entry[data-what=dead_letter] .line-link')?.getAttribute('href')");
    assert!(
        letter.as_str().unwrap().starts_with("#/dead-letters/dl_"),
        "{letter}"
    );
    desk.end();
}

#[test]
fn an_event_leads_to_its_message() {
    let desk = Desk::new();
    let events = desk.get("/api/v1/events?type=message&limit=1");
    let event = events["data"][0]["id"].as_str().unwrap();
    desk.open(&format!("messages/{event}"));
    desk.says("Do you have succulents?");
    assert!(desk.see(".line-entry.is-asked").contains("message"));
    desk.end();
}
