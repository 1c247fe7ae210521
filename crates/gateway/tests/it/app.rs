//! A gateway and a simulated WhatsApp in one process, each on a free port, with real files. Where the
//! tests run on a cluster, it is two gateways on one database and one bus, called in turns.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gateway::clock::Clock;
use gateway::config::{Config, SecretRef};
use gateway::ids::Random;
use gateway::{Environment, Running};
use serde_json::{Value, json};
use simulator::{Delays, RetrySchedule, Settings, Simulator};
use test_servers::Nats;
use tokio::net::TcpListener;

/// The channel that [`TestApp::start`] makes.
pub(crate) const CHANNEL: &str = "shop";

/// How long anything that must happen may take to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How long a lease lasts in tests.
pub(crate) const LEASE_SECONDS: u32 = 2;

/// A gateway that runs, the simulator that it talks to, and a client of its API.
pub(crate) struct TestApp {
    pub(crate) simulator: Simulator,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) http: reqwest::Client,
    pub(crate) key: String,
    nodes: Vec<Node>,
    _bus: Option<Nats>,
    _simulator: simulator::Running,
    calls: AtomicUsize,
    boots: u64,
    data: test_servers::Folder,
}

/// One gateway.
struct Node {
    address: SocketAddr,
    data_dir: PathBuf,
    gateway: Option<Running>,
}

impl TestApp {
    /// A gateway on the machine's clock with one channel, registered at the simulator.
    pub(crate) async fn start() -> Self {
        Self::start_with(Clock::system(), settings(), |_| {}).await
    }

    /// As [`TestApp::start`], and without a bus wherever the tests run.
    pub(crate) async fn start_without_bus() -> Self {
        let off = |config: &mut Config| config.nats.url = String::new().into();
        Self::start_with(Clock::system(), settings(), off).await
    }

    /// As [`TestApp::start`], with another clock, platform or configuration.
    pub(crate) async fn start_with(
        clock: Clock,
        settings: Settings,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = test_servers::Folder::new().unwrap();
        let secret = |name: &str, text: &str| {
            let path = data.path().join(name);
            std::fs::write(&path, text).unwrap();
            SecretRef::File(path)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config {
            store: data.store(),
            data_dir: data.path().to_owned(),
            ..Config::default()
        };
        config.cloud.base_url = graph.parse().unwrap();
        config.cloud.app_secrets = vec![secret("app-secret", settings.app.secret.expose())];
        config.cloud.verify_token = secret("verify-token", settings.app.verify_token.expose());
        config.deliver.allow_networks = vec!["127.0.0.0/8".to_owned()];
        // Clocks make leaps of days.
        config.deliver.disable_after_days = 0;
        // Of several gateways all see the same files.
        config.media.store = format!("file:{}", data.path().join("media").display());
        config.send.backoff_first_ms = 5;
        // Most tests send to one user.
        config.send.pair_pace = false;
        config.cluster.lease_seconds = LEASE_SECONDS;
        let bus = test_servers::Folder::is_for_cluster().then(|| Nats::start().unwrap());
        if let Some(bus) = &bus {
            config.nats.url = bus.url().into();
        }
        let token = secret("access-token", settings.access_token.expose());
        change(&mut config);
        let number = settings.numbers[0].clone();
        let running = Simulator::start(settings, listener).unwrap();
        let mut app = Self {
            simulator: running.simulator.clone(),
            clock,
            config,
            #[expect(
                clippy::disallowed_methods,
                reason = "a test's own client, to loopback"
            )]
            http: reqwest::Client::new(),
            key: String::new(),
            nodes: Vec::new(),
            _bus: bus,
            _simulator: running,
            calls: AtomicUsize::new(0),
            boots: 0,
            data,
        };
        app.add_node().await;
        if test_servers::Folder::is_for_cluster() {
            app.add_node().await;
        }
        let key = std::fs::read_to_string(app.data().join("api-key")).unwrap();
        key.trim().clone_into(&mut app.key);
        let channel = json!({
            "id": CHANNEL, "name": "Shop", "phone_number_id": number.id.to_string(),
            "waba_id": number.waba.to_string(), "access_token": token.to_string(),
        });
        app.post("/api/v1/channels", &channel).await;
        app.simulator
            .subscribe(&app.url("/webhooks/whatsapp"))
            .await
            .unwrap();
        app
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Stops the gateway as SIGTERM does, and starts it again on the same files and port. Of several
    /// one is restarted after the other.
    pub(crate) async fn restart(&mut self) {
        for number in 0..self.nodes.len() {
            self.stop_node(number).await;
            self.boot(number).await;
        }
    }

    /// The same, but all are stopped before the first one starts again: none works on with the
    /// settings of before.
    pub(crate) async fn restart_at_once(&mut self) {
        for number in 0..self.nodes.len() {
            self.stop_node(number).await;
        }
        for number in 0..self.nodes.len() {
            self.boot(number).await;
        }
    }

