//! What is left of a person's rows: ids, states and times, and nothing that tells of the person.
//!
//! Each function may be repeated; what it did before it does not count again.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::find::Theirs;
use crate::clock::Millis;
use crate::media;
use crate::send::Options;
use crate::store::messages::State;
use crate::store::{Row, StoreError, Tx, erased, lines, media as rows, messages};

/// The data of an event, and the detail of a dead letter, that told of a person.
pub(crate) const ERASED: &str = "{\"erased\":true}";

/// Begins what stands in the place of an id that has a person's number in it.
const PSEUDONYM: &str = "erased:";

/// Nobody is found by the person's names any more, and the contact has none.
pub(crate) fn names(tx: &Tx<'_>, contact_id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM contact_identities WHERE contact_id = $1",
        &[contact_id.into()],
    )?;
    tx.later(
        "UPDATE contacts SET name = NULL, username = NULL, wa_id = NULL, bsuid = NULL, \
         parent_bsuid = NULL, updated_at = $1 WHERE id = $2",
        &[now.into(), contact_id.into()],
    )
}

/// Takes a message back that waits to be sent; `true` if it did.
pub(crate) fn cancel(tx: &Tx<'_>, id: &str, now: Millis) -> Result<bool, StoreError> {
    let waits = messages::lock(tx, id)?;
    if !waits.is_some_and(|found| matches!(found.state, State::Queued | State::Scheduled)) {
        return Ok(false);
    }
    messages::set_state(tx, id, State::Canceled, None, now)?;
    lines::leave(tx, id)?;
    Ok(true)
}

/// Erases a message and what goes with it; `false` while it is on its way to the carrier.
pub(crate) fn message(
    tx: &Tx<'_>,
    secret: &str,
    theirs: &Theirs,
    now: Millis,
) -> Result<bool, StoreError> {
    let id = &theirs.id;
    let state = messages::lock(tx, id)?.map(|found| found.state);
    match state {
        Some(State::Sending) => return Ok(false),
        Some(State::Queued | State::Scheduled) => {
            cancel(tx, id, now)?;
        }
        // Nobody may send it again.
        Some(State::Unknown) => messages::set_state(tx, id, State::Failed, None, now)?,
        _ => {}
    }
    wants(tx, theirs)?;
    if state != Some(State::Received) {
        statuses(tx, secret, theirs)?;
        tx.later(
            "DELETE FROM attachments WHERE message_id = $1",
            &[id.into()],
        )?;
    }
    tx.later(
        "UPDATE delivery_attempts SET response = NULL, response_headers = NULL \
         WHERE delivery_id IN (SELECT d.id FROM events e JOIN deliveries d ON d.event_id = e.id \
         WHERE e.message_id = $1 AND e.message_id IS NOT NULL)",
        &[id.into()],
    )?;
    // A letter over a delivery stays for a person: the event can still be delivered, without data.
    tx.later(
        "UPDATE dead_letters SET detail = $1 WHERE delivery_id IS NOT NULL AND delivery_id IN \
         (SELECT d.id FROM events e JOIN deliveries d ON d.event_id = e.id \
         WHERE e.message_id = $2 AND e.message_id IS NOT NULL)",
        &[ERASED.into(), id.into()],
    )?;
    tx.later(
        "UPDATE dead_letters SET detail = $1, resolution = COALESCE(resolution, 'erased'), \
         resolved_at = COALESCE(resolved_at, $2) WHERE message_id = $3 \
         AND message_id IS NOT NULL AND detail <> $1",
        &[ERASED.into(), now.into(), id.into()],
    )?;
    tx.later(
        "UPDATE events SET data = $1 WHERE message_id = $2 AND message_id IS NOT NULL \
         AND data <> $1",
        &[ERASED.into(), id.into()],
    )?;
    let wamid = theirs.carrier_id.as_deref();
    let wamid = wamid.map(|wamid| hidden(secret, wamid));
    tx.later(
        "UPDATE messages SET content = 'null', options = NULL, replaced = NULL, \
         request_id = NULL, state_detail = NULL, carrier_id = $1, \
         content_expired_at = COALESCE(content_expired_at, $2), erased_at = $2 \
         WHERE id = $3 AND erased_at IS NULL",
        &[(&wamid).into(), now.into(), id.into()],
    )?;
    Ok(true)
}

