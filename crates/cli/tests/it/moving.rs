//! A gateway moves from SQLite to PostgreSQL: the copy is killed again and again, and afterwards
//! nothing is lost, doubled or different.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{Delays, RetrySchedule, Settings, Simulator};
use test_servers::Database;
use tokio::net::TcpListener;

use crate::binary::{Beside, Ended, run, wharf};
use crate::siege::{Findings, Siege};

/// How often the copy is killed at a random moment.
const KILLS: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_moves_to_postgresql_however_often_the_copy_is_killed() {
    let mut moving = Moving::start().await;
    let before = moving.leave_work_behind().await;

    let tried = moving.copy(&[]);
    assert!(
        tried.err.contains("another process uses the database"),
        "{tried:?}"
    );
    moving.kill();

    // Killed between two tables, it has certainly begun and certainly not ended.
    let mut half = Beside::start(&mut moving.copy_command(&[]));
    half.err.next("of a table that is copied", |line| {
        line.starts_with("copied deliveries")
    });
    drop(half);
    let refused = run(&mut moving.serve_command("postgres.toml", &[]));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("half copy"), "{refused:?}");

    moving.kill_copies();
    let ended = moving.copy(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("both sides are the same"), "{ended:?}");

    moving.compare_finds_a_change();
    moving.serve("postgres.toml", &[]).await;
    moving.expect_the_same(&before).await;
    let found = moving.settle().await;
    println!("{found:?}");
    assert_eq!(
        found,
        Findings {
            sent: found.sent,
            received: found.received,
            unknown: found.unknown,
            ..Findings::default()
        }
    );
    assert!(
        found.sent > 50 && found.received > 50,
        "too little happened: {found:?}"
    );
}

struct Moving {
    simulator: Simulator,
    _platform: simulator::Running,
    database: Database,
    data: tempfile::TempDir,
    address: SocketAddr,
    child: Option<Child>,
    siege: Siege,
    http: reqwest::Client,
    key: String,
}

/// What the API told before the move.
struct Before {
    events: Vec<Value>,
    message: Value,
}