    /// Starts another gateway on the same database, with a folder of its own.
    async fn add_node(&mut self) {
        let number = self.nodes.len();
        let data_dir = match number {
            0 => self.config.data_dir.clone(),
            _ => self.data().join(format!("node-{number}")),
        };
        self.nodes.push(Node {
            address: ([127, 0, 0, 1], 0).into(),
            data_dir,
            gateway: None,
        });
        self.boot(number).await;
    }

    /// Stops one gateway as SIGTERM does.
    pub(crate) async fn stop_node(&mut self, number: usize) {
        if let Some(gateway) = self.nodes[number].gateway.take() {
            assert!(gateway.stop().await, "the gateway did not drain");
        }
    }

    async fn boot(&mut self, number: usize) {
        let node = &self.nodes[number];
        let listener = TcpListener::bind(node.address).await.unwrap();
        // Two runs must not make the same ids.
        self.boots += 1;
        let environment = Environment {
            clock: self.clock.clone(),
            random: Random::seeded(self.boots),
            listener: Some(listener),
            ..Environment::default()
        };
        let config = Config {
            data_dir: node.data_dir.clone(),
            ..self.config.clone()
        };
        let gateway = Running::start(config, environment).await.unwrap();
        let node = &mut self.nodes[number];
        node.address = gateway.address();
        node.gateway = Some(gateway);
    }

    /// A URL of a gateway; of several that run, the next one's.
    pub(crate) fn url(&self, path: &str) -> String {
        let running: Vec<&Node> = self
            .nodes
            .iter()
            .filter(|node| node.gateway.is_some())
            .collect();
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        format!("http://{}{path}", running[call % running.len()].address)
    }

    /// The metrics of all gateways, one after the other.
    pub(crate) async fn metrics(&self) -> String {
        let mut all = String::new();
        for _ in &self.nodes {
            let answer = self.call("GET", "/metrics").send().await.unwrap();
            all.push_str(&answer.text().await.unwrap());
        }
        all
    }

    /// How many gateways there are.
    pub(crate) fn gateways(&self) -> usize {
        self.nodes.len()
    }

    /// A request with the key.
    pub(crate) fn call(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.http
            .request(method, self.url(path))
            .bearer_auth(&self.key)
    }

    /// GET, which must succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        ok(self.call("GET", path)).await
    }

    /// POST, which must succeed.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        ok(self.call("POST", path).json(body)).await
    }

    /// Every event of the log, oldest first, through the pages of the API.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut events = Vec::new();
        let mut path = "/api/v1/events?limit=500".to_owned();
        loop {
            let page = self.get(&path).await;
            events.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/api/v1/events?limit=500&cursor={cursor}"),
                None => break,
            }
        }
        events.iter().for_each(is_documented);
        events
    }

    /// Posts a notification signed with the app secret; the status of the answer.
    pub(crate) async fn notify(&self, body: &[u8]) -> u16 {
        let secret = std::fs::read_to_string(self.data().join("app-secret")).unwrap();
        let signature = wharf_webhook::sign(&wharf_model::AppSecret::new(secret).unwrap(), body);
        let request = self
            .http
            .post(self.url("/webhooks/whatsapp"))
            .body(body.to_vec());
        let request = request.header("x-hub-signature-256", signature);
        request.send().await.unwrap().status().as_u16()
    }

    /// Waits until what came in has become events: the journal is read to its end.
    pub(crate) async fn until_applied(&self) {
        until("the inbox is applied", async || {
            self.get("/api/v1/status").await["inbox"]["waiting"] == json!(false)
        })
        .await;
    }
}

/// Each key of what the gateway says of itself stands in `docs/events.md`.
fn is_documented(event: &Value) {
    let (name, data) = (event["event"].as_str().unwrap(), &event["data"]);
    if !data["field"].is_null() || event["content_hidden"] == true {
        return; // It shows what Meta said.
    }
    if *data == json!({"erased": true}) {
        return; // Of a person who was erased nothing is left.
    }
    let catalogue = gateway::events_markdown();
    let (_, entry) = catalogue.split_once(&format!("\n## {name}\n")).unwrap();
    let entry = entry.split("\n## ").next().unwrap();
    for key in data.as_object().into_iter().flat_map(serde_json::Map::keys) {
        let shown = entry.contains(&format!("\"{key}\":")) || entry.contains(&format!("`{key}`"));
        assert!(shown, "{name} has {key}, which is not documented: {event}");
    }
}

/// A platform without delays, whose users do not read by themselves.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings {
        delays: Delays::NONE,
        ..Settings::default()
    };
    settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(20), 500);
    settings
}

/// Waits for `condition`, within [`PATIENCE`].
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn ok(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let (status, url) = (response.status(), response.url().clone());
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{url}: {status}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
