//! Two gateways on one PostgreSQL and one NATS: each is killed in turn under load, the servers are
//! restarted, every connection is cut, and nothing acknowledged is lost or sent twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{Delays, Number, RetrySchedule, Settings, Simulator};
use test_servers::{Database, Durability, Nats, Postgres, Proxy};
use tokio::net::TcpListener;

use crate::siege::{Findings, PATIENCE, Siege};

/// How often each node is killed.
const KILLS: usize = 20;

/// A lease, in seconds: how long a dead node's work waits at most for another one.
const LEASE: u64 = 2;

/// The channels; a node of two sends for about half of them.
const CHANNELS: [&str; 4] = ["north", "east", "south", "west"];

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_lose_nothing_and_send_nothing_twice_whatever_is_killed_or_cut() {
    let found = Cluster::start().await.harass(1).await.settle().await;
    println!("{found:?}");
    assert_eq!(
        found,
        Found {
            siege: Findings {
                sent: found.siege.sent,
                received: found.siege.received,
                unknown: found.siege.unknown,
                ..Findings::default()
            },
            commands: found.commands,
            ..Found::default()
        }
    );
    let Findings { sent, received, .. } = found.siege;
    assert!(
        sent > 100 && received > 100 && found.commands > 50,
        "too little happened: {found:?}"
    );
}

/// What the siege of a cluster shows, beside what any siege does.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    siege: Findings,
    /// Commands that JetStream acknowledged.
    commands: usize,
    /// Those of them without a message.
    lost_commands: usize,
    /// Events of the log that are not in the stream.
    missing_in_stream: usize,
    /// Events of a channel that stand in the stream before an older one of it.
    out_of_order_in_stream: usize,
    /// Channels for which a node went on sending after another had begun.
    sent_by_two: usize,
}

/// A node, and a proxy on each of its ways out.
struct Node {
    data: tempfile::TempDir,
    address: SocketAddr,
    child: Child,
    ways: [Proxy; 4],
}

const DATABASE: usize = 0;
const BUS: usize = 1;
const GRAPH: usize = 2;
const SUBSCRIBER: usize = 3;

struct Cluster {
    simulator: Simulator,
    _platform: simulator::Running,
    numbers: Vec<String>,
    _front: Proxy,
    nodes: [Node; 2],
    siege: Siege,
    /// `request_id` of commands that JetStream has taken.
    commands: Arc<Mutex<BTreeSet<String>>>,
    bus: async_nats::Client,
    _database: Database,
    postgres: Postgres,
    nats: Nats,
}

