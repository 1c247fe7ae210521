//! What an operator or a caller does to a message that is there already.

use std::sync::Arc;

use wharf_model::Wamid;

use crate::app::App;
use crate::carrier::{CarrierError, Outcome, Rejection, Unsupported};
use crate::clock::Millis;
use crate::media::BadFile;
use crate::store::audit::{Difference, Scribe};
use crate::store::messages::{self, Direction, Message, State};
use crate::store::{StoreError, Tx, channels, dead_letters, lines, outbound};

/// Why an operation on a message was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OperateError {
    #[error("there is no outbound message with this id")]
    NotFound,
    #[error("a message that is {} cannot be {operation}", state.as_str())]
    WrongState {
        state: State,
        operation: &'static str,
    },
    #[error("the content of this message is not kept any more")]
    ContentGone,
    #[error("there is no channel \"{0}\"")]
    ChannelNotFound(String),
    #[error("the carrier cannot carry this message")]
    Unsupported(#[from] Unsupported),
    #[error("the message cannot be sent with its file: {0}")]
    File(#[from] BadFile),
    #[error("the change could not be stored")]
    Store(#[from] StoreError),
}

/// Why a message was not marked as read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("there is no channel \"{0}\"")]
    ChannelNotFound(String),
    #[error("the id is not one of the carrier's")]
    InvalidId,
    #[error("the channel cannot call its carrier")]
    Carrier(#[from] CarrierError),
    #[error("the carrier refused: {}", .0.title)]
    Rejected(Box<Rejection>),
    #[error("the carrier did not answer")]
    NoAnswer,
    #[error("the channel could not be read")]
    Store(#[from] StoreError),
}

/// Takes a message back that is not being sent yet. Its row in the queue leaves when it is due.
pub(crate) async fn cancel(
    app: &Arc<App>,
    id: &str,
    scribe: Scribe,
) -> Result<Message, OperateError> {
    operate(app, id, move |tx, message, now, _| match message.state {
        State::Queued | State::Scheduled => {
            messages::set_state(tx, &message.id, State::Canceled, None, now)?;
            lines::leave(tx, &message.id)?;
            let ended = Difference::of_state(message.state.as_str(), State::Canceled.as_str());
            Ok(scribe.note(tx, "message.canceled", &message.id, ended)?)
        }
        state => Err(OperateError::WrongState {
            state,
            operation: "cancelled",
        }),
    })
    .await
}

/// Sends a message again that has ended, or of which nobody knows: then it may arrive twice.
pub(crate) async fn resend(
    app: &Arc<App>,
    id: &str,
    scribe: Scribe,
) -> Result<Message, OperateError> {
    let message = operate(app, id, move |tx, message, now, app| {
        may_resend(message)?;
        queue_again(tx, app, message, now)?;
        dead_letters::resolve_of_message(tx, &message.id, "resent", now)?;
        let begun = Difference::of_state(message.state.as_str(), State::Queued.as_str());
        Ok(scribe.note(tx, "message.resent", &message.id, begun)?)
    })
    .await?;
    super::wake(app, &message.channel_id);
    Ok(message)
}

/// Whether a message has ended in a way that permits another send.
pub(super) fn may_resend(message: &Message) -> Result<(), OperateError> {
    match message.state {
        _ if message.content_expired_at.is_some() => Err(OperateError::ContentGone),
        State::Failed | State::RequiresTemplate | State::Unknown => Ok(()),
        state => Err(OperateError::WrongState {
            state,
            operation: "sent again",
        }),
    }
}

/// Puts a message that has ended into the queue, as one that the carrier does not know.
pub(super) fn queue_again(
    tx: &Tx<'_>,
    app: &App,
    message: &Message,
    now: Millis,
) -> Result<(), StoreError> {
    outbound::start_over(tx, &message.id, now)?;
    app.queue.add_again(tx, &message.id, now)
}

/// Marks a user's message as read at the carrier, and may show that an answer is being typed.
pub(crate) async fn mark_read(
    app: &App,
    channel_id: &str,
    wamid: &str,
    typing: bool,
) -> Result<(), ReadError> {
    let wamid: Wamid = wamid.parse().map_err(|_| ReadError::InvalidId)?;
    let id = channel_id.to_owned();
    let channel = app.store.read(move |tx| channels::by_id(tx, &id)).await?;
    let channel = channel.ok_or_else(|| ReadError::ChannelNotFound(channel_id.to_owned()))?;
    let carrier = app.carriers.of(&channel)?;
    match carrier.mark_read(wamid, typing).await {
        Err(Outcome::Rejected(rejection)) => Err(ReadError::Rejected(rejection)),
        Err(_) => Err(ReadError::NoAnswer),
        Ok(()) => Ok(()),
    }
}

/// Runs `change` on an outbound message and returns it as it is afterwards.
async fn operate(
    app: &Arc<App>,
    id: &str,
    change: impl FnOnce(&Tx<'_>, &Message, Millis, &App) -> Result<(), OperateError> + Send + 'static,
) -> Result<Message, OperateError> {
    let (id, shared) = (id.to_owned(), Arc::clone(app));
    let changed = app.store.write(move |tx| {
        let found = messages::lock(tx, &id)?;
        let Some(message) = found.filter(|found| found.direction == Direction::Outbound) else {
            return Ok(Err(OperateError::NotFound));
        };
        match change(tx, &message, shared.clock.now(), &shared) {
            Err(OperateError::Store(error)) => return Err(error),
            Err(refused) => return Ok(Err(refused)),
            Ok(()) => {}
        }
        let message = messages::by_id(tx, &id)?;
        Ok(message.ok_or(OperateError::NotFound))
    });
    changed.await?
}
