//! What every room shares, and how the service starts and stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bus::{self, Bus};
use crate::carrier::Carriers;
use crate::clock::Clock;
use crate::cluster::{self, Cluster, Lease, Work};
use crate::config::{Config, ConfigError};
use crate::http::WebhookRoom;
use crate::ids::{Kind, Random};
use crate::inbox::Inbox;
use crate::journal::JournalError;
use crate::media::Depot;
use crate::store::{Store, StoreError};
use crate::telemetry::Metrics;
use crate::{deliver, http, ingest, letters, media, retention, send, telemetry, templates};

#[cfg(test)]
mod tests;

/// What comes in from outside, so that a test can own it.
#[derive(Debug)]
pub struct Environment {
    /// Wall-clock time.
    pub clock: Clock,
    /// Ids, secrets and jitter.
    pub random: Random,
    /// A socket that is bound already; else `server.listen` is bound.
    pub listener: Option<TcpListener>,
    /// Answer webhooks before they are stored. Only the crash test sets it, to see itself fail.
    pub acknowledge_early: bool,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            random: Random::system(),
            listener: None,
            acknowledge_early: false,
        }
    }
}

/// Why the gateway did not start. Each says what to do in its own words or its source's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting or a secret.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// The database.
    #[error("the store cannot be opened")]
    Store(#[from] StoreError),
    /// The inbox journal.
    #[error("the inbox cannot be opened")]
    Journal(#[from] JournalError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// `server.listen`
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Shared by all rooms.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) store: Store,
    pub(crate) inbox: Inbox,
    /// Where webhooks are read into.
    pub(crate) webhook_room: WebhookRoom,
    pub(crate) metrics: Metrics,
    pub(crate) carriers: Carriers,
    pub(crate) media: Depot,
    pub(crate) queue: send::Queue,
    /// Words by which users stop messages.
    pub(crate) keywords: send::Keywords,
    pub(crate) keys_in_flight: send::KeysInFlight,
    pub(crate) waiters: send::Waiters,
    pub(crate) cluster: Cluster,
    /// None without `nats.url`.
    pub(crate) bus: Option<Arc<Bus>>,
    /// See [`Environment::acknowledge_early`].
    pub(crate) acknowledge_early: bool,
    pub(crate) tasks: TaskTracker,
    /// Cancelled when a shutdown begins: take no new work, finish what is under way.
    pub(crate) stopping: CancellationToken,
}

/// A gateway that runs.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    first_api_key: Option<String>,
    pub(crate) app: Arc<App>,
}

impl App {
    /// Spawns on the tracker, so that a shutdown waits for it.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits for the right to do what one node at a time does; `None` when the app stops.
    pub(crate) async fn acquire(&self, work: Work) -> Option<Lease> {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => None,
            lease = self.cluster.acquire(work) => Some(lease),
        }
    }

    /// Waits for `time`; `false` when the lease is over or the app stops.
    pub(crate) async fn rest(&self, lease: &Lease, time: Duration) -> bool {
        tokio::select! {
            () = self.stopping.cancelled() => false,
            () = lease.over() => false,
            () = tokio::time::sleep(time) => lease.is_valid(),
        }
    }
}

impl Running {
    /// Opens the store and the journal, starts every worker and begins to listen.
    pub async fn start(config: Config, environment: Environment) -> Result<Self, StartError> {
        let place = config.store_place()?;
        let opening = place.clone();
        let opened = tokio::task::spawn_blocking(move || Store::open_at(&opening)).await;
        let store = opened.unwrap_or(Err(StoreError::Closed))?;
        let applied = store.read(ingest::position).await?;
        let inbox = ingest::open_inbox(&config, &place, &store, applied).await?;
        let metrics = Metrics::new();
        let carriers = Carriers::new(&config)?;
        let cluster = join(&config, &environment, &store).await?;
        let bus = Bus::open(&config).await?.map(Arc::new);
        let keywords = send::Keywords::new(&config.suppression);
        let tasks = TaskTracker::new();
        let media = Depot::open(&config, tasks.clone())?;
        let app = Arc::new(App {
            config,
            clock: environment.clock,
            random: environment.random,
            store,
            inbox,
            webhook_room: WebhookRoom::default(),
            metrics,
            carriers,
            media,
            queue: send::Queue::default(),
            keywords,
            keys_in_flight: send::KeysInFlight::default(),
            waiters: send::Waiters::default(),
            cluster,
            bus,
            acknowledge_early: environment.acknowledge_early,
            tasks,
            stopping: CancellationToken::new(),
        });
        let listener = match environment.listener {
            Some(listener) => listener,
            None => bind(app.config.server.listen).await?,
        };
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: app.config.server.listen,
            source,
        })?;
        let mut running = Self {
            address,
            first_api_key: None,
            app,
        };
        if let Err(error) = running.open_rooms(listener).await {
            // The rooms that did open let go of the files, for whoever starts next.
            running.stop().await;
            return Err(error);
        }
        tracing::info!(%address, "gateway listens");
        Ok(running)
    }

    async fn open_rooms(&mut self, listener: TcpListener) -> Result<(), StartError> {
        let app = &self.app;
        self.first_api_key = http::first_api_key(app).await?;
        cluster::start(app).await?;
        ingest::start(app)?;
        media::start(app);
        send::start(app).await?;
        templates::start(app);
        bus::start(app).await?;
        deliver::start(app)?;
        letters::start(app);
        telemetry::samples::start(app);
        retention::start(app);
        http::start(app, listener).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the rooms share, for tests that look into one.
    #[cfg(test)]
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The first API key, if this start made it. It is shown only now; the store keeps its hash.
    pub fn first_api_key(&self) -> Option<&str> {
        self.first_api_key.as_deref()
    }

    /// Takes no new work, finishes what is under way within `server.drain_seconds`, and closes.
    ///
    /// Returns whether everything finished in time; what did not is resumed at the next start.
    pub async fn stop(self) -> bool {
        self.app.stopping.cancel();
        self.app.tasks.close();
        let limit = Duration::from_secs(self.app.config.server.drain_seconds);
        let drained = tokio::time::timeout(limit, self.app.tasks.wait())
            .await
            .is_ok();
        if !drained {
            tracing::warn!(
                left = self.app.tasks.len(),
                "shutdown did not wait for all work"
            );
        }
        self.app.inbox.close().await;
        self.app.store.close().await;
        tracing::info!(drained, "gateway stopped");
        drained
    }
}

/// What this run of this node may do. On SQLite there is no other node.
async fn join(
    config: &Config,
    environment: &Environment,
    store: &Store,
) -> Result<Cluster, StoreError> {
    let now = cluster::time(store, &environment.clock).await?;
    let node = environment.random.id(Kind::Node, now);
    Ok(if store.is_shared() {
        Cluster::shared(node, &config.cluster, now)
    } else {
        Cluster::alone(node, &config.cluster, now)
    })
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| StartError::Listen { address, source })
}
