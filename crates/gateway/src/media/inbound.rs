//! Files of users, fetched from the carrier at once: its addresses live five minutes.
//!
//! A file is a row from the transaction on that stores its message. Any node takes it, for as long
//! as it says that it is at work; the try that it took it for is what its result counts for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::io::ReaderStream;
use wharf_model::IncomingContent;

use super::intake::{self, Received, Typing};
use super::{BoxError, MediaError};
use crate::app::App;
use crate::carrier::{CarrierError, Missed};
use crate::clock::Millis;
use crate::config::Role;
use crate::ids::Kind;
use crate::store::audit::{Difference, Scribe};
use crate::store::dead_letters::{self, DeadLetter, NewDeadLetter};
use crate::store::media::{self, Media, State};
use crate::store::messages::Direction;
use crate::store::{StoreError, Tx, channels, outbound};

#[cfg(test)]
mod tests;

/// How often it is looked for what another node, or a former run, has left.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A file is its node's for this long, and is kept by a sign of life each third of it.
const HELD: Millis = 60_000;

/// Tries before a file is given up: with the waits between them, about a day. Ids live seven.
const TRIES: i64 = 30;
/// Tries of a file that comes otherwise than announced.
const WRONG_TRIES: i64 = 4;
const FIRST_WAIT: u64 = 1_000;
const LONGEST_WAIT: u64 = 3_600_000;

/// Bytes between the download and the object store.
const PIPE: usize = 64 << 10;

/// What a message tells of its file.
struct Told<'a> {
    id: &'a str,
    mime_type: Option<&'a str>,
    sha256: Option<&'a str>,
    filename: Option<&'a str>,
}

/// Why a file was not fetched.
struct Failure {
    /// A stable code.
    reason: &'static str,
    error: String,
    /// When to try again.
    after: After,
}

enum After {
    /// Up to so many tries.
    Wait(i64),
    Never,
    /// Never, and nobody need look at it.
    NotOurs,
}

/// `data` of a `media` event.
#[derive(Debug, Serialize)]
struct MediaEvent<'a> {
    id: &'a str,
    state: &'a str,
    message: Option<&'a str>,
    mime_type: Option<&'a str>,
    bytes: Option<i64>,
    sha256: Option<&'a str>,
    filename: Option<&'a str>,
    url: Option<String>,
    error: Option<&'a str>,
}

/// The row of the file that a message carries, if it carries one.
pub(crate) fn of_message(
    app: &App,
    channel_id: &str,
    message_id: &str,
    content: &IncomingContent,
    now: Millis,
) -> Option<Media> {
    let told = match content {
        IncomingContent::Image(file) | IncomingContent::Video(file) => Told {
            id: file.id.as_str(),
            mime_type: file.mime_type.as_deref(),
            sha256: file.sha256.as_deref(),
            filename: None,
        },
        IncomingContent::Audio(file) => Told {
            id: file.id.as_str(),
            mime_type: file.mime_type.as_deref(),
            sha256: file.sha256.as_deref(),
            filename: None,
        },
        IncomingContent::Document(file) => Told {
            id: file.id.as_str(),
            mime_type: file.mime_type.as_deref(),
            sha256: file.sha256.as_deref(),
            filename: file.filename.as_deref(),
        },
        IncomingContent::Sticker(file) => Told {
            id: file.id.as_str(),
            mime_type: file.mime_type.as_deref(),
            sha256: file.sha256.as_deref(),
            filename: None,
        },
        _ => return None,
    };
    let id = app.random.id(Kind::Media, now);
    Some(Media {
        object_key: intake::object_key(&id),
        id,
        channel_id: Some(channel_id.to_owned()),
        direction: Direction::Inbound,
        message_id: Some(message_id.to_owned()),
        carrier_media_id: Some(told.id.to_owned()),
        wanted_sha256: told.sha256.map(str::to_owned),
        state: State::Pending,
        mime_type: told.mime_type.map(str::to_owned),
        bytes: None,
        sha256: None,
        filename: told.filename.and_then(intake::clean_name),
        is_voice: false,
        tries: 0,
        error: None,
        due_at: now,
        created_at: now,
        updated_at: now,
        expires_at: None,
    })
}

