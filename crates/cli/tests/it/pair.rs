//! A gateway and a simulator that know each other, each in a process of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::binary::{Beside, LIMIT, run, wharf};

const SECRETS: [(&str, &str); 3] = [
    ("app-secret", "canary-app-secret"),
    ("verify-token", "canary-verify-token"),
    ("access-token", "canary-access-token"),
];

/// A gateway and a simulator that know each other.
pub(crate) struct Pair {
    folder: tempfile::TempDir,
    pub(crate) gateway: Beside,
    _simulator: Beside,
    pub(crate) url: String,
    pub(crate) simulator_url: String,
}

impl Pair {
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// With more of a configuration.
    pub(crate) fn start_with(more: &str) -> Self {
        Self::begin(more, "127.0.0.1:0", None)
    }

    /// With something in front of the simulator: made for this address, found at the one it gives.
    pub(crate) fn start_behind(more: &str, front: impl FnOnce(SocketAddr) -> String) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        Self::begin(more, &address.to_string(), Some(&front(address)))
    }

    fn begin(more: &str, listen: &str, public: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, secret) in SECRETS {
            fs::write(folder.path().join(name), secret).unwrap();
        }
        let mut simulate = vec![
            "simulate",
            "--listen",
            listen,
            "--app-secret",
            "file:app-secret",
            "--verify-token",
            "file:verify-token",
            "--access-token",
            "file:access-token",
        ];
        simulate.extend(
            public
                .map(|url| ["--public-url", url])
                .into_iter()
                .flatten(),
        );
        let mut simulator = Beside::start(&mut wharf(folder.path(), &simulate));
        let simulator_url = simulator.out.after("simulated Graph API  ");
        let config = format!(
            "[cloud]\nbase_url = \"{}\"\napp_secrets = [\"file:app-secret\"]\n\
             verify_token = \"file:verify-token\"\n{more}",
            public.unwrap_or(&simulator_url)
        );
        fs::write(folder.path().join("wharf.toml"), config).unwrap();
        let serve = ["serve", "--config", "wharf.toml", "--listen", "127.0.0.1:0"];
        let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
        let url = gateway.out.after("wharf listens on ");
        let pair = Self {
            folder,
            gateway,
            _simulator: simulator,
            url,
            simulator_url,
        };
        pair.register();
        pair
    }

    /// The key that the gateway has made on its first start.
    pub(crate) fn key(&self) -> String {
        let key = fs::read_to_string(self.path().join("wharf-data/api-key")).unwrap();
        key.trim().to_owned()
    }

    /// Starts the gateway again, which has ended, at an address that it had.
    pub(crate) fn start_again(&mut self, address: &str) {
        let serve = ["serve", "--config", "wharf.toml", "--listen", address];
        self.gateway = Beside::start(&mut wharf(self.path(), &serve));
        self.gateway.out.after("wharf listens on ");
    }

    fn register(&self) {
        self.succeed(&[
            "channels",
            "create",
            "--id",
            "main",
            "--name",
            "Main",
            "--phone-number-id",
            "106540352242922",
            "--access-token",
            "file:access-token",
        ]);
        self.subscribe();
    }

    /// Has the simulator send its notifications to the gateway's address.
    pub(crate) fn subscribe(&self) {
        let body = format!("{{\"callback_url\": \"{}/webhooks/whatsapp\"}}", self.url);
        self.order("subscribe", &body);
    }

    /// Orders something of the simulator.
    pub(crate) fn order(&self, what: &str, body: &str) {
        let url = format!("{}/sim/v1/{what}", self.simulator_url);
        let mut curl = Command::new("curl");
        curl.args([
            "-sSf",
            &url,
            "-H",
            "Content-Type: application/json",
            "-d",
            body,
        ]);
        let ended = run(&mut curl);
        assert_eq!(ended.code, Some(0), "is curl installed? {ended:?}");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = wharf(self.path(), arguments);
        command
            .env("WHARF_URL", &self.url)
            .env("WHARF_SIMULATOR_URL", &self.simulator_url);
        command
    }

    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let ended = run(&mut self.command(arguments));
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended.out
    }

    /// The JSON that a command prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let out = self.succeed(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {out}"))
    }

    /// The JSON that a command prints, once `holds` holds for it.
    pub(crate) fn until(&self, arguments: &[&str], holds: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + LIMIT;
        loop {
            let value = self.json(arguments);
            if holds(&value) {
                return value;
            }
            assert!(Instant::now() < end, "{arguments:?} stays {value:#}");
        }
    }

    pub(crate) fn listen(&self, arguments: &[&str]) -> Beside {
        let mut command = self.command(&["listen", "--json"]);
        let mut listening = Beside::start(command.args(arguments));
        listening
            .err
            .next("that it listens", |line| line.contains("listening"));
        listening
    }
}
