//! A person is erased: nothing of theirs is left anywhere, and nothing of anybody else's is touched.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings, until};
use crate::media::{answer, png};

mod late;

const NUMBER: &str = "16505557391";
const NAME: &str = "Canaria Quillfeather";
const USERNAME: &str = "canaria.quill";
const BSUID: &str = "US.73910000000000000001";
const OTHER: &str = "+16505550042";

/// A notification with one message of the person's and one of somebody else's.
fn shared(bsuid: &str, text: &str, others: &str) -> Value {
    let number = settings().numbers[0].clone();
    let message = |from: &str, user: Option<&str>, text: &str| {
        let mut message = json!({"from": from, "id": format!("wamid.{text}"),
            "timestamp": "1749416383", "type": "text", "text": {"body": text}});
        if let Some(user) = user {
            message["from_user_id"] = user.into();
        }
        message
    };
    notification(
        "messages",
        &json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
        "contacts": [
            {"profile": {"name": NAME, "username": USERNAME}, "wa_id": NUMBER, "user_id": bsuid},
            {"profile": {"name": "Somebody Else"}, "wa_id": &OTHER[1..]},
        ],
        "messages": [message(NUMBER, Some(bsuid), text), message(&OTHER[1..], None, others)]}),
    )
}

/// The person wants no marketing any more: about no message.
fn preference(bsuid: &str) -> Value {
    let number = settings().numbers[0].clone();
    notification(
        "user_preferences",
        &json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
        "contacts": [{"profile": {"name": NAME}, "wa_id": NUMBER, "user_id": bsuid}],
        "user_preferences": [{"wa_id": NUMBER, "user_id": bsuid, "category": "marketing_messages",
            "value": "stop", "detail": "User requested to stop marketing messages",
            "timestamp": 1_749_416_383}]}),
    )
}

fn notification(field: &str, value: &Value) -> Value {
    let waba = settings().numbers[0].waba.to_string();
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "time": 1_749_416_383,
        "changes": [{"field": field, "value": value}]}]})
}

fn text_to(to: &str, body: &str) -> Value {
    json!({"channel": CHANNEL, "to": to, "type": "text", "text": {"body": body},
        "tags": ["canary-tag"], "metadata": {"note": "canary-metadata"}})
}

impl TestApp {
    async fn data_of(&self, path: &str) -> Vec<Value> {
        let page = self.get(path).await;
        page["data"].as_array().unwrap().clone()
    }

    /// The contact with this number.
    pub(crate) async fn contact(&self, number: &str) -> String {
        let contacts = self.data_of("/api/v1/contacts?limit=500").await;
        let found = contacts.iter().find(|row| row["wa_id"] == number);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Waits until somebody with this number has written.
    pub(crate) async fn until_known(&self, number: &str) {
        until("they have written", async || {
            let contacts = self.data_of("/api/v1/contacts?limit=500").await;
            contacts.iter().any(|row| row["wa_id"] == number)
        })
        .await;
    }

    /// All that the API shows of somebody.
    async fn shown(&self, contact: &str) -> Vec<Value> {
        let mut shown = vec![self.get(&format!("/api/v1/contacts/{contact}")).await];
        let conversations = format!("/api/v1/conversations?contact={contact}");
        shown.extend(self.data_of(&conversations).await);
        let messages = self
            .data_of(&format!("/api/v1/messages?contact={contact}&limit=500"))
            .await;
        let ids: Vec<_> = messages.iter().map(|row| row["id"].clone()).collect();
        for id in &ids {
            let path = format!("/api/v1/messages/{}", id.as_str().unwrap());
            shown.push(self.get(&path).await);
        }
        let events = self.events().await.into_iter();
        shown.extend(events.filter(|event| ids.contains(&event["message"])));
        shown
    }

    pub(crate) async fn erase(&self, contact: &str) -> Value {
        let request = self.call("DELETE", &format!("/api/v1/contacts/{contact}"));
        let (status, erasure) = answer(request).await;
        assert_eq!(status.as_u16(), 202, "{erasure}");
        erasure
    }

    pub(crate) async fn until_erased(&self, erasure: &Value) -> Value {
        let path = format!("/api/v1/erasures/{}", erasure["id"].as_str().unwrap());
        until("the person is erased", async || {
            self.get(&path).await["state"] == "done"
        })
        .await;
        self.get(&path).await
    }

    async fn wamids(&self, contact: &str) -> Vec<String> {
        let path = format!("/api/v1/messages?contact={contact}&limit=500");
        let messages = self.data_of(&path).await.into_iter();
        messages
            .filter_map(|message| message["wamid"].as_str().map(str::to_owned))
            .collect()
    }

    /// Every value of every table, each with the name of its table.
    pub(crate) async fn everything(&self) -> Vec<(String, Vec<u8>)> {
        match self.config.store.strip_prefix("sqlite:") {
            Some(path) => everything_of_sqlite(Path::new(path)),
            None => everything_of_postgres(&self.config.store).await,
        }
    }
}

fn everything_of_sqlite(path: &Path) -> Vec<(String, Vec<u8>)> {
    use rusqlite::types::ValueRef;
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut names = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut all = Vec::new();
    for name in names {
        let mut rows = connection
            .prepare(&format!("SELECT * FROM \"{name}\""))
            .unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let bytes = match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
                    ValueRef::Integer(number) => number.to_string().into_bytes(),
                    _ => continue,
                };
                all.push((name.clone(), bytes));
            }
        }
    }
    all
}

