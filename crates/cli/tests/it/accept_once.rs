//! One accept per key: callers repeat themselves in parallel on two nodes that are killed in turn,
//! and some answers of the carrier are dropped after it has accepted.
//!
//! `ACCEPT_ONCE_SENDS` says how many keys there are, 1,000 in the suite.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{Delays, Fault, Number, RetrySchedule, Settings, Simulator, Trouble};
use test_servers::{Durability, Postgres, Proxy};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::siege::{PATIENCE, Siege};

/// Keys without a word in the environment.
const SENDS: usize = 1_000;

/// Callers at a time.
const CALLERS: usize = 16;

/// A lease, in seconds.
const LEASE: u64 = 2;

const CHANNELS: [&str; 4] = ["north", "east", "south", "west"];

/// What everybody knows at the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    keys: usize,
    /// Requests made for them, with the repeats but without those that were not answered.
    answers: usize,
    kills: usize,
    /// Messages that the gateway knows.
    messages: usize,
    /// Sends that the carrier accepted.
    accepted: usize,
    /// Messages of which nobody knows.
    unknown: usize,
    /// Keys that were answered with more than one message.
    split_keys: usize,
    /// Messages that the carrier accepted more than once.
    doubled: usize,
    /// Messages that the carrier did not accept, and that are not unknown.
    missing: usize,
    /// Messages that the carrier accepted and the gateway shows as something else.
    misjudged: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_is_accepted_once_whoever_repeats_it_and_whatever_is_killed() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the test runs is for whoever runs it"
    )]
    let sends = std::env::var("ACCEPT_ONCE_SENDS");
    let sends = sends.map_or(SENDS, |sends| sends.parse().unwrap());
    let begun = Instant::now();
    let found = Trial::start(sends).await.run(sends).await;
    println!("{found:?} in {:?}", begun.elapsed());
    assert!(found.answers > sends && found.kills > 1, "{found:?}");
    assert_eq!(
        found,
        Found {
            keys: sends,
            messages: sends,
            answers: found.answers,
            kills: found.kills,
            accepted: found.accepted,
            unknown: found.unknown,
            ..Found::default()
        }
    );
    assert!(found.accepted + found.unknown >= sends, "{found:?}");
    // Only a kill can leave a message unknown that the carrier never heard of.
    assert!(found.unknown <= sends / 50 + 20 * found.kills, "{found:?}");
}

struct Node {
    data: tempfile::TempDir,
    address: SocketAddr,
    child: Child,
}

/// Two nodes on one database, and a carrier that drops one answer in a hundred.
struct Trial {
    simulator: Simulator,
    _platform: simulator::Running,
    _front: Proxy,
    nodes: Vec<Node>,
    siege: Siege,
    http: reqwest::Client,
    key: String,
    _database: test_servers::Database,
    _postgres: Postgres,
}