impl Moving {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut settings = Settings {
            delays: Delays::NONE,
            auto_read: true,
            ..Settings::default()
        };
        settings.webhooks.retries = RetrySchedule::every(Duration::from_millis(20), 100_000);
        let data = tempfile::tempdir().unwrap();
        for (name, secret) in [
            ("app-secret", &settings.app.secret),
            ("verify-token", &settings.app.verify_token),
            ("access-token", &settings.access_token),
        ] {
            std::fs::write(data.path().join(name), secret.expose()).unwrap();
        }
        let number = settings.numbers[0].clone();
        let secret = wharf_model::AppSecret::new(settings.app.secret.expose()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = listener.local_addr().unwrap();
        let platform = Simulator::start(settings, listener).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let database = Database::shared().unwrap();
        let sqlite = format!("sqlite:{}", data.path().join("wharf.db").display());
        for (name, store) in [("sqlite.toml", sqlite), ("postgres.toml", database.url())] {
            let config = config(&store, address, graph, data.path());
            std::fs::write(data.path().join(name), config).unwrap();
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback"
        )]
        let http = reqwest::Client::new();
        let mut moving = Self {
            simulator: platform.simulator.clone(),
            _platform: platform,
            database,
            data,
            address,
            child: None,
            siege: Siege::new(vec![address], ""),
            http,
            key: String::new(),
        };
        moving.serve("sqlite.toml", &[]).await;
        let key = std::fs::read_to_string(moving.data.path().join("api-key")).unwrap();
        key.trim().clone_into(&mut moving.key);
        moving.siege.sign_in(key.trim());
        let token = format!("file:{}/access-token", moving.data.path().display());
        let channel = json!({
            "id": "shop", "name": "Shop", "phone_number_id": number.id.to_string(),
            "waba_id": number.waba.to_string(), "access_token": token, "throughput": 1000,
        });
        moving.siege.post("channels", &channel).await;
        let url = format!("http://{}/", moving.siege.subscriber().await);
        moving.siege.post("endpoints", &json!({"url": url})).await;
        let callback = format!("http://{address}/webhooks/whatsapp");
        moving.simulator.subscribe(&callback).await.unwrap();
        moving.siege.inbound(&secret, &[number.id.to_string()]);
        moving.siege.outbound(&["shop"]);
        moving
    }

    /// Load for a while; then a gateway that only takes in, so that webhooks stay unread and
    /// messages queued.
    async fn leave_work_behind(&mut self) -> Before {
        self.siege
            .until("there are events", async |siege| {
                siege.get("status").await["events"].as_i64().unwrap() > 500
            })
            .await;
        self.kill();
        self.serve("sqlite.toml", &["--role", "none"]).await;
        let message = self.ask_for_a_message().await.1;
        self.siege
            .until("webhooks and messages wait", async |siege| {
                let queued = siege.get("messages?state=queued&limit=100").await;
                siege.get("status").await["inbox"]["waiting"] == json!(true)
                    && queued["data"].as_array().unwrap().len() > 50
            })
            .await;
        let events = self.siege.list("events").await;
        Before { events, message }
    }

    /// A request that is always the same; whether its answer is an old one, and the answer.
    async fn ask_for_a_message(&self) -> (bool, Value) {
        let url = format!("http://{}/api/v1/messages", self.address);
        let body = json!({
            "channel": "shop", "to": "+15558880000", "type": "text", "text": {"body": "Moving"},
        });
        let request = self.http.post(url).bearer_auth(&self.key).json(&body);
        let answer = request.header("idempotency-key", "moving").send();
        let answer = answer.await.unwrap().error_for_status().unwrap();
        let replayed = answer.headers().contains_key("idempotent-replayed");
        (replayed, answer.json().await.unwrap())
    }

    async fn expect_the_same(&self, before: &Before) {
        let events = self.siege.list("events").await;
        assert!(events.len() >= before.events.len());
        for (now, then) in events.iter().zip(&before.events) {
            assert_eq!(now, then);
        }
        let (replayed, message) = self.ask_for_a_message().await;
        assert!(replayed, "the request was taken as a new one");
        assert_eq!(message["id"], before.message["id"]);
    }

    /// Kills copies at random moments, until one comes to its end; some of them begin anew.
    fn kill_copies(&self) {
        let mut random = StdRng::seed_from_u64(7);
        let (mut seen, mut patience) = (BTreeSet::new(), 1);
        for number in 0..KILLS {
            let anew: &[&str] = if number % 3 == 2 { &["--restart"] } else { &[] };
            let mut command = self.copy_command(anew);
            let mut child = command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(random.random_range(20..200)) * patience);
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
            let copied = "SELECT SUM(copied) FROM store_copy";
            if !seen.insert(self.database.run(copied).unwrap()) {
                // A busy machine takes longer to come anywhere.
                patience = (patience * 2).min(16);
            }
        }
        // One kill between two tables is certain, see above; of these some should have met a copy.
        assert!(!seen.is_empty(), "the first copy came to its end");
    }

    /// The same command again only compares.
    fn compare_finds_a_change(&self) {
        let change = |to: i64| {
            let sql = format!("UPDATE events SET created_at = created_at + {to} WHERE seq = 77");
            self.database.run(&sql).unwrap();
        };
        change(1);
        let differs = self.copy(&[]);
        assert_eq!(differs.code, Some(1), "{differs:?}");
        assert!(differs.err.contains("table events differs"), "{differs:?}");
        change(-1);
        let same = self.copy(&[]);
        assert_eq!(same.code, Some(0), "{same:?}");
    }

    fn copy_command(&self, arguments: &[&str]) -> std::process::Command {
        let url = self.database.url();
        let copy = ["store", "copy", "--from", "wharf.db", "--to", &url];
        wharf(self.data.path(), &[&copy[..], arguments].concat())
    }

    fn copy(&self, arguments: &[&str]) -> Ended {
        run(&mut self.copy_command(arguments))
    }

    fn serve_command(&self, config: &str, arguments: &[&str]) -> std::process::Command {
        let serve = ["serve", "--config", config];
        wharf(self.data.path(), &[&serve[..], arguments].concat())
    }

    async fn serve(&mut self, config: &str, arguments: &[&str]) {
        let mut command = self.serve_command(config, arguments);
        self.child = Some(command.stdout(Stdio::null()).spawn().unwrap());
        self.siege.until_alive(self.address).await;
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Ends the load, waits until all is at rest, and compares what everybody knows.
    async fn settle(&mut self) -> Findings {
        let events = self.siege.rest(&self.simulator).await;
        self.siege.compare(&self.simulator, &events).await
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn config(store: &str, address: SocketAddr, graph: SocketAddr, data: &Path) -> String {
    let data = data.display();
    format!(
        "store = \"{store}\"\ndata_dir = \"{data}\"\n\
         [server]\nlisten = \"{address}\"\n\
         [cluster]\nlease_seconds = 2\n\
         [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{data}/app-secret\"]\n\
         verify_token = \"file:{data}/verify-token\"\n\
         [deliver]\nallow_networks = [\"127.0.0.0/8\"]\n\
         [send]\npair_pace = false\nbackoff_first_ms = 5\nbackoff_longest_ms = 50\nmax_attempts = 1000\n\
         [log]\nlevel = \"error\"\n"
    )
}
