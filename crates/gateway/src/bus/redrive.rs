//! Commands that became dead letters, done after all because a person says so.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::command::parse;
use super::take::{Door, Letter, Verdict, perform};
use crate::app::App;
use crate::send;
use crate::store::StoreError;
use crate::store::dead_letters::{self, DeadLetter};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedriveError {
    #[error("the command cannot be done now either: {0}")]
    Refused(String),
    #[error("the dead letter is settled already")]
    Settled,
    #[error("the command could not be stored")]
    Store(#[from] StoreError),
}

/// Reads the command of a dead letter again, does it, and settles the letter, all or nothing.
pub(crate) async fn retry(app: &Arc<App>, letter: DeadLetter) -> Result<(), RedriveError> {
    let corrupt = StoreError::Corrupt {
        what: "dead letter",
    };
    let detail: Letter = serde_json::from_str(&letter.detail).map_err(|_| corrupt)?;
    let payload = match (detail.raw, detail.raw_base64) {
        (Some(text), _) => text.into_bytes(),
        (None, Some(bytes)) => BASE64_STANDARD.decode(bytes).unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    let mut command =
        parse(&payload, app.clock.now()).map_err(|refusal| RedriveError::Refused(refusal.error))?;
    let kept = command.keep_file(app).await;
    kept.map_err(|error| RedriveError::Refused(error.to_string()))?;
    let session = letter.channel_id.unwrap_or_default();
    let (shared, channel_id) = (Arc::clone(app), session.clone());
    let done = app.store.write(move |tx| {
        let now = shared.clock.now();
        if !dead_letters::resolve(tx, &letter.id, "retried", now)? {
            return Ok(Err(RedriveError::Settled));
        }
        match perform(tx, &shared, &channel_id, command, Door::Redrive)? {
            Ok(verdict) => Ok(Ok(verdict)),
            Err(refusal) => {
                dead_letters::reopen(tx, &letter.id)?;
                Ok(Err(RedriveError::Refused(refusal.error)))
            }
        }
    });
    match done.await?? {
        Verdict::Receipts => {
            if let Some(bus) = &app.bus {
                bus.receipts.notify_one();
            }
        }
        _ => send::wake(app, &session),
    }
    Ok(())
}
