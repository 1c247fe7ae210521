//! Keys that may do little: every screen that is offered to them works, and asks for no more than they may see.

use serde_json::json;

use super::desk::{CHANNEL, Desk};

/// Walks through all that the navigation offers, and a channel's own screen.
fn walks_everywhere(desk: &Desk, first: &str) {
    desk.sign_in();
    desk.holds(&format!("location.hash === '#/{first}'"));
    desk.holds(&format!(
        "document.querySelector('.brand').getAttribute('href') === '#/{first}'"
    ));
    let places = "return [...document.querySelectorAll('.side nav a')].map((one) => one.getAttribute('href').slice(2))";
    let places = desk.until(places);
    let places = places.as_array().unwrap().iter();
    let mut places: Vec<_> = places.map(|one| one.as_str().unwrap().to_owned()).collect();
    places.push(format!("channels/{CHANNEL}"));
    assert!(places.len() > 2, "{places:?}");
    for place in places {
        desk.open(&place);
        desk.holds("!document.querySelector('.loading, .problem')");
    }
}

#[test]
fn a_sender_is_shown_what_it_may_see() {
    let desk = Desk::signed_out().with_role("sender");
    walks_everywhere(&desk, "messages");
    // No figures are better than wrong ones.
    desk.holds("!document.querySelector('.figure-card, .lanes')");
    desk.picture("channel-as-sender");
    desk.press("ge");
    desk.press("gt");
    desk.holds("location.hash === '#/templates'");
    desk.end();
}

#[test]
fn a_viewer_is_shown_what_it_may_see() {
    let desk = Desk::signed_out().with_role("viewer");
    walks_everywhere(&desk, "overview");
    desk.end();
}

#[test]
fn a_key_of_some_channels_is_shown_what_it_may_see() {
    let asked = json!({"name": "Support", "role": "admin", "channels": [CHANNEL]});
    let desk = Desk::signed_out().with_key(&asked);
    walks_everywhere(&desk, "inbox");
    desk.open("overview");
    desk.says("The overview is of the whole gateway");
    desk.end();
}
