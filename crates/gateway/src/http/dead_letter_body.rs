//! What a dead letter looks like in the API.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::json::verbatim;
use super::problem::Problem;
use super::texts::{Texts, without_texts};
use super::time::Time;
use crate::letters::{self, FixAction, Reason};
use crate::store::StoreError;
use crate::store::audit::Deed;
use crate::store::dead_letters::{self, Kind};

/// What could not be processed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "dl_01hf7yat00c5k9m2t8w3x6q4vz", "kind": "send", "channel": "support",
    "message_id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "delivery_id": null, "event_id": null,
    "notification": null, "reason": "auth",
    "detail": {"code": 190, "title": "Access token has expired", "attempts": 1},
    "fix": {"action": "resume_channel", "field": null,
        "advice": "Replace the access token: it is expired, revoked or malformed."},
    "created_at": "2026-11-21T08:15:30.250Z", "resolved_at": null, "resolution": null
}))]
pub(super) struct DeadLetter {
    /// Ours: `dl_…`.
    id: String,
    kind: DeadLetterKind,
    /// The channel's id.
    channel: Option<String>,
    /// The message that was not sent (`msg_…`).
    message_id: Option<String>,
    /// The delivery that was not made (`dlv_…`).
    delivery_id: Option<String>,
    event_id: Option<String>,
    /// The place of the raw notification that was not understood.
    notification: Option<String>,
    /// A stable word; a part of a notification that was not understood may name its own.
    #[schema(value_type = Reason)]
    reason: String,
    /// For a person; its keys depend on the kind. Of a message it has the carrier's code, and its
    /// answer as it came.
    #[schema(value_type = Object)]
    detail: Box<RawValue>,
    /// `true`: the API key does not show texts, and what may be one is null in `detail` and
    /// `history`.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
    /// What would settle it.
    fix: DeadLetterFix,
    created_at: Time,
    /// When it was settled.
    resolved_at: Option<Time>,
    /// How: retried, resent, or the reason of a discard.
    resolution: Option<String>,
    /// What was done to it, oldest first. Only where one dead letter is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<DeadLetterDeed>>,
}

/// A proposal, by what the dead letter says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadLetterFix {
    action: FixAction,
    /// JSON pointer into the message: the part to change, where it is known.
    field: Option<&'static str>,
    /// For a person.
    advice: String,
}

/// Something that was done to a dead letter.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadLetterDeed {
    at: Time,
    /// The id of the API key with which it was done.
    by: String,
    /// `dead_letter.retried`, `dead_letter.edited` or `dead_letter.discarded`.
    action: String,
    /// What was there before: the message that was edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    was: Option<Box<RawValue>>,
    /// What came in its place, the reason of a discard, and the job that it was a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    became: Option<Box<RawValue>>,
}

/// What kind of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeadLetterKind {
    /// A message that was not sent.
    Send,
    /// An event that an endpoint did not take.
    Delivery,
    /// A part of a notification that was not understood.
    Ingest,
    /// A command from NATS that was not done.
    Command,
    /// A file of a user's that could not be fetched.
    Media,
}

impl DeadLetter {
    /// With what was done to it.
    pub(super) fn with_history(
        row: dead_letters::DeadLetter,
        deeds: Vec<Deed>,
    ) -> Result<Self, Problem> {
        let deeds = deeds.into_iter().map(DeadLetterDeed::try_from);
        Ok(Self {
            history: Some(deeds.collect::<Result<_, _>>()?),
            ..Self::try_from(row)?
        })
    }
}

impl Texts for DeadLetter {
    fn hide(&mut self) {
        if let Some(bare) = without_texts(self.detail.get()) {
            self.detail = bare;
            self.content_hidden = Some(true);
        }
        for deed in self.history.iter_mut().flatten() {
            if deed.was.take().is_some() | deed.became.take().is_some() {
                self.content_hidden = Some(true);
            }
        }
    }
}

impl TryFrom<Deed> for DeadLetterDeed {
    type Error = StoreError;

    fn try_from(deed: Deed) -> Result<Self, StoreError> {
        let read = |json: Option<String>| json.map(|json| verbatim(json, "audit")).transpose();
        Ok(Self {
            at: Time(deed.created_at),
            by: deed.actor,
            action: deed.action,
            was: read(deed.was)?,
            became: read(deed.became)?,
        })
    }
}

impl TryFrom<dead_letters::DeadLetter> for DeadLetter {
    type Error = StoreError;

    fn try_from(row: dead_letters::DeadLetter) -> Result<Self, StoreError> {
        let fix = letters::propose(&row);
        let (resolved_at, resolution) = match row.resolved {
            Some(resolved) => (Some(Time(resolved.at)), Some(resolved.resolution)),
            None => (None, None),
        };
        Ok(Self {
            fix: DeadLetterFix {
                action: fix.action,
                field: fix.field,
                advice: fix.advice,
            },
            history: None,
            id: row.id,
            kind: row.kind.into(),
            channel: row.channel_id,
            message_id: row.message_id,
            delivery_id: row.delivery_id,
            event_id: row.event_id,
            notification: row.notification,
            reason: row.reason,
            detail: verbatim(row.detail, "dead letter")?,
            content_hidden: None,
            created_at: Time(row.created_at),
            resolved_at,
            resolution,
        })
    }
}

impl From<Kind> for DeadLetterKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Send => Self::Send,
            Kind::Delivery => Self::Delivery,
            Kind::Ingest => Self::Ingest,
            Kind::Command => Self::Command,
            Kind::Media => Self::Media,
        }
    }
}

impl From<DeadLetterKind> for Kind {
    fn from(kind: DeadLetterKind) -> Self {
        match kind {
            DeadLetterKind::Send => Self::Send,
            DeadLetterKind::Delivery => Self::Delivery,
            DeadLetterKind::Ingest => Self::Ingest,
            DeadLetterKind::Command => Self::Command,
            DeadLetterKind::Media => Self::Media,
        }
    }
}
