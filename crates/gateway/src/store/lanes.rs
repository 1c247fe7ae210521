//! The queue: lanes of what is due, in the order in which it leaves, and what is to come.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Row, StoreError, Tx};
use crate::clock::Millis;

#[cfg(test)]
mod tests;

/// Below all lanes.
pub(crate) const LANES: i64 = 3;

/// A turn that was not given yet, as stored.
const NO_TURN: i64 = -1;

/// Shelves of what is to come: two of each lane, for what has its turn and for what has none yet.
const SHELVES: i64 = 2 * LANES;

/// What is due by now, a bounded part of each shelf.
static DUE: LazyLock<String> = LazyLock::new(|| {
    let of_shelf = |shelf: i64| {
        format!(
            "SELECT * FROM (SELECT * FROM send_later WHERE channel_id = $1 AND shelf = {shelf} \
             AND due_at <= $2 ORDER BY due_at, position LIMIT $3) AS shelf_{shelf}"
        )
    };
    format!(
        "SELECT shelf, turn, position, caller, pair, message_id, due_at FROM ({}) AS due \
         ORDER BY shelf, due_at, position",
        each_shelf(of_shelf, " UNION ALL ")
    )
});

/// When the first on each shelf is due, of a channel that stands in the place of `{}`.
static FIRST_DUE: LazyLock<String> = LazyLock::new(|| {
    let of_shelf = |shelf: i64| {
        format!(
            "(SELECT MIN(l.due_at) FROM send_later l WHERE l.channel_id = {{}} \
             AND l.shelf = {shelf})"
        )
    };
    each_shelf(of_shelf, ", ")
});

/// What leaves next.
const TAKE: &str = "SELECT lane, turn, position, caller, pair, message_id FROM send_queue \
    WHERE channel_id = $1 AND lane >= $2 ORDER BY channel_id, lane, turn, position LIMIT $3";

/// Where a message stands in its channel's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// 0 leaves before 1, and 1 before 2.
    pub(crate) lane: i64,
    /// Within the lane. None yet: the caller's next, when the message is due.
    pub(crate) turn: Option<i64>,
    /// Within the turn; never the same twice.
    pub(crate) position: i64,
    /// Between whom the turns are fair.
    pub(crate) caller: String,
    /// The conversation whose own pace the message keeps; empty if it keeps none.
    pub(crate) pair: String,
}

/// What is left in a channel's queue after a claim.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Something is due now.
    pub(crate) is_due: bool,
    /// Something is due in these lanes that were passed over.
    pub(crate) passed_over: Vec<i64>,
    /// When the first message is due that is not yet.
    pub(crate) next_due: Option<Millis>,
}

/// Puts a message where its turn is; without a turn, behind those of the same caller, and otherwise
/// where the lane is now. A single caller's leave in the order of arrival, whatever the clock does.
pub(crate) fn push(
    tx: &Tx<'_>,
    channel_id: &str,
    message_id: &str,
    place: &Place,
) -> Result<(), StoreError> {
    let Some(turn) = place.turn else {
        return tx.later(
            "INSERT INTO send_queue (channel_id, lane, turn, position, message_id, caller, pair) \
             SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), MAX(t.turn), CAST($3 AS BIGINT), \
             CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT) FROM (SELECT 0 AS turn \
             UNION ALL SELECT turn FROM send_turns WHERE channel_id = $1 AND lane = $2 \
             UNION ALL SELECT q.turn + 1 FROM (SELECT turn FROM send_queue WHERE channel_id = $1 \
             AND lane = $2 AND caller = $5 ORDER BY turn DESC LIMIT 1) q) t \
             WHERE 1 = 1 ON CONFLICT DO NOTHING",
            &[
                channel_id.into(),
                place.lane.into(),
                place.position.into(),
                message_id.into(),
                (&place.caller).into(),
                (&place.pair).into(),
            ],
        );
    };
    tx.later(
        "INSERT INTO send_queue (channel_id, lane, turn, position, message_id, caller, pair) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            channel_id.into(),
            place.lane.into(),
            turn.into(),
            place.position.into(),
            message_id.into(),
            (&place.caller).into(),
            (&place.pair).into(),
        ],
    )
}

