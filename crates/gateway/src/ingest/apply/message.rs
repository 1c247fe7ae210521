//! An incoming message becomes a contact, a conversation, a message and an event.

use std::collections::HashSet;

use wharf_model::incoming::{Change, IncomingContent};
use wharf_model::{Field, IncomingMessage};
use wharf_webhook::{Update, UpdateKind};

use super::{Batch, call, consent};
use crate::ids::Kind;
use crate::ingest::event_data::{Data, FileRef};
use crate::ingest::event_name;
use crate::ingest::prepared::{Content, Item};
use crate::media;
use crate::store::contacts::{self, Identity};
use crate::store::messages::{self, Direction, Message, State};
use crate::store::suppressions::Whose;
use crate::store::{self, StoreError, Tx, conversations};

impl Batch<'_> {
    pub(super) fn take_message(
        &mut self,
        item: &Item,
        update: &Update,
        incoming: &IncomingMessage,
        channel_id: String,
    ) -> Result<(), StoreError> {
        let (tx, app) = (self.tx, self.app);
        let wamid = incoming.id.as_str();
        let known = match &mut self.known {
            Some(known) => !known.insert((channel_id.clone(), wamid.to_owned())),
            None => messages::is_known(tx, &channel_id, wamid)?,
        };
        if known {
            self.repeated += 1;
            return Ok(());
        }
        let now = item.received_at;
        let occurred_at = incoming
            .timestamp
            .map_or(now, jiff::Timestamp::as_millisecond);
        let identity = identity_of(incoming, update);
        let contact_id = contacts::find_or_insert(tx, &identity, &app.random, now)?;
        let partner = match &incoming.group_id {
            Some(group) => {
                let group_id = Some(group.to_string());
                let group = Identity {
                    group_id,
                    ..Identity::default()
                };
                contacts::find_or_insert(tx, &group, &app.random, now)?
            }
            None => contact_id.clone(),
        };
        // A time ahead of ours must not hold the customer service window open longer.
        let inbound_at = is_of_user(incoming).then_some(occurred_at.min(now));
        let by_number = incoming.group_id.is_some() || identity.wa_id.is_some();
        let (random, channel) = (&app.random, &channel_id);
        let conversation_id =
            conversations::touch(tx, channel, &partner, inbound_at, by_number, random, now)?;
        if incoming.referral.is_some() {
            conversations::referred(tx, &conversation_id, occurred_at.min(now))?;
        }
        let whose = Whose {
            contact_id: &contact_id,
            channel_id: &channel_id,
        };
        self.hear_keyword(item, incoming, whose, occurred_at.min(now))?;
        let id = app.random.id(Kind::Message, now);
        let from = identity.wa_id.as_deref().or(identity.bsuid.as_deref());
        let file = media::of_message(app, &channel_id, &id, &incoming.content, now);
        let data = Data {
            media: file.as_ref().map(|file| FileRef::new(&file.id)),
            id: Some(&id),
            message_id: Some(wamid),
            conversation_id: Some(&conversation_id),
            contact_id: Some(&contact_id),
            from,
            chat: incoming.group_id.as_ref().map(AsRef::as_ref).or(from),
            kind: Some(&incoming.kind),
            ..Data::of(update)
        }
        .render()?;
        let message = Message {
            id,
            channel_id,
            conversation_id,
            contact_id,
            direction: Direction::Inbound,
            carrier_id: Some(wamid.to_owned()),
            kind: incoming.kind.clone(),
            content: update.raw.get().to_owned(),
            request_id: None,
            options: None,
            pricing: None,
            content_expired_at: None,
            state: State::Received,
            state_detail: None,
            attempts: 0,
            notification: Some(item.at.clone()),
            occurred_at,
            created_at: now,
            updated_at: now,
        };
        messages::insert(tx, &message)?;
        if let Some(file) = &file {
            store::media::insert(tx, file)?;
            self.files = true;
        }
        let Message { id, channel_id, .. } = message;
        self.event(
            item,
            channel_id,
            event_name::of(update),
            occurred_at,
            Some(id),
            data,
        );
        Ok(())
    }
}

/// Locks and looks up the people of all messages of a batch, and which of the messages are known, so
/// that none of it costs a round trip for each.
pub(super) fn look_ahead(
    tx: &Tx<'_>,
    items: &[Item],
) -> Result<HashSet<(String, String)>, StoreError> {
    let mut identities = Vec::new();
    let mut wamids = Vec::new();
    for item in items {
        let Content::Notification(notification) = &item.content else {
            continue;
        };
        for update in &notification.updates {
            if let UpdateKind::Message(message) = &update.kind
                && update.field != Field::Standby
            {
                wamids.push(message.id.as_str());
                identities.push(identity_of(message, update));
                if let Some(group) = &message.group_id {
                    identities.push(Identity {
                        group_id: Some(group.to_string()),
                        ..Identity::default()
                    });
                }
            } else if matches!(update.field, Field::Calls | Field::UserPreferences) {
                identities.extend(match update.change() {
                    Some(Change::Call(call)) => call::caller(&call),
                    Some(Change::UserPreference(preference)) => consent::identity_of(&preference),
                    _ => None,
                });
            }
        }
    }
    if identities.is_empty() {
        return Ok(HashSet::new());
    }
    contacts::ahead::look_ahead(tx, &identities)?;
    if wamids.is_empty() {
        return Ok(HashSet::new());
    }
    messages::known_among(tx, &wamids)
}

/// Whether the user has written, and not WhatsApp about the user.
fn is_of_user(message: &IncomingMessage) -> bool {
    !matches!(
        message.content,
        IncomingContent::System(_) | IncomingContent::RequestWelcome
    )
}

/// Who wrote, from the message and the contact element that goes with it.
fn identity_of(message: &IncomingMessage, update: &Update) -> Identity {
    let named = update.contacts.iter().find(|contact| contact.matched);
    let contact = named.map(|contact| &contact.contact);
    let text = |id: Option<&str>| id.map(str::to_owned);
    Identity {
        wa_id: text(message.from.as_ref().map(AsRef::as_ref))
            .or_else(|| text(contact?.wa_id.as_ref().map(AsRef::as_ref))),
        bsuid: text(message.from_user_id.as_ref().map(AsRef::as_ref))
            .or_else(|| text(contact?.user_id.as_ref().map(AsRef::as_ref))),
        parent_bsuid: text(message.from_parent_user_id.as_ref().map(AsRef::as_ref)),
        group_id: None,
        username: contact.and_then(|contact| contact.username.clone()),
        name: contact.and_then(|contact| contact.name.clone()),
    }
}
