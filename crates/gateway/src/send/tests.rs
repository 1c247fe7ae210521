//! The send room against the simulator, with real files: what each test needs, in one place.

mod accepting;
mod backlog;
mod claiming;
mod codes;
mod deadlines;
mod learning;
mod lost_claim;
mod metrics;
mod operating;
mod order;
mod outcomes;
mod pacing;
mod pairs;
mod policy;
mod policy_histories;
mod priority;
mod probing;
mod unknown;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Delays, Fault, Settings, Simulator, Trouble};
use tokio::net::TcpListener;
use wharf_model::OutgoingMessage;

use super::{Accept, AcceptError, Accepted, Options};
use crate::app::App;
use crate::clock::{Clock, Millis};
use crate::config::{Config, SecretRef};
use crate::ids::Random;
use crate::store::channels::{self, Channel};
use crate::store::messages::{self, Message, State};
use crate::store::{Store, Tx, events};
use crate::{Environment, Running, StoreError};

const CHANNEL: &str = "shop";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway and a simulated WhatsApp that it sends to.
struct House {
    simulator: Simulator,
    _platform: simulator::Running,
    gateway: Option<Running>,
    config: Config,
    clock: Clock,
    token: std::path::PathBuf,
    _data: test_servers::Folder,
}

impl House {
    /// On the machine's clock. The channel may send a thousand messages a second.
    async fn build() -> Self {
        Self::build_with(Clock::system(), |_| {}).await
    }

    async fn build_with(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        Self::build_against(clock, change, |_| {}).await
    }

    /// On a platform with these settings.
    async fn build_on(settings: Settings, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        Self::build_against(clock, change, |usual| *usual = settings).await
    }

