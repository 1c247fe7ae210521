//! What is too old: found and removed a few rows at a time. What still waits for something stays.

use super::messages::State;
use super::{StoreError, Tx, bus_cursors, erasures::erase};
use crate::clock::Millis;
use crate::ids::{Kind, floor};

/// The walk over messages, and what it passed over.
const MESSAGES: &str = "messages";

/// The walk over statuses.
const STATUSES: &str = "statuses";

/// A message that is old.
#[derive(Debug)]
struct Old {
    id: String,
    channel_id: String,
    carrier_id: Option<String>,
    state: State,
    content: String,
    options: Option<String>,
    updated_at: Millis,
    has_content: bool,
    is_in_a_letter: bool,
}

const OLD: &str = "SELECT m.id, m.channel_id, m.carrier_id, m.state, m.content, m.options, \
    m.updated_at, CASE WHEN m.content_expired_at IS NULL THEN 1 ELSE 0 END, \
    CASE WHEN EXISTS (SELECT 1 FROM dead_letters d WHERE d.message_id = m.id \
    AND d.message_id IS NOT NULL AND d.resolved_at IS NULL) THEN 1 ELSE 0 END FROM messages m";

/// How far a walk came, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Rows that were looked at; fewer than asked for at the end.
    pub(crate) seen: usize,
    pub(crate) removed: usize,
}

/// Removes the content of the next messages from before `cutoff`, in the order of their ids.
pub(crate) fn messages(
    tx: &Tx<'_>,
    cutoff: Millis,
    now: Millis,
    limit: i64,
) -> Result<Walked, StoreError> {
    let begin = position(tx, MESSAGES)?;
    let sql = format!("{OLD} WHERE m.id > $1 AND m.id < $2 ORDER BY m.id LIMIT $3");
    let end = floor(Kind::Message, cutoff);
    let values = &[(&begin).into(), (&end).into(), limit.into()];
    let found = tx.all(&sql, values, old)?;
    let mut removed = 0;
    for message in &found {
        if !message.has_content {
            continue;
        }
        if message.waits(cutoff) {
            tx.later(
                "INSERT INTO retention_left (kind, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[MESSAGES.into(), (&message.id).into()],
            )?;
        } else {
            remove_content(tx, message, now)?;
            removed += 1;
        }
    }
    if let Some(last) = found.last() {
        keep_position(tx, MESSAGES, &last.id)?;
    }
    let seen = found.len();
    Ok(Walked { seen, removed })
}

/// How far a walk has come; empty at its beginning.
fn position(tx: &Tx<'_>, kind: &str) -> Result<String, StoreError> {
    let found = tx.first(
        "SELECT position FROM retention_cursors WHERE kind = $1",
        &[kind.into()],
        |row| row.text(0),
    )?;
    Ok(found.unwrap_or_default())
}

fn keep_position(tx: &Tx<'_>, kind: &str, position: &str) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO retention_cursors (kind, position) VALUES ($1, $2) \
         ON CONFLICT (kind) DO UPDATE SET position = excluded.position",
        &[kind.into(), position.into()],
    )
}

/// Looks again at the messages behind `after` that were passed over because they waited; the last of
/// them is returned, too.
pub(crate) fn messages_left(
    tx: &Tx<'_>,
    after: &str,
    cutoff: Millis,
    now: Millis,
    limit: i64,
) -> Result<(Walked, String), StoreError> {
    let ids = tx.all(
        "SELECT id FROM retention_left WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[MESSAGES.into(), after.into(), limit.into()],
        |row| row.text(0),
    )?;
    let mut removed = 0;
    for id in &ids {
        let sql = format!("{OLD} WHERE m.id = $1");
        let found = tx.first(&sql, &[id.into()], old)?;
        if found.as_ref().is_some_and(|found| found.waits(cutoff)) {
            continue;
        }
        if let Some(found) = found.filter(|found| found.has_content) {
            remove_content(tx, &found, now)?;
            removed += 1;
        }
        tx.later(
            "DELETE FROM retention_left WHERE kind = $1 AND id = $2",
            &[MESSAGES.into(), id.into()],
        )?;
    }
    let seen = ids.len();
    let last = ids.into_iter().next_back().unwrap_or_default();
    Ok((Walked { seen, removed }, last))
}