/// Keeps a message until it is due; then it has its turn, or gets one.
pub(crate) fn push_later(
    tx: &Tx<'_>,
    channel_id: &str,
    message_id: &str,
    place: &Place,
    due_at: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO send_later (channel_id, shelf, due_at, position, message_id, turn, caller, \
         pair) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            channel_id.into(),
            shelf(place).into(),
            due_at.into(),
            place.position.into(),
            message_id.into(),
            place.turn.unwrap_or(NO_TURN).into(),
            (&place.caller).into(),
            (&place.pair).into(),
        ],
    )
}

/// Gives turns to what has become due, to `most` of each shelf at most: so a claim stays short when a
/// campaign of a million becomes due at once.
pub(crate) fn promote(
    tx: &Tx<'_>,
    channel_id: &str,
    most: i64,
    now: Millis,
) -> Result<(), StoreError> {
    let due = tx.all(&DUE, &[channel_id.into(), now.into(), most.into()], |row| {
        let mut place = place(row)?;
        place.lane /= 2;
        Ok((place, row.text(5)?, row.int(6)?))
    })?;
    let mut turns: HashMap<(i64, String), i64> = HashMap::new();
    for (mut place, message_id, due_at) in due {
        tx.later(
            "DELETE FROM send_later WHERE channel_id = $1 AND shelf = $2 AND due_at = $3 \
             AND position = $4 AND message_id = $5",
            &[
                channel_id.into(),
                shelf(&place).into(),
                due_at.into(),
                place.position.into(),
                (&message_id).into(),
            ],
        )?;
        if place.turn.is_none() {
            let caller = (place.lane, place.caller.clone());
            let turn = match turns.get(&caller) {
                Some(last) => last.saturating_add(1),
                None => next_turn(tx, channel_id, place.lane, &place.caller)?,
            };
            turns.insert(caller, turn);
            place.turn = Some(turn);
        }
        push(tx, channel_id, &message_id, &place)?;
    }
    Ok(())
}

fn next_turn(tx: &Tx<'_>, channel_id: &str, lane: i64, caller: &str) -> Result<i64, StoreError> {
    let turn = tx.first(
        "SELECT MAX(t.turn) FROM (SELECT 0 AS turn \
         UNION ALL SELECT turn FROM send_turns WHERE channel_id = $1 AND lane = $2 \
         UNION ALL SELECT q.turn + 1 FROM (SELECT turn FROM send_queue WHERE channel_id = $1 \
         AND lane = $2 AND caller = $3 ORDER BY turn DESC LIMIT 1) q) t",
        &[channel_id.into(), lane.into(), caller.into()],
        |row| row.int(0),
    )?;
    Ok(turn.unwrap_or(0))
}

/// Takes up to `limit` messages out of a channel's lanes from `first` on, in the order in which they
/// leave.
pub(crate) fn take(
    tx: &Tx<'_>,
    channel_id: &str,
    first: i64,
    limit: i64,
) -> Result<Vec<(Place, String)>, StoreError> {
    let rows = tx.all(
        TAKE,
        &[channel_id.into(), first.into(), limit.into()],
        |row| Ok((place(row)?, row.text(5)?)),
    )?;
    for (place, message_id) in &rows {
        tx.later(
            "DELETE FROM send_queue WHERE channel_id = $1 AND lane = $2 AND turn = $3 \
             AND position = $4 AND message_id = $5",
            &[
                channel_id.into(),
                place.lane.into(),
                place.turn.into(),
                place.position.into(),
                message_id.into(),
            ],
        )?;
    }
    for lane in 0..LANES {
        let of_lane = rows.iter().filter(|(place, _)| place.lane == lane);
        if let Some(turn) = of_lane.filter_map(|(place, _)| place.turn).max() {
            tx.later(
                "INSERT INTO send_turns (channel_id, lane, turn) VALUES ($1, $2, $3) \
                 ON CONFLICT (channel_id, lane) DO UPDATE SET turn = excluded.turn \
                 WHERE excluded.turn > send_turns.turn",
                &[channel_id.into(), lane.into(), turn.into()],
            )?;
        }
    }
    Ok(rows)
}