    /// Against a simulated WhatsApp that is not the usual one.
    async fn build_against(
        clock: Clock,
        change: impl FnOnce(&mut Config),
        simulate: impl FnOnce(&mut Settings),
    ) -> Self {
        let data = test_servers::Folder::new().unwrap();
        let mut settings = Settings {
            delays: Delays::NONE,
            ..Settings::default()
        };
        simulate(&mut settings);
        let secret = |name: &str, text: &str| {
            let path = data.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config {
            store: data.store(),
            data_dir: data.path().to_owned(),
            ..Config::default()
        };
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.cloud.base_url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let app_secret = secret("app-secret", settings.app.secret.expose());
        config.cloud.app_secrets = vec![SecretRef::File(app_secret)];
        let verify_token = secret("verify-token", settings.app.verify_token.expose());
        config.cloud.verify_token = SecretRef::File(verify_token);
        config.send.backoff_first_ms = 2;
        // Most tests send to one user.
        config.send.pair_pace = false;
        let token = secret("access-token", settings.access_token.expose());
        change(&mut config);
        let number = settings.numbers.first().unwrap().id.to_string();
        let platform = Simulator::start(settings, listener).unwrap();
        let simulator = platform.simulator.clone();
        let mut house = Self {
            simulator,
            _platform: platform,
            gateway: None,
            config,
            clock,
            token,
            _data: data,
        };
        house.boot(1).await;
        let channel = Channel {
            id: CHANNEL.to_owned(),
            carrier: "cloud".to_owned(),
            name: "Shop".to_owned(),
            phone_number_id: Some(number),
            waba_id: None,
            display_phone_number: None,
            access_token: Some(SecretRef::File(house.token.clone()).to_string()),
            app_secret: None,
            verify_token: None,
            throughput: 1000,
            learned: None,
            paused: None,
            created_at: 1,
            updated_at: 1,
        };
        house.write(move |tx| channels::insert(tx, &channel)).await;
        house
    }

    async fn boot(&mut self, seed: u64) {
        let (clock, random) = (self.clock.clone(), Random::seeded(seed));
        let environment = Environment {
            clock,
            random,
            ..Environment::default()
        };
        self.gateway = Some(
            Running::start(self.config.clone(), environment)
                .await
                .unwrap(),
        );
    }

    /// Stops the gateway, lets `meanwhile` change the database as a crash would have left it, and
    /// starts again.
    async fn restart(
        &mut self,
        meanwhile: impl FnOnce(&Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) {
        assert!(
            self.gateway.take().unwrap().stop().await,
            "the gateway did not drain"
        );
        let store = Store::open_at(&self.config.store_place().unwrap()).unwrap();
        store.write(meanwhile).await.unwrap();
        store.close().await;
        self.boot(2).await;
    }

    fn app(&self) -> &Arc<App> {
        &self.gateway.as_ref().unwrap().app
    }

    /// Lets statuses come.
    async fn subscribe(&self) {
        let address = self.gateway.as_ref().unwrap().address();
        let url = format!("http://{address}/webhooks/whatsapp");
        self.simulator.subscribe(&url).await.unwrap();
    }

    async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app().store.write(change).await.unwrap()
    }

    /// Trouble for the next `times` sends.
    fn trouble(&self, trouble: Trouble, times: u32) {
        self.simulator.fault(Fault::new(trouble).times(times));
    }

    /// Accepts a text and returns our id.
    async fn send(&self, text: &str) -> String {
        match self.accept(accept(text)).await.unwrap() {
            Accepted::New { message, .. } => message.id,
            Accepted::Replayed { .. } => panic!("replayed without a key"),
        }
    }

    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError> {
        super::accept(self.app(), accept).await
    }

    async fn message(&self, id: &str) -> Message {
        let id = id.to_owned();
        let found = self
            .app()
            .store
            .read(move |tx| messages::by_id(tx, &id))
            .await;
        found.unwrap().unwrap()
    }

    /// Waits until a message is in one of these states, and returns it.
    async fn until_state(&self, id: &str, state: State) -> Message {
        let begun = Instant::now();
        loop {
            let message = self.message(id).await;
            if message.state == state {
                return message;
            }
            let waited = begun.elapsed() > PATIENCE;
            assert!(
                !waited,
                "still {:?}: {:?}",
                message.state, message.state_detail
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Attempts of a message: outcome and detail, in order.
    async fn attempts(&self, id: &str) -> Vec<(Option<String>, Option<String>)> {
        let id = id.to_owned();
        self.rows(
            "SELECT outcome, detail FROM send_attempts WHERE message_id = $1 ORDER BY attempt",
            id,
        )
        .await
    }

    /// Open dead letters of a message: reason and detail.
    async fn dead_letters(&self, id: &str) -> Vec<(Option<String>, Option<String>)> {
        let sql = "SELECT reason, detail FROM dead_letters WHERE message_id = $1 \
                   AND resolved_at IS NULL ORDER BY id";
        self.rows(sql, id.to_owned()).await
    }

    async fn rows(&self, sql: &'static str, id: String) -> Vec<(Option<String>, Option<String>)> {
        let look = move |tx: &Tx<'_>| {
            tx.all(sql, &[(&id).into()], |row| {
                Ok((row.maybe_text(0)?, row.maybe_text(1)?))
            })
        };
        self.app().store.read(look).await.unwrap()
    }

    /// `data` of the events of this type so far, oldest first.
    async fn events(&self, kind: &str) -> Vec<Value> {
        let all = self
            .app()
            .store
            .read(|tx| events::after(tx, 0, 100_000))
            .await
            .unwrap();
        let of_kind = all.iter().filter(|event| event.kind == kind);
        of_kind
            .map(|event| serde_json::from_str(&event.data).unwrap())
            .collect()
    }

    /// States of the `send_result` events of a message, in order.
    async fn results(&self, id: &str) -> Vec<String> {
        let results = self.events("send_result").await.into_iter();
        let of_message = results.filter(|data| data["id"] == id);
        of_message
            .map(|data| data["state"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn channel(&self) -> Channel {
        let channel = self
            .app()
            .store
            .read(|tx| channels::by_id(tx, CHANNEL))
            .await;
        channel.unwrap().unwrap()
    }

    /// Changes the channel as the API does.
    async fn change_channel(&self, change: impl FnOnce(&mut Channel)) {
        let mut channel = self.channel().await;
        change(&mut channel);
        channel.updated_at += 1;
        self.write(move |tx| channels::update(tx, &channel)).await;
    }

    /// Bodies of the texts that the simulator accepted, in order.
    fn arrived(&self) -> Vec<String> {
        let bodies = self.simulator.accepted().into_iter();
        bodies
            .map(|sent| sent.json()["text"]["body"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn accept(text: &str) -> Accept {
    accept_json(&json!({"to": "+16505551234", "type": "text", "text": {"body": text}}))
}

fn accept_json(message: &Value) -> Accept {
    Accept {
        marketing: None,
        attachment: None,
        channel_id: CHANNEL.to_owned(),
        message: OutgoingMessage::from_json(message).unwrap(),
        request_id: Some("the caller's name for it".to_owned()),
        idempotency: None,
        due_at: None,
        options: Options::default(),
        files: crate::media::Reach::default(),
        render: |message| format!("{{\"id\":\"{}\"}}", message.id),
    }
}

/// Waits for `condition`, within [`PATIENCE`].
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// A fixed clock at some day of 2026.
fn fixed() -> Clock {
    const NOVEMBER: Millis = 1_795_219_200_000;
    Clock::fixed(NOVEMBER)
}
