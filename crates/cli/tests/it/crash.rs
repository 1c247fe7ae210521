//! The gateway is killed again and again under load; nothing acknowledged is lost, nothing is sent
//! twice. A build that acknowledges too early fails the same test.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{Delays, RetrySchedule, Settings, Simulator};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How often the gateway is killed.
const KILLS: usize = 50;

/// How long it may run between two kills.
const LIFE: std::ops::Range<u64> = 20..150;

/// How long anything that must happen may take to happen.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_nothing_and_send_nothing_twice() {
    let found = Run::start(&[]).await.kill(KILLS, 1).await.settle().await;
    assert_eq!(
        found,
        Findings {
            sent: found.sent,
            received: found.received,
            unknown: found.unknown,
            ..Findings::default()
        }
    );
    println!("{found:?}");
    assert!(
        found.sent > 50 && found.received > 50,
        "too little happened: {found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_sees_what_a_too_early_acknowledgement_loses() {
    let found = Run::start(&["--acknowledge-early"])
        .await
        .kill(KILLS, 2)
        .await
        .settle()
        .await;
    println!("{found:?}");
    assert!(
        found.lost_webhooks > 0,
        "nothing was lost, so the test above proves nothing: {found:?}"
    );
}

/// What a run shows once everything has come to rest.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    /// Messages accepted by the API.
    sent: usize,
    /// Webhooks answered with 200.
    received: usize,
    /// Messages that stay unknown: the call was cut off before WhatsApp took it. A person decides.
    unknown: usize,
    /// Webhooks answered with 200 that have no event.
    lost_webhooks: usize,
    /// Updates with more than one event.
    repeated_events: usize,
    /// Events that the subscriber never got, or got under two ids.
    undelivered_events: usize,
    /// Messages accepted by the API that it no longer knows.
    lost_messages: usize,
    /// Messages that never left the queue.
    stuck_messages: usize,
    /// Messages that WhatsApp accepted twice.
    doubled_messages: usize,
    /// Messages marked as failed although WhatsApp accepted them, or the other way.
    wrong_outcomes: usize,
}