/// Fetches what waits until the app stops.
pub(super) async fn run(app: Arc<App>) {
    if !app.config.cluster.roles.contains(&Role::Ingest) {
        return;
    }
    let mut fetching = JoinSet::new();
    while !app.stopping.is_cancelled() {
        while fetching.try_join_next().is_some() {}
        let free = app.config.media.in_flight.saturating_sub(fetching.len());
        let taken = if free == 0 {
            0
        } else {
            let (now, limit) = (app.clock.now(), i64::try_from(free).unwrap_or(1));
            let claim = move |tx: &Tx<'_>| match media::next_due(tx)? {
                Some(due_at) if due_at <= now => media::claim(tx, now, now + HELD, limit),
                _ => Ok(Vec::new()),
            };
            let claimed = app.store.write(claim).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot look for files to fetch; it is tried again");
                Vec::new()
            });
            let taken = claimed.len();
            for row in claimed {
                let fetch = fetch(Arc::clone(&app), row);
                fetching.spawn(app.tasks.track_future(fetch));
            }
            taken
        };
        if taken > 0 && taken == free {
            continue;
        }
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = app.media.wanted.notified() => {}
            Some(_) = fetching.join_next(), if !fetching.is_empty() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
    // Those under way put back what they have not finished.
    while fetching.join_next().await.is_some() {}
}

/// One try of one file.
async fn fetch(app: Arc<App>, row: Media) {
    let outcome = tokio::select! {
        outcome = bring(&app, &row) => outcome,
        () = keep(&app, &row) => return remove_unwanted(&app, &row).await,
        () = app.stopping.cancelled() => {
            let (id, tries, now) = (row.id, row.tries, app.clock.now());
            // Should it not be noted, it is due again when its time is over.
            let _ = app.store.write(move |tx| media::hold(tx, &id, tries, now)).await;
            return;
        }
    };
    if let Err(failure) = &outcome {
        tracing::warn!(
            media.id = row.id,
            tries = row.tries,
            reason = failure.reason,
            error = failure.error,
            "a file was not fetched from the carrier"
        );
    }
    note(&app, row, outcome).await;
}

