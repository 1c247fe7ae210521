//! Two channels with the same kinds of things on each, every one of them recognisable.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::post;
use gateway::clock::Clock;
use gateway::config::Config;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use simulator::{Fault, Number, Trouble};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::app::{CHANNEL, TestApp, settings, until};

/// A day of 2026, on a clock that only a test moves.
pub(super) const NOW: i64 = 1_795_219_200_000;

/// The channel beside the one that every test has.
pub(super) const VAULT: &str = "vault";
const VAULT_NUMBER: &str = "206540352242922";
const VAULT_WABA: &str = "202290129340398";

/// A gateway with both channels.
pub(super) struct House {
    pub(super) app: TestApp,
    pub(super) shop: Planted,
    pub(super) vault: Planted,
    /// It takes what it gets.
    pub(super) endpoint: String,
    _subscriber: JoinSet<()>,
}

/// What was put on a channel.
#[derive(Debug)]
pub(super) struct Planted {
    pub(super) channel: &'static str,
    pub(super) number: String,
    pub(super) waba: String,
    /// The user who wrote, without `+`.
    pub(super) user: String,
    /// Somebody who was only written to.
    pub(super) stranger: String,
    /// What the carrier calls the user's file.
    pub(super) file: String,
    /// What people wrote, and what a template or a file says or is called.
    pub(super) texts: Vec<String>,
    /// What people are called, and words of our own: keys, tags, notes.
    pub(super) names: Vec<String>,
    /// All ids of ours and of the carrier's.
    pub(super) ids: Vec<String>,
}

impl House {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(super) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Box::pin(Self::settle_in(change)).await
    }

    async fn settle_in(change: impl FnOnce(&mut Config)) -> Self {
        let mut settings = settings();
        settings.numbers.push(Number {
            waba: VAULT_WABA.into(),
            ..Number::new(VAULT_NUMBER, "15550009911")
        });
        let shop = settings.numbers[0].clone();
        let app = TestApp::start_with(Clock::fixed(NOW), settings, change).await;
        let token = format!("file:{}", app.data().join("access-token").display());
        let vault = json!({"id": VAULT, "name": "vault-name-canary", "access_token": token,
            "phone_number_id": VAULT_NUMBER, "waba_id": VAULT_WABA});
        app.post("/api/v1/channels", &vault).await;
        let (url, subscriber) = subscriber().await;
        let endpoint = app
            .post(
                "/api/v1/endpoints",
                &json!({"url": url, "description": "all"}),
            )
            .await;
        let endpoint = endpoint["id"].as_str().unwrap().to_owned();
        // What is not to be seen comes first, so that whoever sees the rest has passed it.
        let mut vault = plant(&app, VAULT, VAULT_NUMBER, VAULT_WABA).await;
        let mut shop = plant(&app, CHANNEL, shop.id.as_ref(), shop.waba.as_ref()).await;
        until_quiet(&app).await;
        for planted in [&mut vault, &mut shop] {
            planted.ids.extend(ids_of(&app, planted.channel).await);
        }
        Self {
            app,
            shop,
            vault,
            endpoint,
            _subscriber: subscriber,
        }
    }

    /// A new key.
    pub(super) async fn key(&self, body: Value) -> String {
        self.app.key_of(body).await
    }

    /// A request with another key.
    pub(super) fn call(&self, key: &str, method: &str, path: &str) -> RequestBuilder {
        self.app.call_with(key, method, path)
    }

    /// GET with another key.
    pub(super) async fn get(&self, key: &str, path: &str) -> (StatusCode, Value) {
        answer(self.call(key, "GET", path)).await
    }

    /// POST with another key.
    pub(super) async fn post(&self, key: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.call(key, "POST", path).json(body)).await
    }
}

impl TestApp {
    /// A new key.
    pub(crate) async fn key_of(&self, body: Value) -> String {
        let made = self.post("/api/v1/api-keys", &body).await;
        made["key"].as_str().unwrap().to_owned()
    }

    /// A request with another key.
    pub(crate) fn call_with(&self, key: &str, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        self.http.request(method, self.url(path)).bearer_auth(key)
    }
}

impl Planted {
    /// The first of its ids that begins so.
    pub(super) fn id(&self, kind: &str) -> &str {
        let mut ids = self.ids.iter();
        let found = ids.find(|id| id.starts_with(kind) && !id.is_empty());
        found.unwrap_or_else(|| panic!("nothing {kind} in {:?}", self.ids))
    }

    /// All by which it is recognised.
    pub(super) fn canaries(&self) -> Vec<String> {
        let own = [&self.number, &self.waba, &self.user, &self.stranger];
        let own = own.into_iter().cloned();
        own.chain(self.texts.iter().cloned())
            .chain(self.names.iter().cloned())
            .chain(self.ids.iter().cloned())
            .collect()
    }
}

/// The answer's status and body.
pub(super) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// Somebody who takes all events, and says so.
async fn subscriber() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let routes = Router::new().route("/hook", post(async |body: String| body));
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, server)
}

async fn plant(app: &TestApp, channel: &'static str, number: &str, waba: &str) -> Planted {
    let digit = if channel == VAULT { 7 } else { 3 };
    let user = format!("491700{digit}77001");
    let stranger = format!("491700{digit}77002");
    let mut planted = Planted {
        channel,
        file: String::new(),
        number: number.to_owned(),
        waba: waba.to_owned(),
        texts: ["inbound", "outbound", "dead", "template", "file", "bytes"]
            .map(|what| format!("{channel}-{what}-text"))
            .to_vec(),
        names: ["name", "user", "key", "tag", "note"]
            .map(|what| format!("{channel}-{what}-canary"))
            .to_vec(),
        ids: Vec::new(),
        user,
        stranger,
    };
    planted.file = come_in(app, &planted).await;
    go_out(app, &planted).await;
    let said = format!("{}. Thank you.", planted.texts[3]);
    let template = json!({"channel": channel, "name": format!("{channel}_template_canary"),
        "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": said}]});
    let template = app.post("/api/v1/templates", &template).await;
    let suppression = json!({"to": format!("+{}", planted.stranger), "channel": channel,
        "scope": "marketing", "note": planted.names[4]});
    app.post("/api/v1/suppressions", &suppression).await;
    planted.ids = vec![
        template["id"].as_str().unwrap().to_owned(),
        format!("{channel}_template_canary"),
    ];
    planted
}

