//! What changed on one node reaches those who wait for it on the others.
//!
//! A thread of its own listens, and tells what this node has changed: many changes in one message, and
//! outside their transactions, because PostgreSQL lets commits that notify wait for each other. A
//! message is only ever a hint to look: whoever misses one looks again, at events, the inbox and queues
//! within a second, at endpoints and channels within some.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::AsyncMessage;

use super::connect::Address;
use crate::clock::Millis;
use crate::store::sql::Changed;
use crate::store::{Signals, StoreError};

/// How long what was changed is gathered before the others hear of it.
const GATHER: Duration = Duration::from_millis(2);
/// How often the counters are looked at, whatever was heard.
const LOOK: Duration = Duration::from_secs(1);
/// How often endpoints, deliveries and channels are looked at, whatever was heard.
const LOOK_AT_ALL: Duration = Duration::from_secs(12);
/// How long to wait after the database could not be reached.
const RECONNECT: Duration = Duration::from_millis(500);
/// Channels named in one message at most; PostgreSQL takes 8000 bytes.
const NAMED: usize = 60;

/// What one node tells the others.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Message {
    /// The newest event.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deliveries: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    channels: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inbox: bool,
    /// When something is due, by channel.
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    queue: HashMap<String, Millis>,
}

/// Something that this node did.
#[derive(Debug)]
pub(in crate::store) enum Told {
    Changed(Changed),
    Queue(String, Millis),
    Inbox,
}

/// Tells what this node does; a clone for everybody who does something.
#[derive(Debug, Clone)]
pub(in crate::store) struct Teller(mpsc::UnboundedSender<Told>);

impl Teller {
    pub(in crate::store) fn tell(&self, told: Told) {
        // Nobody listens any more while the store is closed.
        let _ = self.0.send(told);
    }
}

/// Ends the thread when it is dropped.
#[derive(Debug)]
pub(super) struct Listener(
    #[expect(dead_code, reason = "its end is what counts")] oneshot::Sender<()>,
);

pub(super) fn start(
    address: &Address,
    signals: &Signals,
) -> Result<(Teller, Arc<Listener>), StoreError> {
    let (teller, told) = mpsc::unbounded_channel();
    let (listener, ended) = oneshot::channel();
    let (address, signals) = (address.clone(), signals.clone());
    std::thread::Builder::new()
        .name("store-signals".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    tokio::select! {
                        _ = ended => {}
                        () = listen(&address, &signals, told) => {}
                    }
                });
            }
        })
        .map_err(|_| StoreError::Closed)?;
    Ok((Teller(teller), Arc::new(Listener(listener))))
}

async fn listen(address: &Address, signals: &Signals, mut told: mpsc::UnboundedReceiver<Told>) {
    let mut connected_before = false;
    loop {
        // What was said while nobody was connected is found by looking.
        let error = match connected(address, signals, &mut told, connected_before).await {
            Ok(()) => return,
            Err(error) => error,
        };
        connected_before = true;
        tracing::debug!(%error, "the connection for signals broke");
        tokio::time::sleep(RECONNECT).await;
    }
}

/// Listens and tells over one connection, until it breaks. Returns when the store is closed.
async fn connected(
    address: &Address,
    signals: &Signals,
    told: &mut mpsc::UnboundedReceiver<Told>,
    again: bool,
) -> Result<(), StoreError> {
    let (client, mut heard) = address.listen().await?;
    client.batch_execute("LISTEN wharf").await?;
    let mut message = Message::default();
    let mut send_at = None;
    if again {
        signals.look_at_everything();
        // Nor have the others heard of what this node did meanwhile.
        message = Message {
            deliveries: true,
            channels: true,
            inbox: true,
            ..Message::default()
        };
        send_at = Some(tokio::time::Instant::now());
    }
    let mut look = tokio::time::interval(LOOK);
    let mut look_at_all = tokio::time::interval(LOOK_AT_ALL);
    look_at_all.reset();
    loop {
        tokio::select! {
            next = told.recv() => match next {
                Some(told) => {
                    message.add(told);
                    send_at.get_or_insert_with(|| tokio::time::Instant::now() + GATHER);
                }
                None => return Ok(()),
            },
            () = tokio::time::sleep_until(send_at.unwrap_or_else(tokio::time::Instant::now)),
                if send_at.is_some() =>
            {
                send_at = None;
                let text = serde_json::to_string(&std::mem::take(&mut message)).unwrap_or_default();
                client.execute("SELECT pg_notify('wharf', $1)", &[&text]).await?;
            }
            text = heard.recv() => match text {
                Some(text) => signals.hear(serde_json::from_str(&text).unwrap_or_default()),
                None => return Err(StoreError::Away(None)),
            },
            _ = look.tick() => {
                let row = client
                    .query_one("SELECT value FROM counters WHERE name = 'events'", &[])
                    .await?;
                signals.hear(Message { events: row.try_get(0)?, inbox: true, ..Message::default() });
                signals.wake_all();
            }
            _ = look_at_all.tick() => signals.look_at_everything(),
        }
    }
}

impl Message {
    fn add(&mut self, told: Told) {
        match told {
            Told::Changed(changed) => {
                self.events = self.events.max(changed.event_seq);
                self.deliveries |= changed.deliveries;
                self.channels |= changed.channels;
            }
            Told::Inbox => self.inbox = true,
            Told::Queue(channel, due_at) => {
                if self.queue.len() < NAMED || self.queue.contains_key(&channel) {
                    let due = self.queue.entry(channel).or_insert(due_at);
                    *due = due_at.min(*due);
                }
            }
        }
    }
}

impl Signals {
    fn hear(&self, message: Message) {
        self.changed_here(Changed {
            event_seq: message.events,
            deliveries: message.deliveries,
            channels: message.channels,
            queue: false,
        });
        if message.inbox {
            self.inbox
                .send_modify(|version| *version = version.wrapping_add(1));
        }
        for wake in message.queue {
            // Nobody waits while the gateway starts or stops.
            let _ = self.queue.send(Some(wake));
        }
    }

    /// Has every sender look at its queue.
    fn wake_all(&self) {
        let _ = self.queue.send(None);
    }

    fn look_at_everything(&self) {
        self.hear(Message {
            deliveries: true,
            channels: true,
            inbox: true,
            ..Message::default()
        });
        self.wake_all();
    }
}

impl Address {
    /// A connection, and what is said on it.
    async fn listen(
        &self,
    ) -> Result<(tokio_postgres::Client, mpsc::UnboundedReceiver<String>), StoreError> {
        let (said, heard) = mpsc::unbounded_channel();
        let client = if let Some(tls) = &self.tls {
            let (client, mut connection) = self.config.connect(tls.clone()).await?;
            super::connect::drive(async move {
                while let Some(Ok(message)) =
                    poll_fn(|context| connection.poll_message(context)).await
                {
                    if let AsyncMessage::Notification(message) = message
                        && said.send(message.payload().to_owned()).is_err()
                    {
                        return;
                    }
                }
            });
            client
        } else {
            let (client, mut connection) = self.config.connect(tokio_postgres::NoTls).await?;
            super::connect::drive(async move {
                while let Some(Ok(message)) =
                    poll_fn(|context| connection.poll_message(context)).await
                {
                    if let AsyncMessage::Notification(message) = message
                        && said.send(message.payload().to_owned()).is_err()
                    {
                        return;
                    }
                }
            });
            client
        };
        Ok((client, heard))
    }
}
