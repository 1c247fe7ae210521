//! A started simulator with a client, and a callback that records what it gets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use serde_json::{Value, json};
use simulator::{Delays, RetrySchedule, Running, Settings, Simulator};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

pub(crate) const PHONE: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";
pub(crate) const APP: &str = "670843887433847";
pub(crate) const TOKEN: &str = "simulated-access-token";
pub(crate) const APP_TOKEN: &str = "670843887433847|simulated-app-secret";
pub(crate) const USER: &str = "+16505551234";
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Settings without delays, with quick retries.
pub(crate) fn quick() -> Settings {
    let mut settings = Settings {
        delays: Delays::NONE,
        ..Settings::default()
    };
    settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(5), 200);
    settings
}

/// A running simulator and a client for it.
pub(crate) struct Stage {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(quick()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let running = Simulator::start(settings, listener).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { running, http }
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        &self.running.simulator
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url)
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        self.call_as(TOKEN, method, path, body).await
    }

    /// The same with another token.
    pub(crate) async fn call_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, self.url(path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, Some(body)).await
    }

    /// `POST /messages` of the first number.
    pub(crate) async fn send(&self, body: &Value) -> (u16, Value) {
        self.post(&format!("/v24.0/{PHONE}/messages"), body).await
    }

    /// Sends a text that must be accepted; gives its wamid.
    pub(crate) async fn text(&self, body: &str) -> String {
        let (status, answer) = self.send(&text(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Uploads a small file; gives its handle.
    pub(crate) async fn uploaded(&self, mime_type: &str) -> String {
        let path =
            format!("/v24.0/{APP}/uploads?file_name=sample&file_length=4&file_type={mime_type}");
        let (status, session) = self.call("POST", &path, None).await;
        assert_eq!(status, 200, "{session}");
        let path = format!("/v24.0/{}", session["id"].as_str().unwrap());
        let upload = self.http.post(self.url(&path)).bearer_auth(TOKEN);
        let answer = upload.header("file_offset", 0).body("file").send().await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        answer["h"].as_str().unwrap().to_owned()
    }

    /// Puts handles of uploaded files where a template of the documentation has its own.
    pub(crate) async fn with_handles(&self, mut template: Value) -> Value {
        for (format, mime_type) in [
            ("IMAGE", "image/png"),
            ("DOCUMENT", "application/pdf"),
            ("VIDEO", "video/mp4"),
            ("GIF", "video/mp4"),
        ] {
            if has_format(&template, format) {
                let handle = self.uploaded(mime_type).await;
                set_handles(&mut template, format, &handle);
            }
        }
        template
    }

    pub(crate) async fn end(self) {
        tokio::time::timeout(PATIENCE, self.running.shutdown())
            .await
            .unwrap();
    }
}

fn is_of(value: &Value, format: &str) -> bool {
    let named = value["format"].as_str();
    named.is_some_and(|named| named.eq_ignore_ascii_case(format))
}

fn has_format(value: &Value, format: &str) -> bool {
    match value {
        Value::Object(fields) => {
            is_of(value, format) || fields.values().any(|value| has_format(value, format))
        }
        Value::Array(items) => items.iter().any(|item| has_format(item, format)),
        _ => false,
    }
}

fn set_handles(value: &mut Value, format: &str, handle: &str) {
    if value.is_object() && is_of(value, format) {
        let known = value.pointer_mut("/example/header_handle/0");
        if let Some(known) = known.filter(|known| known.as_str().unwrap().starts_with("4:")) {
            *known = json!(handle);
        }
    }
    match value {
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| set_handles(value, format, handle)),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| set_handles(item, format, handle)),
        _ => {}
    }
}

pub(crate) fn text(body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": body}})
}

/// One POST as the callback got it.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A callback: echoes the challenge for its token, answers 200 unless told otherwise.
#[derive(Clone)]
pub(crate) struct Callback {
    pub(crate) url: String,
    got: watch::Sender<Vec<Got>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    token: &'static str,
}

impl Callback {
    pub(crate) async fn new() -> Self {
        Self::with_token("simulated-verify-token").await
    }

    pub(crate) async fn with_token(token: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let callback = Self {
            url,
            got: watch::Sender::new(Vec::new()),
            answers: Arc::default(),
            token,
        };
        let router = Router::new()
            .route("/hook", get(challenge).post(take))
            .with_state(callback.clone());
        // Ends with the runtime of the test.
        TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
        callback
    }

    /// The next answers; then 200 again.
    pub(crate) fn answers(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.borrow().clone()
    }

    /// Waits for `n` POSTs.
    pub(crate) async fn wait(&self, n: usize) -> Vec<Got> {
        let mut got = self.got.subscribe();
        let reached = tokio::time::timeout(PATIENCE, got.wait_for(|got| got.len() >= n)).await;
        assert!(
            reached.is_ok(),
            "only {} of {n} notifications came",
            self.got().len()
        );
        drop(reached);
        self.got()
    }

    /// Waits for `n` POSTs and gives the value of each one's only change.
    pub(crate) async fn values(&self, n: usize) -> Vec<Value> {
        let got = self.wait(n).await;
        got.iter()
            .map(|got| got.json()["entry"][0]["changes"][0]["value"].clone())
            .collect()
    }
}

async fn challenge(
    State(callback): State<Callback>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<String, StatusCode> {
    let value = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let good = value("hub.mode") == "subscribe" && value("hub.verify_token") == callback.token;
    good.then(|| value("hub.challenge"))
        .ok_or(StatusCode::FORBIDDEN)
}

async fn take(State(callback): State<Callback>, headers: HeaderMap, body: Bytes) -> StatusCode {
    callback
        .got
        .send_modify(|got| got.push(Got { headers, body }));
    let status = callback.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

/// A simulator whose webhooks go to a callback.
pub(crate) async fn subscribed() -> (Stage, Callback) {
    subscribed_with(quick()).await
}

pub(crate) async fn subscribed_with(settings: Settings) -> (Stage, Callback) {
    let (stage, callback) = (Stage::with(settings).await, Callback::new().await);
    stage.simulator().subscribe(&callback.url).await.unwrap();
    (stage, callback)
}

/// Waits, bounded, until `done` holds.
pub(crate) async fn until(done: impl Fn() -> bool) {
    let reached = tokio::time::timeout(PATIENCE, async {
        while !done() {
            tokio::task::yield_now().await;
        }
    });
    reached.await.unwrap();
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
