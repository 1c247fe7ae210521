//! Events out: published in order from a durable cursor, many on their way at once.
//!
//! Each event names the one before it as `Nats-Expected-Last-Msg-Id`, so that the server refuses
//! all that follow one that it did not take: whatever goes wrong in the middle, the stream holds the
//! events in order. Everything from the first one without an acknowledgement on is published again;
//! the server drops what it has by `Nats-Msg-Id`. So is what the server had acknowledged and lost
//! (see [`Mark`]).

use std::collections::VecDeque;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, ErrorCode};
use futures_util::stream::{FuturesOrdered, StreamExt};
use tokio::sync::{oneshot, watch};

use super::mark::Mark;
use super::{Bus, Turn, subject, until_usable};
use crate::app::App;
use crate::envelope;
use crate::store::StoreError;
use crate::store::bus_cursors::{self, Cursor};
use crate::store::events::{self, Event};

/// Events on their way at once at most, and bytes of them.
const WINDOW: usize = 512;
const WINDOW_BYTES: usize = 8 * 1024 * 1024;

/// Events read at once at most, and bytes of their data.
const PAGE: i64 = 256;
const PAGE_BYTES: i64 = 1024 * 1024;

/// Bytes that the headers of an event need at most.
const HEADERS: usize = 512;

/// Pauses after a run that moved nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long a stop waits for acknowledgements on their way.
const DRAIN: Duration = Duration::from_secs(1);

/// Publishes until the gateway stops.
pub(super) async fn publish(app: Arc<App>, bus: Arc<Bus>) {
    let mut pause = FIRST_PAUSE;
    let mut told = false;
    let mut too_large = None;
    while let Some(mut turn) = until_usable(&app, &bus).await {
        let ended = match Run::begin(&app, &bus, too_large).await {
            Ok(mut run) => {
                let ended = run.work(&mut turn).await;
                run.finish().await;
                if run.moved {
                    (pause, told) = (FIRST_PAUSE, false);
                }
                ended
            }
            Err(stumble) => Err(stumble),
        };
        drop(turn);
        let Err(stumble) = ended else { continue };
        if let Stumble::TooLarge(seq) = stumble {
            too_large = Some(seq);
            continue;
        }
        if let Stumble::NoStream = stumble {
            bus.suspect();
        }
        if !matches!(stumble, Stumble::Order) {
            app.metrics.bus_publish_errors.inc();
            if !told {
                told = true;
                tracing::warn!(%stumble, "events are not published; they wait in the store, and it is tried again");
            }
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
        }
    }
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
enum Stumble {
    #[error("the store failed: {0}")]
    Store(StoreError),
    #[error("the stream is not there")]
    NoStream,
    #[error("the server did not take an event: {0}")]
    Refused(String),
    /// The event with this number has to be made smaller.
    #[error("an event is too large")]
    TooLarge(i64),
    /// Somebody else published in between, or what came before was not taken.
    #[error("the order of events would have been broken")]
    Order,
    #[error("another node publishes")]
    Overtaken,
}

/// The end of one publish.
struct Landed {
    seq: i64,
    bytes: usize,
    /// The number in the stream.
    result: Result<u64, PublishError>,
}

type Landing = Pin<Box<dyn Future<Output = Landed> + Send>>;

/// Publishing over one connection without a fault.
struct Run<'a> {
    app: &'a App,
    bus: &'a Bus,
    events: watch::Receiver<i64>,
    page: VecDeque<Event>,
    on_the_way: FuturesOrdered<Landing>,
    bytes: usize,
    /// The id of the event before, once one was published in this run.
    before: Option<String>,
    /// The number of the last event that was read, acknowledged, and noted as acknowledged.
    read: i64,
    acknowledged: i64,
    noted: i64,
    /// Where the last acknowledged event is in the stream.
    mark: Mark,
    noting: Option<(i64, oneshot::Receiver<Result<bool, StoreError>>)>,
    /// The number of an event that the server would not take for its size.
    too_large: Option<i64>,
    /// An event was acknowledged.
    moved: bool,
}

impl<'a> Run<'a> {
    async fn begin(app: &'a App, bus: &'a Bus, too_large: Option<i64>) -> Result<Self, Stumble> {
        let (cursor, mark) = position(app, bus).await?;
        Ok(Self {
            app,
            bus,
            events: app.store.events(),
            page: VecDeque::new(),
            on_the_way: FuturesOrdered::new(),
            bytes: 0,
            before: None,
            read: cursor,
            acknowledged: cursor,
            noted: cursor,
            mark,
            noting: None,
            too_large,
            moved: false,
        })
    }

