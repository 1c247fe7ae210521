//! The gateway is killed again and again under load; nothing acknowledged is lost, nothing is sent
//! twice. A build that acknowledges too early fails the same test.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use simulator::{Delays, RetrySchedule, Settings, Simulator};
use tokio::net::TcpListener;

use crate::siege::{Findings, Siege};

/// How often the gateway is killed.
const KILLS: usize = 50;

/// How long it may run between two kills.
const LIFE: std::ops::Range<u64> = 20..150;

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
        found.sent > 25 && found.received > 50,
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

/// A gateway as a process, with load on it.
pub(crate) struct Run {
    pub(crate) simulator: Simulator,
    _platform: simulator::Running,
    pub(crate) data: tempfile::TempDir,
    address: SocketAddr,
    arguments: &'static [&'static str],
    child: Child,
    pub(crate) siege: Siege,
}

impl Run {
    pub(crate) async fn start(arguments: &'static [&'static str]) -> Self {
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
        let secret = wharf_model::AppSecret::new(settings.app.secret.expose()).unwrap();
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
             [send]\npair_pace = false\nbackoff_first_ms = 5\nbackoff_longest_ms = 50\nmax_attempts = 1000\n\
             [log]\nlevel = \"error\"\n"
        );
        std::fs::write(data.path().join("wharf.toml"), config).unwrap();
        let child = serve(data.path(), arguments);
        let alive = Siege::new(vec![address], "");
        alive.until_alive(address).await;
        let key = std::fs::read_to_string(data.path().join("api-key")).unwrap();
        let mut siege = Siege::new(vec![address], key.trim());
        let token = format!("file:{folder}/access-token");
        siege
            .post(
                "channels",
                &json!({
                    "id": "shop", "name": "Shop", "phone_number_id": number.id.to_string(),
                    "waba_id": number.waba.to_string(), "access_token": token, "throughput": 1000,
                }),
            )
            .await;
        let url = format!("http://{}/", siege.subscriber().await);
        siege.post("endpoints", &json!({"url": url})).await;
        let callback = format!("http://{address}/webhooks/whatsapp");
        platform.simulator.subscribe(&callback).await.unwrap();
        siege.inbound(&secret, &[number.id.to_string()]);
        siege.outbound(&["shop"]);
        Self {
            simulator: platform.simulator.clone(),
            _platform: platform,
            data,
            address,
            arguments,
            child,
            siege,
        }
    }

    /// Kills the gateway at random moments and starts it again, while the load goes on; more often
    /// than asked on a machine that is too busy for much load.
    async fn kill(mut self, times: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut killed = 0;
        while killed < times || (killed < 4 * times && !self.siege.has_load(25, 50)) {
            killed += 1;
            tokio::time::sleep(Duration::from_millis(random.random_range(LIFE))).await;
            self.end();
            self.begin(self.arguments).await;
        }
        self
    }

    /// Kills the gateway.
    pub(crate) fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again.
    pub(crate) async fn begin(&mut self, arguments: &[&str]) {
        self.child = serve(self.data.path(), arguments);
        self.siege.until_alive(self.address).await;
    }

    /// Ends the load, waits until all is at rest, and compares what everybody knows.
    async fn settle(mut self) -> Findings {
        let events = self.siege.rest(&self.simulator).await;
        self.siege.compare(&self.simulator, &events).await
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