/// Has the outcome of a try recorded, sooner or later.
async fn note(app: &Arc<App>, row: Media, outcome: Result<Received, Failure>) {
    let outcome = Arc::new(outcome);
    loop {
        let (shared, tried, outcome) = (Arc::clone(app), row.clone(), Arc::clone(&outcome));
        let noted = app
            .store
            .write(move |tx| record(tx, &shared, &tried, &outcome));
        match noted.await {
            Ok(true) | Err(StoreError::Closed) => return,
            Ok(false) => return remove_unwanted(app, &row).await,
            Err(error) if error.is_lasting() => {
                tracing::error!(%error, "the outcome of a download cannot be recorded");
                return;
            }
            Err(_) => {
                if app.stopping.is_cancelled() {
                    return;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

/// Removes the bytes of a file that was erased or deleted while they came. Those of another try are
/// in the same place and stay.
async fn remove_unwanted(app: &App, row: &Media) {
    loop {
        let id = row.id.clone();
        let found = app.store.read(move |tx| media::by_id(tx, &id)).await;
        let error: BoxError = match found {
            Ok(Some(found)) if found.state != State::Expired => return,
            Ok(_) => match app.media.remove(&row.object_key).await {
                Ok(()) => return,
                Err(error) => error.into(),
            },
            Err(error) => error.into(),
        };
        tracing::warn!(%error, media.id = row.id, "a file that nobody wants is not removed");
        if app.stopping.is_cancelled() {
            return;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Says again and again that the file is being fetched; ends when it is somebody else's.
async fn keep(app: &App, row: &Media) {
    let pause = Duration::from_millis(HELD.unsigned_abs() / 3);
    loop {
        tokio::time::sleep(pause).await;
        let (id, tries, until) = (row.id.clone(), row.tries, app.clock.now() + HELD);
        let held = app
            .store
            .write(move |tx| media::hold(tx, &id, tries, until))
            .await;
        if let Ok(false) = held {
            return;
        }
    }
}

async fn bring(app: &Arc<App>, row: &Media) -> Result<Received, Failure> {
    let wait = |reason, error: String| Failure {
        reason,
        error,
        after: After::Wait(TRIES),
    };
    let never = |reason, error: String| Failure {
        reason,
        error,
        after: After::Never,
    };
    let channel_id = row.channel_id.clone().unwrap_or_default();
    let channel = app
        .store
        .read(move |tx| channels::by_id(tx, &channel_id))
        .await
        .map_err(|error| wait("not_stored", error.to_string()))?;
    let channel = channel.ok_or_else(|| Failure {
        reason: "channel_not_found",
        error: "the channel is not there any more".to_owned(),
        after: After::NotOurs,
    })?;
    let carrier = match app.carriers.of(&channel) {
        Ok(carrier) => carrier,
        Err(error @ CarrierError::NoToken) => {
            return Err(Failure {
                reason: "channel_receive_only",
                error: error.to_string(),
                after: After::NotOurs,
            });
        }
        Err(error) => return Err(wait("channel_cannot_call", error.to_string())),
    };
    let carrier_id = row.carrier_media_id.as_deref().unwrap_or_default();
    let sha256 = row.wanted_sha256.as_deref();
    let limit = app.config.media.max_bytes;

    let (mut writer, reader) = tokio::io::duplex(PIPE);
    let (tell, told) = oneshot::channel();
    let download = async move {
        let done = carrier.fetch(carrier_id, sha256, limit, &mut writer).await;
        // The other side must know before it takes the end of the pipe for the end of the file.
        let (failed, done) = match done {
            Ok(()) => (None, Ok(())),
            Err(missed) => (Some(missed.to_string()), Err(missed)),
        };
        let _ = tell.send(failed);
        drop(writer);
        done
    };
    let verdict = told.into_stream().filter_map(|failed| async move {
        match failed {
            Ok(None) => None,
            Ok(Some(error)) => Some(Err::<Bytes, BoxError>(error.into())),
            Err(gone) => Some(Err(gone.into())),
        }
    });
    let pieces = ReaderStream::with_capacity(reader, PIPE)
        .map(|piece| piece.map_err(BoxError::from))
        .chain(verdict);
    let typing = Typing::Given(row.mime_type.as_deref());
    let receive = intake::receive(app, &row.object_key, pieces, typing, limit);
    let (downloaded, received) = tokio::join!(download, receive);
    match (downloaded, received) {
        (Ok(()), Ok(received)) => Ok(received),
        (_, Err(MediaError::TooLarge { limit })) => {
            let error = MediaError::TooLarge { limit }.to_string();
            Err(never("too_large", error))
        }
        (_, Err(MediaError::Objects(error))) => Err(wait("not_stored", error.to_string())),
        (Err(Missed::Wrong(error)), _) => Err(Failure {
            reason: "not_as_announced",
            error,
            after: After::Wait(WRONG_TRIES),
        }),
        (Err(Missed::Later(error)), _) => Err(wait("not_fetched", error)),
        (Err(Missed::Never(error)), _) => Err(never("not_available", error)),
        (Ok(()), Err(error)) => Err(wait("not_fetched", error.to_string())),
    }
}

/// Notes how a try ended; `false` if the file is not pending in that try any more.
fn record(
    tx: &Tx<'_>,
    app: &App,
    row: &Media,
    outcome: &Result<Received, Failure>,
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let done = match outcome {
        Ok(received) => {
            let learned = intake::learned(app, row, received);
            media::stored(tx, &row.id, row.tries, &learned, now)?
        }
        Err(failure) => {
            let due_at = match failure.after {
                After::Wait(tries) if row.tries < tries => Some(now.saturating_add(wait(app, row))),
                _ => None,
            };
            let error = &failure.error;
            let noted = media::not_fetched(tx, &row.id, row.tries, error, due_at, now)?;
            if due_at.is_some() {
                return Ok(noted);
            }
            noted
        }
    };
    let Some(row) = media::by_id(tx, &row.id)?.filter(|_| done) else {
        return Ok(false);
    };
    tell(tx, app, &row, now)?;
    if let Err(failure) = outcome
        && !matches!(failure.after, After::NotOurs)
    {
        bury(tx, app, &row, failure, now)?;
    }
    Ok(true)
}

/// Lets a file be fetched again whose dead letter somebody retries, in the transaction of a caller
/// who settles the letter, and wakes the fetching after the commit.
pub(crate) fn retry_within(
    tx: &Tx<'_>,
    letter: &DeadLetter,
    now: Millis,
) -> Result<Result<(), MediaError>, StoreError> {
    let detail: serde_json::Value = serde_json::from_str(&letter.detail).unwrap_or_default();
    let id = detail.get("media_id").and_then(serde_json::Value::as_str);
    let Some(row) = id.map(|id| media::by_id(tx, id)).transpose()?.flatten() else {
        return Ok(Err(MediaError::NotFound));
    };
    if !media::fetch_again(tx, &row.id, now)? {
        return Ok(Err(MediaError::NotStored(row.state)));
    }
    Ok(Ok(()))
}

/// Lets a file be fetched again that was given up.
pub(crate) async fn again(app: &App, id: String, scribe: Scribe) -> Result<(), MediaError> {
    let now = app.clock.now();
    let begun = app.store.write(move |tx| {
        let Some(row) = media::by_id(tx, &id)? else {
            return Ok(Err(MediaError::NotFound));
        };
        if !media::fetch_again(tx, &id, now)? {
            return Ok(Err(MediaError::NotStored(row.state)));
        }
        if let Some(message) = &row.message_id {
            dead_letters::resolve_of_media(tx, message, "retried", now)?;
        }
        scribe.note(tx, "media.retried", &id, Difference::NONE)?;
        Ok(Ok(()))
    });
    begun.await??;
    app.media.wake();
    Ok(())
}

fn tell(tx: &Tx<'_>, app: &App, row: &Media, now: Millis) -> Result<(), StoreError> {
    let stored = row.state == State::Stored;
    let data = MediaEvent {
        id: &row.id,
        state: row.state.as_str(),
        message: row.message_id.as_deref(),
        mime_type: row.mime_type.as_deref(),
        bytes: row.bytes,
        sha256: row.sha256.as_deref(),
        filename: row.filename.as_deref(),
        url: stored.then(|| super::url_of(&row.id)),
        error: row.error.as_deref(),
    };
    let channel_id = row.channel_id.as_deref().unwrap_or("unassigned");
    let message_id = row.message_id.as_deref();
    outbound::append(tx, &app.random, "media", channel_id, message_id, &data, now)
}

fn bury(
    tx: &Tx<'_>,
    app: &App,
    row: &Media,
    failure: &Failure,
    now: Millis,
) -> Result<(), StoreError> {
    let detail = serde_json::json!({
        "media_id": row.id, "error": failure.error, "tries": row.tries,
        "advice": "See whether the channel's token and the object store work, then retry; the \
            carrier keeps a file for seven days.",
    });
    let letter = NewDeadLetter {
        id: app.random.id(Kind::DeadLetter, now),
        channel_id: row.channel_id.clone(),
        message_id: row.message_id.clone(),
        reason: failure.reason.to_owned(),
        detail: detail.to_string(),
        ..NewDeadLetter::default()
    };
    let kind = dead_letters::Kind::Media;
    dead_letters::insert(tx, kind, &letter, now)?;
    let told = serde_json::json!({
        "dead_letter_id": letter.id, "kind": kind.as_str(), "reason": failure.reason,
        "id": row.message_id, "detail": detail,
    });
    let channel_id = row.channel_id.as_deref().unwrap_or("unassigned");
    let message_id = row.message_id.as_deref();
    outbound::append(
        tx,
        &app.random,
        "dead_letter",
        channel_id,
        message_id,
        &told,
        now,
    )
}

/// Twice as long each time, and none of those that failed together comes back together.
fn wait(app: &App, row: &Media) -> Millis {
    let doubled = u32::try_from(row.tries.saturating_sub(1)).unwrap_or(u32::MAX);
    let longest = FIRST_WAIT
        .saturating_mul(2_u64.saturating_pow(doubled))
        .min(LONGEST_WAIT);
    let half = longest / 2;
    i64::try_from(half + app.random.below(half + 1)).unwrap_or(Millis::MAX)
}
