//! The way out: attempts, and what becomes of a message that was being sent.

use serde::{Deserialize, Serialize};

use super::events::{self, NewEvent};
use super::lanes::Place;
use super::leases::{self, Fence};
use super::messages::State;
use super::{Locked, StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{Kind, Random};

/// A message that was taken out of the queue, to be sent now. Its attempt is on record.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) message_id: String,
    pub(crate) content: String,
    /// When it was accepted, unless it had to wait for its time.
    pub(crate) accepted_at: Option<Millis>,
    /// Counts from 1.
    pub(crate) attempt: i64,
    pub(crate) place: Place,
    /// Others of its conversation wait for its outcome.
    pub(crate) in_order: bool,
}

/// Who takes messages out of the queue of a channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimer<'a> {
    pub(crate) channel_id: &'a str,
    /// `updated_at` of the channel as the claimer knows it.
    pub(crate) version: Millis,
    /// The node that will make the calls.
    pub(crate) node: &'a str,
    /// The lease on the channel; none if there is one node only.
    pub(crate) fence: Option<&'a Fence>,
    /// When the attempts begin; no two claims of a sender say the same.
    pub(crate) claimed_at: Millis,
}

/// What a claim found.
#[derive(Debug)]
pub(crate) enum Claim {
    Taken {
        messages: Vec<Claimed>,
        /// When to look again, if anything is left.
        next_due: Option<Millis>,
        /// The lanes that were not asked, because those above filled the claim.
        passed_over: Vec<i64>,
    },
    /// The channel is paused, gone, another node's, or not as the claimer knows it: nothing was
    /// taken.
    Stale,
}

/// One call as it ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) attempt: i64,
    /// One of the words in [`RETRIED`] or of [`State`], or `put_back`.
    pub(crate) outcome: &'a str,
    /// JSON: the carrier's answer if it gave one, else what is known.
    pub(crate) detail: &'a str,
    /// Of the carrier's answer.
    pub(crate) http_status: Option<i64>,
    pub(crate) at: Millis,
}

/// What went wrong with a message: `state_detail` while it waits to be tried again or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) code: Option<i64>,
    pub(crate) title: String,
    pub(crate) detail: Option<String>,
    /// An error class of the model, or `unknown`.
    pub(crate) class: String,
}

/// `data` of a `send_result` event.
#[derive(Debug, Serialize)]
pub(crate) struct SendResult<'a> {
    pub(crate) request_id: Option<&'a str>,
    pub(crate) success: bool,
    /// The carrier's id.
    pub(crate) message_id: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    /// Unix seconds.
    pub(crate) timestamp: i64,
    /// Our id; a command that was refused has none.
    pub(crate) id: Option<&'a str>,
    pub(crate) state: &'a str,
    pub(crate) code: Option<i64>,
    /// A stable code of ours; only where a command was refused or a receipt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
}

/// The outcome of an attempt that counts against the limit of tries.
pub(crate) const RETRIED: &str = "retry";

/// The outcome of an attempt that says nothing about its message and counts for nothing.
pub(crate) const PUT_BACK: &str = "put_back";

/// Whether this claimer may take messages: its lease holds, and the channel is as it knows it, and
/// stays so until the claim is on disk.
pub(crate) fn may_claim(tx: &Tx<'_>, claimer: &Claimer<'_>) -> Result<bool, StoreError> {
    if let Some(fence) = claimer.fence
        && !leases::holds(tx, fence)?
    {
        return Ok(false);
    }
    // Else a message that is put back while its channel stops could be taken at once.
    tx.lock(Locked::Sending(claimer.channel_id))?;
    let fresh = tx.first(
        "SELECT 1 FROM channels WHERE id = $1 AND updated_at = $2 AND paused_at IS NULL",
        &[claimer.channel_id.into(), claimer.version.into()],
        |_| Ok(()),
    )?;
    Ok(fresh.is_some())
}

/// Puts an attempt on record, before the call.
pub(crate) fn begin_attempt(
    tx: &Tx<'_>,
    claimer: &Claimer<'_>,
    message_id: &str,
    attempt: i64,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO send_attempts (message_id, attempt, started_at, node) \
         VALUES ($1, $2, $3, $4)",
        &[
            message_id.into(),
            attempt.into(),
            claimer.claimed_at.into(),
            claimer.node.into(),
        ],
    )
}

/// Writes how a call ended; not what was answered about a person who was erased meanwhile. The caller
/// holds the message.
pub(crate) fn end_attempt(tx: &Tx<'_>, ended: &Ended<'_>) -> Result<(), StoreError> {
    tx.later(
        "UPDATE send_attempts SET finished_at = $1, outcome = $2, detail = CASE WHEN EXISTS \
         (SELECT 1 FROM messages m WHERE m.id = send_attempts.message_id AND m.erased_at IS NOT NULL) THEN NULL \
         ELSE $3 END, http_status = $4 WHERE message_id = $5 AND attempt = $6",
        &[
            ended.at.into(),
            ended.outcome.into(),
            ended.detail.into(),
            ended.http_status.into(),
            ended.message_id.into(),
            ended.attempt.into(),
        ],
    )?;
    Ok(())
}

