//! Commands in: pulled in batches, taken into the store, and only then acknowledged.
//!
//! All that has arrived is taken together, in one transaction a session and in the order of the
//! stream. While the store cannot take it, the server is told that work is going on, so that no
//! command runs out of deliveries because of us. A session whose files cannot be stored holds up no
//! other, until as many commands are in our hands as may be.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{self, AckKind};
use futures_util::FutureExt;
use futures_util::stream::StreamExt;

use super::command::{Command, Reason, Refusal, parse};
use super::hands::{Hands, Held};
use super::streams::{ACK_WAIT, WORKER};
use super::take::{Delivery, Verdict, bury, take};
use super::{Bus, Turn, rescue, subject, until_usable};
use crate::app::App;
use crate::send;
use crate::store::StoreError;
use crate::telemetry::Outcome;

/// Commands asked for at once.
const BATCH: usize = 256;

/// Commands taken together at most.
pub(super) const CHUNK: usize = 64;

/// Commands in our hands, from which on no more are taken there.
const FULL: usize = 256;

/// How long the end of a turn waits for what is being taken.
const FINISH: Duration = Duration::from_secs(5);

/// How long the server may say nothing.
const HEARTBEAT: Duration = Duration::from_secs(5);
const EXPIRES: Duration = Duration::from_secs(20);

/// When a command is to be delivered again whose channel is not there.
const LATER: Duration = Duration::from_secs(5);

/// When a command is to be delivered to another node that has come here in vain: once the server
/// knows that nobody asks here any more.
const HANDED_OVER: Duration = Duration::from_millis(500);

/// How long to wait after the store, or the server, has failed.
const RETRY: Duration = Duration::from_secs(1);

/// How often the server is told that work is going on.
const PROGRESS: Duration = Duration::from_secs(ACK_WAIT.as_secs() / 3);

/// How often commands are looked for that the server does not deliver any more.
const RESCUE: Duration = Duration::from_secs(10);

/// Takes commands until the gateway stops.
pub(super) async fn consume(app: Arc<App>, bus: Arc<Bus>) {
    let mut hands = Hands::default();
    while let Some(turn) = until_usable(&app, &bus).await {
        if let Err(error) = run(&app, &bus, turn, &mut hands).await {
            if bus.is_connected() {
                tracing::debug!(%error, "commands are not delivered; the streams are looked at again");
                bus.suspect();
            }
            tokio::select! {
                () = app.stopping.cancelled() => return,
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }
}

async fn run(
    app: &Arc<App>,
    bus: &Arc<Bus>,
    mut turn: Turn,
    hands: &mut Hands,
) -> Result<(), async_nats::Error> {
    let stream = &bus.settings.send_stream;
    let consumer: PullConsumer = bus
        .jetstream
        .get_consumer_from_stream(WORKER, stream)
        .await?;
    let messages = consumer
        .stream()
        .max_messages_per_batch(BATCH)
        .heartbeat(HEARTBEAT)
        .expires(EXPIRES)
        .messages()
        .await?;
    let mut chunks = messages.ready_chunks(CHUNK);
    let mut rescues = tokio::time::interval(RESCUE);
    let mut progress = tokio::time::interval(PROGRESS);
    let mut seen = None;
    let over = turn.over(app);
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => break,
            Some(session) = hands.taken() => hands.go_on(app, bus, session),
            chunk = chunks.next(), if hands.count() < FULL => {
                let Some(chunk) = chunk else { return Ok(()) };
                let mut commands = Vec::with_capacity(chunk.len());
                let mut failed = None;
                for message in chunk {
                    match message {
                        Ok(message) => commands.push(message),
                        Err(error) => failed = Some(error),
                    }
                }
                hands.add(app, bus, commands);
                if let Some(error) = failed {
                    return Err(error.into());
                }
            }
            _ = progress.tick() => {
                for message in hands.waiting() {
                    acknowledge(&message, AckKind::Progress).await;
                }
            }
            _ = rescues.tick() => {
                rescue::lame(bus, &consumer, &mut seen).await?;
                rescue::stuck(app, bus, &consumer, &hands.places()).await?;
            }
        }
    }
    let let_go = hands.let_go();
    let finished = async {
        while let Some(session) = hands.taken().await {
            hands.go_on(app, bus, session);
        }
    };
    // What cannot be finished is here still in our next turn, and comes to others by itself.
    let _ = tokio::time::timeout(FINISH, finished).await;
    // What has arrived and was not looked at goes to whoever asks next, and not to us again.
    for message in let_go {
        acknowledge(&message, AckKind::Nak(Some(HANDED_OVER))).await;
    }
    while let Some(Some(chunk)) = chunks.next().now_or_never() {
        for message in chunk.into_iter().flatten() {
            acknowledge(&message, AckKind::Nak(Some(HANDED_OVER))).await;
        }
    }
    drop(chunks);
    let _ = tokio::time::timeout(RETRY, bus.client.flush()).await;
    Ok(())
}

