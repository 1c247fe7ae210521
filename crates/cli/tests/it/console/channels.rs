//! Channels: what they carry, and pausing and resuming one.

use serde_json::json;

use super::desk::{CHANNEL, Desk, USER};

#[test]
fn a_channel_is_paused_with_a_reason_and_resumed() {
    let desk = Desk::new();
    desk.open("channels");
    desk.says("active");
    // What Meta says of the number, and what it may send, stands in the list and with the channel.
    let load = desk.api_until(&format!("/api/v1/channels/{CHANNEL}/load"), |load| {
        load["quality"].is_string()
    });
    assert_eq!(load["quality"], "GREEN", "{load}");
    let tier = load["tier"]
        .as_str()
        .unwrap()
        .strip_prefix("TIER_")
        .unwrap();
    let tier = if tier.as_bytes()[0].is_ascii_digit() {
        format!("{tier} a day")
    } else {
        tier.to_lowercase()
    };
    let allowed = &load["throughput"]["allowed_per_second"];
    let told = format!(
        "/\\bhigh\\b/.test(text) && text.includes('{tier}') && text.includes('of {allowed}/s')"
    );
    let of = |selector: &str| {
        format!("return ((text) => {told})(document.querySelector(\"{selector}\").innerText)")
    };
    desk.until(&of("[aria-label=Channels] tbody tr"));
    desk.looks_well("channels");
    desk.click("[aria-label=Channels] .row-link");
    desk.until(&of(".numbers"));
    desk.choose("Pause…");
    desk.fill("input[name=reason]", "the shop is closed");
    desk.choose("Pause");
    desk.says("the shop is closed");
    let id = desk.business_writes(&format!("+{USER}"), "Waits until it is resumed");
    // It is counted where it waits, and the count leads to it.
    desk.holds("document.querySelector('.lanes li:nth-child(2) a')?.innerText === '1'");
    desk.looks_well("channel-paused");
    desk.click(".lanes li:nth-child(2) a");
    desk.see(&format!("[aria-label=Messages] a[href='#/messages/{id}']"));
    desk.open("channels/demo");
    desk.choose("Resume");
    desk.says("active");
    desk.message_is(&id, "read");
    desk.see("a[href='#/messages?channel=demo&direction=outbound&accepted=true&hours=1'] .rate");
    desk.click("a[href='#/messages?channel=demo&direction=outbound&accepted=true&hours=24']");
    desk.see(&format!("[aria-label=Messages] a[href='#/messages/{id}']"));
    desk.open("channels/demo");
    desk.looks_well("channel");
    desk.end();
}

#[test]
fn a_channel_that_the_carrier_refuses_says_why_and_goes_on() {
    let desk = Desk::new();
    let refused = json!({"trouble": {"graph": {"code": 190}}});
    let fault = desk.simulate("POST", "faults", &refused);
    let id = desk.business_writes(&format!("+{USER}"), "Is the token good?");
    desk.open(&format!("channels/{CHANNEL}"));
    desk.says("Refused by WhatsApp");
    desk.says("Replace the access token");
    desk.says("the next is in");
    desk.picture("channel-refused");
    desk.simulate("DELETE", &format!("faults/{}", fault["id"]), &json!({}));
    desk.choose("Resume");
    desk.message_is(&id, "read");
    desk.end();
}

#[test]
fn a_channel_is_made_and_what_is_wrong_is_said_at_its_field() {
    let desk = Desk::new();
    desk.open("channels");
    desk.choose("New channel");
    desk.fill("input[name=name]", "Sales");
    desk.fill("input[name=id]", "sales");
    desk.fill("input[name=phone_number_id]", "206540352242922");
    desk.fill("input[name=access_token]", "env:THERE_IS_NO_SUCH_VARIABLE");
    desk.choose("Create");
    desk.see("dialog .wrong");
    desk.looks_well("channel-new");
    desk.fill("input[name=access_token]", "");
    desk.choose("Create");
    desk.closed();
    desk.says("receive only");
    desk.until("[...document.querySelectorAll('.row-link')].find((one) => one.innerText.includes('Sales')).click(); return true");
    desk.says("so it only receives");
    desk.choose("More");
    desk.choose("Edit");
    desk.fill("input[name=name]", "Sales, Berlin");
    desk.choose("Save");
    desk.says("Sales, Berlin");
    desk.choose("More");
    desk.choose("Delete…");
    assert!(!desk.offers("Delete"));
    desk.fill("dialog input", "sales");
    desk.choose("Delete");
    desk.holds("location.hash === '#/channels'");
    let left = desk.get("/api/v1/channels");
    assert_eq!(left["data"].as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left["data"][0]["id"], CHANNEL);
    // It may be asked for in the moment in which it goes.
    desk.is_clean_but(&["422", "channels/sales"]);
    desk.end();
}
