//! Who may call: every route against the OpenAPI document, the first key, revoking.

use std::os::unix::fs::PermissionsExt;

use gateway::clock::Clock;
use serde_json::{Value, json};

use crate::app::{TestApp, settings, until};

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

/// Each operation of the document as method, path and description.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                operations.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_but_webhooks_and_probes_needs_a_key() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").await;
    let (mut open, mut of_console) = (Vec::new(), Vec::new());
    let mut keyed = 0;
    for (method, path, operation) in operations(&document) {
        if operation["security"] == json!([]) {
            open.push(path);
            continue;
        }
        if operation["security"] == json!([{"session": []}]) {
            of_console.push(format!("{method} {path}"));
            continue;
        }
        keyed += 1;
        assert!(operation["responses"]["401"].is_object(), "{method} {path}");
        let url = app.url(&path.replace("{id}", "x"));
        let wrong = format!("wharf_{}", "x".repeat(43));
        for (key, code) in [
            (None, "no_api_key"),
            (Some("secret"), "wrong_api_key"),
            (Some(wrong.as_str()), "wrong_api_key"),
        ] {
            let mut request = app.http.request(method.parse().unwrap(), &url);
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401, "{method} {path}");
            assert!(response.headers().contains_key("www-authenticate"));
            let problem: Value = response.json().await.unwrap();
            if path.starts_with("/graph/") {
                assert_eq!(problem["error"]["code"], 190, "{method} {path}");
            } else {
                assert_eq!(problem["code"], code, "{method} {path}");
            }
        }
    }
    assert!(
        keyed > 30,
        "the document has only {keyed} routes with a key"
    );
    open.sort();
    assert_eq!(
        open,
        [
            "/console/session",
            "/livez",
            "/openapi.json",
            "/readyz",
            "/webhooks/whatsapp",
            "/webhooks/whatsapp",
            "/webhooks/whatsapp/{channel}",
            "/webhooks/whatsapp/{channel}"
        ]
    );
    of_console.sort();
    let session = ["DELETE /console/session", "GET /console/session"];
    assert_eq!(of_console, session);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_key_is_in_a_private_file_and_nowhere_else() {
    let mut app = TestApp::start().await;
    let file = app.data().join("api-key");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(app.key.len(), "wharf_".len() + 43);
    let keys = app.get("/api/v1/api-keys").await;
    assert_eq!(keys["data"][0]["name"], "first");
    assert!(!keys.to_string().contains(&app.key));

    // A second start finds the key and makes none.
    app.restart().await;
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), app.key);
    let mut checked = 0;
    for entry in std::fs::read_dir(app.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path != file {
            let bytes = std::fs::read(&path).unwrap();
            let secret = app.key.as_bytes();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "{path:?}"
            );
            checked += 1;
        }
    }
    assert!(checked > 0, "no file was looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_until_it_is_revoked_and_the_last_one_stays() {
    let clock = Clock::fixed(1_790_000_000_000);
    let app = TestApp::start_with(clock, settings(), |_| {}).await;
    let first = app.get("/api/v1/api-keys").await["data"][0].clone();
    let refused = app.call(
        "DELETE",
        &format!("/api/v1/api-keys/{}", first["id"].as_str().unwrap()),
    );
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), 409);
    assert_eq!(
        refused.json::<Value>().await.unwrap()["code"],
        "last_api_key"
    );

    let made = app
        .post("/api/v1/api-keys", &json!({"name": "billing"}))
        .await;
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let with_it = || {
        app.http
            .get(app.url("/api/v1/channels"))
            .bearer_auth(key)
            .send()
    };
    assert_eq!(with_it().await.unwrap().status(), 200);
    let used = async || {
        let keys = app.get("/api/v1/api-keys").await;
        keys["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == id)
            .unwrap()["last_used_at"]
            .clone()
    };
    until("the use is noted", async || {
        used().await == "2026-09-21T14:13:20.000Z"
    })
    .await;
    // Within the minute nothing is written; after it the next use is.
    app.clock.advance(61_000);
    assert_eq!(with_it().await.unwrap().status(), 200);
    until("the later use is noted", async || {
        used().await == "2026-09-21T14:14:21.000Z"
    })
    .await;

    let gone = app
        .call("DELETE", &format!("/api/v1/api-keys/{id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(with_it().await.unwrap().status(), 401);
}
