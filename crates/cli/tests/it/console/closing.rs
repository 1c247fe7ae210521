//! A window that closes while somebody has its conversation open.

use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use serde_json::json;

use super::desk::{Desk, USER};
use crate::pair::Pair;

#[test]
fn the_reply_box_becomes_a_choice_of_templates_when_the_window_closes() {
    let pair = Pair::start();
    let desk = Desk::at(&pair.url, &pair.simulator_url, &pair.key());
    let channel = json!({"waba_id": "102290129340398"});
    desk.api("PATCH", "/api/v1/channels/main", Some(&channel));
    let refresh = json!({"channel": "main"});
    desk.api("POST", "/api/v1/templates/refresh", Some(&refresh));
    desk.user_writes("Are you open on Sunday?");
    desk.api_until("/api/v1/conversations", |list| {
        !list["data"].as_array().unwrap().is_empty()
    });
    // Nobody can wait a day: the user wrote nearly a day ago.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let wrote = i64::try_from(now.as_millis()).unwrap() + 8_000 - 24 * 3_600_000;
    let store = Connection::open(pair.path().join("wharf-data/wharf.db")).unwrap();
    store.busy_timeout(Duration::from_secs(5)).unwrap();
    let changed = store
        .execute("UPDATE conversations SET last_inbound_at = ?1", [wrote])
        .unwrap();
    assert_eq!(changed, 1, "{USER} has one conversation");
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.see(".window.is-ending");
    desk.type_into(".composer textarea", "We are, from ten to");
    desk.see(".composer.is-closed");
    desk.see(".window.is-closed");
    desk.says("The 24-hour window is closed.");
    desk.looks_well("inbox-window-closed");
    desk.end();
}
