//! A user's call opens the customer service window as a message does.

use wharf_model::incoming::call::{CallDirection, CallEvent};

use super::Batch;
use crate::ingest::prepared::Item;
use crate::store::contacts::{self, Identity};
use crate::store::{StoreError, conversations};

impl Batch<'_> {
    /// Notes when a user called. Calls of the business, and those that do not say whose they are,
    /// open nothing.
    pub(super) fn take_call(
        &self,
        item: &Item,
        call: &CallEvent,
        channel_id: &str,
    ) -> Result<(), StoreError> {
        let Some(identity) = caller(call) else {
            return Ok(());
        };
        let began = match call {
            CallEvent::Connect(connect) => connect.timestamp,
            // It rang before it was answered or given up; `connect` tells when, if it comes.
            CallEvent::Terminate(end) => end.start_time,
            _ => None,
        };
        let Some(began) = began else {
            return Ok(());
        };
        let (tx, random, now) = (self.tx, &self.app.random, item.received_at);
        let contact_id = contacts::find_or_insert(tx, &identity, random, now)?;
        // A time ahead of ours must not hold the window open longer.
        let at = Some(began.as_millisecond().min(now));
        let by_number = identity.wa_id.is_some();
        conversations::touch(tx, channel_id, &contact_id, at, by_number, random, now).map(drop)
    }
}

/// The user who called; none if the business did, or nobody says who.
pub(super) fn caller(call: &CallEvent) -> Option<Identity> {
    let (direction, wa_id, bsuid, parent) = match call {
        CallEvent::Connect(call) => (
            &call.direction,
            &call.from,
            &call.from_user_id,
            &call.from_parent_user_id,
        ),
        CallEvent::Terminate(call) => (
            &call.direction,
            &call.from,
            &call.from_user_id,
            &call.from_parent_user_id,
        ),
        _ => return None,
    };
    if *direction != Some(CallDirection::UserInitiated) {
        return None;
    }
    let identity = Identity {
        wa_id: wa_id.as_ref().map(ToString::to_string),
        bsuid: bsuid.as_ref().map(ToString::to_string),
        parent_bsuid: parent.as_ref().map(ToString::to_string),
        ..Identity::default()
    };
    let named = identity.names().next().is_some();
    named.then_some(identity)
}
