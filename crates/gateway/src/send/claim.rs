//! Taking messages out of a channel's queue: those that may be sent begin, the others wait or end.

use std::collections::HashMap;

use super::options::Options;
use super::pairs::Pairs;
use super::policy;
use crate::app::App;
use crate::clock::Millis;
use crate::store::lanes::{self, LANES, Place};
use crate::store::messages::{self, Waiting};
use crate::store::outbound::{self, Claim, Claimed, Claimer};
use crate::store::{StoreError, Tx, lines};

/// How often a claim looks for more when what it found had to wait or ended: so a claim stays short,
/// and goes on with the next.
const LOOKS: usize = 8;

/// More than a claim takes become due in it, by so many of each kind: so a backlog of what is due
/// shrinks, and no claim is long.
const PROMOTED: i64 = 20;

/// A lane that was passed over for so many messages gets one in: it moves on when the lanes above
/// never end, and they hardly notice.
const PATIENCE: i64 = 20;

/// How soon a message that has ended leaves its line if somebody else changes the line just now.
const LINE_RETRY: Millis = 1000;

/// How many messages have left while a lane waited, by lane. The first never waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PassedOver([i64; 3]);

/// What a claim may take.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) limit: i64,
    pub(super) passed_over: PassedOver,
    pub(super) pairs: &'a mut Pairs,
    pub(super) now: Millis,
}

/// Takes up to `limit` due messages in order: out of the queue, `sending`, attempt on record.
///
/// A row whose message is no longer waiting (cancelled, settled by a status) only leaves. One whose
/// user must rest waits until then, and uses up nothing. Nothing is taken for a channel that changed
/// after the claimer's version: once a pause is on disk no call begins. Nothing is taken by a node
/// whose lease on the channel another has taken over.
pub(super) fn claim(
    tx: &Tx<'_>,
    app: &App,
    claimer: &Claimer<'_>,
    ask: Ask<'_>,
) -> Result<Claim, StoreError> {
    let Ask {
        limit,
        passed_over,
        pairs,
        now,
    } = ask;
    if !outbound::may_claim(tx, claimer)? {
        return Ok(Claim::Stale);
    }
    let channel_id = claimer.channel_id;
    pairs.load(tx, channel_id, now)?;
    let most = limit.saturating_mul(2).saturating_add(PROMOTED);
    lanes::promote(tx, channel_id, most, now)?;
    let mut messages = Vec::new();
    for first in (1..LANES).rev() {
        // What was passed over for long; one message each, or what is left of the claim.
        let left = limit.saturating_sub(count(&messages));
        let wanted = passed_over.due(first).min(left);
        if wanted > 0 {
            let rows = lanes::take(tx, channel_id, first, wanted)?;
            begin(tx, app, claimer, rows, pairs, now, &mut messages)?;
        }
    }
    for _ in 0..LOOKS {
        let left = limit.saturating_sub(count(&messages));
        if left <= 0 {
            break;
        }
        let rows = lanes::take(tx, channel_id, 0, left)?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|taken| taken < left);
        begin(tx, app, claimer, rows, pairs, now, &mut messages)?;
        if is_last {
            break;
        }
    }
    pairs.save(tx, channel_id, now)?;
    let outlook = lanes::outlook(tx, channel_id)?;
    let next_due = if outlook.is_due {
        Some(now)
    } else {
        outlook.next_due
    };
    Ok(Claim::Taken {
        messages,
        next_due,
        passed_over: outlook.passed_over,
    })
}

/// Begins those of these messages that may be sent now.
fn begin(
    tx: &Tx<'_>,
    app: &App,
    claimer: &Claimer<'_>,
    rows: Vec<(Place, String)>,
    pairs: &mut Pairs,
    now: Millis,
    messages: &mut Vec<Claimed>,
) -> Result<(), StoreError> {
    let channel_id = claimer.channel_id;
    let ids: Vec<&str> = rows.iter().map(|(_, id)| id.as_str()).collect();
    let mut waiting = messages::waiting(tx, &ids)?;
    drop(ids);
    let mut places: HashMap<_, _> = rows.into_iter().map(|(place, id)| (id, place)).collect();
    for (id, until) in policy::enforce(tx, app, channel_id, &mut waiting, now)? {
        if let Some(place) = places.remove(&id) {
            lanes::push_later(tx, channel_id, &id, &place, until)?;
        }
    }
    let mut ready = Vec::with_capacity(waiting.len());
    for message in waiting {
        let Some(place) = places.remove(&message.id) else {
            continue;
        };
        if app.config.send.pair_pace
            && !place.pair.is_empty()
            && let Err(at) = pairs.ask(&place.pair, place.lane, now)
        {
            lanes::push_later(tx, channel_id, &message.id, &place, at)?;
            continue;
        }
        ready.push((message, place));
    }
    for (id, place) in &places {
        // It ended while it waited: others of its conversation may wait for it.
        if !lines::try_leave(tx, id)? {
            lanes::push_later(tx, channel_id, id, place, now.saturating_add(LINE_RETRY))?;
        }
    }
    let ids: Vec<&str> = ready
        .iter()
        .map(|(message, _)| message.id.as_str())
        .collect();
    let begun = messages::begin_sending(tx, &ids, now)?;
    for (message, place) in ready {
        let Waiting {
            id,
            content,
            options,
            created_at,
            is_scheduled,
            ..
        } = message;
        let Some(&attempt) = begun.get(&id) else {
            continue;
        };
        outbound::begin_attempt(tx, claimer, &id, attempt)?;
        messages.push(Claimed {
            message_id: id,
            content,
            accepted_at: (!is_scheduled).then_some(created_at),
            attempt,
            place,
            in_order: Options::parse(options.as_deref()).in_order,
        });
    }
    Ok(())
}

fn count(messages: &[Claimed]) -> i64 {
    i64::try_from(messages.len()).unwrap_or(i64::MAX)
}

impl PassedOver {
    /// How many messages of this lane leave before those of the lanes above.
    fn due(&self, lane: i64) -> i64 {
        let index = usize::try_from(lane).unwrap_or(0);
        self.0.get(index).copied().unwrap_or(0) / PATIENCE
    }

    /// Counts what has left while some lanes waited.
    pub(super) fn count(&mut self, messages: &[Claimed], waiting: &[i64]) {
        for (lane, passed) in (0_i64..).zip(&mut self.0) {
            let left = |wanted: fn(&i64, &i64) -> bool| {
                let of = messages.iter().map(|message| &message.place.lane);
                i64::try_from(of.filter(|left| wanted(left, &lane)).count()).unwrap_or(0)
            };
            *passed = if waiting.contains(&lane) {
                let own = left(|left, lane| left == lane).saturating_mul(PATIENCE);
                let above = left(|left, lane| left < lane);
                passed.saturating_add(above).saturating_sub(own).max(0)
            } else {
                0
            };
        }
    }
}