async fn everything_of_postgres(url: &str) -> Vec<(String, Vec<u8>)> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own connection, ends with the test"
    )]
    tokio::spawn(connection);
    let names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()";
    let mut all = Vec::new();
    for name in client.query(names, &[]).await.unwrap() {
        let name: String = name.get(0);
        let sql = format!("SELECT t::text FROM \"{name}\" t");
        for row in client.query(&sql, &[]).await.unwrap() {
            all.push((name.clone(), row.get::<_, String>(0).into_bytes()));
        }
    }
    for row in client.query("SELECT body FROM inbox", &[]).await.unwrap() {
        all.push(("inbox".to_owned(), row.get(0)));
    }
    all
}

pub(crate) fn files_below(folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, all);
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// Where a word is found.
pub(crate) fn holders(all: &[(String, Vec<u8>)], word: &str) -> Vec<String> {
    let word = word.as_bytes();
    let holders = all.iter().filter(|(_, bytes)| {
        bytes
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    });
    let mut names: Vec<String> = holders.map(|(name, _)| name.clone()).collect();
    names.dedup();
    names
}

/// An endpoint that gives back what it gets, so that attempts hold it.
async fn echo() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let routes = axum::Router::new().route("/", axum::routing::post(async |body: String| body));
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own server, ends with the test"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

/// Makes a person known in every way; the wamids of their messages, and the words of theirs.
async fn plant(app: &TestApp) -> Vec<String> {
    let endpoint = json!({"url": echo().await});
    app.post("/api/v1/endpoints", &endpoint).await;
    let user = app.simulator.user(&format!("+{NUMBER}"));
    let bsuid = user.bsuid().as_str().to_owned();
    let body = shared(&bsuid, "canary-in", "others-in").to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    let body = preference(&bsuid).to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    user.set_name(NAME);
    user.set_username(USERNAME);
    let bytes = png(3000);
    let file = [bytes.as_slice(), b"canary-bytes"].concat();
    user.sends_file("image", "image/png", file).await.unwrap();
    let other = app.simulator.user(OTHER);
    other
        .sends_file("image", "image/png", png(500))
        .await
        .unwrap();
    app.until_applied().await;
    for number in 0..3 {
        let text = text_to(&format!("+{NUMBER}"), &format!("canary-out-{number}"));
        let request = app.call("POST", "/api/v1/messages").json(&text);
        let request = request.header("idempotency-key", format!("canary-key-{number}"));
        let (status, message) = answer(request).await;
        assert_eq!(status.as_u16(), 202, "{message}");
        app.until_state(message["id"].as_str().unwrap(), "delivered")
            .await;
    }
    send_files(app).await;
    let mut scheduled = text_to(&format!("+{NUMBER}"), "canary-later");
    scheduled["send_at"] = json!("2027-05-01T08:00:00Z");
    app.post("/api/v1/messages", &scheduled).await;
    let to_other = app
        .post("/api/v1/messages", &text_to(OTHER, "others-out"))
        .await;
    app.until_state(to_other["id"].as_str().unwrap(), "delivered")
        .await;
    let refusal = json!({"to": format!("+{NUMBER}"), "scope": "all", "note": "canary-note"});
    app.post("/api/v1/suppressions", &refusal).await;
    until("all files are here", async || {
        app.data_of("/api/v1/media?state=stored").await.len() == 4
    })
    .await;
    until("all is delivered", async || {
        let events = app.events().await.len();
        let path = "/api/v1/deliveries?state=delivered&limit=500";
        app.data_of(path).await.len() == events
    })
    .await;
    let mut words: Vec<String> = [
        NUMBER,
        NAME,
        USERNAME,
        "canary-in",
        "canary-out",
        "canary-later",
        "canary-note",
        "canary-key",
        "canary-bytes",
        "canary-invoice",
        "canary-sent",
        &bsuid,
    ]
    .map(str::to_owned)
    .into();
    words.push(
        BASE64_STANDARD
            .encode(NUMBER)
            .trim_end_matches('=')
            .to_owned(),
    );
    words
}

