//! A server that writes down each request and answers with what it was given, for endpoints
//! that the simulator does not know.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use serde_json::Value;
use tokio::task::JoinSet;
use url::Url;
use wharf_client::{AccessToken, Client};

/// A server that writes down what comes.
pub(crate) struct Desk {
    url: Url,
    notes: Arc<Mutex<Notes>>,
    /// Ends with the desk.
    _task: JoinSet<()>,
}

#[derive(Default)]
struct Notes {
    answers: VecDeque<(StatusCode, HeaderMap, Value)>,
    requests: Vec<Request>,
}

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query after the version, or after `/api`.
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
}

impl Request {
    /// The body as JSON; `null` if there is none.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let notes = Arc::new(Mutex::new(Notes::default()));
        let router = Router::new().fallback(note).with_state(Arc::clone(&notes));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            notes,
            _task: task,
        }
    }

    pub(crate) fn client(&self) -> Client {
        let builder = Client::builder(AccessToken::new("token").unwrap());
        // One folder, as the version is, so that a path without version is written down alike.
        let api = self.url.join("/api").unwrap();
        let builder = builder.base_url(self.url.clone()).api_base_url(api);
        builder.build().unwrap()
    }

    /// Answers the next request that has no answer yet.
    pub(crate) fn answer(&self, status: u16, body: Value) {
        self.answer_with(status, &[], body);
    }

    /// The same with headers.
    pub(crate) fn answer_with(&self, status: u16, headers: &[(&'static str, &str)], body: Value) {
        let status = StatusCode::from_u16(status).unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let mut notes = self.notes.lock().unwrap();
        notes.answers.push_back((status, headers, body));
    }

    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }

    /// How many requests were not looked at yet.
    pub(crate) fn count(&self) -> usize {
        self.notes.lock().unwrap().requests.len()
    }

    /// The last request.
    pub(crate) fn last(&self) -> Request {
        self.notes.lock().unwrap().requests.pop().unwrap()
    }
}

async fn note(
    State(notes): State<Arc<Mutex<Notes>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, axum::Json<Value>) {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.map_or("", |value| value.to_str().unwrap());
    let authorization = headers.get(header::AUTHORIZATION);
    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
    let path = uri.path_and_query().unwrap().as_str();
    let path = path.splitn(3, '/').nth(2).unwrap();
    let mut notes = notes.lock().unwrap();
    notes.requests.push(Request {
        method,
        path: path.to_owned(),
        content_type: content_type.to_owned(),
        authorization,
        body,
    });
    let (status, headers, body) = notes.answers.pop_front().unwrap();
    (status, headers, axum::Json(body))
}

/// A file of the fixtures that all crates share.
pub(crate) fn fixture(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