impl Cluster {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let postgres = Postgres::start(Durability::PageCache).unwrap();
        let database = postgres.database().unwrap();
        let nats = Nats::start().unwrap();
        let numbers: Vec<Number> = (0..CHANNELS.len()).map(number).collect();
        let mut settings = Settings {
            delays: Delays::NONE,
            auto_read: true,
            numbers: numbers.clone(),
            ..Settings::default()
        };
        settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(20), 100_000);
        let secrets = [
            ("app-secret", settings.app.secret.expose().to_owned()),
            (
                "verify-token",
                settings.app.verify_token.expose().to_owned(),
            ),
            ("access-token", settings.access_token.expose().to_owned()),
        ];
        let secret = wharf_model::AppSecret::new(settings.app.secret.expose()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = listener.local_addr().unwrap();
        let platform = Simulator::start(settings, listener).unwrap();

        let addresses = [free_address().await, free_address().await];
        let mut siege = Siege::new(addresses.to_vec(), "");
        let subscriber = siege.subscriber().await;
        let nodes = addresses.map(|address| {
            let data = tempfile::tempdir().unwrap();
            for (name, text) in &secrets {
                std::fs::write(data.path().join(name), text).unwrap();
            }
            let local = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
            let ways = [
                Proxy::start(local(postgres.port())).unwrap(),
                Proxy::start(local(nats.port())).unwrap(),
                Proxy::watching(graph, "POST ").unwrap(),
                Proxy::start(subscriber).unwrap(),
            ];
            let store = database
                .url()
                .replace(&postgres.address(), &ways[DATABASE].address().to_string());
            let config = config(&store, address, &ways, data.path());
            std::fs::write(data.path().join("wharf.toml"), config).unwrap();
            let child = serve(data.path());
            Node {
                data,
                address,
                child,
                ways,
            }
        });
        for node in &nodes {
            siege.until_alive(node.address).await;
        }
        let key = nodes
            .iter()
            .find_map(|node| std::fs::read_to_string(node.data.path().join("api-key")).ok());
        siege.sign_in(key.unwrap().trim());
        for (id, number) in CHANNELS.into_iter().zip(&numbers) {
            let token = format!("file:{}/access-token", nodes[0].data.path().display());
            siege
                .post(
                    "channels",
                    &json!({
                        "id": id, "name": id, "phone_number_id": number.id.to_string(),
                        "waba_id": number.waba.to_string(), "access_token": token,
                        "throughput": 200,
                    }),
                )
                .await;
        }
        // Each node calls subscribers through a proxy of its own; to both it is one address, so the
        // one that is cut is the first node's.
        let url = format!("http://{}/", nodes[0].ways[SUBSCRIBER].address());
        siege.post("endpoints", &json!({"url": url})).await;
        let front = Proxy::balancing(addresses.to_vec()).unwrap();
        let callback = format!("http://{}/webhooks/whatsapp", front.address());
        platform.simulator.subscribe(&callback).await.unwrap();

        let bus = async_nats::connect(nats.url()).await.unwrap();
        let ids: Vec<String> = numbers.iter().map(|number| number.id.to_string()).collect();
        siege.inbound(&secret, &ids);
        siege.outbound(&CHANNELS);
        let mut cluster = Self {
            simulator: platform.simulator.clone(),
            _platform: platform,
            numbers: ids,
            _front: front,
            nodes,
            siege,
            commands: Arc::default(),
            bus,
            _database: database,
            postgres,
            nats,
        };
        cluster.command();
        cluster
    }

    /// Publishers that repeat a command, with its request id, until JetStream has taken it.
    fn command(&mut self) {
        for publisher in 0..2_usize {
            let ending = self.siege.ending();
            let jetstream = jetstream::new(self.bus.clone());
            let commands = Arc::clone(&self.commands);
            self.siege.add(async move {
                for number in 0.. {
                    if ending.load(Ordering::SeqCst) {
                        return;
                    }
                    let id = format!("cmd-{publisher}-{number}");
                    let command = json!({
                        "type": "text", "to": format!("1777{publisher:03}{:04}", number % 300),
                        "text": id, "request_id": id,
                    });
                    let subject = format!("wa.send.{}", CHANNELS[number % CHANNELS.len()]);
                    let begun = Instant::now();
                    loop {
                        let payload = command.to_string().into();
                        if let Ok(ack) = jetstream.publish(subject.clone(), payload).await
                            && ack.await.is_ok()
                        {
                            commands.lock().unwrap().insert(id);
                            break;
                        }
                        assert!(begun.elapsed() < PATIENCE, "JetStream did not come back");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    }

    /// Kills the nodes in turn, restarts the servers and cuts connections, while the load goes on.
    async fn harass(mut self, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        for round in 0..2 * KILLS {
            let life = random.random_range(100..500);
            tokio::time::sleep(Duration::from_millis(life)).await;
            let way = random.random_range(0..4);
            self.nodes[round % 2].ways[way].cut();
            match round % 10 {
                3 => {
                    self.postgres.stop().unwrap();
                    self.postgres.resume().unwrap();
                }
                5 => {
                    self.nats.stop().unwrap();
                    self.nats.resume().unwrap();
                }
                7 => {
                    self.postgres.kill().unwrap();
                    self.postgres.resume().unwrap();
                }
                9 => {
                    // Long enough for the leases to end: the other node must take over, and this
                    // one must have stopped.
                    let way = [DATABASE, GRAPH, BUS][random.random_range(0..3)];
                    let cut_off = &self.nodes[round / 10 % 2].ways[way];
                    cut_off.close();
                    tokio::time::sleep(Duration::from_secs(LEASE + 1)).await;
                    cut_off.reopen();
                }
                _ => {}
            }
            let node = &mut self.nodes[round % 2];
            node.child.kill().unwrap();
            node.child.wait().unwrap();
            if round % 4 == 0 {
                // Dead for longer than its leases last.
                tokio::time::sleep(Duration::from_secs(LEASE + 1)).await;
            }
            node.child = serve(node.data.path());
            self.siege.until_alive(node.address).await;
        }
        self
    }

    /// Ends the load, waits until all is at rest, and compares what everybody knows.
    async fn settle(mut self) -> Found {
        // The load ends before the commands are waited for: `rest` waits for what they became.
        let commands = Arc::clone(&self.commands);
        self.siege.end_load().await;
        self.siege
            .until("every command has been taken", async |siege| {
                let status = siege.get("nats/status").await;
                status["send_stream"]["messages"] == 0
            })
            .await;
        let events = self.siege.rest(&self.simulator).await;
        let siege = self.siege.compare(&self.simulator, &events).await;
        let asked: BTreeSet<String> = self
            .siege
            .list("messages?direction=outbound")
            .await
            .iter()
            .filter_map(|message| Some(message["request_id"].as_str()?.to_owned()))
            .collect();
        let commands = commands.lock().unwrap().clone();
        let streamed = self.streamed(events.len()).await;
        let (missing_in_stream, out_of_order_in_stream) = compare(&events, &streamed);
        Found {
            siege,
            commands: commands.len(),
            lost_commands: commands.difference(&asked).count(),
            missing_in_stream,
            out_of_order_in_stream,
            sent_by_two: self.sent_by_two(),
        }
    }

    /// Ids of the events in `WA_EVENTS`, in its order, once there are as many as in the log.
    async fn streamed(&self, logged: usize) -> Vec<String> {
        let jetstream = jetstream::new(self.bus.clone());
        let begun = Instant::now();
        let mut stream = jetstream.get_stream("WA_EVENTS").await.unwrap();
        loop {
            let kept = stream.info().await.unwrap().state.messages;
            if usize::try_from(kept).unwrap() >= logged {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{kept} of {logged} events were published"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let consumer = stream
            .create_consumer(jetstream::consumer::pull::OrderedConfig::default())
            .await
            .unwrap();
        let mut messages = consumer.messages().await.unwrap();
        let mut ids = Vec::new();
        loop {
            let message = messages.next().await.unwrap().unwrap();
            let body: Value = serde_json::from_slice(&message.payload).unwrap();
            ids.push(body["id"].as_str().unwrap().to_owned());
            if message.info().unwrap().pending == 0 {
                return ids;
            }
        }
    }

    /// How often a node sent for a channel again sooner after another one did than a lease allows.
    fn sent_by_two(&self) -> usize {
        let calls = |node: usize| {
            let seen = self.nodes[node].ways[GRAPH].seen();
            seen.into_iter().map(move |(at, line)| (at, node, line))
        };
        let mut all: Vec<_> = calls(0).chain(calls(1)).collect();
        all.sort_by_key(|(at, ..)| *at);
        let mut wrong = 0;
        for number in &self.numbers {
            let path = format!("/{number}/messages");
            let mut sent_before = [false; 2];
            let mut sender = None;
            let mut since = Instant::now();
            for (at, node, _) in all.iter().filter(|(.., line)| line.contains(&path)) {
                if sender != Some(*node) {
                    // Back again: the other's lease must have run out, or been given back, since.
                    let soon = at.duration_since(since) < Duration::from_secs(LEASE) / 4;
                    wrong += usize::from(sent_before[*node] && soon);
                    (sender, since) = (Some(*node), *at);
                }
                sent_before[*node] = true;
            }
        }
        wrong
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _ = node.child.kill();
            let _ = node.child.wait();
        }
    }
}

/// How many events are missing in the stream, and how many come too early there within a channel.
fn compare(events: &[Value], streamed: &[String]) -> (usize, usize) {
    let mut place = BTreeMap::new();
    for (index, id) in streamed.iter().enumerate() {
        // Only the first time counts: after a break an event may be there twice.
        place.entry(id.as_str()).or_insert(index);
    }
    let (mut missing, mut early) = (0, 0);
    let mut last = BTreeMap::<&str, usize>::new();
    for event in events {
        match place.get(event["id"].as_str().unwrap()) {
            None => missing += 1,
            Some(index) => {
                let last = last
                    .entry(event["session_id"].as_str().unwrap())
                    .or_default();
                early += usize::from(*index < *last);
                *last = *index;
            }
        }
    }
    (missing, early)
}

fn number(index: usize) -> Number {
    Number {
        id: format!("10654035224292{index}").into(),
        display_phone_number: format!("1555078388{index}"),
        ..Number::default()
    }
}

async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

fn config(store: &str, address: SocketAddr, ways: &[Proxy; 4], data: &std::path::Path) -> String {
    let (data, nats, graph) = (data.display(), ways[BUS].address(), ways[GRAPH].address());
    format!(
        "store = \"{store}\"\ndata_dir = \"{data}\"\n\
         [server]\nlisten = \"{address}\"\n\
         [cluster]\nlease_seconds = {LEASE}\n\
         [nats]\nurl = \"nats://{nats}\"\n\
         [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{data}/app-secret\"]\n\
         verify_token = \"file:{data}/verify-token\"\n\
         [deliver]\nallow_networks = [\"127.0.0.0/8\"]\n\
         [send]\npair_pace = false\nbackoff_first_ms = 5\nbackoff_longest_ms = 50\nmax_attempts = 1000\n\
         [log]\nlevel = \"error\"\n"
    )
}

fn serve(data: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_wharf"))
        .arg("serve")
        .arg("--config")
        .arg(data.join("wharf.toml"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