struct Run {
    simulator: Simulator,
    _platform: simulator::Running,
    data: tempfile::TempDir,
    address: SocketAddr,
    arguments: &'static [&'static str],
    child: Child,
    key: String,
    http: reqwest::Client,
    load: JoinSet<()>,
    ending: Arc<AtomicBool>,
    /// wamids of messages whose webhook was answered with 200.
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
    /// Our ids of messages that were answered with 202.
    accepted: Arc<Mutex<BTreeSet<String>>>,
    delivered: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Run {
    async fn start(arguments: &'static [&'static str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut settings = Settings {
            delays: Delays::NONE,
            auto_read: true,
            ..Settings::default()
        };
        settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(20), 100_000);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = listener.local_addr().unwrap();
        let data = tempfile::tempdir().unwrap();
        for (name, secret) in [
            ("app-secret", &settings.app.secret),
            ("verify-token", &settings.app.verify_token),
            ("access-token", &settings.access_token),
        ] {
            std::fs::write(data.path().join(name), secret.expose()).unwrap();
        }
        let number = settings.numbers[0].clone();
        let platform = Simulator::start(settings, listener).unwrap();
        // Taken once and used by every life of the gateway, so that the callback stays the same.
        let address = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let folder = data.path().display();
        let config = format!(
            "store = \"sqlite:{folder}/wharf.db\"\ndata_dir = \"{folder}\"\n\
             [server]\nlisten = \"{address}\"\n\
             [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{folder}/app-secret\"]\n\
             verify_token = \"file:{folder}/verify-token\"\n\
             [deliver]\nallow_networks = [\"127.0.0.0/8\"]\n\
             [send]\nbackoff_first_ms = 5\nbackoff_longest_ms = 50\nmax_attempts = 1000\n\
             [log]\nlevel = \"error\"\n"
        );
        std::fs::write(data.path().join("wharf.toml"), config).unwrap();
        let child = serve(data.path(), arguments);
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback"
        )]
        let http = reqwest::Client::new();
        let mut run = Self {
            simulator: platform.simulator.clone(),
            _platform: platform,
            data,
            address,
            arguments,
            child,
            key: String::new(),
            http,
            load: JoinSet::new(),
            ending: Arc::default(),
            acknowledged: Arc::default(),
            accepted: Arc::default(),
            delivered: Arc::default(),
        };
        run.until_alive().await;
        let key = std::fs::read_to_string(run.data.path().join("api-key")).unwrap();
        key.trim().clone_into(&mut run.key);
        let token = format!("file:{}/access-token", run.data.path().display());
        run.post(
            "channels",
            &json!({
                "id": "shop", "name": "Shop", "phone_number_id": number.id.to_string(),
                "waba_id": number.waba.to_string(), "access_token": token, "throughput": 1000,
            }),
        )
        .await;
        let url = run.subscriber().await;
        run.post("endpoints", &json!({"url": url})).await;
        let callback = format!("http://{}/webhooks/whatsapp", run.address);
        run.simulator.subscribe(&callback).await.unwrap();
        run.inbound();
        run.outbound();
        run
    }

    /// Kills the gateway at random moments and starts it again, while the load goes on.
    async fn kill(mut self, times: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..times {
            tokio::time::sleep(Duration::from_millis(random.random_range(LIFE))).await;
            self.child.kill().unwrap();
            self.child.wait().unwrap();
            self.child = serve(self.data.path(), self.arguments);
            self.until_alive().await;
        }
        self
    }

    /// Ends the load, waits until all is at rest, and compares what everybody knows.
    async fn settle(mut self) -> Findings {
        self.ending.store(true, Ordering::SeqCst);
        while let Some(done) = self.load.join_next().await {
            done.unwrap();
        }
        self.until("the queue is empty", async |run| {
            let mut waiting = false;
            for state in ["queued", "sending"] {
                let page = run.get(&format!("messages?state={state}&limit=1")).await;
                waiting |= !page["data"].as_array().unwrap().is_empty();
            }
            !waiting
        })
        .await;
        self.simulator.wait_until_idle(PATIENCE).await.unwrap();
        self.until("the inbox is applied", async |run| {
            run.get("status").await["inbox"]["waiting"] == json!(false)
        })
        .await;
        let events = self.list("events").await;
        let delivered = Arc::clone(&self.delivered);
        self.until("every event is delivered", async |_| {
            let delivered = delivered.lock().unwrap();
            events
                .iter()
                .all(|event| delivered.contains_key(event["id"].as_str().unwrap()))
        })
        .await;
        self.compare(&events).await
    }

    async fn compare(&self, events: &[Value]) -> Findings {
        let mut by_wamid = BTreeMap::<&str, usize>::new();
        for event in events.iter().filter(|event| event["event"] == "message") {
            *by_wamid
                .entry(event["data"]["message_id"].as_str().unwrap())
                .or_default() += 1;
        }
        let acknowledged = self.acknowledged.lock().unwrap().clone();
        let accepted = self.accepted.lock().unwrap().clone();
        let messages: BTreeMap<String, Value> = self
            .list("messages?direction=outbound")
            .await
            .into_iter()
            .map(|message| (message["id"].as_str().unwrap().to_owned(), message))
            .collect();
        let mut taken = BTreeMap::<String, usize>::new();
        for send in self.simulator.accepted() {
            *taken
                .entry(send.callback_data.unwrap_or_default())
                .or_default() += 1;
        }
        let delivered = self.delivered.lock().unwrap();
        let wrong = |message: &Value| {
            let taken = taken.contains_key(message["id"].as_str().unwrap());
            match message["state"].as_str().unwrap() {
                "sent" | "delivered" | "read" => !taken,
                // A lost call may have arrived or not; it is shown as unknown either way.
                "unknown" => false,
                _ => true,
            }
        };
        Findings {
            sent: accepted.len(),
            received: acknowledged.len(),
            unknown: messages
                .values()
                .filter(|message| message["state"] == "unknown")
                .count(),
            lost_webhooks: acknowledged
                .iter()
                .filter(|id| !by_wamid.contains_key(id.as_str()))
                .count(),
            repeated_events: by_wamid.values().filter(|count| **count > 1).count(),
            undelivered_events: events
                .iter()
                .filter(|event| {
                    let body = delivered.get(event["id"].as_str().unwrap());
                    body.is_none_or(|body| body == "two bodies")
                })
                .count(),
            lost_messages: accepted
                .iter()
                .filter(|id| !messages.contains_key(*id))
                .count(),
            stuck_messages: messages
                .values()
                .filter(|message| message["state"] == "queued")
                .count(),
            doubled_messages: taken.values().filter(|count| **count > 1).count(),
            wrong_outcomes: messages.values().filter(|message| wrong(message)).count(),
        }
    }

    /// Users who write; a message counts as acknowledged when its webhook was answered with 200.
    fn inbound(&mut self) {
        let number = Arc::new(AtomicUsize::new(0));
        for _ in 0..4 {
            let (ending, number) = (Arc::clone(&self.ending), Arc::clone(&number));
            let acknowledged = Arc::clone(&self.acknowledged);
            let (http, address) = (self.http.clone(), self.address);
            let secret = std::fs::read_to_string(self.data.path().join("app-secret")).unwrap();
            let secret = wharf_model::AppSecret::new(secret).unwrap();
            self.load.spawn(async move {
                while !ending.load(Ordering::SeqCst) {
                    let number = number.fetch_add(1, Ordering::SeqCst);
                    let wamid = format!("wamid.CRASH{number}");
                    let body = notification(&wamid, number).to_string();
                    let signature = wharf_webhook::sign(&secret, body.as_bytes());
                    let request = http
                        .post(format!("http://{address}/webhooks/whatsapp"))
                        .header("x-hub-signature-256", signature)
                        .body(body);
                    match request.send().await {
                        Ok(answer) if answer.status() == 200 => {
                            acknowledged.lock().unwrap().insert(wamid);
                        }
                        // Not acknowledged: it may be there or not, and Meta would try again.
                        _ => tokio::time::sleep(Duration::from_millis(2)).await,
                    }
                }
            });
        }
    }

    /// Callers who send; each repeats its key until it has an answer, as a good client does.
    fn outbound(&mut self) {
        for caller in 0..4 {
            let (ending, accepted) = (Arc::clone(&self.ending), Arc::clone(&self.accepted));
            let (http, key) = (self.http.clone(), self.key.clone());
            let url = format!("http://{}/api/v1/messages", self.address);
            self.load.spawn(async move {
                for number in 0.. {
                    if ending.load(Ordering::SeqCst) {
                        return;
                    }
                    let body = json!({
                        "channel": "shop", "to": format!("+1555{caller:03}{:04}", number % 500),
                        "type": "text", "text": {"body": format!("{caller}/{number}")},
                    });
                    let begun = Instant::now();
                    loop {
                        let request = http.post(&url).bearer_auth(&key).json(&body);
                        let request =
                            request.header("idempotency-key", format!("{caller}-{number}"));
                        if let Ok(answer) = request.send().await
                            && answer.status() == 202
                            && let Ok(answer) = answer.json::<Value>().await
                        {
                            let id = answer["id"].as_str().unwrap().to_owned();
                            assert!(accepted.lock().unwrap().insert(id), "one id for two keys");
                            break;
                        }
                        assert!(begun.elapsed() < PATIENCE, "the API did not come back");
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                }
            });
        }
    }

    /// A subscriber that keeps what it gets by id, and notes when one id comes with two bodies.
    async fn subscriber(&self) -> String {
        type Kept = Arc<Mutex<BTreeMap<String, String>>>;
        async fn take(State(kept): State<Kept>, body: String) {
            let event: Value = serde_json::from_str(&body).unwrap();
            let id = event["id"].as_str().unwrap().to_owned();
            let mut kept = kept.lock().unwrap();
            let known = kept.entry(id).or_insert_with(|| body.clone());
            if *known != body {
                "two bodies".clone_into(known);
            }
        }
        let routes = Router::new()
            .route("/", post(take))
            .with_state(Arc::clone(&self.delivered));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own server, ends with the test"
        )]
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        url
    }

    async fn until_alive(&mut self) {
        let begun = Instant::now();
        loop {
            let alive = self
                .http
                .get(format!("http://{}/livez", self.address))
                .send()
                .await;
            if alive.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("the gateway did not start again: {ended}");
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "the gateway did not start again"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn until(&self, what: &str, condition: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !condition(self).await {
            assert!(
                begun.elapsed() < PATIENCE,
                "{what}: not within {PATIENCE:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}/api/v1/{path}", self.address);
        let answer = self
            .http
            .get(url)
            .bearer_auth(&self.key)
            .send()
            .await
            .unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) {
        let url = format!("http://{}/api/v1/{path}", self.address);
        let answer = self
            .http
            .post(url)
            .bearer_auth(&self.key)
            .json(body)
            .send()
            .await
            .unwrap();
        answer.error_for_status().unwrap();
    }

    /// All pages of a list.
    async fn list(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit=500{cursor}")).await;
            items.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &std::path::Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_wharf"))
        .arg("serve")
        .arg("--config")
        .arg(data.join("wharf.toml"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn notification(wamid: &str, number: usize) -> Value {
    let user = format!("1666{:07}", number % 300);
    json!({"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "15550783881", "phone_number_id": "106540352242922",
            },
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": user, "user_id": format!("US.{user}")}],
            "messages": [{
                "from": user, "from_user_id": format!("US.{user}"), "id": wamid,
                "timestamp": "1795219200", "type": "text", "text": {"body": format!("{number}")},
            }],
        },
    }]}]})
}
