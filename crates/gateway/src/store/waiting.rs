//! What waits to be sent, and what is open, counted for people.

use std::collections::BTreeMap;

use super::{StoreError, Tx};
use crate::clock::Millis;

/// What waits in the queue of a channel.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) channel: String,
    pub(crate) due: i64,
    /// Waits for its time, or to be tried again.
    pub(crate) later: i64,
    /// When the oldest message that is due was accepted, or became due.
    pub(crate) oldest: Option<Millis>,
}

/// The queue of each channel, also of those that are empty. Looks at each row that waits.
pub(crate) fn queues(tx: &Tx<'_>, now: Millis) -> Result<Vec<Queue>, StoreError> {
    let mut queues: BTreeMap<String, Queue> = BTreeMap::new();
    for channel in tx.all("SELECT id FROM channels", &[], |row| row.text(0))? {
        queues.insert(channel, Queue::default());
    }
    // Ids of messages grow with the time of their acceptance.
    let due = tx.all(
        "SELECT q.channel_id, q.messages, m.created_at FROM (SELECT channel_id, COUNT(*) AS messages, \
         MIN(message_id) AS oldest FROM send_queue GROUP BY channel_id) q \
         LEFT JOIN messages m ON m.id = q.oldest",
        &[],
        |row| Ok((row.text(0)?, row.int(1)?, row.maybe_int(2)?)),
    )?;
    for (channel, messages, oldest) in due {
        let queue = queues.entry(channel).or_default();
        (queue.due, queue.oldest) = (messages, oldest);
    }
    let later = tx.all(
        "SELECT channel_id, SUM(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END), COUNT(*), MIN(due_at) \
         FROM send_later GROUP BY channel_id",
        &[now.into()],
        |row| Ok((row.text(0)?, row.int(1)?, row.int(2)?, row.int(3)?)),
    )?;
    // What is due stays there until the sender looks, and a paused channel has none that does.
    for (channel, due, all, first) in later {
        let queue = queues.entry(channel).or_default();
        queue.due = queue.due.saturating_add(due);
        queue.later = all.saturating_sub(due);
        if due > 0 {
            queue.oldest = Some(queue.oldest.map_or(first, |oldest| oldest.min(first)));
        }
    }
    Ok(queues
        .into_iter()
        .map(|(channel, queue)| Queue { channel, ..queue })
        .collect())
}

/// How many messages are in each state that is to pass: `sending` and `unknown`.
pub(crate) fn unsettled(tx: &Tx<'_>) -> Result<BTreeMap<String, i64>, StoreError> {
    let counted = tx.all(
        "SELECT state, COUNT(*) FROM messages WHERE state IN ('sending', 'unknown') GROUP BY state",
        &[],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )?;
    let none = ["sending", "unknown"].map(|state| (state.to_owned(), 0));
    Ok(none.into_iter().chain(counted).collect())
}

/// What waits in the queue of one channel.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) due: i64,
    pub(crate) later: i64,
    /// Those in the lanes, the most urgent first.
    pub(crate) lanes: [i64; 3],
    /// When the oldest message that is due was accepted, or became due.
    pub(crate) oldest: Option<Millis>,
}

/// Rows that are counted at most.
const COUNTED: i64 = 100_000;

/// The queue of one channel.
pub(crate) fn of_channel(
    tx: &Tx<'_>,
    channel_id: &str,
    now: Millis,
) -> Result<Waiting, StoreError> {
    let mut waiting = Waiting::default();
    let of_lanes = tx.all(
        &format!(
            "SELECT lane, COUNT(*), MIN(message_id) FROM (SELECT lane, message_id FROM send_queue \
             WHERE channel_id = $1 LIMIT {COUNTED}) AS queue GROUP BY lane"
        ),
        &[channel_id.into()],
        |row| Ok((row.int(0)?, row.int(1)?, row.text(2)?)),
    )?;
    // Ids of messages grow with the time of their acceptance.
    let first = of_lanes.iter().map(|(_, _, first)| first).min();
    if let Some(first) = first {
        let sql = "SELECT created_at FROM messages WHERE id = $1";
        waiting.oldest = tx.first(sql, &[first.into()], |row| row.int(0))?;
    }
    for (lane, count, _) in &of_lanes {
        waiting.due += count;
        let lane = usize::try_from(*lane).ok();
        if let Some(lane) = lane.and_then(|lane| waiting.lanes.get_mut(lane)) {
            *lane += count;
        }
    }
    let later = tx.first(
        &format!(
            "SELECT COALESCE(SUM(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END), 0), COUNT(*), \
             MIN(due_at) FROM (SELECT due_at FROM send_later WHERE channel_id = $2 \
             LIMIT {COUNTED}) AS later"
        ),
        &[now.into(), channel_id.into()],
        |row| Ok((row.int(0)?, row.int(1)?, row.maybe_int(2)?)),
    )?;
    // What is due stays there until the sender looks, and a paused channel has none that does.
    if let Some((due, all, first)) = later {
        waiting.due += due;
        waiting.later = all - due;
        if let (true, Some(first)) = (due > 0, first) {
            waiting.oldest = Some(waiting.oldest.map_or(first, |oldest| oldest.min(first)));
        }
    }
    Ok(waiting)
}