    /// Publishes until something changes or goes wrong.
    async fn work(&mut self, turn: &mut Turn) -> Result<(), Stumble> {
        let app = self.app;
        let over = turn.over(app);
        tokio::pin!(over);
        loop {
            tokio::select! {
                filled = self.fill() => filled?,
                () = &mut over => return Ok(()),
            }
            self.note()?;
            self.measure();
            let may_fill = self.has_room();
            tokio::select! {
                () = &mut over => return Ok(()),
                Some(landed) = self.on_the_way.next(), if !self.on_the_way.is_empty() => {
                    self.land(landed)?;
                    self.land_all()?;
                }
                noted = noted(&mut self.noting), if self.noting.is_some() => self.after_noting(noted)?,
                changed = self.events.changed(), if may_fill => if changed.is_err() { return Ok(()) },
            }
        }
    }

    fn has_room(&self) -> bool {
        self.on_the_way.len() < WINDOW && self.bytes < WINDOW_BYTES
    }

    /// Sends what there is, as far as there is room. When it is dropped half way, an event may be
    /// left out of the window: the run is over then.
    async fn fill(&mut self) -> Result<(), Stumble> {
        while self.has_room() {
            if self.page.is_empty() {
                // Seen before the read, so that what is committed during it wakes the wait.
                if *self.events.borrow_and_update() <= self.read {
                    return Ok(());
                }
                let seq = self.read;
                let page = self
                    .app
                    .store
                    .read(move |tx| events::after_within(tx, seq, PAGE, PAGE_BYTES));
                self.page = page.await.map_err(Stumble::Store)?.into();
            }
            let Some(event) = self.page.pop_front() else {
                return Ok(());
            };
            self.send(&event).await?;
        }
        Ok(())
    }

    async fn send(&mut self, event: &Event) -> Result<(), Stumble> {
        let limit = self.bus.client.max_payload().saturating_sub(HEADERS);
        let mut payload = envelope::render_for_bus(event).map_err(Stumble::Store)?;
        if self.too_large == Some(event.seq) || (limit > 0 && payload.len() > limit) {
            tracing::warn!(
                event.id = event.id,
                bytes = payload.len(),
                "an event is too large for NATS; it is published without its data, which the API has"
            );
            payload = envelope::render_without_data(event).map_err(Stumble::Store)?;
        }
        let bytes = payload.len();
        let mut message = PublishMessage::build()
            .payload(payload.into())
            .message_id(&event.id);
        if let Some(before) = &self.before {
            message = message.expected_last_message_id(before);
        }
        let subject = subject::of_event(&event.channel_id, &event.kind);
        let seq = event.seq;
        let sent = self.bus.jetstream.send_publish(subject, message).await;
        let ack = sent.map_err(|error| stumble(seq, &error))?.into_future();
        self.on_the_way.push_back(Box::pin(async move {
            let result = ack.await.map(|ack| ack.sequence);
            Landed { seq, bytes, result }
        }));
        self.bytes += bytes;
        self.read = seq;
        self.before = Some(event.id.clone());
        Ok(())
    }

    fn land(&mut self, landed: Landed) -> Result<(), Stumble> {
        self.bytes = self.bytes.saturating_sub(landed.bytes);
        let sequence = landed.result.map_err(|error| stumble(landed.seq, &error))?;
        self.mark.advance(sequence);
        self.acknowledged = landed.seq;
        self.moved = true;
        self.app.metrics.bus_published.inc();
        Ok(())
    }

    /// Takes in what has been acknowledged already.
    fn land_all(&mut self) -> Result<(), Stumble> {
        use futures_util::FutureExt;
        while let Some(Some(landed)) = self.on_the_way.next().now_or_never() {
            self.land(landed)?;
        }
        Ok(())
    }

    /// Writes how far the server has acknowledged, one write at a time.
    fn note(&mut self) -> Result<(), Stumble> {
        if self.noting.is_some() || self.acknowledged == self.noted {
            return Ok(());
        }
        let (from, to) = (self.noted, self.reached());
        let seq = to.seq;
        let written = self
            .app
            .store
            .submit(move |tx| bus_cursors::advance(tx, from, &to));
        self.noting = Some((seq, written.map_err(Stumble::Store)?));
        Ok(())
    }