/// Whether it is on record how an attempt ended.
pub(crate) fn has_ended(tx: &Tx<'_>, message_id: &str, attempt: i64) -> Result<bool, StoreError> {
    let found = tx.first(
        "SELECT 1 FROM send_attempts WHERE message_id = $1 AND attempt = $2 \
         AND finished_at IS NOT NULL",
        &[message_id.into(), attempt.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// What the carrier answered to the last attempt that ended.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) outcome: String,
    /// JSON.
    pub(crate) detail: Option<String>,
    pub(crate) http_status: Option<i64>,
}

/// The last attempt of a message that ended.
pub(crate) fn last_answer(tx: &Tx<'_>, message_id: &str) -> Result<Option<Answered>, StoreError> {
    tx.first(
        "SELECT outcome, detail, http_status FROM send_attempts \
         WHERE message_id = $1 AND outcome IS NOT NULL ORDER BY attempt DESC LIMIT 1",
        &[message_id.into()],
        |row| {
            Ok(Answered {
                outcome: row.text(0)?,
                detail: row.maybe_text(1)?,
                http_status: row.maybe_int(2)?,
            })
        },
    )
}

/// The messages whose `send_result` was told after `seq`, and the number of the last event.
pub(crate) fn told_after(
    tx: &Tx<'_>,
    seq: i64,
    limit: i64,
) -> Result<(i64, Vec<(i64, String)>), StoreError> {
    let last = events::last_seq(tx)?;
    let told = tx.all(
        "SELECT seq, message_id FROM events WHERE seq > $1 AND type = 'send_result' \
         AND message_id IS NOT NULL ORDER BY seq LIMIT $2",
        &[seq.into(), limit.into()],
        |row| Ok((row.int(0)?, row.text(1)?)),
    )?;
    Ok((last, told))
}

/// How many tries are spent: those to be repeated, since the message was last given up.
pub(crate) fn spent(tx: &Tx<'_>, message_id: &str) -> Result<u32, StoreError> {
    let outcomes = tx.all(
        "SELECT outcome FROM send_attempts WHERE message_id = $1 AND outcome IS NOT NULL \
         ORDER BY attempt DESC",
        &[message_id.into()],
        |row| row.text(0),
    )?;
    let since = outcomes
        .iter()
        .take_while(|word| [RETRIED, PUT_BACK].contains(&word.as_str()));
    Ok(u32::try_from(since.filter(|word| *word == RETRIED).count()).unwrap_or(u32::MAX))
}

/// Moves a message on from `sending`; `None` if it is not at this attempt any more, because a status
/// has moved it or it is sent anew, else its request id.
#[expect(
    clippy::option_option,
    reason = "moved or not, and a request id that may be absent"
)]
pub(crate) fn leave_sending(
    tx: &Tx<'_>,
    message_id: &str,
    attempt: i64,
    state: State,
    fault: &Fault,
    now: Millis,
) -> Result<Option<Option<String>>, StoreError> {
    let detail = json(fault)?;
    tx.first(
        "UPDATE messages SET state = $1, state_detail = $2, updated_at = $3 \
         WHERE id = $4 AND state = 'sending' AND attempts = $5 RETURNING request_id",
        &[
            state.as_str().into(),
            (&detail).into(),
            now.into(),
            message_id.into(),
            attempt.into(),
        ],
        |row| row.maybe_text(0),
    )
}

/// Keeps the carrier's id and says `send_result`, once, whoever learns of it first: the answer to
/// the call, or a status that outran it or came in its place. `false` if it was known already, or the
/// message is one of a person who was erased.
pub(crate) fn accepted(
    tx: &Tx<'_>,
    random: &Random,
    channel_id: &str,
    message_id: &str,
    carrier_id: &str,
    deadline: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let learned = tx.first(
        "UPDATE messages SET carrier_id = $1, updated_at = $2, state_detail = NULL, state = CASE \
         WHEN state IN ('scheduled', 'queued', 'sending', 'unknown', 'failed', 'requires_template') \
         THEN 'accepted' \
         ELSE state END, deadline_at = $3 WHERE id = $4 AND channel_id = $5 AND carrier_id IS NULL \
         AND erased_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM messages WHERE carrier_id = $1 AND channel_id = $5) \
         RETURNING request_id",
        &[
            carrier_id.into(),
            now.into(),
            deadline.into(),
            message_id.into(),
            channel_id.into(),
        ],
        |row| row.maybe_text(0),
    )?;
    let Some(request_id) = learned else {
        return Ok(false);
    };
    let result = SendResult {
        request_id: request_id.as_deref(),
        success: true,
        message_id: Some(carrier_id),
        error: None,
        timestamp: now.div_euclid(1000),
        id: Some(message_id),
        state: State::Accepted.as_str(),
        code: None,
        reason: None,
    };
    append(
        tx,
        random,
        "send_result",
        channel_id,
        Some(message_id),
        &result,
        now,
    )?;
    Ok(true)
}

/// Appends an event about a channel or one of its outbound messages.
pub(crate) fn append(
    tx: &Tx<'_>,
    random: &Random,
    kind: &'static str,
    channel_id: &str,
    message_id: Option<&str>,
    data: &impl Serialize,
    now: Millis,
) -> Result<(), StoreError> {
    let event = NewEvent {
        id: random.id(Kind::Event, now),
        channel_id: channel_id.to_owned(),
        kind,
        occurred_at: now,
        created_at: now,
        message_id: message_id.map(str::to_owned),
        notification: None,
        data: json(data)?,
    };
    events::append(tx, event);
    Ok(())
}

/// JSON of something that we made ourselves.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt { what: "outcome" })
}

/// Queues a message anew, as one that the carrier does not know.
pub(crate) fn start_over(tx: &Tx<'_>, message_id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET state = 'queued', state_detail = NULL, carrier_id = NULL, \
         updated_at = $1 WHERE id = $2",
        &[now.into(), message_id.into()],
    )?;
    Ok(())
}
