//! What becomes of a message by the settling of its dead letter, within the caller's transaction.

use wharf_model::OutgoingMessage;

use super::accept::{check_files, identity_of};
use super::operate::{OperateError, may_resend, queue_again};
use super::options::{Options, Priority};
use crate::app::App;
use crate::carrier::{self, Unsupported};
use crate::clock::Millis;
use crate::media::{self, Reach};
use crate::store::media as files;
use crate::store::messages::{self, Content, Direction, State};
use crate::store::{StoreError, Tx, channels, contacts, conversations, outbound};

/// How a message is sent again.
#[derive(Debug, Default)]
pub(crate) struct Again<'a> {
    /// What is sent in the place of what was refused.
    pub(crate) edited: Option<&'a OutgoingMessage>,
    /// One of many: those of callers who wait go first, unless it was more urgent than most.
    pub(crate) in_bulk: bool,
}

/// The request bodies before and after an edit.
#[derive(Debug)]
pub(crate) struct Replaced {
    pub(crate) was: String,
    pub(crate) became: String,
}

/// Queues a message again that has ended; what was replaced, if anything was. The caller settles the
/// dead letters, and wakes the sender after the commit. A refusal leaves nothing behind.
pub(crate) fn send_again(
    tx: &Tx<'_>,
    app: &App,
    id: &str,
    again: &Again<'_>,
) -> Result<Option<Replaced>, OperateError> {
    let found = messages::lock(tx, id)?;
    let Some(message) = found.filter(|found| found.direction == Direction::Outbound) else {
        return Err(OperateError::NotFound);
    };
    may_resend(&message)?;
    let now = app.clock.now();
    let mut replaced = None;
    if let Some(edited) = again.edited {
        let became = replace(tx, app, &message, edited, now)?;
        let was = message.content.clone();
        replaced = Some(Replaced { was, became });
    }
    let mut options = Options::parse(message.options.as_deref());
    if again.in_bulk && options.priority == Priority::Normal {
        options.priority = Priority::Low;
        messages::set_options(tx, id, options.render().as_deref())?;
    }
    queue_again(tx, app, &message, now)?;
    Ok(replaced)
}

/// Counts a message of which nobody knows as failed; one that was settled meanwhile stays as it is.
pub(crate) fn give_up(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    match messages::lock(tx, id)? {
        Some(message) if message.state == State::Unknown => {
            let detail = message.state_detail.as_deref();
            messages::set_state(tx, id, State::Failed, detail, now)
        }
        _ => Ok(()),
    }
}

/// Puts another content into a message, which may go to somebody else: the new request body.
fn replace(
    tx: &Tx<'_>,
    app: &App,
    message: &messages::Message,
    edited: &OutgoingMessage,
    now: Millis,
) -> Result<String, OperateError> {
    let channel_id = &message.channel_id;
    let Some(channel) = channels::by_id(tx, channel_id)? else {
        return Err(OperateError::ChannelNotFound(channel_id.clone()));
    };
    carrier::supports(&channel, edited)?;
    let Some(identity) = identity_of(edited.recipient()) else {
        return Err(Unsupported {
            carrier: channel.carrier,
            what: "this kind of recipient",
        }
        .into());
    };
    let content = outbound::json(edited)?;
    // Whoever edits a letter was checked before.
    check_files(tx, app, &content, &identity, &Reach::default(), now)??;
    let contact_id = contacts::find_or_insert(tx, &identity, &app.random, now)?;
    // The template that may be sent in its place goes to them as well.
    let options = Options::parse(message.options.as_deref());
    let bodies = media::with_fallback(&content, options.fallback_template.as_ref());
    files::sent_to(tx, &media::named(&bodies), &contact_id)?;
    let by_number = identity.bsuid.is_none();
    let (random, channel) = (&app.random, channel_id);
    let conversation_id =
        conversations::touch(tx, channel, &contact_id, None, by_number, random, now)?;
    let row = Content {
        kind: edited.content().kind(),
        body: &content,
        contact_id: &contact_id,
        conversation_id: &conversation_id,
    };
    messages::edit(tx, &message.id, &row, now)?;
    Ok(content)
}