/// Takes commands of one session in their order, and answers for each.
pub(super) async fn take_session(app: &Arc<App>, bus: &Bus, session: &str, group: Vec<Held>) {
    let (deliveries, messages): (Vec<_>, Vec<_>) = group.into_iter().unzip();
    let working = async {
        loop {
            tokio::time::sleep(PROGRESS).await;
            for message in &messages {
                acknowledge(message, AckKind::Progress).await;
            }
        }
    };
    let verdicts = tokio::select! {
        verdicts = take_group(app, bus, session, Arc::new(deliveries)) => verdicts,
        () = working => return,
    };
    for (message, verdict) in messages.iter().zip(verdicts) {
        let kind = match verdict {
            Verdict::Queued | Verdict::Receipts | Verdict::Repeated => AckKind::Ack,
            Verdict::Refused(_) => AckKind::Term,
            Verdict::Later => AckKind::Nak(Some(LATER)),
        };
        acknowledge(message, kind).await;
    }
}

/// Takes the commands of one session in one transaction. Returns without a verdict only when the
/// store is closed: the server delivers them again.
pub(super) async fn take_group(
    app: &Arc<App>,
    bus: &Bus,
    session: &str,
    deliveries: Arc<Vec<Delivery>>,
) -> Vec<Verdict> {
    let Some(all) = parse_all(app, session, &deliveries).await else {
        return Vec::new();
    };
    let verdicts = loop {
        let parsed = all.clone();
        let (shared, group) = (Arc::clone(app), Arc::clone(&deliveries));
        let taken = app.store.write(move |tx| {
            let messages = parsed.iter().flatten().filter_map(Command::message);
            send::look_ahead(tx, messages)?;
            let each = group.iter().zip(parsed);
            each.map(|(delivery, parsed)| take(tx, &shared, delivery, parsed))
                .collect::<Result<Vec<_>, _>>()
        });
        match taken.await {
            Ok(verdicts) => break verdicts,
            Err(StoreError::Closed) => return Vec::new(),
            Err(error) if error.is_lasting() => {
                tracing::error!(channel.id = session, %error, "a command cannot be stored as it is");
                break one_by_one(app, &deliveries, all).await;
            }
            Err(error) => {
                tracing::error!(channel.id = session, %error, "commands cannot be stored; it is tried again");
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    for verdict in &verdicts {
        let outcome = verdict.as_str();
        app.metrics
            .bus_commands
            .get_or_create(&Outcome { outcome })
            .inc();
    }
    if verdicts.contains(&Verdict::Queued) {
        send::wake(app, session);
    }
    if verdicts.contains(&Verdict::Receipts) {
        bus.receipts.notify_one();
    }
    verdicts
}

/// Reads commands, and brings their files into the object store. Nothing when the gateway stops.
async fn parse_all(
    app: &Arc<App>,
    session: &str,
    deliveries: &[Delivery],
) -> Option<Vec<Result<Command, Refusal>>> {
    let mut all = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let mut parsed = parse(&delivery.payload, app.clock.now());
        while let Ok(command) = &mut parsed {
            match command.keep_file(app).await {
                Ok(()) => break,
                Err(error) if error.is_the_files() => {
                    parsed = Err(Refusal {
                        request_id: command.request_id.clone(),
                        reason: Reason::Invalid,
                        error: error.to_string(),
                    });
                }
                Err(_) if app.stopping.is_cancelled() => return None,
                Err(error) => {
                    tracing::error!(channel.id = session, %error, "a command's file cannot be stored; it is tried again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
        all.push(parsed);
    }
    Some(all)
}

/// Takes commands each in a transaction of its own, so that one that the store refuses for good does
/// not hold the others up: it becomes a dead letter.
async fn one_by_one(
    app: &Arc<App>,
    deliveries: &[Delivery],
    all: Vec<Result<Command, Refusal>>,
) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(deliveries.len());
    for (delivery, parsed) in deliveries.iter().zip(all) {
        let (shared, one) = (Arc::clone(app), delivery.clone());
        let taken = app.store.write(move |tx| take(tx, &shared, &one, parsed));
        let Err(error) = taken.await.map(|verdict| verdicts.push(verdict)) else {
            continue;
        };
        if !error.is_lasting() {
            verdicts.push(Verdict::Later);
            continue;
        }
        let (shared, one) = (Arc::clone(app), delivery.clone());
        let refusal = Refusal {
            request_id: None,
            reason: Reason::NotStored,
            error: "the store refuses the command".to_owned(),
        };
        let buried = app
            .store
            .write(move |tx| bury(tx, &shared, &one.session, &one.payload, &refusal));
        verdicts.push(match buried.await {
            Ok(()) => Verdict::Refused(Reason::NotStored),
            Err(_) => Verdict::Later,
        });
    }
    verdicts
}

/// Names a command so that it is known when it comes again.
pub(super) fn delivery(message: &jetstream::Message) -> Option<Delivery> {
    let info = message.info().ok()?;
    Some(Delivery {
        session: subject::session(&message.subject).to_owned(),
        payload: message.payload.clone(),
        place: place(
            info.stream,
            info.stream_sequence,
            info.published.unix_timestamp_nanos(),
        ),
        delivered: info.delivered,
    })
}

/// A message's place: a stream that is made anew counts from 1 again, hence the time.
pub(super) fn place(stream: &str, sequence: u64, published: i128) -> String {
    format!("{stream}/{sequence}/{published}")
}

async fn acknowledge(message: &jetstream::Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        // It is delivered again, and known by then.
        tracing::debug!(%error, "a command was not acknowledged");
    }
}