    fn reached(&self) -> Cursor {
        Cursor {
            seq: self.acknowledged,
            mark: Some(self.mark.to_string()),
        }
    }

    fn after_noting(&mut self, noted: Noted) -> Result<(), Stumble> {
        let (to, written) = noted;
        match written {
            Ok(Ok(true)) => {
                self.noted = to;
                Ok(())
            }
            Ok(Ok(false)) => Err(Stumble::Overtaken),
            Ok(Err(error)) => Err(Stumble::Store(error)),
            Err(_) => Err(Stumble::Store(StoreError::Closed)),
        }
    }

    fn measure(&self) {
        let newest = *self.events.borrow();
        self.app
            .metrics
            .bus_lag
            .set(newest.saturating_sub(self.acknowledged).max(0));
    }

    /// Waits a moment for what is on its way, and notes how far it came. What is not noted is
    /// published again, and dropped by the server.
    async fn finish(&mut self) {
        if self.app.stopping.is_cancelled() {
            let landing = async {
                while let Some(landed) = self.on_the_way.next().await {
                    if self.land(landed).is_err() {
                        return;
                    }
                }
            };
            let _ = tokio::time::timeout(DRAIN, landing).await;
        }
        if self.noting.is_some() {
            let noted = noted(&mut self.noting).await;
            if self.after_noting(noted).is_err() {
                return;
            }
        }
        let (from, to) = (self.noted, self.reached());
        if from < to.seq {
            let written = self
                .app
                .store
                .write(move |tx| bus_cursors::advance(tx, from, &to));
            if let Err(error) = written.await {
                tracing::debug!(%error, "how far events are published was not noted");
            }
        }
        self.measure();
    }
}

/// Where to begin: at the cursor, or before it if the server has lost what it had acknowledged.
async fn position(app: &App, bus: &Bus) -> Result<(i64, Mark), Stumble> {
    let cursor = app.store.read(bus_cursors::get).await;
    let missing = StoreError::Corrupt { what: "bus cursor" };
    let cursor = cursor.and_then(|cursor| cursor.ok_or(missing));
    let Cursor { seq, mark } = cursor.map_err(Stumble::Store)?;
    let stream = bus.jetstream.get_stream(&bus.settings.events_stream).await;
    let stream = stream.map_err(|_| Stumble::NoStream)?;
    let now = Mark::of(stream.cached_info());
    let lost = Mark::read(mark.as_deref()).map_or(0, |before| before.lost(now));
    if lost == 0 {
        return Ok((seq, now));
    }
    let back = seq.saturating_sub(lost).max(0);
    tracing::warn!(
        events = seq - back,
        "NATS has lost events that it had acknowledged; they are published again"
    );
    let cursor = Cursor {
        seq: back,
        mark: Some(now.to_string()),
    };
    let written = app
        .store
        .write(move |tx| bus_cursors::advance(tx, seq, &cursor));
    if written.await.map_err(Stumble::Store)? {
        Ok((back, now))
    } else {
        Err(Stumble::Overtaken)
    }
}

type Noted = (
    i64,
    Result<Result<bool, StoreError>, oneshot::error::RecvError>,
);

/// The write that is under way, when it is done. Cancel-safe.
async fn noted(noting: &mut Option<(i64, oneshot::Receiver<Result<bool, StoreError>>)>) -> Noted {
    let Some((to, written)) = noting.as_mut() else {
        return std::future::pending().await;
    };
    let noted = (*to, written.await);
    *noting = None;
    noted
}

fn stumble(seq: i64, error: &PublishError) -> Stumble {
    match error.kind() {
        PublishErrorKind::StreamNotFound => Stumble::NoStream,
        PublishErrorKind::WrongLastMessageId => Stumble::Order,
        PublishErrorKind::MaxPayloadExceeded => Stumble::TooLarge(seq),
        kind => {
            let cause = std::error::Error::source(error)
                .and_then(|cause| cause.downcast_ref::<jetstream::Error>());
            match cause {
                Some(cause) if cause.error_code() == ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM => {
                    Stumble::TooLarge(seq)
                }
                Some(cause) => Stumble::Refused(cause.to_string()),
                None => Stumble::Refused(kind.to_string()),
            }
        }
    }
}
