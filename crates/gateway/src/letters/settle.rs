//! Settling one dead letter: all that follows from it in one transaction.

use std::sync::Arc;

use serde_json::{Value, json};
use wharf_model::OutgoingMessage;

use crate::app::App;
use crate::bus::{self, Prepared, RedriveError, Redriven};
use crate::deliver::{self, RefusedWish};
use crate::media::{self, MediaError, Reach};
use crate::send::{self, Accept, AcceptError, Accepted, Again, OperateError, Options};
use crate::store::audit::{Difference, Scribe};
use crate::store::dead_letters::{self, DeadLetter, Kind};
use crate::store::{Locked, StoreError, Tx};

/// What is to become of a letter.
#[derive(Debug)]
pub(crate) enum Wish {
    Retry {
        /// Sent in the place of what was refused.
        edited: Option<Box<OutgoingMessage>>,
    },
    Discard {
        reason: String,
    },
}

/// Why a letter stays as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettleError {
    #[error("there is no such dead letter")]
    NotFound,
    #[error("the dead letter is settled; its resolution says how")]
    Settled,
    #[error(
        "this part of a notification was not understood and would not be again; its event keeps it; \
         discard the dead letter when it is handled"
    )]
    NotUnderstood,
    #[error("only a message or a command can be edited")]
    NothingToEdit,
    #[error(transparent)]
    Message(OperateError),
    #[error(transparent)]
    Delivery(RefusedWish),
    #[error(transparent)]
    Command(RedriveError),
    #[error(transparent)]
    Media(MediaError),
    #[error(transparent)]
    Edited(AcceptError),
    #[error("the change could not be stored")]
    Store(#[from] StoreError),
}

/// Who settles a letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct By<'a> {
    pub(super) scribe: &'a Scribe,
    /// The job that it is a part of.
    pub(super) job: Option<&'a str>,
}

/// Whom to tell after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wake {
    Nobody,
    /// The sender of a channel.
    Sender(String),
    Receipts,
    /// The fetching of files.
    Media,
}

impl Wake {
    pub(super) fn tell(self, app: &App) {
        match self {
            Self::Nobody => {}
            Self::Sender(channel_id) => send::wake(app, &channel_id),
            Self::Receipts => bus::wake_receipts(app),
            Self::Media => app.media.wake(),
        }
    }
}

/// Settles a letter as a person wishes.
pub(crate) async fn settle(
    app: &Arc<App>,
    id: String,
    wish: Wish,
    scribe: Scribe,
) -> Result<(), SettleError> {
    let look = id.clone();
    let found = app.store.read(move |tx| dead_letters::by_id(tx, &look));
    let letter = found.await?.ok_or(SettleError::NotFound)?;
    if letter.resolved.is_some() {
        return Err(SettleError::Settled);
    }
    let prepared = prepare(app, &letter, &wish).await?;
    let shared = Arc::clone(app);
    let settled = app.store.write(move |tx| {
        let by = By {
            scribe: &scribe,
            job: None,
        };
        match settle_within(tx, &shared, &id, &wish, prepared, by) {
            Err(SettleError::Store(error)) => Err(error),
            decided => Ok(decided),
        }
    });
    settled.await??.tell(app);
    Ok(())
}

/// Does what a retry needs before its transaction: a command may have a file to keep.
pub(super) async fn prepare(
    app: &Arc<App>,
    letter: &DeadLetter,
    wish: &Wish,
) -> Result<Option<Prepared>, SettleError> {
    match (letter.kind, wish) {
        (Kind::Command, Wish::Retry { edited: None }) => {
            let prepared = bus::prepare(app, letter).await;
            prepared.map(Some).map_err(SettleError::Command)
        }
        _ => Ok(None),
    }
}

/// As [`settle`], in a transaction of the caller's, who wakes whom it says after the commit. A
/// refusal leaves nothing behind.
pub(super) fn settle_within(
    tx: &Tx<'_>,
    app: &App,
    id: &str,
    wish: &Wish,
    prepared: Option<Prepared>,
    by: By<'_>,
) -> Result<Wake, SettleError> {
    let letter = dead_letters::by_id(tx, id)?.ok_or(SettleError::NotFound)?;
    // Locked before the letter is: whoever settles the work itself takes them in the same order.
    match (&letter.message_id, &letter.delivery_id) {
        (Some(message), _) => tx.lock(Locked::Message(message))?,
        (None, Some(delivery)) => tx.lock(Locked::Delivery(delivery))?,
        (None, None) => {}
    }
    let now = app.clock.now();
    if !dead_letters::resolve(tx, id, &resolution(wish), now)? {
        return Err(SettleError::Settled);
    }
    match work(tx, app, &letter, wish, prepared, by) {
        Ok((wake, change)) => {
            note(tx, &letter, wish, by, change)?;
            Ok(wake)
        }
        Err(SettleError::Store(error)) => Err(SettleError::Store(error)),
        Err(refused) => {
            dead_letters::reopen(tx, id)?;
            Err(refused)
        }
    }
}

fn resolution(wish: &Wish) -> String {
    match wish {
        Wish::Retry { edited: None } => "retried".to_owned(),
        Wish::Retry { edited: Some(_) } => "retried with an edited message".to_owned(),
        Wish::Discard { reason } => format!("discarded: {reason}"),
    }
}

