//! The bus: events go out to NATS `JetStream`, commands come in from it.
//!
//! Without a URL there is no bus: no task, no connection, no log line. With one, the store stays the
//! source of truth. Events are published in the order of their numbers from a durable cursor, which
//! moves only over those that the server has acknowledged; a command is acknowledged to the server
//! only after it is on disk here.
//!
//! One node at a time publishes and takes commands (see [`Work::Bus`]), so that both keep their
//! order.

mod command;
mod connection;
mod consumer;
mod hands;
mod mark;
mod publisher;
mod reads;
mod redrive;
mod rescue;
mod streams;
mod subject;
mod take;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use tokio::sync::{Notify, watch};

use crate::app::App;
use crate::cluster::{Lease, Work};
use crate::config::{Config, ConfigError, Nats};
use crate::store::{StoreError, bus_cursors};
use connection::Link;
pub(crate) use redrive::{Prepared, RedriveError, Redriven, prepare, retry_within, wake_receipts};
pub(crate) use streams::{StreamState, Unreachable};

/// How often it is looked whether this node may still use the bus.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The connection, and what its users tell one another.
#[derive(Debug)]
pub(crate) struct Bus {
    settings: Nats,
    client: async_nats::Client,
    jetstream: jetstream::Context,
    link: watch::Receiver<Link>,
    /// Counts up each time that streams and consumer are known to be there; none: they are not.
    ready: watch::Sender<Option<u64>>,
    /// A stream or the consumer seems to be gone.
    suspicion: Notify,
    /// A receipt is due.
    receipts: Notify,
}

impl Bus {
    /// The bus that the configuration asks for. It connects behind the caller's back, for as long as
    /// it takes.
    pub(crate) async fn open(config: &Config) -> Result<Option<Self>, ConfigError> {
        if config.nats.url.is_empty() {
            return Ok(None);
        }
        let (client, link) = connection::open(&config.nats).await?;
        let jetstream = jetstream::context::ContextBuilder::new()
            .timeout(streams::PATIENCE)
            .ack_timeout(streams::PATIENCE)
            .build(client.clone());
        Ok(Some(Self {
            settings: config.nats.clone(),
            client,
            jetstream,
            link,
            ready: watch::Sender::new(None),
            suspicion: Notify::new(),
            receipts: Notify::new(),
        }))
    }

    /// Where the servers are, without user information.
    pub(crate) fn url(&self) -> String {
        self.settings.url.to_string()
    }

    /// Whether there is a connection at this moment.
    pub(crate) fn is_connected(&self) -> bool {
        self.link.borrow().connected
    }

    /// Names of the streams: events and commands.
    pub(crate) fn streams(&self) -> [&str; 2] {
        [&self.settings.events_stream, &self.settings.send_stream]
    }
}

/// Starts the publisher and the consumer, if there is a bus.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), StoreError> {
    if app.bus.is_none() {
        return Ok(());
    }
    app.store.write(bus_cursors::begin).await?;
    for bus in app.bus.iter().map(Arc::clone) {
        app.spawn(streams::keep(Arc::clone(app), Arc::clone(&bus)));
        app.spawn(publisher::publish(Arc::clone(app), Arc::clone(&bus)));
        app.spawn(consumer::consume(Arc::clone(app), Arc::clone(&bus)));
        app.spawn(reads::work(Arc::clone(app), bus));
    }
    Ok(())
}

/// A time in which this node may publish and take commands, and finds streams and consumer there.
///
/// Another node may have its turn once this value is dropped.
struct Turn {
    ready: watch::Receiver<Option<u64>>,
    lease: Lease,
}

/// Waits for this node's turn; `None` when the gateway stops.
async fn until_usable(app: &App, bus: &Bus) -> Option<Turn> {
    let mut ready = bus.ready.subscribe();
    loop {
        let lease = app.acquire(Work::Bus).await?;
        if ready.borrow_and_update().is_some() {
            return Some(Turn { ready, lease });
        }
        tokio::select! {
            () = app.stopping.cancelled() => return None,
            () = lease.over() => {}
            changed = ready.changed() => if changed.is_err() { return None },
        }
    }
}

impl Turn {
    /// Returns when the bus must be left alone: it changed, the turn is over, or the gateway stops.
    async fn over(&mut self, app: &App) {
        while self.lease.is_valid() {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                () = self.lease.over() => return,
                _ = self.ready.changed() => return,
                () = tokio::time::sleep(ASK_AGAIN) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
