//! One command, taken into the store: a queued message, a receipt to send, or a dead letter.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::command::{Command, Reason, Refusal, Work};
use super::streams::MAX_DELIVER;
use crate::app::App;
use crate::ids::Kind;
use crate::media::Reach;
use crate::send::{self, Accept, AcceptError, Accepted, Idempotency, Options};
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::idempotency::{self, Answer};
use crate::store::messages::State;
use crate::store::outbound::{self, SendResult};
use crate::store::read_receipts::{self, ReadReceipt};
use crate::store::{StoreError, Tx, channels};

/// A command as the server delivered it.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    /// The channel's id, if it is one.
    pub(super) session: String,
    pub(super) payload: Bytes,
    /// Names the message in its stream, also after the stream was made anew.
    pub(super) place: String,
    /// How often it was delivered, this time included.
    pub(super) delivered: i64,
}

/// What becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A message is queued.
    Queued,
    /// Receipts are queued.
    Receipts,
    /// It was taken before.
    Repeated,
    /// It is a dead letter, and the reason is told.
    Refused(Reason),
    /// The channel may be there the next time.
    Later,
}

impl Verdict {
    /// A word for metrics.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Receipts => "receipts",
            Self::Repeated => "repeated",
            Self::Refused(reason) => reason.as_str(),
            Self::Later => "later",
        }
    }
}

/// Where a command came from, and whether it may be refused once more.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door<'a> {
    /// From the bus: taken once, and refused with a dead letter.
    Bus(&'a Delivery),
    /// From a dead letter: a person wants it done now.
    Redrive,
}

/// `detail` of the dead letter of a command.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) error: String,
    pub(super) request_id: Option<String>,
    /// The command as it came, if it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<String>,
    /// The command as it came, in base64, if it is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) raw_base64: Option<String>,
}

/// Takes a command from the bus. The server may forget it once this is committed, unless it says
/// [`Verdict::Later`].
pub(super) fn take(
    tx: &Tx<'_>,
    app: &App,
    delivery: &Delivery,
    parsed: Result<Command, Refusal>,
) -> Result<Verdict, StoreError> {
    let request_id = match &parsed {
        Ok(command) => command.request_id.clone(),
        Err(refusal) => refusal.request_id.clone(),
    };
    let key = key(delivery, request_id.as_deref());
    if idempotency::find_or_lock(tx, &key.scope, &key.key)?.is_some() {
        return Ok(Verdict::Repeated);
    }
    let outcome = match parsed {
        Ok(command) => perform(tx, app, &delivery.session, command, Door::Bus(delivery))?,
        Err(refusal) => {
            let known = refusal.reason == Reason::Invalid
                || channels::by_id(tx, &delivery.session)?.is_some();
            Err(if known {
                refusal
            } else {
                no_channel(refusal.request_id)
            })
        }
    };
    match outcome {
        Ok(verdict) => Ok(verdict),
        Err(refusal)
            if refusal.reason == Reason::ChannelNotFound && delivery.delivered < MAX_DELIVER =>
        {
            Ok(Verdict::Later)
        }
        Err(refusal) => {
            bury(tx, app, &delivery.session, &delivery.payload, &refusal)?;
            keep(tx, app, &key)?;
            Ok(Verdict::Refused(refusal.reason))
        }
    }
}

