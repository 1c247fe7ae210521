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
    let count = |state: &str| {
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT id FROM messages WHERE state IN ('sending', 'unknown') \
             AND state = $1 LIMIT {COUNTED}) AS picked"
        );
        let counted = tx.first(&sql, &[state.into()], |row| row.int(0))?;
        Ok((state.to_owned(), counted.unwrap_or(0)))
    };
    ["sending", "unknown"].into_iter().map(count).collect()
}

/// Those that go behind another of their conversation, which is in the queue or being sent.
pub(crate) const BEHIND: &str = "(SELECT l.message_id, l.channel_id FROM send_lines l WHERE EXISTS \
    (SELECT 1 FROM send_lines b WHERE b.conversation_id = l.conversation_id \
    AND b.position < l.position)) AS behind";

/// How many messages wait in the queues of all channels, up to `most`.
pub(crate) fn total(tx: &Tx<'_>, most: i64) -> Result<i64, StoreError> {
    let counted = tx.first(
        &format!(
            "SELECT COUNT(*) FROM (SELECT channel_id FROM send_queue UNION ALL \
             SELECT channel_id FROM send_later UNION ALL \
             SELECT channel_id FROM {BEHIND} LIMIT $1) AS picked"
        ),
        &[most.into()],
        |row| row.int(0),
    )?;
    Ok(counted.unwrap_or(0))
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
pub(crate) const COUNTED: i64 = 100_000;

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
    let behind = tx.first(
        &format!(
            "SELECT COUNT(*) FROM (SELECT message_id FROM {BEHIND} WHERE channel_id = $1 \
             LIMIT {COUNTED}) AS later"
        ),
        &[channel_id.into()],
        |row| row.int(0),
    )?;
    waiting.later += behind.unwrap_or(0);
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Kind, Random};
    use crate::store::Store;
    use crate::store::dead_letters::{self, Filter, NewDeadLetter};

    #[tokio::test]
    async fn no_more_is_counted_than_was_asked_for() {
        let folder = test_servers::Folder::new().unwrap();
        let store = Store::for_test(&folder);
        let change = |tx: &Tx<'_>| {
            let random = Random::seeded(1);
            for at in 1..=5 {
                tx.later(
                    "INSERT INTO send_queue (channel_id, lane, turn, position, message_id, caller, \
                     pair) VALUES ('shop', 1, 1, $1, 'msg_1', '', '')",
                    &[at.into()],
                )?;
                let letter = NewDeadLetter {
                    id: random.id(Kind::DeadLetter, at),
                    channel_id: Some("shop".to_owned()),
                    message_id: None,
                    delivery_id: None,
                    event_id: None,
                    notification: None,
                    reason: "unreadable".to_owned(),
                    detail: "{}".to_owned(),
                };
                dead_letters::insert(tx, dead_letters::Kind::Ingest, &letter, at)?;
            }
            tx.later(
                "INSERT INTO send_later (channel_id, shelf, due_at, position, message_id, turn, \
                 caller, pair) VALUES ('shop', 1, 1, 1, 'msg_2', 1, '', '')",
                &[],
            )
        };
        store.write(change).await.unwrap();
        for (most, waiting, open) in [(3, 3, 3), (100, 6, 5)] {
            let look = move |tx: &Tx<'_>| {
                let groups = dead_letters::groups(tx, None, (most, 10))?;
                let of_shop = Filter {
                    channel: Some("shop".to_owned()),
                    ..Filter::default()
                };
                let counted = dead_letters::count_some_open(tx, &of_shop, most)?;
                Ok((total(tx, most)?, counted, groups))
            };
            let (counted, letters, groups) = store.read(look).await.unwrap();
            assert_eq!((counted, letters), (waiting, open));
            assert_eq!((groups.len(), groups[0].count), (1, open));
            // The newest.
            assert_eq!((groups[0].oldest_at, groups[0].newest_at), (6 - open, 5));
        }
        store.close().await;
    }
}
