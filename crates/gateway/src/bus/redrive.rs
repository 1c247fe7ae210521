//! Commands that became dead letters, done after all because a person says so.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::command::{Command, parse};
use super::take::{Door, Letter, Verdict, perform};
use crate::app::App;
use crate::store::dead_letters::DeadLetter;
use crate::store::{StoreError, Tx};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
#[error("the command cannot be done now either: {0}")]
pub(crate) struct RedriveError(String);

/// What was put into the store for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redriven {
    /// Messages wait in the queue of the letter's channel.
    Queued,
    /// Receipts wait.
    Receipts,
}

/// A command that can be done, with its file, if it has one, in the object store.
#[derive(Debug)]
pub(crate) struct Prepared(Command);

/// Reads the command of a dead letter again, and keeps its file.
pub(crate) async fn prepare(app: &Arc<App>, letter: &DeadLetter) -> Result<Prepared, RedriveError> {
    let detail: Letter = serde_json::from_str(&letter.detail)
        .map_err(|_| RedriveError("the dead letter is not readable".to_owned()))?;
    let payload = match (detail.raw, detail.raw_base64) {
        (Some(text), _) => text.into_bytes(),
        (None, Some(bytes)) => BASE64_STANDARD.decode(bytes).unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    let now = app.clock.now();
    let mut command = parse(&payload, now).map_err(|refusal| RedriveError(refusal.error))?;
    let kept = command.keep_file(app).await;
    kept.map_err(|error| RedriveError(error.to_string()))?;
    Ok(Prepared(command))
}

/// Does the command of a dead letter, in the transaction of a caller who settles the letter. A
/// refusal leaves nothing behind.
pub(crate) fn retry_within(
    tx: &Tx<'_>,
    app: &App,
    letter: &DeadLetter,
    prepared: Prepared,
) -> Result<Result<Redriven, RedriveError>, StoreError> {
    let channel_id = letter.channel_id.as_deref().unwrap_or_default();
    Ok(
        match perform(tx, app, channel_id, prepared.0, Door::Redrive)? {
            Ok(Verdict::Receipts) => Ok(Redriven::Receipts),
            Ok(_) => Ok(Redriven::Queued),
            Err(refusal) => Err(RedriveError(refusal.error)),
        },
    )
}

/// Has the receipts sent that a redriven command asked for.
pub(crate) fn wake_receipts(app: &App) {
    if let Some(bus) = &app.bus {
        bus.receipts.notify_one();
    }
}
