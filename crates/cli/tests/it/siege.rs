//! A gateway under siege: load on every door, and what must be true once all is at rest.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use wharf_model::AppSecret;

/// How long anything that must happen may take to happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// What a siege shows once everything has come to rest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Messages accepted by the API.
    pub(crate) sent: usize,
    /// Webhooks answered with 200.
    pub(crate) received: usize,
    /// Messages that stay unknown: the call was cut off before WhatsApp took it. A person decides.
    pub(crate) unknown: usize,
    /// Webhooks answered with 200 that have no event.
    pub(crate) lost_webhooks: usize,
    /// Updates with more than one event.
    pub(crate) repeated_events: usize,
    /// Events that the subscriber never got, or got under two ids.
    pub(crate) undelivered_events: usize,
    /// Messages accepted by the API that it no longer knows.
    pub(crate) lost_messages: usize,
    /// Messages that never left the queue.
    pub(crate) stuck_messages: usize,
    /// Messages that WhatsApp accepted twice.
    pub(crate) doubled_messages: usize,
    /// Messages marked as failed although WhatsApp accepted them, or the other way.
    pub(crate) wrong_outcomes: usize,
}

/// Load on the gateways at some addresses, and what they promised while it went on.
#[derive(Debug)]
pub(crate) struct Siege {
    http: reqwest::Client,
    /// The gateways, each of which does everything.
    nodes: Vec<SocketAddr>,
    key: String,
    load: JoinSet<()>,
    ending: Arc<AtomicBool>,
    /// wamids of messages whose webhook was answered with 200.
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
    /// Our ids of messages that were answered with 202.
    accepted: Arc<Mutex<BTreeSet<String>>>,
    delivered: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Siege {
    pub(crate) fn new(nodes: Vec<SocketAddr>, key: &str) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback"
        )]
        let http = reqwest::Client::new();
        Self {
            http,
            nodes,
            key: key.to_owned(),
            load: JoinSet::new(),
            ending: Arc::default(),
            acknowledged: Arc::default(),
            accepted: Arc::default(),
            delivered: Arc::default(),
        }
    }

    /// The key that calls of the API are made with.
    pub(crate) fn sign_in(&mut self, key: &str) {
        key.clone_into(&mut self.key);
    }

    /// Whether the load is being taken away; for load of other kinds.
    pub(crate) fn ending(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ending)
    }

    /// Adds a load of another kind, which ends by itself when [`Siege::ending`] says so.
    pub(crate) fn add(&mut self, load: impl Future<Output = ()> + Send + 'static) {
        self.load.spawn(load);
    }

    /// Users who write; a message counts as acknowledged when its webhook was answered with 200.
    pub(crate) fn inbound(&mut self, secret: &AppSecret, numbers: &[String]) {
        let number = Arc::new(AtomicUsize::new(0));
        for _ in 0..4 {
            let (ending, number) = (Arc::clone(&self.ending), Arc::clone(&number));
            let acknowledged = Arc::clone(&self.acknowledged);
            let (http, nodes) = (self.http.clone(), self.nodes.clone());
            let (secret, numbers) = (secret.clone(), numbers.to_vec());
            self.load.spawn(async move {
                while !ending.load(Ordering::SeqCst) {
                    let number = number.fetch_add(1, Ordering::SeqCst);
                    let wamid = format!("wamid.CRASH{number}");
                    let phone_number_id = &numbers[number % numbers.len()];
                    let body = notification(phone_number_id, &wamid, number).to_string();
                    let signature = wharf_webhook::sign(&secret, body.as_bytes());
                    let node = nodes[number % nodes.len()];
                    let request = http
                        .post(format!("http://{node}/webhooks/whatsapp"))
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
    pub(crate) fn outbound(&mut self, channels: &[&'static str]) {
        for caller in 0..4 {
            let (ending, accepted) = (Arc::clone(&self.ending), Arc::clone(&self.accepted));
            let (http, key) = (self.http.clone(), self.key.clone());
            let nodes = self.nodes.clone();
            let channel = channels[caller % channels.len()];
            self.load.spawn(async move {
                let mut node = nodes.iter().cycle().skip(caller);
                for number in 0.. {
                    if ending.load(Ordering::SeqCst) {
                        return;
                    }
                    let body = json!({
                        "channel": channel, "to": format!("+1555{caller:03}{:04}", number % 500),
                        "type": "text", "text": {"body": format!("{caller}/{number}")},
                    });
                    let begun = Instant::now();
                    loop {
                        let node = node.next().unwrap();
                        let url = format!("http://{node}/api/v1/messages");
                        let request = http.post(url).bearer_auth(&key).json(&body);
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
    pub(crate) async fn subscriber(&self) -> SocketAddr {
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
        let address = listener.local_addr().unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own server, ends with the test"
        )]
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        address
    }

    /// Whether more than so many sends and webhooks were taken so far.
    pub(crate) fn has_load(&self, sent: usize, received: usize) -> bool {
        self.accepted.lock().unwrap().len() > sent
            && self.acknowledged.lock().unwrap().len() > received
    }

    /// What was promised so far: wamids of webhooks that were answered, our ids of messages that were accepted.
    pub(crate) fn promised(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let acknowledged = self.acknowledged.lock().unwrap().clone();
        (acknowledged, self.accepted.lock().unwrap().clone())
    }

    /// Takes the load away.
    pub(crate) async fn end_load(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        while let Some(done) = self.load.join_next().await {
            done.unwrap();
        }
    }

    /// Ends the load and waits until all is at rest; every event of the log.
    pub(crate) async fn rest(&mut self, simulator: &Simulator) -> Vec<Value> {
        self.end_load().await;
        self.until("the queue is empty", async |siege| {
            let mut waiting = false;
            for state in ["queued", "sending"] {
                let page = siege.get(&format!("messages?state={state}&limit=1")).await;
                waiting |= !page["data"].as_array().unwrap().is_empty();
            }
            !waiting
        })
        .await;
        simulator.wait_until_idle(PATIENCE).await.unwrap();
        self.until_applied().await;
        let events = self.list("events").await;
        let delivered = Arc::clone(&self.delivered);
        self.as_long_as_it_moves("every event is delivered", async |_| {
            let delivered = delivered.lock().unwrap();
            let arrived = events
                .iter()
                .filter(|event| delivered.contains_key(event["id"].as_str().unwrap()))
                .count();
            (arrived < events.len()).then(|| arrived.try_into().unwrap())
        })
        .await;
        events
    }

    /// Compares what everybody knows.
    pub(crate) async fn compare(&self, simulator: &Simulator, events: &[Value]) -> Findings {
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
        for send in simulator.accepted() {
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

    /// Waits until a gateway answers.
    pub(crate) async fn until_alive(&self, node: SocketAddr) {
        let begun = Instant::now();
        loop {
            let alive = self.http.get(format!("http://{node}/livez")).send().await;
            if alive.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "the gateway did not start");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until everything that was acknowledged is applied.
    pub(crate) async fn until_applied(&self) {
        self.as_long_as_it_moves("the inbox is applied", async |siege| {
            let status = siege.get("status").await;
            let waits = status["inbox"]["waiting"] != json!(false);
            waits.then(|| status["events"].as_u64().unwrap())
        })
        .await;
    }

    /// Waits until `left` says nothing more, as long as what it says changes: a busy machine may
    /// take long, and a gateway that stands still fails soon.
    async fn as_long_as_it_moves(&self, what: &str, left: impl AsyncFn(&Self) -> Option<u64>) {
        let (mut seen, mut moved_at) = (None, Instant::now());
        while let Some(now) = left(self).await {
            if seen != Some(now) {
                (seen, moved_at) = (Some(now), Instant::now());
            }
            assert!(
                moved_at.elapsed() < PATIENCE,
                "{what}: it stands still at {now}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn until(&self, what: &str, condition: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !condition(self).await {
            assert!(
                begun.elapsed() < PATIENCE,
                "{what}: not within {PATIENCE:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// GET from the first node, which must succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}/api/v1/{path}", self.nodes[0]);
        let request = self.http.get(url).bearer_auth(&self.key);
        let answer = request.send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// POST to the first node, which must succeed.
    pub(crate) async fn post(&self, path: &str, body: &Value) {
        let url = format!("http://{}/api/v1/{path}", self.nodes[0]);
        let request = self.http.post(url).bearer_auth(&self.key).json(body);
        let answer = request.send().await.unwrap();
        answer.error_for_status().unwrap();
    }

    /// All pages of a list.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
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

fn notification(phone_number_id: &str, wamid: &str, number: usize) -> Value {
    let user = format!("1666{:07}", number % 300);
    json!({"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "15550783881", "phone_number_id": phone_number_id,
            },
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": user, "user_id": format!("US.{user}")}],
            "messages": [{
                "from": user, "from_user_id": format!("US.{user}"), "id": wamid,
                "timestamp": "1795219200", "type": "text", "text": {"body": format!("{number}")},
            }],
        },
    }]}]})
}