/// Files to the person: one of their own, one that somebody else gets, too.
async fn send_files(app: &TestApp) {
    let own = json!({"data": BASE64_STANDARD.encode("canary-sent"), "mime_type": "text/plain",
        "filename": "canary-invoice.txt"});
    let shared = app.call("POST", "/api/v1/media?filename=catalogue.txt");
    let shared = shared
        .header("content-type", "text/plain")
        .body("for everybody");
    let (status, shared) = answer(shared).await;
    assert_eq!(status.as_u16(), 201, "{shared}");
    let shared = json!({"id": shared["id"], "filename": "catalogue.txt"});
    let person = format!("+{NUMBER}");
    for (to, file) in [(&*person, &own), (&person, &shared), (OTHER, &shared)] {
        let message = json!({"channel": CHANNEL, "to": to, "type": "document", "document": file});
        let message = app.post("/api/v1/messages", &message).await;
        app.until_state(message["id"].as_str().unwrap(), "delivered")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_is_left_and_nothing_of_others_is_touched() {
    let mut app = TestApp::start_without_bus().await;
    let mut words = plant(&app).await;
    let (contact, other) = (app.contact(NUMBER).await, app.contact(&OTHER[1..]).await);
    let before = app.shown(&other).await;
    words.extend(app.wamids(&contact).await);
    let held = app.everything().await;
    for word in words
        .iter()
        .filter(|word| !["canary-bytes", "canary-sent"].contains(&word.as_str()))
    {
        let wamid_itself = word.starts_with("wamid");
        assert!(
            !holders(&held, word).is_empty() || wamid_itself || word.len() > 14,
            "{word} was planted nowhere"
        );
    }

    let path = format!("/api/v1/contacts/{contact}");
    let export = app.call("GET", &format!("{path}/export"));
    let export = export.send().await.unwrap().text().await.unwrap();
    let lines: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!(
        (count("contact"), count("conversation"), count("message")),
        (1, 1, 8)
    );
    assert!(count("event") >= 9, "{}", count("event"));
    assert_eq!(count("suppression"), 2);
    for word in ["canary-in", "canary-out-2", "canary-later", NAME, NUMBER] {
        assert!(export.contains(word), "{word} is not in the export");
    }
    assert!(!export.contains("others-"), "{export}");

    let erasure = app.erase(&contact).await;
    assert_eq!(app.erase(&contact).await["id"], erasure["id"]);
    let done = app.until_erased(&erasure).await;
    let erased = &done["erased"];
    for (kind, number) in [
        ("contacts", 1),
        ("conversations", 1),
        ("messages", 8),
        ("canceled", 1),
        ("files", 2),
        ("suppressions_kept", 2),
    ] {
        assert_eq!(erased[kind], number, "{kind}: {done}");
    }
    let (status, _) = answer(app.call("GET", &path)).await;
    assert_eq!(status.as_u16(), 404);
    assert_eq!(app.erase(&contact).await["id"], erasure["id"]);
    assert_eq!(app.shown(&other).await, before, "others are untouched");
    let events = app.events().await;
    let gone = events
        .iter()
        .filter(|event| event["data"] == json!({"erased": true}));
    assert!(gone.count() >= 9, "{events:?}");
    let tombstones = app.data_of("/api/v1/messages?limit=500").await.into_iter();
    let tombstones: Vec<_> = tombstones
        .filter(|message| message["contact_id"] == *contact)
        .collect();
    assert_eq!(tombstones.len(), 8);
    for message in &tombstones {
        assert_eq!(message["content"], Value::Null, "{message}");
        assert!(message["content_expired_at"].is_string(), "{message}");
    }
    let canceled = tombstones
        .iter()
        .filter(|message| message["state"] == "canceled");
    assert_eq!(canceled.count(), 1);

    for number in 0..app.gateways() {
        app.stop_node(number).await;
    }
    let mut held = app.everything().await;
    files_below(app.data(), &mut held);
    for word in &words {
        assert_eq!(holders(&held, word), [""; 0], "{word} is left");
    }
    assert!(!holders(&held, "others-in").is_empty());
    for word in ["catalogue.txt", "for everybody"] {
        assert!(
            !holders(&held, word).is_empty(),
            "{word} was sent to others, too"
        );
    }
    app.restart().await;
    still_suppressed(&app).await;
}

/// They are known again when they turn up, and what they refused holds.
async fn still_suppressed(app: &TestApp) {
    let text = text_to(&format!("+{NUMBER}"), "once more");
    let (status, refused) = answer(app.call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (422, &json!("suppressed")),
        "{refused}"
    );
    let body = shared(BSUID, "back again", "and I").to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    app.until_applied().await;
    let back = app.contact(NUMBER).await;
    let messages = format!("/api/v1/messages?contact={back}");
    assert_eq!(app.data_of(&messages).await.len(), 1);
    let refusals = format!("/api/v1/suppressions?contact={back}");
    assert_eq!(app.data_of(&refusals).await.len(), 2);
    let (status, _) = answer(app.call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(status.as_u16(), 422);
    // And they may go again.
    let erasure = app.erase(&back).await;
    app.until_erased(&erasure).await;
    let (status, _) = answer(app.call("POST", "/api/v1/messages").json(&text)).await;
    assert_eq!(status.as_u16(), 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_is_cut_off_is_finished_by_the_next_start() {
    let mut app = TestApp::start_without_bus().await;
    for number in 0..600 {
        let (theirs, others) = (format!("canary-in-{number}."), format!("others-{number}"));
        let body = shared(BSUID, &theirs, &others);
        assert_eq!(app.notify(body.to_string().as_bytes()).await, 200);
    }
    app.until_applied().await;
    let contact = app.contact(NUMBER).await;
    let erasure = app.erase(&contact).await;
    assert_eq!(erasure["messages_total"], 600);
    let path = format!("/api/v1/erasures/{}", erasure["id"].as_str().unwrap());
    until("it has begun", async || {
        let step = app.get(&path).await["step"].clone();
        step != "waiting" && step != "names"
    })
    .await;
    for _ in 0..3 {
        app.restart().await;
    }
    let done = app.until_erased(&erasure).await;
    assert_eq!(done["erased"]["messages"], 600, "{done}");
    for number in 0..app.gateways() {
        app.stop_node(number).await;
    }
    let mut held = app.everything().await;
    files_below(app.data(), &mut held);
    for word in [NUMBER, NAME, USERNAME, BSUID, "canary-in-"] {
        assert_eq!(holders(&held, word), [""; 0], "{word} is left");
    }
    assert!(!holders(&held, "others-599").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_person_can_be_erased_and_only_by_an_admin() {
    let app = TestApp::start_without_bus().await;
    let (status, _) = answer(app.call("DELETE", "/api/v1/contacts/cnt_nobody")).await;
    assert_eq!(status.as_u16(), 404);
    let (status, _) = answer(app.call("GET", "/api/v1/erasures/era_none")).await;
    assert_eq!(status.as_u16(), 404);
    let body = shared(BSUID, "hello", "there").to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    app.until_applied().await;
    let contact = app.contact(NUMBER).await;
    let operator = json!({"name": "ops", "role": "operator"});
    let key = app.post("/api/v1/api-keys", &operator).await;
    let key = key["key"].as_str().unwrap();
    for (method, path) in [("DELETE", ""), ("GET", "/export")] {
        let url = app.url(&format!("/api/v1/contacts/{contact}{path}"));
        let request = app.http.request(method.parse().unwrap(), url);
        let (status, _) = answer(request.bearer_auth(key)).await;
        assert_eq!(status.as_u16(), 403, "{method}");
    }
}
