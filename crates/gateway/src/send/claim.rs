//! Taking messages out of a channel's queue: those that may be sent begin, the others end.

use super::policy;
use crate::app::App;
use crate::clock::Millis;
use crate::store::messages::{self, Waiting};
use crate::store::outbound::{self, Claim, Claimed, Claimer};
use crate::store::{StoreError, Tx};

/// Takes up to `limit` due messages in order: out of the queue, `sending`, attempt on record.
///
/// A row whose message is no longer waiting (cancelled, settled by a status) only leaves. Nothing
/// is taken for a channel that changed after the claimer's version: once a pause is on disk no call
/// begins. Nothing is taken by a node whose lease on the channel another has taken over.
pub(super) fn claim(
    tx: &Tx<'_>,
    app: &App,
    claimer: &Claimer<'_>,
    limit: i64,
    now: Millis,
) -> Result<Claim, StoreError> {
    if !outbound::may_claim(tx, claimer)? {
        return Ok(Claim::Stale);
    }
    let channel_id = claimer.channel_id;
    let rows = outbound::take(tx, channel_id, limit, now)?;
    let ids: Vec<&str> = rows.iter().map(|(_, id)| id.as_str()).collect();
    let mut waiting = messages::waiting(tx, &ids)?;
    for (id, until) in policy::enforce(tx, app, channel_id, &mut waiting, now)? {
        outbound::push(tx, channel_id, &id, app.queue.place(until, now))?;
    }
    let ids: Vec<&str> = waiting.iter().map(|message| message.id.as_str()).collect();
    let begun = messages::begin_sending(tx, &ids, now)?;
    let mut places: std::collections::HashMap<_, _> =
        rows.into_iter().map(|(place, id)| (id, place)).collect();
    let mut messages = Vec::with_capacity(waiting.len());
    for Waiting { id, content, .. } in waiting {
        let (Some(&attempt), Some(place)) = (begun.get(&id), places.remove(&id)) else {
            continue;
        };
        outbound::begin_attempt(tx, claimer, &id, attempt)?;
        messages.push(Claimed {
            message_id: id,
            content,
            attempt,
            place,
        });
    }
    let next_due = outbound::next_due(tx, channel_id)?;
    Ok(Claim::Taken { messages, next_due })
}