/// Gives up the files that came with these messages of a person's, and those that were sent with them
/// and to nobody else: id and where their bytes are, which may go once this is committed.
///
/// What was given up before, and is still there, is found again.
pub(crate) fn files(
    tx: &Tx<'_>,
    messages: &[Theirs],
    now: Millis,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut known = BTreeMap::new();
    for message in messages {
        let named = media::named(&message.content).into_iter();
        known.extend(named.map(|id| (id, &message.id)));
    }
    for message in messages {
        let came = tx.all(
            "SELECT id FROM media WHERE message_id = $1 AND message_id IS NOT NULL",
            &[(&message.id).into()],
            |row| row.text(0),
        )?;
        known.extend(came.into_iter().map(|id| (id, &message.id)));
    }
    let mut files = Vec::new();
    for (id, message_id) in known {
        let key = rows::give_up_of(tx, &id, message_id, now)?;
        files.extend(key.map(|key| (id, key)));
    }
    Ok(files)
}

/// A wamid has the user's number in it.
fn hidden(secret: &str, wamid: &str) -> String {
    if wamid.starts_with(PSEUDONYM) {
        wamid.to_owned()
    } else {
        erased::pseudonym(secret, wamid)
    }
}

/// Forgets by what the caller would find the message, and how its answer was kept.
fn wants(tx: &Tx<'_>, theirs: &Theirs) -> Result<(), StoreError> {
    let options = theirs.options.as_deref();
    forget_wishes(tx, &theirs.id, &theirs.channel_id, &theirs.content, options)?;
    if let Some(key) = &theirs.request_id {
        let caller = Options::parse(options).caller;
        let graph = format!("graph/{caller}");
        let nats = format!("nats/{}", theirs.channel_id);
        for scope in [&caller, &graph, &theirs.channel_id, &nats] {
            tx.later(
                "DELETE FROM idempotency_keys WHERE scope = $1 AND idempotency_key = $2",
                &[scope.into(), key.into()],
            )?;
        }
    }
    Ok(())
}

/// Forgets the tags of a message, the callback data of its caller, and what its attempts were told.
pub(crate) fn forget_wishes(
    tx: &Tx<'_>,
    id: &str,
    channel_id: &str,
    content: &str,
    options: Option<&str>,
) -> Result<(), StoreError> {
    for tag in &Options::parse(options).tags {
        tx.later(
            "DELETE FROM message_tags WHERE tag = $1 AND message_id = $2",
            &[tag.into(), id.into()],
        )?;
    }
    let content: Json = serde_json::from_str(content).unwrap_or_default();
    if let Some(callback) = content["biz_opaque_callback_data"].as_str() {
        tx.later(
            "DELETE FROM send_callbacks WHERE channel_id = $1 AND callback_data = $2 \
             AND message_id = $3",
            &[channel_id.into(), callback.into(), id.into()],
        )?;
    }
    tx.later(
        "UPDATE send_attempts SET detail = NULL WHERE message_id = $1",
        &[id.into()],
    )
}

/// The statuses of a message keep what happened, and when.
fn statuses(tx: &Tx<'_>, secret: &str, theirs: &Theirs) -> Result<(), StoreError> {
    let wamid = theirs.carrier_id.as_ref();
    let Some(wamid) = wamid.filter(|wamid| !wamid.starts_with(PSEUDONYM)) else {
        return Ok(());
    };
    let told = tx.all(
        "SELECT status, recipient FROM message_statuses WHERE carrier_id = $1 AND channel_id = $2 \
         ORDER BY status, recipient",
        &[wamid.into(), (&theirs.channel_id).into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    for (number, (name, recipient)) in told.iter().enumerate() {
        tx.later(
            "UPDATE message_statuses SET carrier_id = $1, recipient = $2, raw = '{}' \
             WHERE carrier_id = $3 AND channel_id = $4 AND status = $5 AND recipient = $6",
            &[
                (&hidden(secret, wamid)).into(),
                (&format!("{PSEUDONYM}{number}")).into(),
                wamid.into(),
                (&theirs.channel_id).into(),
                name.into(),
                recipient.into(),
            ],
        )?;
    }
    Ok(())
}

/// Erases a status of a message that is not theirs alone; `number` tells it from others.
pub(crate) fn status(tx: &Tx<'_>, secret: &str, key: &[String]) -> Result<usize, StoreError> {
    let [wamid, channel, name, recipient] = key else {
        return Ok(0);
    };
    tx.execute(
        "UPDATE message_statuses SET recipient = $1, raw = '{}' \
         WHERE carrier_id = $2 AND channel_id = $3 AND status = $4 AND recipient = $5",
        &[
            (&erased::pseudonym(secret, recipient)).into(),
            wamid.into(),
            channel.into(),
            name.into(),
            recipient.into(),
        ],
    )
}

/// Erases the data of an event.
pub(crate) fn event(tx: &Tx<'_>, seq: i64) -> Result<usize, StoreError> {
    tx.later(
        "UPDATE delivery_attempts SET response = NULL, response_headers = NULL WHERE delivery_id IN \
         (SELECT d.id FROM events e JOIN deliveries d ON d.event_id = e.id WHERE e.seq = $1)",
        &[seq.into()],
    )?;
    tx.execute(
        "UPDATE events SET data = $1 WHERE seq = $2 AND data <> $1",
        &[ERASED.into(), seq.into()],
    )
}

/// Erases what a dead letter says.
pub(crate) fn dead_letter(tx: &Tx<'_>, id: &str, now: Millis) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE dead_letters SET detail = $1, resolution = COALESCE(resolution, 'erased'), \
         resolved_at = COALESCE(resolved_at, $2) WHERE id = $3 AND detail <> $1",
        &[ERASED.into(), now.into(), id.into()],
    )
}

/// Erases what the audit says was there before and after; who did what, and when, stays.
pub(crate) fn deed(tx: &Tx<'_>, id: &str) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE audit SET was = CASE WHEN was IS NULL THEN NULL ELSE $1 END, \
         became = CASE WHEN became IS NULL THEN NULL ELSE $1 END WHERE id = $2",
        &[ERASED.into(), id.into()],
    )
}

