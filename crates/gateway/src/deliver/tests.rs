//! Deliveries to real receivers on free ports, from a gateway whose store the tests look into.

mod by_hand;
mod failures;
mod guard;
mod walk;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::signature::Secret;
use crate::app::{App, Environment, Running, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::{Kind, Random};
use crate::store::deliveries::{self, Attempt, Delivery, Filter, State};
use crate::store::endpoints::{self, Endpoint};
use crate::store::events::{self, NewEvent};
use crate::store::page::Page;
use crate::store::scope::Scope;
use crate::store::{StoreError, Tx};

/// How long anything that must happen may take to happen.
const PATIENCE: Duration = Duration::from_secs(20);
const NOW: i64 = 1_800_000_000_000;

/// A gateway that runs on files of its own.
struct House {
    running: Option<Running>,
    config: Config,
    clock: Clock,
    _data: test_servers::Folder,
}

impl House {
    async fn start() -> Self {
        Self::start_with(Clock::system(), |_| {}).await
    }

    /// On a clock that stands still.
    async fn start_fixed() -> Self {
        Self::start_with(Clock::fixed(NOW), |_| {}).await
    }

    async fn start_with(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let data = test_servers::Folder::new().unwrap();
        let mut config = Config {
            store: data.store(),
            data_dir: data.path().to_owned(),
            ..Config::default()
        };
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.deliver.allow_networks = vec!["127.0.0.0/8".to_owned()];
        // The clock makes leaps of days.
        config.deliver.disable_after_days = 0;
        change(&mut config);
        let mut house = Self {
            running: None,
            config,
            clock,
            _data: data,
        };
        house.boot(1).await;
        house
    }

    async fn boot(&mut self, seed: u64) {
        let begun = Instant::now();
        while self.running.is_none() {
            let environment = Environment {
                clock: self.clock.clone(),
                random: Random::seeded(seed),
                ..Environment::default()
            };
            match Running::start(self.config.clone(), environment).await {
                Ok(running) => self.running = Some(running),
                // What a stop broke off lets go of the files a moment later.
                Err(StartError::Journal(_)) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Stops; returns whether everything finished in time.
    async fn stop(&mut self) -> bool {
        self.running.take().unwrap().stop().await
    }

    fn app(&self) -> &Arc<App> {
        self.running.as_ref().unwrap().app()
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app().store.read(look).await.unwrap()
    }

    async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app().store.write(change).await.unwrap()
    }

    /// An endpoint for everything.
    async fn endpoint(&self, url: &str) -> Endpoint {
        self.endpoint_for(url, &[], &[]).await
    }

    async fn endpoint_for(&self, url: &str, event_types: &[&str], channels: &[&str]) -> Endpoint {
        let app = self.app();
        let now = app.clock.now();
        let list = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect();
        let endpoint = Endpoint {
            id: app.random.id(Kind::Endpoint, now),
            url: url.parse().unwrap(),
            description: String::new(),
            secrets: vec![super::new_secret(&app.random)],
            event_types: list(event_types),
            channels: list(channels),
            old_secrets_until: None,
            disabled: None,
            created_at: now,
            updated_at: now,
        };
        let added = endpoint.clone();
        self.write(move |tx| endpoints::insert(tx, &added)).await;
        endpoint
    }

    async fn event(&self, kind: &'static str, channel: &str) -> String {
        self.events(kind, channel, 1).await.remove(0)
    }

    /// Appends events in one commit; their ids.
    async fn events(&self, kind: &'static str, channel: &str, count: usize) -> Vec<String> {
        let app = self.app();
        let now = app.clock.now();
        let ids: Vec<_> = (0..count)
            .map(|_| app.random.id(Kind::Event, now))
            .collect();
        let (appended, channel) = (ids.clone(), channel.to_owned());
        self.write(move |tx| {
            for (index, id) in appended.into_iter().enumerate() {
                let event = NewEvent {
                    id,
                    channel_id: channel.clone(),
                    kind,
                    occurred_at: now,
                    created_at: now,
                    message_id: None,
                    notification: None,
                    data: format!(r#"{{"index":{index},"text":"ø \" \\u0000"}}"#),
                };
                events::append(tx, event);
            }
            Ok(())
        })
        .await;
        ids
    }

    /// The deliveries of an endpoint, the oldest first.
    async fn deliveries(&self, endpoint: &Endpoint) -> Vec<Delivery> {
        let id = endpoint.id.clone();
        let mut page = self
            .read(move |tx| {
                let filter = Filter {
                    endpoint_id: Some(&id),
                    ..Filter::default()
                };
                let page = Page::new(None, 10_000);
                let rows = deliveries::page(tx, filter, &Scope::default(), &page)?.rows;
                Ok(rows.into_iter().map(|row| row.delivery).collect::<Vec<_>>())
            })
            .await;
        page.reverse();
        page
    }

    async fn attempts(&self, delivery: &Delivery) -> Vec<Attempt> {
        let id = delivery.id.clone();
        self.read(move |tx| deliveries::attempts(tx, &id)).await
    }

    /// Waits until the endpoint's only delivery has so many attempts on record; the delivery.
    async fn attempted(&self, endpoint: &Endpoint, attempts: usize) -> Delivery {
        until(&format!("{attempts} attempts"), async || {
            let all = self.deliveries(endpoint).await;
            !all.is_empty() && self.attempts(&all[0]).await.len() >= attempts
        })
        .await;
        let delivery = self.deliveries(endpoint).await.remove(0);
        assert_eq!(self.attempts(&delivery).await.len(), attempts);
        delivery
    }

    /// Waits until so many deliveries of the endpoint are in this state.
    async fn until_state(&self, endpoint: &Endpoint, state: State, count: usize) {
        until(
            &format!("{count} deliveries {}", state.as_str()),
            async || {
                let all = self.deliveries(endpoint).await;
                all.iter()
                    .filter(|delivery| delivery.state == state)
                    .count()
                    == count
            },
        )
        .await;
    }

    /// How many events of this name there are.
    async fn count_events(&self, kind: &'static str) -> usize {
        let all = self.read(|tx| events::after(tx, 0, 100_000)).await;
        all.iter().filter(|event| event.kind == kind).count()
    }

    /// Every key of the data of the gateway's own events stands in the catalogue.
    async fn are_documented(&self) {
        let all = self.read(|tx| events::after(tx, 0, 100_000)).await;
        for event in all.iter().filter(|event| event.kind != "message") {
            let data = serde_json::from_str(&event.data).unwrap();
            let unknown = crate::event_catalogue::undocumented(&event.kind, &data);
            assert_eq!(unknown, Vec::<String>::new(), "{}", event.kind);
        }
    }

    async fn dead_letters(&self) -> Vec<(String, Option<String>)> {
        let sql = "SELECT delivery_id, resolution FROM dead_letters ORDER BY id";
        self.read(move |tx| tx.all(sql, &[], |row| Ok((row.text(0)?, row.maybe_text(1)?))))
            .await
    }

    async fn enable(&self, endpoint: &Endpoint) {
        let (id, now) = (endpoint.id.clone(), self.clock.now());
        assert!(self.write(move |tx| endpoints::enable(tx, &id, now)).await);
    }

    async fn disabled_reason(&self, endpoint: &Endpoint) -> Option<String> {
        let id = endpoint.id.clone();
        let endpoint = self
            .read(move |tx| endpoints::by_id(tx, &id))
            .await
            .unwrap();
        endpoint.disabled.map(|disabled| disabled.reason)
    }

    fn metric(&self, outcome: &str) -> u64 {
        let line = format!("wharf_deliveries_total{{outcome=\"{outcome}\"}} ");
        let text = self.app().metrics.render();
        text.lines()
            .find_map(|text| text.strip_prefix(&line))
            .map_or(0, |n| n.parse().unwrap())
    }
}

/// A subscriber.
struct Receiver {
    url: String,
    got: watch::Receiver<Vec<Got>>,
    _server: JoinSet<()>,
}

/// A request that a subscriber got.
#[derive(Debug, Clone)]
struct Got {
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn id(&self) -> &str {
        self.header("webhook-id")
    }
}

/// What a subscriber answers to its nth request, counted from 1; `None` never.
type Script = dyn Fn(usize) -> Option<Response<Body>> + Send + Sync;

impl Receiver {
    async fn start(
        script: impl Fn(usize) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, got) = watch::channel(Vec::new());
        let (script, sender): (Arc<Script>, _) = (Arc::new(script), Arc::new(sender));
        let receive = move |headers: HeaderMap, body: Bytes| async move {
            let mut nth = 0;
            sender.send_modify(|got: &mut Vec<Got>| {
                got.push(Got { headers, body });
                nth = got.len();
            });
            match script(nth) {
                Some(response) => response,
                None => std::future::pending().await,
            }
        };
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum::serve(listener, Router::new().route("/hook", post(receive)))
                .await
                .unwrap();
        });
        Self {
            url,
            got,
            _server: server,
        }
    }

    /// Answers every request with this status.
    async fn answering(status: u16) -> Self {
        Self::start(move |_| Some(answer(status))).await
    }

    /// Waits for so many requests.
    async fn until(&mut self, count: usize) -> Vec<Got> {
        let enough = self.got.wait_for(|got| got.len() >= count);
        let got = tokio::time::timeout(PATIENCE, enough).await;
        got.unwrap_or_else(|_| panic!("not {count} requests within {PATIENCE:?}"))
            .unwrap()
            .clone()
    }

    fn count(&self) -> usize {
        self.got.borrow().len()
    }
}

fn answer(status: u16) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::empty())
        .unwrap()
}

fn answer_with(status: u16, header: &str, value: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header, value)
        .body(Body::empty())
        .unwrap()
}

/// Waits for `condition`, within [`PATIENCE`].
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