/// What is left, looked at through the index: a moment, however much it is.
pub(crate) fn outlook(tx: &Tx<'_>, channel_id: &str) -> Result<Outlook, StoreError> {
    let sql = format!(
        "SELECT (SELECT turn FROM send_queue WHERE channel_id = $1 AND lane = 0 LIMIT 1), \
         (SELECT turn FROM send_queue WHERE channel_id = $1 AND lane = 1 LIMIT 1), \
         (SELECT turn FROM send_queue WHERE channel_id = $1 AND lane = 2 LIMIT 1), {}",
        FIRST_DUE.replace("{}", "$1")
    );
    let found = tx.first(&sql, &[channel_id.into()], |row| {
        let lanes = [row.maybe_int(0)?, row.maybe_int(1)?, row.maybe_int(2)?];
        Ok((lanes, first_due(row, 3)?))
    })?;
    let (lanes, next_due) = found.unwrap_or_default();
    let below = (1..LANES).zip(lanes.iter().skip(1));
    Ok(Outlook {
        is_due: lanes.iter().any(Option::is_some),
        passed_over: below
            .filter(|(_, turn)| turn.is_some())
            .map(|(lane, _)| lane)
            .collect(),
        next_due,
    })
}

/// Whether nothing of a channel waits.
pub(crate) fn is_empty(tx: &Tx<'_>, channel_id: &str) -> Result<bool, StoreError> {
    let found = tx.first(
        "SELECT 1 FROM (SELECT * FROM (SELECT channel_id FROM send_queue WHERE channel_id = $1 \
         LIMIT 1) AS due UNION ALL SELECT * FROM (SELECT channel_id FROM send_later \
         WHERE channel_id = $1 LIMIT 1) AS later) AS waiting LIMIT 1",
        &[channel_id.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_none())
}

/// When the first message of each channel that has any is due; 0 for one that is due now. A few
/// looks at the index a channel, however many wait.
pub(crate) fn next_of_each(tx: &Tx<'_>) -> Result<Vec<(String, Millis)>, StoreError> {
    let mut due = tx.all(
        "WITH RECURSIVE c (id) AS (SELECT MIN(channel_id) FROM send_queue UNION ALL \
         SELECT (SELECT MIN(channel_id) FROM send_queue WHERE channel_id > c.id) \
         FROM c WHERE c.id IS NOT NULL) SELECT c.id FROM c WHERE c.id IS NOT NULL",
        &[],
        |row| Ok((row.text(0)?, 0)),
    )?;
    let sql = format!(
        "WITH RECURSIVE c (id) AS (SELECT MIN(channel_id) FROM send_later UNION ALL \
         SELECT (SELECT MIN(channel_id) FROM send_later WHERE channel_id > c.id) \
         FROM c WHERE c.id IS NOT NULL) SELECT c.id, {} FROM c WHERE c.id IS NOT NULL",
        FIRST_DUE.replace("{}", "c.id")
    );
    let later = tx.all(&sql, &[], |row| Ok((row.text(0)?, first_due(row, 1)?)))?;
    let later = later
        .into_iter()
        .filter_map(|(id, first)| Some((id, first?)));
    due.extend(later);
    Ok(due)
}

/// The last position given out among those that wait, so that those after a restart come behind.
pub(crate) fn last_position(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let last = tx.first(
        "SELECT MAX(p.position) FROM (SELECT MAX(position) AS position FROM send_queue \
         UNION ALL SELECT MAX(position) FROM send_later \
         UNION ALL SELECT MAX(position) FROM send_lines) p",
        &[],
        |row| row.maybe_int(0),
    )?;
    Ok(last.flatten().unwrap_or(0))
}

/// Where a message waits until it is due.
fn shelf(place: &Place) -> i64 {
    2 * place.lane + i64::from(place.turn.is_none())
}

fn each_shelf(of: impl Fn(i64) -> String, between: &str) -> String {
    let all: Vec<String> = (0..SHELVES).map(of).collect();
    all.join(between)
}

/// Reads one due time a shelf, the first of them in column `from`; the earliest.
fn first_due(row: &Row<'_>, from: usize) -> Result<Option<Millis>, StoreError> {
    let mut first: Option<Millis> = None;
    for (column, _) in (from..).zip(0..SHELVES) {
        let due_at = row.maybe_int(column)?;
        first = [first, due_at].into_iter().flatten().min();
    }
    Ok(first)
}

/// Reads lane, turn, position, caller and pair.
fn place(row: &Row<'_>) -> Result<Place, StoreError> {
    Ok(Place {
        lane: row.int(0)?,
        turn: Some(row.int(1)?).filter(|turn| *turn > NO_TURN),
        position: row.int(2)?,
        caller: row.text(3)?,
        pair: row.text(4)?,
    })
}
