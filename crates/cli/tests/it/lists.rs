//! How lists are asked for: pages that are short or empty go on, and a row costs no question of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use rusqlite::Connection;
use serde_json::json;

use crate::binary::{Beside, run, wharf};
use crate::console::desk::Desk;
use crate::pair::Pair;

/// Deliveries of one endpoint. Five of the second ten thousand were canceled, and sixty of the oldest.
const FILL: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) \
    INSERT INTO deliveries (id, endpoint_id, event_seq, event_id, state, attempts, due_at, created_at, updated_at) \
    SELECT 'dlv_' || printf('%026d', i), $1, 0, 'evt_0', \
    CASE WHEN i <= 60 OR (i > 12000 AND i <= 12005) THEN 'canceled' ELSE 'delivered' END, \
    1, $2 + i, $2 + i, $2 + i FROM n";

/// A gateway with these deliveries, and their endpoint.
fn filled() -> (Pair, String) {
    let mut pair = Pair::start();
    let url = "https://example.com/hook";
    let endpoint = pair.json(&["endpoints", "create", url, "--types", "call"]);
    let endpoint = endpoint["id"].as_str().unwrap().to_owned();
    assert!(pair.gateway.terminate().0.success());
    let store = Connection::open(pair.path().join("wharf-data/wharf.db")).unwrap();
    let now = run(std::process::Command::new("date").arg("+%s000"));
    let began = now.out.trim().parse::<i64>().unwrap() - 100_000;
    store.execute(FILL, (&endpoint, began)).unwrap();
    drop(store);
    let address = pair.url.trim_start_matches("http://").to_owned();
    pair.start_again(&address);
    (pair, endpoint)
}

#[test]
fn the_command_line_goes_on_behind_an_empty_page() {
    let (pair, endpoint) = filled();
    let list = [
        "deliveries",
        "list",
        "--endpoint",
        &endpoint,
        "--state",
        "canceled",
    ];
    let page = pair.json(&list);
    assert_eq!(
        page["data"].as_array().unwrap().len(),
        5,
        "the first that are found"
    );
    assert!(page["next_cursor"].is_string());
    let told = run(&mut pair.command(&list));
    assert_eq!(told.out.lines().count(), 6, "{told:?}");
    assert!(told.err.contains("there are more"), "{told:?}");
    for (more, count) in [(&["--limit", "40"][..], 40), (&["--all"], 65)] {
        let rows = pair.succeed(&[&list[..], more].concat());
        assert_eq!(rows.lines().count(), 1 + count, "{more:?}");
        let rows = pair.json(&[&list[..], more].concat());
        assert_eq!(rows["data"].as_array().unwrap().len(), count, "{more:?}");
    }
    let none = pair.json(&[
        "deliveries",
        "list",
        "--endpoint",
        &endpoint,
        "--state",
        "failed",
    ]);
    assert_eq!(
        (&none["data"], &none["next_cursor"]),
        (&json!([]), &json!(null))
    );
}

#[test]
fn the_console_goes_on_behind_an_empty_page() {
    let (pair, endpoint) = filled();
    let desk = Desk::at(&pair.url, &pair.simulator_url, &pair.key());
    desk.open(&format!("endpoints/{endpoint}?state=canceled"));
    let rows = "document.querySelectorAll('[aria-label=Deliveries] tbody tr').length";
    // The end of five rows is in sight: those behind another look come at once.
    desk.holds(&format!("{rows} === 55"));
    desk.until(&format!(
        "document.querySelector('main').scrollTop = 1e6; return {rows} === 65"
    ));
    desk.holds("!document.querySelector('.table-end')");
    desk.open(&format!("endpoints/{endpoint}?state=failed"));
    desk.says("None is in this state");
    desk.is_clean();
}

#[test]
fn a_page_of_deliveries_is_asked_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let list = ["deliveries", "list", "--url", &url];
    let mut listing = Beside::start(wharf(folder.path(), &list).env("WHARF_API_KEY", "wharf_key"));
    let row = json!({"id": "dlv_1", "event": "message", "state": "delivered", "last_status": 204});
    let page = json!({"data": vec![row; 50], "next_cursor": null}).to_string();
    let (mut stream, _) = server.accept().unwrap();
    let mut asked = String::new();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    while lines.read_line(&mut asked).unwrap() > 2 {}
    assert!(asked.starts_with("GET /api/v1/deliveries "), "{asked}");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    write!(
        stream,
        "{head}\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    )
    .unwrap();
    assert!(listing.wait().success());
    let rows = listing.out.rest();
    assert_eq!(rows.len(), 51);
    assert!(
        rows[1].starts_with("dlv_1\tmessage\tdelivered\t204\t"),
        "{}",
        rows[1]
    );
    server.set_nonblocking(true).unwrap();
    assert!(server.accept().is_err(), "nothing else is asked");
}
