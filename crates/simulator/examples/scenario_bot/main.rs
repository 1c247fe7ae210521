//! A small real bot for the Cloud API, without any crate of Wharf: what the shipped scenarios are played against.
//!
//! ```text
//! cargo build -p simulator --example scenario_bot
//! wharf scenario run scenarios --exec target/debug/examples/scenario_bot
//! ```
//!
//! `BOT_MISTAKE` makes it a bad bot, to see what a miss looks like: `twice`, `mute`, `forgets_stop`,
//! `no_memory`, `double_send`.
#![expect(clippy::print_stderr, reason = "a program tells where it listens")]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "a program of its own, which ends where its setup is wrong"
)]

mod talk;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::task::TaskTracker;

use crate::talk::Talk;

/// One transparent pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";
/// Codes that pass by themselves.
const AGAIN: [i64; 7] = [1, 2, 4, 80_007, 130_429, 131_000, 131_056];

/// What the bot knows; one short lock around all of it.
#[derive(Default)]
struct Memory {
    /// Webhook messages that were handled: a webhook may come twice.
    handled: HashSet<String>,
    greeted: HashSet<String>,
    stopped: HashSet<String>,
    no_offers: HashSet<String>,
    /// Template names that may not be sent at present.
    paused: HashSet<String>,
    cautious: bool,
    /// Sends that a status confirmed, by their callback data.
    confirmed: HashSet<String>,
    /// What to send instead when a send fails for the closed window.
    instead: HashMap<String, Value>,
    /// Texts that users wrote, by wamid.
    texts: HashMap<String, String>,
    orders: u32,
    sends: u32,
    lines: HashMap<String, UnboundedSender<Job>>,
}

struct Bot {
    http: reqwest::Client,
    graph: String,
    number: String,
    token: String,
    secret: String,
    verify: String,
    mistake: String,
    memory: Mutex<Memory>,
    tasks: TaskTracker,
}

/// What is done for one user, one after the other.
enum Job {
    Send(Value),
    Wait(Duration),
    /// Marks as read, with or without typing.
    Read(String, bool),
    /// Downloads a file and tells about it.
    Look(Value, Value),
    /// Uploads the picture and sends it.
    Picture(Value),
}