/// What was there before, and what is there now.
type Change = Option<(Value, Value)>;

/// Does what is wished, beside the letter itself.
fn work(
    tx: &Tx<'_>,
    app: &App,
    letter: &DeadLetter,
    wish: &Wish,
    prepared: Option<Prepared>,
    by: By<'_>,
) -> Result<(Wake, Change), SettleError> {
    let now = app.clock.now();
    let edited = match wish {
        Wish::Discard { .. } => {
            if let Some(message) = letter
                .message_id
                .as_ref()
                .filter(|_| letter.kind == Kind::Send)
            {
                send::give_up(tx, message, now)?;
                dead_letters::resolve_of_message(tx, message, &resolution(wish), now)?;
            }
            if let Some(delivery) = &letter.delivery_id {
                deliver::discard_within(tx, delivery, &resolution(wish), now)?;
            }
            return Ok((Wake::Nobody, None));
        }
        Wish::Retry { edited } => edited.as_deref(),
    };
    match (letter.kind, &letter.message_id, &letter.delivery_id) {
        (Kind::Send, Some(message), _) => {
            let again = Again {
                edited,
                in_bulk: by.job.is_some(),
            };
            let replaced = send::send_again(tx, app, message, &again).map_err(refused)?;
            dead_letters::resolve_of_message(tx, message, &resolution(wish), now)?;
            let change = replaced.map(|replaced| {
                let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
                (read(&replaced.was), read(&replaced.became))
            });
            let channel_id = letter.channel_id.clone().unwrap_or_default();
            Ok((Wake::Sender(channel_id), change))
        }
        (Kind::Command, ..) => command(tx, app, letter, edited, prepared, by),
        (Kind::Delivery | Kind::Media, ..) if edited.is_some() => Err(SettleError::NothingToEdit),
        (Kind::Media, ..) => {
            media::retry_within(tx, letter, now)?.map_err(SettleError::Media)?;
            Ok((Wake::Media, None))
        }
        (Kind::Delivery, _, Some(delivery)) => {
            deliver::retry_within(tx, delivery, now)?.map_err(SettleError::Delivery)?;
            Ok((Wake::Nobody, None))
        }
        _ => Err(SettleError::NotUnderstood),
    }
}

fn refused(error: OperateError) -> SettleError {
    match error {
        OperateError::Store(error) => SettleError::Store(error),
        refused => SettleError::Message(refused),
    }
}

/// Does a command after all, or sends a message in its place.
fn command(
    tx: &Tx<'_>,
    app: &App,
    letter: &DeadLetter,
    edited: Option<&OutgoingMessage>,
    prepared: Option<Prepared>,
    by: By<'_>,
) -> Result<(Wake, Change), SettleError> {
    let channel_id = letter.channel_id.clone().unwrap_or_default();
    let Some(message) = edited else {
        let prepared = prepared.ok_or(SettleError::NotUnderstood)?;
        let redriven = bus::retry_within(tx, app, letter, prepared)?;
        let redriven = redriven.map_err(SettleError::Command)?;
        let wake = match redriven {
            Redriven::Queued => Wake::Sender(channel_id),
            Redriven::Receipts => Wake::Receipts,
        };
        return Ok((wake, None));
    };
    let detail: Value = serde_json::from_str(&letter.detail).unwrap_or_default();
    let was = ["raw", "raw_base64"].map(|key| detail.get(key).cloned());
    let was = was.into_iter().flatten().next().unwrap_or_default();
    let accept = Accept {
        channel_id: channel_id.clone(),
        message: message.clone(),
        marketing: None,
        attachment: None,
        request_id: detail["request_id"].as_str().map(str::to_owned),
        idempotency: None,
        due_at: None,
        options: Options {
            caller: by.scribe.actor.clone(),
            ..Options::default()
        },
        // Whoever edits a letter was checked before.
        files: Reach::default(),
        render: |message| message.id.clone(),
    };
    match send::accept_within(tx, app, accept) {
        Ok(Accepted::New { body: id, .. } | Accepted::Replayed { body: id, .. }) => {
            let became = json!({"id": id, "message": message});
            Ok((Wake::Sender(channel_id), Some((was, became))))
        }
        Err(AcceptError::Store(error)) => Err(SettleError::Store(error)),
        Err(refused) => Err(SettleError::Edited(refused)),
    }
}

/// Tells the audit.
fn note(
    tx: &Tx<'_>,
    letter: &DeadLetter,
    wish: &Wish,
    by: By<'_>,
    change: Change,
) -> Result<(), StoreError> {
    let (action, mut became) = match wish {
        Wish::Retry { edited: None } => ("dead_letter.retried", None),
        Wish::Retry { edited: Some(_) } => ("dead_letter.edited", None),
        Wish::Discard { reason } => ("dead_letter.discarded", Some(json!({"reason": reason}))),
    };
    let mut was = None;
    if let Some((before, after)) = change {
        (was, became) = (Some(before), Some(after));
    }
    if let Some(job) = by.job {
        became.get_or_insert_with(|| json!({}))["job"] = json!(job);
    }
    by.scribe
        .note(tx, action, &letter.id, Difference { was, became })
}