/// Waits until nothing more happens by itself: templates are fetched and approved, and all is told.
async fn until_quiet(app: &TestApp) {
    let has = async |path: String| app.get(&path).await["data"] != json!([]);
    until("all has come to rest", async || {
        for channel in [CHANNEL, VAULT] {
            let templates = format!("/api/v1/templates?channel={channel}&status=APPROVED");
            let events = format!("/api/v1/events?channel={channel}&type=template");
            if !has(format!("{templates}&name={channel}_template_canary")).await
                || !has(format!("{templates}&name=hello_world")).await
                || !has(events).await
            {
                return false;
            }
        }
        app.until_applied().await;
        app.simulator.pending() == 0
            && !has("/api/v1/deliveries?state=pending&limit=1".to_owned()).await
    })
    .await;
}

/// A user writes and sends a file; what the carrier calls that.
async fn come_in(app: &TestApp, planted: &Planted) -> String {
    let user = app.simulator.user(&format!("+{}", planted.user));
    let user = user.with(planted.number.as_str());
    user.set_name(&planted.names[0]);
    user.says(&planted.texts[0]).await.unwrap();
    let bytes = Part::text(format!("%PDF-1.4 {}", planted.texts[5]));
    let bytes = bytes
        .file_name("a.pdf")
        .mime_str("application/pdf")
        .unwrap();
    let form = Form::new().text("messaging_product", "whatsapp");
    let form = form.text("type", "application/pdf").part("file", bytes);
    let upload = format!("/graph/v26.0/{}/media", planted.number);
    let (status, uploaded) = answer(app.call("POST", &upload).multipart(form)).await;
    assert_eq!(status, StatusCode::OK, "{uploaded}");
    let file = uploaded["id"].as_str().unwrap().to_owned();
    let content = json!({"id": file, "mime_type": "application/pdf",
        "filename": format!("{}.pdf", planted.texts[4])});
    user.sends("document", content).await.unwrap();
    let of = format!(
        "/api/v1/media?channel={}&direction=inbound",
        planted.channel
    );
    until("the file is here", async || {
        app.get(&of).await["data"][0]["state"] == "stored"
    })
    .await;
    file
}

/// Messages that arrive, that fail, and a file that was uploaded.
async fn go_out(app: &TestApp, planted: &Planted) {
    let text = |to: &str, body: &str| {
        json!({"channel": planted.channel, "to": format!("+{to}"), "type": "text",
            "text": {"body": body}, "tags": [planted.names[3]],
            "metadata": {"what": planted.texts[1]}})
    };
    let call = app.call("POST", "/api/v1/messages");
    let call = call.header("idempotency-key", &planted.names[2]);
    let (status, sent) = answer(call.json(&text(&planted.user, &planted.texts[1]))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    app.until_state(sent["id"].as_str().unwrap(), "delivered")
        .await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let dead = text(&planted.user, &planted.texts[2]);
    let dead = app.post("/api/v1/messages", &dead).await;
    app.until_state(dead["id"].as_str().unwrap(), "failed")
        .await;
    let to_stranger = json!({"channel": planted.channel, "type": "template",
        "to": format!("+{}", planted.stranger),
        "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let sent = app.post("/api/v1/messages", &to_stranger).await;
    app.until_state(sent["id"].as_str().unwrap(), "delivered")
        .await;
    let upload = app.call(
        "POST",
        &format!(
            "/api/v1/media?channel={}&filename={}.png",
            planted.channel, planted.texts[4]
        ),
    );
    let upload = upload.header("content-type", "image/png");
    let upload = upload.body(crate::media::png(500));
    let (status, uploaded) = answer(upload).await;
    assert_eq!(status, StatusCode::CREATED, "{uploaded}");
}

/// Every id that the API tells of things on a channel.
async fn ids_of(app: &TestApp, channel: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let lists = [
        format!("messages?channel={channel}&limit=500"),
        format!("conversations?channel={channel}&limit=500"),
        format!("media?channel={channel}&limit=500"),
        format!("dead-letters?channel={channel}&limit=500"),
        format!("suppressions?channel={channel}&limit=500"),
        format!("events?channel={channel}&limit=500"),
    ];
    let mut events = BTreeSet::new();
    for list in lists {
        let page = app.get(&format!("/api/v1/{list}")).await;
        let rows = page["data"].as_array().unwrap();
        assert!(!rows.is_empty(), "{list} is empty");
        for row in rows {
            for key in ["id", "wamid", "conversation_id", "contact_id"] {
                ids.extend(row[key].as_str().map(str::to_owned));
            }
            let media = row["content"]["document"]["id"].as_str();
            ids.extend(media.map(str::to_owned));
            if list.starts_with("events") {
                events.insert(row["id"].as_str().unwrap().to_owned());
            }
        }
    }
    let deliveries = app.get("/api/v1/deliveries?limit=500").await;
    for delivery in deliveries["data"].as_array().unwrap() {
        if events.contains(delivery["event_id"].as_str().unwrap()) {
            ids.insert(delivery["id"].as_str().unwrap().to_owned());
        }
    }
    ids
}
