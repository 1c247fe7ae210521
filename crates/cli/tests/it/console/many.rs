//! The inbox of a business with a hundred thousand conversations.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::json;

use super::desk::Desk;
use crate::pair::Pair;

const CONVERSATIONS: u32 = 100_000;
/// How soon what happens is to be seen, on a machine that has nothing else to do.
const SOON: Duration = Duration::from_secs(1);
/// Rows of the list that are in the page at once, at most.
const ROWS: u64 = 40;

/// Contacts with a conversation and an unread message each, in no order.
fn fill(pair: &Pair) {
    let mut store = Connection::open(pair.path().join("wharf-data/wharf.db")).unwrap();
    let tx = store.transaction().unwrap();
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CONVERSATIONS}), \
         t AS (SELECT i, printf('%026d', i) AS id, 1790000000000 + (i * 7919) % 100003 AS at FROM n) "
    );
    for insert in [
        "INSERT INTO contacts (id, name, wa_id, created_at, updated_at) SELECT 'cnt_' || id, \
         'Ada ' || i, CAST(16500000000 + i AS TEXT), at, at FROM t",
        "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
         last_inbound_at) SELECT 'cnv_' || id, 'main', 'cnt_' || id, at, at, at FROM t",
        "INSERT INTO messages (id, channel_id, conversation_id, contact_id, direction, carrier_id, \
         kind, content, state, attempts, occurred_at, created_at, updated_at) \
         SELECT 'msg_' || id, 'main', 'cnv_' || id, 'cnt_' || id, 'inbound', 'wamid.' || i, 'text', \
         '{\"text\": {\"body\": \"Hello from ' || i || '\"}}', 'received', 0, at, at, at FROM t",
    ] {
        tx.execute(&format!("{numbers}{insert}"), []).unwrap();
    }
    tx.commit().unwrap();
}

/// The least time that one of three takes: the machine may be busy with other tests.
fn best(mut what: impl FnMut(u32)) -> Duration {
    let times = (0..3).map(|turn| {
        let began = Instant::now();
        what(turn);
        began.elapsed()
    });
    times.min().unwrap()
}

#[test]
fn a_hundred_thousand_conversations_are_scrolled_searched_and_kept_fresh() {
    let mut pair = Pair::start();
    assert!(pair.gateway.terminate().0.success());
    fill(&pair);
    let address = pair.url.trim_start_matches("http://").to_owned();
    pair.start_again(&address);
    let desk = Desk::at(&pair.url, &pair.simulator_url, &pair.key());

    let opened = best(|_| {
        desk.open("overview");
        desk.open("inbox");
        desk.see(".talk[data-at='0']");
    });
    // A person of whom nobody has heard, and one from deep below, are at the top at once.
    let strangers = best(|turn| {
        let text = format!("My first word {turn}");
        writes(&desk, &format!("1555017700{turn}"), &text);
    });
    let old = best(|turn| {
        let text = format!("It is me again {turn}");
        writes(&desk, &format!("1650005000{turn}"), &text);
    });
    println!("opened {opened:?}, a new person {strangers:?}, one from below {old:?}");
    assert!(opened < SOON * 3 && strangers < SOON && old < SOON);

    // The list goes on as one scrolls, and what is out of sight is not in the page.
    for page in 2..=20 {
        desk.until("const list = document.querySelector('.inbox-list .virtual'); list.scrollTop = list.scrollHeight; return true");
        desk.holds(&format!(
            "document.querySelector('.inbox-list .virtual-all').clientHeight / 72 >= {page} * 100"
        ));
    }
    let rows = desk.holds("document.querySelectorAll('.talk').length");
    assert!(rows.as_u64().unwrap() < ROWS, "{rows}");
    desk.picture("inbox-many");

    // Anybody is found, and opened.
    desk.fill(".inbox-list input[type=search]", "Ada 77777");
    desk.holds("document.querySelectorAll('.talk').length === 1");
    desk.click(".talk");
    desk.says("Hello from 77777");
    desk.is_clean();
}

/// This number writes, and is seen at the top of the list.
fn writes(desk: &Desk, number: &str, text: &str) {
    let path = format!("users/{number}/messages");
    desk.simulate("POST", &path, &json!({ "text": text }));
    let there = "return document.querySelector('.talk[data-at=\"0\"] .talk-last')?.innerText.includes(arguments[0])";
    desk.browser.wait(there, &json!([text])).unwrap();
}
