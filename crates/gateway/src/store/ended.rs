//! Messages that ended badly: kept as a dead letter for a person, and told as an event.

use serde::Serialize;
use serde_json::value::RawValue;

use super::dead_letters::{self, NewDeadLetter};
use super::outbound::{self, Fault};
use super::{StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{Kind, Random};

/// Why a message ended, for a person: `detail` of its dead letter.
#[derive(Debug, Serialize)]
pub(crate) struct Ending<'a> {
    code: Option<i64>,
    title: &'a str,
    detail: Option<&'a str>,
    class: &'a str,
    advice: &'a str,
    attempts: i64,
    /// The carrier's answer as it came.
    answer: Option<&'a RawValue>,
}

/// `data` of a `dead_letter` event.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the event's keys, as deliveries write them too"
)]
struct DeadLetter<'a> {
    dead_letter_id: &'a str,
    kind: &'static str,
    reason: &'a str,
    /// Our id of the message.
    id: &'a str,
    detail: &'a Ending<'a>,
}

impl<'a> Ending<'a> {
    pub(crate) fn new(
        fault: &'a Fault,
        advice: &'a str,
        attempts: i64,
        answer: Option<&'a RawValue>,
    ) -> Self {
        let Fault {
            code,
            title,
            detail,
            class,
        } = fault;
        Self {
            code: *code,
            title,
            detail: detail.as_deref(),
            class,
            advice,
            attempts,
            answer,
        }
    }
}

/// Keeps a message for a person to decide on, and says so. `reason` is a stable code.
pub(crate) fn bury(
    tx: &Tx<'_>,
    random: &Random,
    channel_id: &str,
    message_id: &str,
    reason: &str,
    ending: &Ending<'_>,
    now: Millis,
) -> Result<(), StoreError> {
    let letter = NewDeadLetter {
        id: random.id(Kind::DeadLetter, now),
        channel_id: Some(channel_id.to_owned()),
        message_id: Some(message_id.to_owned()),
        reason: reason.to_owned(),
        detail: outbound::json(ending)?,
        ..NewDeadLetter::default()
    };
    let kind = dead_letters::Kind::Send;
    dead_letters::insert(tx, kind, &letter, now)?;
    let data = DeadLetter {
        dead_letter_id: &letter.id,
        kind: kind.as_str(),
        reason,
        id: message_id,
        detail: ending,
    };
    let message_id = Some(message_id);
    outbound::append(
        tx,
        random,
        "dead_letter",
        channel_id,
        message_id,
        &data,
        now,
    )
}