impl Old {
    /// Whether somebody may still need what it says.
    fn waits(&self, cutoff: Millis) -> bool {
        let moves = matches!(
            self.state,
            State::Scheduled | State::Queued | State::Sending | State::Unknown
        );
        self.has_content && (moves || self.is_in_a_letter || self.updated_at >= cutoff)
    }
}

/// Ids, state, times and price stay.
fn remove_content(tx: &Tx<'_>, message: &Old, now: Millis) -> Result<(), StoreError> {
    let id = &message.id;
    erase::forget_wishes(
        tx,
        id,
        &message.channel_id,
        &message.content,
        message.options.as_deref(),
    )?;
    tx.later(
        "DELETE FROM attachments WHERE message_id = $1",
        &[id.into()],
    )?;
    if let Some(wamid) = &message.carrier_id {
        tx.later(
            "UPDATE message_statuses SET raw = '{}' WHERE carrier_id = $1 AND channel_id = $2",
            &[wamid.into(), (&message.channel_id).into()],
        )?;
    }
    // It may have begun to wait again since it was looked at.
    tx.later(
        "UPDATE messages SET content = 'null', options = NULL, replaced = NULL, \
         content_expired_at = $1 WHERE id = $2 AND content_expired_at IS NULL \
         AND state NOT IN ('scheduled', 'queued', 'sending', 'unknown')",
        &[now.into(), id.into()],
    )
}

/// Removes the statuses that are about no message of ours among the next ones from before `cutoff`, in
/// the order in which they came; those that came at once are looked at at once.
pub(crate) fn statuses(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<Walked, StoreError> {
    let from: Millis = position(tx, STATUSES)?.parse().unwrap_or(0);
    let came = tx.all(
        "SELECT received_at FROM message_statuses WHERE received_at > $1 AND received_at < $2 \
         ORDER BY received_at LIMIT $3",
        &[from.into(), cutoff.into(), limit.into()],
        |row| row.int(0),
    )?;
    let seen = came.len();
    let Some(to) = came.last() else {
        return Ok(Walked { seen, removed: 0 });
    };
    let removed = tx.execute(
        "DELETE FROM message_statuses WHERE received_at > $1 AND received_at <= $2 \
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.carrier_id = message_statuses.carrier_id \
         AND m.channel_id = message_statuses.channel_id)",
        &[from.into(), (*to).into()],
    )?;
    keep_position(tx, STATUSES, &to.to_string())?;
    Ok(Walked { seen, removed })
}

/// Removes what messages said from what the audit has of their being edited before `cutoff`; who did
/// it, and when, stays.
pub(crate) fn edits(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE audit SET was = NULL, became = NULL WHERE id IN (SELECT id FROM audit \
         WHERE action = 'dead_letter.edited' AND was IS NOT NULL AND created_at < $1 \
         ORDER BY created_at, id LIMIT $2)",
        &[cutoff.into(), limit.into()],
    )
}

fn old(row: &super::Row<'_>) -> Result<Old, StoreError> {
    Ok(Old {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        carrier_id: row.maybe_text(2)?,
        state: State::parse(&row.text(3)?)?,
        content: row.text(4)?,
        options: row.maybe_text(5)?,
        updated_at: row.int(6)?,
        has_content: row.int(7)? == 1,
        is_in_a_letter: row.int(8)? == 1,
    })
}

/// Lets endpoints that have been disabled since before `cutoff` pass the events from before it; how
/// many had not.
pub(crate) fn pass_disabled(tx: &Tx<'_>, cutoff: Millis) -> Result<usize, StoreError> {
    let Some(last) = newest_event(tx, cutoff)? else {
        return Ok(0);
    };
    tx.execute(
        "UPDATE endpoints SET cursor_seq = $1 WHERE cursor_seq < $1 AND disabled_at < $2",
        &[last.into(), cutoff.into()],
    )
}

/// The last event from before `cutoff`.
fn newest_event(tx: &Tx<'_>, cutoff: Millis) -> Result<Option<i64>, StoreError> {
    let seq = super::events::seq_before(tx, cutoff)?;
    Ok(Some(seq).filter(|seq| *seq > 0))
}

