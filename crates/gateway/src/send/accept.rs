//! Accepting a message: checked, queued and on disk before the caller hears of it.

use std::sync::Arc;

use wharf_model::outgoing::MarketingMessage;
use wharf_model::{OutgoingMessage, Recipient};

use super::attachment::Attachment;
use super::options::Options;
use super::policy::{self, Offer, Refused};
use crate::app::App;
use crate::carrier::{self, MARKETING, Unsupported};
use crate::clock::Millis;
use crate::ids::Kind;
use crate::media::{self, BadFile, Reach};
use crate::store::contacts::{self, Identity};
use crate::store::idempotency::{self, Answer};
use crate::store::media as files;
use crate::store::messages::{self, Direction, Message, State};
use crate::store::{
    Locked, StoreError, Tx, attachments, channels, conversations, deadlines, message_tags, outbound,
};

/// The status of the first answer, which a repeated request gets again.
const ACCEPTED: u16 = 202;

/// A message to send, from whichever door.
#[derive(Debug)]
pub(crate) struct Accept {
    pub(crate) channel_id: String,
    pub(crate) message: OutgoingMessage,
    /// The same, where it is sent so that Meta optimises its delivery.
    pub(crate) marketing: Option<Box<MarketingMessage>>,
    /// A file that is uploaded before the message is sent; the message names it
    /// [`attachment::pending`](super::attachment::pending).
    pub(crate) attachment: Option<Attachment>,
    /// The caller's name for this request; it comes back in `send_result`.
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency: Option<Idempotency>,
    /// Not before this time.
    pub(crate) due_at: Option<Millis>,
    pub(crate) options: Options,
    /// Which files it may name.
    pub(crate) files: Reach,
    /// The answer's body, kept for a repeated request.
    pub(crate) render: fn(&Message) -> String,
}

/// Makes a repeated request find the first one's answer.
#[derive(Debug)]
pub(crate) struct Idempotency {
    /// Who may repeat the key.
    pub(crate) scope: String,
    pub(crate) key: String,
    /// Differs when the request does.
    pub(crate) request_hash: String,
}

