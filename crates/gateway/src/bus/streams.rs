//! The streams and the consumer: made as documented, and made again when the server has lost them.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, ErrorCode};

use super::{Bus, subject};
use crate::app::App;

/// How long the server may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait after the streams could not be made.
const RETRY: Duration = Duration::from_secs(1);

/// How long to wait before something that vanished is made again.
const CALM: Duration = Duration::from_millis(500);

/// The durable consumer of commands.
pub(super) const WORKER: &str = "wa-send-worker";

/// How long a command may be in our hands before the server delivers it again.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(30);

/// Deliveries of one command at most.
pub(super) const MAX_DELIVER: i64 = 3;

const DAY: Duration = Duration::from_hours(24);
const MIB: i64 = 1 << 20;

/// How long the server remembers the ids of events, to drop repeated ones.
const DUPLICATES: Duration = Duration::from_mins(2);

/// What a stream holds.
#[derive(Debug)]
pub(crate) struct StreamState {
    pub(crate) name: String,
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    pub(crate) consumer_count: usize,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
}

/// The server, or the stream, is not there now.
#[derive(Debug, thiserror::Error)]
#[error("NATS cannot be asked now")]
pub(crate) struct Unreachable;

/// Keeps streams and consumer in place, and tells the others when they are.
pub(super) async fn keep(app: Arc<App>, bus: Arc<Bus>) {
    let mut link = bus.link.clone();
    let mut made = 0;
    let mut told = false;
    loop {
        let connected = link.borrow_and_update().connected;
        let mut retry = Duration::MAX;
        if connected {
            match ensure(&bus).await {
                Ok(()) => {
                    made += 1;
                    told = false;
                    bus.ready.send_replace(Some(made));
                }
                Err(error) => {
                    bus.ready.send_replace(None);
                    if !told && matches!(link.has_changed(), Ok(false)) {
                        told = true;
                        tracing::warn!(
                            error = %error,
                            "the streams of NATS cannot be made; events wait in the store, and it is tried again"
                        );
                    }
                    retry = RETRY;
                }
            }
        } else {
            bus.ready.send_replace(None);
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            changed = link.changed() => if changed.is_err() { return },
            // A stream that is made again while it is being deleted may come out lame.
            () = bus.suspicion.notified(), if connected => tokio::time::sleep(CALM).await,
            () = tokio::time::sleep(retry) => {}
        }
    }
}

async fn ensure(bus: &Bus) -> Result<(), async_nats::Error> {
    let settings = &bus.settings;
    let common = stream::Config {
        storage: StorageType::File,
        num_replicas: settings.replicas.max(1),
        ..stream::Config::default()
    };
    let events = stream::Config {
        name: settings.events_stream.clone(),
        subjects: vec![format!("{}>", subject::EVENTS)],
        retention: RetentionPolicy::Limits,
        max_age: DAY.saturating_mul(settings.events_max_age_days),
        max_bytes: 1024 * MIB,
        duplicate_window: DUPLICATES,
        ..common.clone()
    };
    let send = stream::Config {
        name: settings.send_stream.clone(),
        subjects: vec![format!("{}>", subject::SEND)],
        retention: RetentionPolicy::WorkQueue,
        max_age: DAY.saturating_mul(settings.send_max_age_days),
        max_bytes: 512 * MIB,
        // Whoever sends a command is told that there is no room; none that was acknowledged goes.
        discard: DiscardPolicy::New,
        ..common
    };
    ensure_stream(&bus.jetstream, events).await?;
    ensure_stream(&bus.jetstream, send).await?;
    ensure_consumer(&bus.jetstream, &settings.send_stream).await
}

/// Makes the stream, or brings what is documented of it up to date. What an operator has set beyond
/// that stays.
async fn ensure_stream(
    jetstream: &jetstream::Context,
    wanted: stream::Config,
) -> Result<(), async_nats::Error> {
    let mut config = match jetstream.get_stream(&wanted.name).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(cause)
                if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                jetstream.create_stream(wanted).await?;
                return Ok(());
            }
            _ => return Err(error.into()),
        },
    };
    let fits = wanted
        .subjects
        .iter()
        .all(|subject| config.subjects.contains(subject))
        && config.max_age == wanted.max_age
        && config.max_bytes == wanted.max_bytes;
    if config.retention != wanted.retention {
        tracing::warn!(
            stream = wanted.name,
            "a stream of NATS has another retention than it should; delete it, and it is made anew"
        );
    }
    if fits {
        return Ok(());
    }
    for subject in wanted.subjects {
        if !config.subjects.contains(&subject) {
            config.subjects.push(subject);
        }
    }
    config.max_age = wanted.max_age;
    config.max_bytes = wanted.max_bytes;
    config.duplicate_window = config.duplicate_window.min(config.max_age);
    jetstream.update_stream(config).await?;
    Ok(())
}

async fn ensure_consumer(
    jetstream: &jetstream::Context,
    stream: &str,
) -> Result<(), async_nats::Error> {
    let wanted = pull::Config {
        durable_name: Some(WORKER.to_owned()),
        filter_subject: format!("{}>", subject::SEND),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: MAX_DELIVER,
        ..pull::Config::default()
    };
    let known: Result<PullConsumer, _> = jetstream.get_consumer_from_stream(WORKER, stream).await;
    if let Ok(known) = known {
        let config = &known.cached_info().config;
        if config.ack_wait == ACK_WAIT && config.max_deliver == MAX_DELIVER {
            return Ok(());
        }
    }
    jetstream.create_consumer_on_stream(wanted, stream).await?;
    Ok(())
}

impl Bus {
    /// What a stream holds; `None` when the server cannot tell.
    pub(crate) async fn stream_state(&self, name: &str) -> Option<StreamState> {
        if !self.is_connected() {
            return None;
        }
        let stream = self.jetstream.get_stream(name).await.ok()?;
        let state = &stream.cached_info().state;
        Some(StreamState {
            name: name.to_owned(),
            messages: state.messages,
            bytes: state.bytes,
            consumer_count: state.consumer_count,
            first_seq: state.first_sequence,
            last_seq: state.last_sequence,
        })
    }

    /// Removes every message of a stream.
    pub(crate) async fn purge(&self, name: &str) -> Result<(), Unreachable> {
        if !self.is_connected() {
            return Err(Unreachable);
        }
        let stream = self.jetstream.get_stream(name).await;
        let purged = stream.map_err(|_| Unreachable)?.purge().await;
        purged.map(drop).map_err(|_| Unreachable)
    }

    /// Has streams and consumer looked at again: one of them was not there.
    pub(super) fn suspect(&self) {
        self.ready.send_replace(None);
        self.suspicion.notify_one();
    }
}