/// Does what a command asks for, or says why not and leaves nothing behind.
pub(super) fn perform(
    tx: &Tx<'_>,
    app: &App,
    session: &str,
    command: Command,
    door: Door<'_>,
) -> Result<Result<Verdict, Refusal>, StoreError> {
    let Command { request_id, work } = command;
    let key = match door {
        Door::Bus(delivery) => Some(key(delivery, request_id.as_deref())),
        Door::Redrive => None,
    };
    match work {
        Work::Send {
            message,
            attachment,
            options,
        } => {
            let accept = Accept {
                channel_id: session.to_owned(),
                message: *message,
                marketing: None,
                attachment,
                request_id: request_id.clone(),
                idempotency: key,
                due_at: options.send_at,
                options: Options {
                    caller: "nats".to_owned(),
                    door: send::Door::Nats,
                    ..*options
                },
                files: Reach::default(),
                render: |_| String::new(),
            };
            let refused = |reason, error: &AcceptError| {
                Ok(Err(Refusal {
                    request_id,
                    reason,
                    error: error.to_string(),
                }))
            };
            match send::accept_within(tx, app, accept) {
                Ok(Accepted::New { .. }) => Ok(Ok(Verdict::Queued)),
                Ok(Accepted::Replayed { .. }) | Err(AcceptError::IdempotencyConflict) => {
                    Ok(Ok(Verdict::Repeated))
                }
                Err(AcceptError::Store(error)) => Err(error),
                Err(error @ AcceptError::ChannelNotFound(_)) => {
                    refused(Reason::ChannelNotFound, &error)
                }
                Err(error @ AcceptError::ReceiveOnly(_)) => refused(Reason::ReceiveOnly, &error),
                Err(error @ AcceptError::File(_)) => refused(Reason::Invalid, &error),
                Err(error @ AcceptError::Unsupported(_)) => refused(Reason::Unsupported, &error),
                Err(AcceptError::Refused(policy)) => {
                    let reason = Reason::Policy(policy.code());
                    refused(reason, &AcceptError::Refused(policy))
                }
                Err(error @ (AcceptError::Expired | AcceptError::IdempotencyInFlight)) => {
                    refused(Reason::Invalid, &error)
                }
            }
        }
        Work::Read(ids) => {
            let Some(channel) = channels::by_id(tx, session)? else {
                return Ok(Err(no_channel(request_id)));
            };
            if channel.access_token.is_none() {
                return Ok(Err(Refusal {
                    request_id,
                    reason: Reason::ReceiveOnly,
                    error: AcceptError::ReceiveOnly(session.to_owned()).to_string(),
                }));
            }
            let now = app.clock.now();
            let receipt = ReadReceipt {
                id: app.random.id(Kind::ReadReceipt, now),
                channel_id: session.to_owned(),
                request_id,
                message_ids: ids.into_iter().map(String::from).collect(),
                failed: Vec::new(),
                attempts: 0,
                due_at: now,
                created_at: now,
            };
            read_receipts::insert(tx, &receipt)?;
            if let Some(key) = key {
                keep(tx, app, &key)?;
            }
            Ok(Ok(Verdict::Receipts))
        }
    }
}

/// Keeps a command for a person to decide on, and says why: `send_result` for its sender,
/// `dead_letter` for the operator.
pub(super) fn bury(
    tx: &Tx<'_>,
    app: &App,
    session: &str,
    payload: &[u8],
    refusal: &Refusal,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let (reason, request_id) = (refusal.reason.as_str(), refusal.request_id.as_deref());
    let text = std::str::from_utf8(payload).ok();
    let detail = Letter {
        error: refusal.error.clone(),
        request_id: refusal.request_id.clone(),
        raw: text.map(str::to_owned),
        raw_base64: text.is_none().then(|| BASE64_STANDARD.encode(payload)),
    };
    let letter = NewDeadLetter {
        id: app.random.id(Kind::DeadLetter, now),
        channel_id: Some(session.to_owned()),
        reason: reason.to_owned(),
        detail: outbound::json(&detail)?,
        ..NewDeadLetter::default()
    };
    let kind = dead_letters::Kind::Command;
    dead_letters::insert(tx, kind, &letter, now)?;
    let result = SendResult {
        request_id,
        success: false,
        message_id: None,
        error: Some(&refusal.error),
        timestamp: now.div_euclid(1000),
        id: None,
        state: State::Failed.as_str(),
        code: None,
        reason: Some(reason),
    };
    outbound::append(tx, &app.random, "send_result", session, None, &result, now)?;
    let told = json!({
        "dead_letter_id": letter.id, "kind": kind.as_str(), "reason": reason,
        "detail": {"error": refusal.error, "request_id": request_id},
    });
    outbound::append(tx, &app.random, "dead_letter", session, None, &told, now)
}

/// What makes a command known when it comes again: its own id, or its place in the stream. A command
/// with an id that was seen is not done again, whatever else it says.
fn key(delivery: &Delivery, request_id: Option<&str>) -> Idempotency {
    let session = &delivery.session;
    let (scope, key) = match request_id {
        Some(id) => (format!("nats/{session}"), id),
        None => (format!("nats-place/{session}"), delivery.place.as_str()),
    };
    Idempotency {
        scope,
        key: key.to_owned(),
        request_hash: String::new(),
    }
}

fn keep(tx: &Tx<'_>, app: &App, key: &Idempotency) -> Result<(), StoreError> {
    let answer = Answer {
        request_hash: key.request_hash.clone(),
        status: 0,
        body: String::new(),
    };
    idempotency::keep(tx, &key.scope, &key.key, &answer, app.clock.now())
}

fn no_channel(request_id: Option<String>) -> Refusal {
    Refusal {
        request_id,
        reason: Reason::ChannelNotFound,
        error: "there is no channel for this session".to_owned(),
    }
}