/// The message is on disk.
#[derive(Debug)]
pub(crate) enum Accepted {
    /// Queued by this call; `body` is what `render` made of it.
    New { message: Box<Message>, body: String },
    /// Queued by an earlier call with this key, which was answered so.
    Replayed { status: u16, body: String },
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcceptError {
    #[error("there is no channel \"{0}\"")]
    ChannelNotFound(String),
    #[error("the channel \"{0}\" has no access token and only receives")]
    ReceiveOnly(String),
    #[error("the carrier cannot carry this message")]
    Unsupported(#[from] Unsupported),
    #[error(transparent)]
    Refused(#[from] Box<Refused>),
    #[error("the message cannot be sent with its file: {0}")]
    File(#[from] BadFile),
    #[error("the idempotency key was used for another request")]
    IdempotencyConflict,
    #[error("a request with the same idempotency key is being answered")]
    IdempotencyInFlight,
    #[error("the message has expired already")]
    Expired,
    #[error("the message could not be stored")]
    Store(#[from] StoreError),
}

/// Queues a message. It is on disk when this returns, and its channel's sender is awake.
pub(crate) async fn accept(app: &Arc<App>, accept: Accept) -> Result<Accepted, AcceptError> {
    let content = content_of(&accept)?;
    let (channel_id, due_at) = (accept.channel_id.clone(), accept.due_at);
    let _in_flight = match &accept.idempotency {
        Some(Idempotency { scope, key, .. }) => Some(
            app.keys_in_flight
                .begin(scope, key)
                .ok_or(AcceptError::IdempotencyInFlight)?,
        ),
        None => None,
    };
    let shared = Arc::clone(app);
    let queued = app
        .store
        .write(move |tx| match alone(tx, &shared, accept, content) {
            Err(AcceptError::Store(error)) => Err(error),
            decided => Ok(decided),
        });
    let accepted = queued.await??;
    if matches!(accepted, Accepted::New { .. }) {
        super::wake_at(app, &channel_id, due_at.unwrap_or(Millis::MIN));
    }
    Ok(accepted)
}

/// As [`accept`], in a transaction of the caller's, who wakes the sender after the commit. A refusal
/// leaves nothing behind.
pub(crate) fn accept_within(
    tx: &Tx<'_>,
    app: &App,
    accept: Accept,
) -> Result<Accepted, AcceptError> {
    let content = content_of(&accept)?;
    queue(tx, app, accept, content)
}

/// As [`queue`], unless a request with the same key is being answered elsewhere at this moment.
fn alone(tx: &Tx<'_>, app: &App, accept: Accept, content: String) -> Result<Accepted, AcceptError> {
    if let Some(Idempotency { scope, key, .. }) = &accept.idempotency
        && !tx.try_lock(Locked::Key(scope, key))?
    {
        return Err(AcceptError::IdempotencyInFlight);
    }
    queue(tx, app, accept, content)
}

/// The body that the carrier is to get.
///
/// That of a marketing message always says `product_policy`, by which its carrier knows it.
fn content_of(accept: &Accept) -> Result<String, StoreError> {
    let Some(marketing) = &accept.marketing else {
        return outbound::json(&accept.message);
    };
    let mut body =
        serde_json::to_value(marketing).map_err(|_| StoreError::Corrupt { what: "message" })?;
    if let Some(body) = body.as_object_mut() {
        body.entry(MARKETING)
            .or_insert_with(|| "CLOUD_API_FALLBACK".into());
    }
    Ok(body.to_string())
}

/// Looks up at once to whom many messages go that are about to be accepted in this transaction.
pub(crate) fn look_ahead<'a>(
    tx: &Tx<'_>,
    messages: impl Iterator<Item = &'a OutgoingMessage>,
) -> Result<(), StoreError> {
    let recipients = messages.filter_map(|message| identity_of(message.recipient()));
    contacts::ahead::look_ahead(tx, &recipients.collect::<Vec<_>>())
}

/// All of it in one transaction. Nothing is written before the last check.
fn queue(tx: &Tx<'_>, app: &App, accept: Accept, content: String) -> Result<Accepted, AcceptError> {
    if let Some(before) = answered_before(tx, accept.idempotency.as_ref())? {
        return Ok(before);
    }
    let Some(channel) = channels::hold(tx, &accept.channel_id)? else {
        return Err(AcceptError::ChannelNotFound(accept.channel_id));
    };
    if channel.access_token.is_none() {
        return Err(AcceptError::ReceiveOnly(accept.channel_id));
    }
    carrier::supports(&channel, &accept.message)?;

    let now = app.clock.now();
    if accept.options.expires_at.is_some_and(|at| at <= now) {
        return Err(AcceptError::Expired);
    }
    let content = match &accept.attachment {
        Some(file) => file.place(content)?,
        None => content,
    };
    let due_at = accept.due_at.unwrap_or(now).max(now);
    let Some(identity) = identity_of(accept.message.recipient()) else {
        return Err(Unsupported {
            carrier: channel.carrier,
            what: "this kind of recipient",
        }
        .into());
    };
    let template = accept.options.fallback_template.as_ref();
    let bodies = media::with_fallback(&content, template);
    check_files(tx, app, &bodies, &identity, &accept.files, due_at)??;
    let named = media::named(&bodies);
    let offer = Offer {
        channel_id: &accept.channel_id,
        recipient: &identity,
        message: &accept.message,
        content: &content,
        options: &accept.options,
        scheduled: accept.due_at.is_some_and(|due_at| due_at > now),
    };
    policy::permit(tx, app, &offer, now)?.map_err(Box::new)?;
    let contact_id = contacts::find_or_insert(tx, &identity, &app.random, now)?;
    let by_number = identity.bsuid.is_none();
    files::sent_to(tx, &named, &contact_id)?;
    let (random, channel) = (&app.random, &accept.channel_id);
    let conversation_id =
        conversations::touch(tx, channel, &contact_id, None, by_number, random, now)?;
    let message = Message {
        id: app.random.id(Kind::Message, now),
        channel_id: accept.channel_id,
        conversation_id,
        contact_id,
        direction: Direction::Outbound,
        carrier_id: None,
        kind: accept.message.content().kind().to_owned(),
        content,
        request_id: accept.request_id,
        options: accept.options.render(),
        pricing: None,
        content_expired_at: None,
        state: first_state(due_at > now),
        state_detail: None,
        attempts: 0,
        notification: None,
        occurred_at: now,
        created_at: now,
        updated_at: now,
    };
    messages::insert(tx, &message)?;
    if let Some(expires_at) = accept.options.expires_at {
        deadlines::tighten(tx, &message.id, expires_at)?;
    }
    message_tags::insert(tx, &message.id, &accept.options.tags)?;
    if let Some(file) = accept.attachment.filter(|file| !file.is_kept()) {
        attachments::insert(tx, &message.id, &file.into_stored(), now)?;
    }
    app.queue.add(tx, &message, &accept.options, due_at, now)?;
    let body = (accept.render)(&message);
    if let Some(Idempotency {
        scope,
        key,
        request_hash,
    }) = accept.idempotency
    {
        let answer = Answer {
            request_hash,
            status: i64::from(ACCEPTED),
            body: body.clone(),
        };
        idempotency::keep(tx, &scope, &key, &answer, now)?;
    }
    Ok(Accepted::New {
        message: Box::new(message),
        body,
    })
}

/// As [`media::check`], for a message to this recipient.
pub(super) fn check_files(
    tx: &Tx<'_>,
    app: &App,
    content: &str,
    recipient: &Identity,
    reach: &Reach,
    due_at: Millis,
) -> Result<Result<(), BadFile>, StoreError> {
    if media::may_name(content) {
        // Files come after people in the order of locks.
        contacts::lock(tx, recipient)?;
    }
    media::check(tx, app, content, reach, due_at)
}

/// What an earlier request with this key was answered.
fn answered_before(
    tx: &Tx<'_>,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Accepted>, AcceptError> {
    let Some(Idempotency {
        scope,
        key,
        request_hash,
    }) = idempotency
    else {
        return Ok(None);
    };
    let Some(before) = idempotency::find_or_lock(tx, scope, key)? else {
        return Ok(None);
    };
    if before.request_hash != *request_hash {
        return Err(AcceptError::IdempotencyConflict);
    }
    let status = u16::try_from(before.status).unwrap_or(ACCEPTED);
    let body = before.body;
    Ok(Some(Accepted::Replayed { status, body }))
}

/// Whether it waits for its time or for its turn.
const fn first_state(is_later: bool) -> State {
    if is_later {
        State::Scheduled
    } else {
        State::Queued
    }
}

/// What a recipient tells of a person or group; nothing for a kind that the model gains later.
pub(super) fn identity_of(recipient: &Recipient) -> Option<Identity> {
    let mut identity = Identity::default();
    match recipient {
        Recipient::Phone(number) => identity.wa_id = Some(number.digits().to_owned()),
        Recipient::User(bsuid) => identity.bsuid = Some(bsuid.as_str().to_owned()),
        Recipient::Group(group) => identity.group_id = Some(group.as_str().to_owned()),
        _ => return None,
    }
    Some(identity)
}