/// Forgets the answer to a request.
pub(crate) fn answer(tx: &Tx<'_>, key: &[String]) -> Result<usize, StoreError> {
    let [scope, name] = key else {
        return Ok(0);
    };
    tx.execute(
        "DELETE FROM idempotency_keys WHERE scope = $1 AND idempotency_key = $2",
        &[scope.into(), name.into()],
    )
}

/// The last of it: the contact and their conversations.
pub(crate) fn contact(tx: &Tx<'_>, contact_id: &str) -> Result<(usize, usize), StoreError> {
    tx.later(
        "DELETE FROM send_pairs WHERE pair IN \
         (SELECT id FROM conversations WHERE contact_id = $1)",
        &[contact_id.into()],
    )?;
    let conversations = tx.execute(
        "DELETE FROM conversations WHERE contact_id = $1",
        &[contact_id.into()],
    )?;
    let contacts = tx.execute("DELETE FROM contacts WHERE id = $1", &[contact_id.into()])?;
    Ok((contacts, conversations))
}

/// Whether a message is one of a person who was erased.
pub(crate) fn is_erased(tx: &Tx<'_>, message_id: &str) -> Result<bool, StoreError> {
    let found = tx.first(
        "SELECT 1 FROM messages WHERE id = $1 AND erased_at IS NOT NULL",
        &[message_id.into()],
        |_: &Row<'_>| Ok(()),
    )?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::deliveries::{self, Attempt, Delivery};
    use crate::store::events::{self, NewEvent};

    #[tokio::test]
    async fn headers_of_an_answer_without_a_body_are_erased() {
        let folder = test_servers::Folder::new().unwrap();
        let store = Store::for_test(&folder);
        let change = |tx: &Tx<'_>| {
            let event = NewEvent {
                id: "evt_1".to_owned(),
                channel_id: "shop".to_owned(),
                kind: "message",
                occurred_at: 1,
                created_at: 1,
                message_id: Some("msg_1".to_owned()),
                notification: None,
                data: "{}".to_owned(),
            };
            let delivery = Delivery {
                id: "dlv_1".to_owned(),
                endpoint_id: "ep_1".to_owned(),
                event_seq: 1,
                event_id: event.id.clone(),
                state: deliveries::State::Delivered,
                attempts: 1,
                made: 0,
                due_at: 1,
                created_at: 1,
                updated_at: 1,
            };
            let attempt = Attempt {
                number: 1,
                started_at: 1,
                duration_ms: 1,
                status: Some(204),
                error: None,
                response: None,
                request_headers: None,
                response_headers: Some("[[\"x-user\", \"16505551234\"]]".to_owned()),
            };
            events::append(tx, event);
            deliveries::insert(tx, &delivery)?;
            deliveries::add_attempt(tx, &delivery.id, &attempt)
        };
        store.write(change).await.unwrap();
        let theirs = Theirs {
            id: "msg_1".to_owned(),
            conversation_id: "cnv_1".to_owned(),
            channel_id: "shop".to_owned(),
            carrier_id: None,
            state: State::Received,
            content: "{}".to_owned(),
            options: None,
            request_id: None,
        };
        let erase = move |tx: &Tx<'_>| {
            message(tx, "secret", &theirs, 2)?;
            deliveries::attempts(tx, "dlv_1")
        };
        let attempts = store.write(erase).await.unwrap();
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].response_headers, None);
        store.close().await;
    }
}