/// The last event from before `cutoff` that every endpoint has passed, and the bus if there is one.
pub(crate) fn last_event(tx: &Tx<'_>, cutoff: Millis, has_bus: bool) -> Result<i64, StoreError> {
    let Some(mut last) = newest_event(tx, cutoff)? else {
        return Ok(0);
    };
    let slowest = tx.first("SELECT MIN(cursor_seq) FROM endpoints", &[], |row| {
        row.maybe_int(0)
    })?;
    if let Some(slowest) = slowest.flatten() {
        last = last.min(slowest);
    }
    if has_bus && let Some(bus) = bus_cursors::get(tx)? {
        last = last.min(bus.seq);
    }
    Ok(last)
}

/// Removes those of the next events with numbers above `from` and up to `to` that are from before
/// `cutoff`, with their deliveries and attempts; the last that was looked at is returned, too. One that
/// is being delivered stays, unless to an endpoint that has been disabled since before `cutoff`, and so
/// does one whose delivery is a dead letter that nobody has settled, or was tried since `cutoff`.
pub(crate) fn events(
    tx: &Tx<'_>,
    from: i64,
    to: i64,
    cutoff: Millis,
    limit: i64,
) -> Result<(Walked, i64), StoreError> {
    let found = tx.all(
        "SELECT e.seq, e.id, CASE WHEN e.created_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM deliveries d LEFT JOIN dead_letters l \
         ON l.delivery_id = d.id AND l.delivery_id IS NOT NULL AND l.resolved_at IS NULL \
         LEFT JOIN endpoints p ON p.id = d.endpoint_id AND p.disabled_at < $1 \
         WHERE d.event_id = e.id AND (d.updated_at >= $1 OR l.id IS NOT NULL \
         OR (d.state = 'pending' AND p.id IS NULL))) \
         THEN 1 ELSE 0 END FROM events e WHERE e.seq > $2 AND e.seq <= $3 \
         ORDER BY e.seq LIMIT $4",
        &[cutoff.into(), from.into(), to.into(), limit.into()],
        |row| Ok((row.int(0)?, row.text(1)?, row.int(2)? == 1)),
    )?;
    let mut removed = 0;
    for (seq, id, _) in found.iter().filter(|(.., is_over)| *is_over) {
        removed += 1;
        tx.later(
            "DELETE FROM delivery_attempts WHERE delivery_id IN \
             (SELECT id FROM deliveries WHERE event_id = $1)",
            &[id.into()],
        )?;
        tx.later("DELETE FROM deliveries WHERE event_id = $1", &[id.into()])?;
        tx.later("DELETE FROM events WHERE seq = $1", &[(*seq).into()])?;
    }
    let seen = found.len();
    let last = found.last().map_or(to, |(seq, ..)| *seq);
    Ok((Walked { seen, removed }, last))
}

/// Removes those of the next dead letters behind `after` that were settled before `cutoff`; the last
/// that was looked at is returned, too.
pub(crate) fn dead_letters(
    tx: &Tx<'_>,
    after: &str,
    cutoff: Millis,
    limit: i64,
) -> Result<(Walked, String), StoreError> {
    let end = floor(Kind::DeadLetter, cutoff);
    let mut ids = tx.all(
        "SELECT id FROM dead_letters WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3",
        &[after.into(), (&end).into(), limit.into()],
        |row| row.text(0),
    )?;
    let seen = ids.len();
    let last = ids.pop().unwrap_or_default();
    let removed = tx.execute(
        "DELETE FROM dead_letters WHERE id > $1 AND id <= $2 AND resolved_at < $3",
        &[after.into(), (&last).into(), cutoff.into()],
    )?;
    Ok((Walked { seen, removed }, last))
}

/// Removes what the carrier said went wrong before `cutoff`.
pub(crate) fn errors(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM errors WHERE id IN (SELECT id FROM errors WHERE id < $1 ORDER BY id LIMIT $2)",
        &[(&floor(Kind::Error, cutoff)).into(), limit.into()],
    )
}

/// Removes what the audit knows from before `cutoff`.
pub(crate) fn audit(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE created_at < $1 \
         ORDER BY created_at, id LIMIT $2)",
        &[cutoff.into(), limit.into()],
    )
}

/// Removes reports of erasures that were done before `cutoff`.
pub(crate) fn erasures(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM erasures WHERE id IN (SELECT id FROM erasures WHERE state = 'done' \
         AND done_at < $1 ORDER BY id LIMIT $2)",
        &[cutoff.into(), limit.into()],
    )
}

#[cfg(test)]
mod tests;