impl Trial {
    async fn start(sends: usize) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let postgres = Postgres::start(Durability::PageCache).unwrap();
        let database = postgres.database().unwrap();
        let numbers: Vec<Number> = (0..CHANNELS.len()).map(number).collect();
        let mut settings = Settings {
            delays: Delays::NONE,
            numbers: numbers.clone(),
            ..Settings::default()
        };
        settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(50), 100_000);
        settings.history.accepted = settings.history.accepted.max(sends * 2);
        let secrets = [
            ("app-secret", settings.app.secret.expose().to_owned()),
            (
                "verify-token",
                settings.app.verify_token.expose().to_owned(),
            ),
            ("access-token", settings.access_token.expose().to_owned()),
        ];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = listener.local_addr().unwrap();
        let platform = Simulator::start(settings, listener).unwrap();
        let mut nodes = Vec::new();
        for _ in 0..2 {
            let address = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = address.local_addr().unwrap();
            let data = tempfile::tempdir().unwrap();
            for (name, text) in &secrets {
                std::fs::write(data.path().join(name), text).unwrap();
            }
            let config = config(&database.url(), address, graph, data.path());
            std::fs::write(data.path().join("wharf.toml"), config).unwrap();
            let child = serve(data.path());
            nodes.push(Node {
                data,
                address,
                child,
            });
        }
        let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
        let mut siege = Siege::new(addresses.clone(), "");
        for address in &addresses {
            siege.until_alive(*address).await;
        }
        let key = nodes
            .iter()
            .find_map(|node| std::fs::read_to_string(node.data.path().join("api-key")).ok());
        let key = key.unwrap().trim().to_owned();
        siege.sign_in(&key);
        for (id, number) in CHANNELS.into_iter().zip(&numbers) {
            let token = format!("file:{}/access-token", nodes[0].data.path().display());
            let channel = json!({
                "id": id, "name": id, "phone_number_id": number.id.to_string(),
                "waba_id": number.waba.to_string(), "access_token": token, "throughput": 1000,
            });
            siege.post("channels", &channel).await;
        }
        let front = Proxy::balancing(addresses).unwrap();
        let callback = format!("http://{}/webhooks/whatsapp", front.address());
        platform.simulator.subscribe(&callback).await.unwrap();
        let dropped = Fault::new(Trouble::CutAfterAccepting).probability(0.01);
        platform.simulator.fault(dropped);
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback"
        )]
        let http = reqwest::Client::new();
        Self {
            simulator: platform.simulator.clone(),
            _platform: platform,
            _front: front,
            nodes,
            siege,
            http,
            key,
            _database: database,
            _postgres: postgres,
        }
    }

    /// Sends under that many keys while the nodes are killed in turn, waits until all is at rest, and
    /// counts.
    async fn run(mut self, sends: usize) -> Found {
        let answered = Arc::new(Mutex::new(BTreeMap::<usize, BTreeSet<String>>::new()));
        let (next, answers) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let over = Arc::new(AtomicBool::new(false));
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let door = Door {
                http: self.http.clone(),
                nodes: self.nodes.iter().map(|node| node.address).collect(),
                key: self.key.clone(),
            };
            let (next, answers) = (Arc::clone(&next), Arc::clone(&answers));
            let answered = Arc::clone(&answered);
            callers.spawn(async move {
                let mut random = StdRng::seed_from_u64(caller.try_into().unwrap());
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= sends {
                        return;
                    }
                    let times = match number % 10 {
                        0 => random.random_range(2..=5),
                        _ => 1,
                    };
                    let calls = (0..times).map(|repeat| door.send(number, caller + repeat));
                    for id in futures_util::future::join_all(calls).await {
                        answers.fetch_add(1, Ordering::SeqCst);
                        answered
                            .lock()
                            .unwrap()
                            .entry(number)
                            .or_default()
                            .insert(id);
                    }
                }
            });
        }
        let sending = {
            let over = Arc::clone(&over);
            async move {
                while let Some(done) = callers.join_next().await {
                    done.unwrap();
                }
                over.store(true, Ordering::SeqCst);
            }
        };
        let ((), kills) = tokio::join!(sending, harass(&mut self.nodes, &self.siege, &over));
        let answered = std::mem::take(&mut *answered.lock().unwrap());
        let counted = Found {
            keys: answered.len(),
            answers: answers.load(Ordering::SeqCst),
            kills,
            split_keys: answered.values().filter(|ids| ids.len() > 1).count(),
            ..Found::default()
        };
        self.count(counted).await
    }

    async fn count(&self, counted: Found) -> Found {
        let begun = Instant::now();
        for state in ["queued", "sending"] {
            let path = format!("messages?state={state}&limit=1");
            while self.siege.get(&path).await["data"] != json!([]) {
                assert!(begun.elapsed() < 5 * PATIENCE, "messages are still {state}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        self.simulator.wait_until_idle(5 * PATIENCE).await.unwrap();
        self.siege.until_applied().await;
        let mut taken = BTreeMap::<String, usize>::new();
        for send in self.simulator.accepted() {
            *taken
                .entry(send.callback_data.unwrap_or_default())
                .or_default() += 1;
        }
        let messages = self.siege.list("messages?direction=outbound").await;
        let mut found = Found {
            messages: messages.len(),
            accepted: taken.values().sum(),
            doubled: taken.values().filter(|times| **times > 1).count(),
            ..counted
        };
        for message in &messages {
            let is_taken = taken.contains_key(message["id"].as_str().unwrap());
            match (message["state"].as_str().unwrap(), is_taken) {
                ("unknown", _) => found.unknown += 1,
                ("accepted" | "sent" | "delivered", true) => {}
                (_, true) => found.misjudged += 1,
                (_, false) => found.missing += 1,
            }
        }
        found
    }
}

/// Kills the nodes in turn and starts them again, until the sending is over; how often.
async fn harass(nodes: &mut [Node], siege: &Siege, over: &AtomicBool) -> usize {
    let mut random = StdRng::seed_from_u64(6);
    let mut kills = 0;
    while !over.load(Ordering::SeqCst) || kills < 2 {
        let life = random.random_range(300..1500);
        tokio::time::sleep(Duration::from_millis(life)).await;
        let node = &mut nodes[kills % 2];
        node.child.kill().unwrap();
        node.child.wait().unwrap();
        if kills % 4 == 0 {
            // Dead for longer than its leases last: the other node takes over.
            tokio::time::sleep(Duration::from_secs(LEASE + 1)).await;
        }
        node.child = serve(node.data.path());
        siege.until_alive(node.address).await;
        kills += 1;
    }
    kills
}

/// Both nodes, as a caller sees them.
struct Door {
    http: reqwest::Client,
    nodes: Vec<SocketAddr>,
    key: String,
}

impl Door {
    /// Repeats one request until a node has answered it; our id of the message.
    async fn send(&self, number: usize, first: usize) -> String {
        let body = json!({
            "channel": CHANNELS[number % CHANNELS.len()], "to": format!("+1555{number:07}"),
            "type": "text", "text": {"body": number.to_string()},
        });
        let begun = Instant::now();
        for node in self.nodes.iter().cycle().skip(first) {
            let request = self
                .http
                .post(format!("http://{node}/api/v1/messages"))
                .bearer_auth(&self.key)
                .header("idempotency-key", format!("once-{number}"))
                .json(&body);
            if let Ok(answer) = request.send().await
                && answer.status() == 202
                && let Ok(answer) = answer.json::<Value>().await
            {
                return answer["id"].as_str().unwrap().to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "the API did not come back");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("the nodes are asked for ever")
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _ = node.child.kill();
            let _ = node.child.wait();
        }
    }
}

fn number(index: usize) -> Number {
    Number {
        id: format!("10654035224293{index}").into(),
        display_phone_number: format!("1555078389{index}"),
        ..Number::default()
    }
}

fn config(store: &str, address: SocketAddr, graph: SocketAddr, data: &std::path::Path) -> String {
    let data = data.display();
    format!(
        "store = \"{store}\"\ndata_dir = \"{data}\"\n\
         [server]\nlisten = \"{address}\"\n\
         [cluster]\nlease_seconds = {LEASE}\n\
         [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{data}/app-secret\"]\n\
         verify_token = \"file:{data}/verify-token\"\n\
         [send]\nbackoff_first_ms = 5\nbackoff_longest_ms = 50\nmax_attempts = 1000\n\
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