#[tokio::main]
async fn main() {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    let version = env("WHATSAPP_API_VERSION");
    let version = if version.is_empty() {
        "v24.0"
    } else {
        &version
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bot = Arc::new(Bot {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        graph: format!("{}/{version}", env("WHATSAPP_BASE_URL")),
        number: env("WHATSAPP_PHONE_NUMBER_ID"),
        token: env("WHATSAPP_ACCESS_TOKEN"),
        secret: env("WHATSAPP_APP_SECRET"),
        verify: env("WHATSAPP_VERIFY_TOKEN"),
        mistake: env("BOT_MISTAKE"),
        memory: Mutex::default(),
        tasks: TaskTracker::new(),
    });
    let port: u16 = env("PORT").parse().unwrap_or(3000);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    eprintln!("the bot listens on {}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/webhook", get(challenge).post(webhook))
        .with_state(bot);
    axum::serve(listener, router).await.unwrap();
}

async fn challenge(
    State(bot): State<Arc<Bot>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<String, StatusCode> {
    if query.get("hub.verify_token") == Some(&bot.verify) {
        return Ok(query.get("hub.challenge").cloned().unwrap_or_default());
    }
    Err(StatusCode::FORBIDDEN)
}

async fn webhook(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac = Hmac::<Sha256>::new_from_slice(bot.secret.as_bytes()).unwrap();
    mac.update(&body);
    let wanted = mac.finalize().into_bytes();
    let wanted = wanted.iter().fold("sha256=".to_owned(), |hex, byte| {
        hex + &format!("{byte:02x}")
    });
    if headers
        .get("x-hub-signature-256")
        .is_none_or(|got| got != wanted.as_str())
    {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(notification) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    for entry in list(&notification["entry"]) {
        for change in list(&entry["changes"]) {
            bot.change(text(&change["field"]), &change["value"]);
        }
    }
    StatusCode::OK
}

impl Bot {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    fn change(self: &Arc<Self>, field: &str, value: &Value) {
        match field {
            "messages" => {
                for message in list(&value["messages"]) {
                    self.message(message, &value["contacts"][0]);
                }
                for status in list(&value["statuses"]) {
                    self.status(status);
                }
            }
            "user_preferences" => {
                for preference in list(&value["user_preferences"]) {
                    let user = text(&preference["user_id"]).to_owned();
                    if preference["value"] == "stop" {
                        self.memory().no_offers.insert(user);
                    } else {
                        self.memory().no_offers.remove(&user);
                    }
                }
            }
            "message_template_status_update" => {
                let name = text(&value["message_template_name"]).to_owned();
                if value["event"] == "APPROVED" {
                    self.memory().paused.remove(&name);
                } else {
                    self.memory().paused.insert(name);
                }
            }
            "phone_number_quality_update" => self.memory().cautious = value["event"] == "FLAGGED",
            _ => {}
        }
    }

    fn status(self: &Arc<Self>, status: &Value) {
        let data = text(&status["biz_opaque_callback_data"]).to_owned();
        if status["status"] != "failed" {
            let mut memory = self.memory();
            memory.confirmed.insert(data.clone());
            memory.instead.remove(&data);
            return;
        }
        let instead = self.memory().instead.remove(&data);
        if let (131_047, Some(body)) = (status["errors"][0]["code"].as_i64().unwrap_or(0), instead)
        {
            self.line(&key_of(&body), Job::Send(body));
        }
    }

    fn message(self: &Arc<Self>, message: &Value, contact: &Value) {
        let id = text(&message["id"]).to_owned();
        if !self.memory().handled.insert(id.clone()) && self.mistake != "no_memory" {
            return;
        }
        let name = text(&contact["profile"]["name"]).to_owned();
        let user = match text(&message["from_user_id"]) {
            "" => text(&contact["user_id"]),
            id => id,
        }
        .to_owned();
        if message["type"] == "system" {
            let system = &message["system"];
            if system["type"] == "user_changed_number" {
                self.memory()
                    .greeted
                    .insert(text(&system["wa_id"]).to_owned());
            }
            return;
        }
        let to = match (message["group_id"].as_str(), message["from"].as_str()) {
            (Some(group), _) => json!({"recipient_type": "group", "to": group}),
            (None, Some(phone)) => json!({"to": format!("+{phone}")}),
            (None, None) => json!({"recipient": user}),
        };
        let talk = Talk {
            bot: Arc::clone(self),
            line: key_of(&to),
            phone: text(&message["from"]).to_owned(),
            to,
            user,
            name,
            id,
        };
        if self.mistake == "mute" {
            return;
        }
        if !message["group_id"].is_string() {
            let typing = message["text"]["body"] == "slow";
            talk.job(Job::Read(talk.id.clone(), typing));
        }
        talk.answer(message);
        if self.mistake == "twice" {
            talk.answer(message);
        }
    }

    /// Puts a job into the line of a user, so that answers keep their order.
    fn line(self: &Arc<Self>, user: &str, job: Job) {
        let mut memory = self.memory();
        let line = memory.lines.entry(user.to_owned()).or_insert_with(|| {
            let (line, mut jobs) = unbounded_channel();
            let bot = Arc::clone(self);
            self.tasks.spawn(async move {
                while let Some(job) = jobs.recv().await {
                    bot.work(job).await;
                }
            });
            line
        });
        let _ = line.send(job);
    }

    async fn work(&self, job: Job) {
        match job {
            Job::Send(body) => self.send(body).await,
            Job::Wait(time) => tokio::time::sleep(time).await,
            Job::Read(id, typing) => {
                let mut body =
                    json!({"messaging_product": "whatsapp", "status": "read", "message_id": id});
                if typing {
                    body["typing_indicator"] = json!({"type": "text"});
                }
                let _ = self.post("messages", &body).await;
            }
            Job::Look(file, to) => {
                let size = self.download(text(&file["id"])).await;
                let told = match size {
                    Some(size) => format!(
                        "I got your file: {}, {size} bytes.",
                        text(&file["mime_type"])
                    ),
                    None => "I could not get your file. Please send it again.".to_owned(),
                };
                self.send(with(&to, "text", json!({"body": told}))).await;
            }
            Job::Picture(to) => {
                if let Some(id) = self.upload().await {
                    let image = json!({"id": id, "caption": "Our shop"});
                    self.send(with(&to, "image", image)).await;
                }
            }
        }
    }

    /// Sends until it is accepted, and never a second time what was accepted already.
    async fn send(&self, mut body: Value) {
        let data = {
            let mut memory = self.memory();
            memory.sends += 1;
            let data = format!("bot-{}", memory.sends);
            if let Some(instead) = body.as_object_mut().and_then(|body| body.remove("instead")) {
                memory.instead.insert(data.clone(), instead);
            }
            data
        };
        body["messaging_product"] = json!("whatsapp");
        body["biz_opaque_callback_data"] = json!(data);
        let mut wait = Duration::from_millis(100);
        for _ in 0..40 {
            match self.post("messages", &body).await {
                Ok((200, _)) => return,
                Ok((status, answer)) => {
                    let code = answer["error"]["code"].as_i64();
                    if !code.map_or(status >= 500, |code| AGAIN.contains(&code)) {
                        eprintln!("refused with {code:?}");
                        return;
                    }
                }
                // Nobody knows whether it was accepted: a status tells, if it was.
                Err(()) => {
                    if self.mistake != "double_send" {
                        tokio::time::sleep(Duration::from_millis(1500)).await;
                        if self.memory().confirmed.contains(&data) {
                            return;
                        }
                    }
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(1));
        }
    }

    async fn post(&self, edge: &str, body: &Value) -> Result<(u16, Value), ()> {
        let url = format!("{}/{}/{edge}", self.graph, self.number);
        let request = self.http.post(url).bearer_auth(&self.token).json(body);
        let answer = request.send().await.map_err(|_| ())?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|_| ())?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    async fn download(&self, id: &str) -> Option<usize> {
        let get = |url: String| self.http.get(url).bearer_auth(&self.token).send();
        let found: Value = get(format!("{}/{id}", self.graph))
            .await
            .ok()?
            .json()
            .await
            .ok()?;
        let file = get(text(&found["url"]).to_owned()).await.ok()?;
        let file = file.error_for_status().ok()?;
        file.bytes().await.ok().map(|bytes| bytes.len())
    }

    async fn upload(&self) -> Option<String> {
        let part = reqwest::multipart::Part::bytes(PNG).file_name("shop.png");
        let form = reqwest::multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .part("file", part.mime_str("image/png").ok()?);
        let url = format!("{}/{}/media", self.graph, self.number);
        let request = self.http.post(url).bearer_auth(&self.token).multipart(form);
        let answer: Value = request.send().await.ok()?.json().await.ok()?;
        answer["id"].as_str().map(str::to_owned)
    }
}

fn with(to: &Value, kind: &str, content: Value) -> Value {
    let mut body = to.clone();
    body["type"] = json!(kind);
    body[kind] = content;
    body
}

/// The line of whoever a body goes to.
fn key_of(to: &Value) -> String {
    let to = to["to"].as_str().or_else(|| to["recipient"].as_str());
    to.unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
