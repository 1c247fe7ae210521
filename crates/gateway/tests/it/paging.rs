//! Lists stay in place while rows come in: what was there is met once each, on every list route.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};

/// Adds one row to each list, again and again.
struct Growing {
    app: TestApp,
    count: AtomicUsize,
}

/// Lists whose rows are what happened to the others.
const BY_THEMSELVES: [&str; 2] = ["/api/v1/audit", "/api/v1/deliveries"];

impl Growing {
    async fn grow(&self) {
        let app = &self.app;
        let n = self.count.fetch_add(1, Ordering::SeqCst);
        let number = format!("+1650556{n:04}");
        app.simulator.user(&number).says("hello").await.unwrap();
        let text = json!({
            "channel": CHANNEL, "to": number, "type": "template",
            "template": {"name": "hello_world", "language": {"code": "en_US"}}
        });
        app.post("/api/v1/messages", &text).await;
        // Each delivery of a message is a row: a few endpoints hear of them.
        let hears = if n < 2 { "message" } else { "call" };
        app.simulator
            .fault(Fault::new(Trouble::graph(131_026)).times(1));
        app.post("/api/v1/messages", &text).await;
        let endpoint = json!({"url": "http://127.0.0.1:9/hook", "event_types": [hears]});
        app.post("/api/v1/endpoints", &endpoint).await;
        let key = json!({"name": format!("key {n}"), "role": "viewer"});
        app.post("/api/v1/api-keys", &key).await;
        let channel = json!({"name": "Another", "phone_number_id": format!("9{n}")});
        app.post("/api/v1/channels", &channel).await;
        let file = app.call("POST", &format!("/api/v1/media?filename={n}.txt"));
        let file = file
            .header("content-type", "text/plain")
            .body(format!("file {n}"));
        assert_eq!(file.send().await.unwrap().status(), 201);
        app.post(
            "/api/v1/suppressions",
            &json!({"to": number, "scope": "marketing"}),
        )
        .await;
        let template = json!({
            "channel": CHANNEL, "name": format!("made_{n}"), "language": "en_US",
            "category": "UTILITY", "components": [{"type": "BODY", "text": "Hello."}]
        });
        app.post("/api/v1/templates", &template).await;
        let unknown = json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "a_field_of_tomorrow", "value": {"n": n}}]}]
        });
        assert_eq!(app.notify(unknown.to_string().as_bytes()).await, 200);
        let job = json!({"action": "discard", "reason": "x", "filter": {"kind": "media"}});
        app.post("/api/v1/dead-letters/bulk", &job).await;
    }
}

/// Where a row is named.
fn id_of(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

/// Every list route of the document, with the queries that change its order.
fn lists(document: &Value) -> Vec<String> {
    let mut lists = vec!["/api/v1/conversations?order=created".to_owned()];
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array();
        let parameters = parameters.into_iter().flatten();
        if parameters
            .clone()
            .any(|parameter| parameter["name"] == "cursor")
        {
            assert!(
                parameters
                    .clone()
                    .any(|parameter| parameter["name"] == "limit"),
                "{path}"
            );
            lists.push(path.clone());
        }
    }
    lists
}

async fn page(app: &TestApp, path: &str, limit: usize, cursor: Option<&str>) -> Value {
    let joint = if path.contains('?') { '&' } else { '?' };
    let cursor = cursor.map_or(String::new(), |cursor| format!("&cursor={cursor}"));
    app.get(&format!("{path}{joint}limit={limit}{cursor}"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_skipped_or_repeated_while_rows_come_in() {
    let growing = Growing {
        app: TestApp::start().await,
        count: AtomicUsize::new(0),
    };
    let app = &growing.app;
    let lists = lists(&app.get("/openapi.json").await);
    assert!(lists.len() >= 14, "{lists:?}");
    for _ in 0..5 {
        growing.grow().await;
    }
    until("what came in is there", async || {
        let page = page(app, "/api/v1/messages?direction=inbound", 500, None).await;
        page["data"].as_array().unwrap().len() == 5
    })
    .await;
    for path in &lists {
        until(path, async || {
            let rows = page(app, path, 500, None).await["data"]
                .as_array()
                .unwrap()
                .len();
            rows >= 3 || BY_THEMSELVES.contains(&path.as_str())
        })
        .await;
        let before = page(app, path, 500, None).await;
        let before: Vec<String> = before["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(id_of)
            .collect();
        let mut met: HashMap<String, usize> = HashMap::new();
        let mut cursor: Option<String> = None;
        for number in 0..500 {
            let page = page(app, path, 2, cursor.as_deref()).await;
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= 2, "{path}");
            for row in rows {
                *met.entry(id_of(row)).or_default() += 1;
            }
            // Growing for ever would let a list of the oldest first never end.
            if number < 3 {
                growing.grow().await;
            }
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        assert!(cursor.is_none(), "{path} does not end");
        for id in &before {
            assert_eq!(met.get(id), Some(&1), "{path}: {id} of {before:?}");
        }
        assert!(met.values().all(|times| *times == 1), "{path}: {met:?}");
    }
}
