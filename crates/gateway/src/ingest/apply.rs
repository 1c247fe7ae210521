//! A batch of notifications: understood outside the transaction, applied inside it.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use wharf_model::incoming::{IncomingMessage, MessageStatus};
use wharf_webhook::{Notification, ParseError, Unrecognised, Update, UpdateKind};

use super::event_data::{self, Data};
use super::{event_name, move_to, position};
use crate::app::App;
use crate::clock::Millis;
use crate::ids::Kind;
use crate::journal::{Entry, JournalError, Position};
use crate::store::channels::{self, Channel};
use crate::store::contacts::{self, Identity};
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::events::{self, NewEvent};
use crate::store::messages::{self, Direction, Message, State};
use crate::store::statuses::{self, Kept, NewStatus};
use crate::store::{StoreError, Tx, conversations};
use crate::telemetry::EventName;

/// Messages a second of a number that nobody has told us more about.
/// See [Cloud API/Throughput].
const THROUGHPUT: i64 = 80;

/// A batch, parsed.
#[derive(Debug)]
pub(super) struct Prepared {
    from: Position,
    next: Position,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    /// The notification's name.
    at: String,
    received_at: Millis,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Notification(Notification),
    /// Signed by Meta, yet not a notification.
    Malformed(ParseError),
    /// The journal could not read its own bytes.
    Corrupt { to: Position },
}

/// What a batch did.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) next: Position,
    events: Vec<&'static str>,
    repeated: u64,
    last_received_at: Option<Millis>,
}

impl Prepared {
    /// Reads and parses what is durable behind `from`. Blocking.
    pub(super) fn read(
        app: &App,
        from: Position,
        records: usize,
        bytes: usize,
    ) -> Result<Self, JournalError> {
        let batch = app.journal.read_batch(from, records, bytes)?;
        let item = |entry| match entry {
            Entry::Record { at, record } => Item {
                at: at.to_string(),
                received_at: record.received_at,
                content: match wharf_webhook::parse(&record.body) {
                    Ok(notification) => Content::Notification(notification),
                    Err(error) => Content::Malformed(error),
                },
            },
            Entry::Corrupt { from, to } => Item {
                at: from.to_string(),
                received_at: app.clock.now(),
                content: Content::Corrupt { to },
            },
        };
        Ok(Self { from, next: batch.next, items: batch.entries.into_iter().map(item).collect() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.next == self.from
    }

    pub(super) fn next(&self) -> Position {
        self.next
    }

    /// Applies the batch and moves the reader, in the caller's transaction.
    pub(super) fn apply(self, app: &App, tx: &Tx<'_>) -> Result<Applied, StoreError> {
        if position(tx)? != self.from {
            // The batch before this one was undone; this one waits for it.
            return Err(StoreError::Commit("the batch before was not applied".to_owned()));
        }
        let mut batch = Batch { app, tx, events: Vec::new(), repeated: 0, channels: HashMap::new() };
        let last_received_at = self.items.last().map(|item| item.received_at);
        for item in &self.items {
            batch.take(item)?;
        }
        batch.finish(self.next, last_received_at)
    }
}

impl Applied {
    pub(super) fn count(&self, app: &App) {
        for &event in &self.events {
            app.metrics.ingested.get_or_create(&EventName { event }).inc();
        }
        app.metrics.repeated_updates.inc_by(self.repeated);
        if let Some(received_at) = self.last_received_at {
            app.metrics.inbox_lag.set(app.clock.now() - received_at);
        }
    }
}

/// A batch while it is applied.
struct Batch<'a> {
    app: &'a App,
    tx: &'a Tx<'a>,
    events: Vec<NewEvent>,
    repeated: u64,
    /// Channel ids by phone number id, looked up once a batch.
    channels: HashMap<String, String>,
}

impl Batch<'_> {
    /// One notification. If its data cannot be applied it becomes a dead letter; the rest goes on.
    fn take(&mut self, item: &Item) -> Result<(), StoreError> {
        let (events, repeated, tx) = (self.events.len(), self.repeated, self.tx);
        let taken = tx.savepoint(|| self.take_content(item));
        match taken {
            Err(error) if error.is_lasting() => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), notification = item.at, "a notification could not be applied");
                self.events.truncate(events);
                self.repeated = repeated;
                self.channels.clear();
                self.unrecognised(item, "not_applied", None, None)
            }
            other => other,
        }
    }

    fn take_content(&mut self, item: &Item) -> Result<(), StoreError> {
        match &item.content {
            Content::Notification(notification) => {
                for update in &notification.updates {
                    self.take_update(item, update)?;
                }
                for unrecognised in &notification.unrecognised {
                    self.take_unrecognised(item, unrecognised)?;
                }
                Ok(())
            }
            Content::Malformed(error) => {
                tracing::warn!(%error, notification = item.at, "a stored notification is malformed");
                self.unrecognised(item, "malformed", None, None)
            }
            Content::Corrupt { to } => {
                tracing::error!(from = item.at, %to, "a part of the inbox journal is not readable");
                self.unrecognised(item, "journal_corrupt", Some(&to.to_string()), None)
            }
        }
    }

    fn take_update(&mut self, item: &Item, update: &Update) -> Result<(), StoreError> {
        let channel = self.channel_of(item, update)?;
        match &update.kind {
            UpdateKind::Message(message) => self.take_message(item, update, message, channel),
            UpdateKind::Status(status) => self.take_status(item, update, status, channel),
            _ => self.take_other(item, update, channel),
        }
    }

    fn take_message(
        &mut self,
        item: &Item,
        update: &Update,
        incoming: &IncomingMessage,
        channel_id: String,
    ) -> Result<(), StoreError> {
        let (tx, app) = (self.tx, self.app);
        let wamid = incoming.id.as_str();
        if messages::is_known(tx, &channel_id, wamid)? {
            self.repeated += 1;
            return Ok(());
        }
        let now = item.received_at;
        let occurred_at = incoming.timestamp.map_or(now, jiff::Timestamp::as_millisecond);
        let identity = identity_of(incoming, update);
        let contact_id = contacts::find_or_insert(tx, &identity, &app.random, now)?;
        let partner = match &incoming.group_id {
            Some(group) => {
                let group_id = Some(group.to_string());
                let group = Identity { group_id, ..Identity::default() };
                contacts::find_or_insert(tx, &group, &app.random, now)?
            }
            None => contact_id.clone(),
        };
        // A time ahead of ours must not hold the customer service window open longer.
        let inbound_at = Some(occurred_at.min(now));
        let conversation_id =
            conversations::touch(tx, &channel_id, &partner, inbound_at, &app.random, now)?;
        let id = app.random.id(Kind::Message, now);
        let from = identity.wa_id.as_deref().or(identity.bsuid.as_deref());
        let data = Data {
            id: Some(&id),
            message_id: Some(wamid),
            conversation_id: Some(&conversation_id),
            contact_id: Some(&contact_id),
            from,
            chat: incoming.group_id.as_ref().map(AsRef::as_ref).or(from),
            kind: Some(incoming.kind()),
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
            kind: incoming.kind().to_owned(),
            content: update.raw.get().to_owned(),
            request_id: None,
            state: State::Received,
            state_detail: None,
            attempts: 0,
            notification: Some(item.at.clone()),
            occurred_at,
            created_at: now,
            updated_at: now,
        };
        messages::insert(tx, &message)?;
        let Message { id, channel_id, .. } = message;
        self.event(item, channel_id, event_name::of(update), occurred_at, Some(id), data);
        Ok(())
    }

    fn take_status(
        &mut self,
        item: &Item,
        update: &Update,
        status: &MessageStatus,
        channel_id: String,
    ) -> Result<(), StoreError> {
        let occurred_at =
            status.timestamp.map_or(item.received_at, jiff::Timestamp::as_millisecond);
        let recipient = status.recipient().unwrap_or_default();
        let kept = statuses::keep(
            self.tx,
            &NewStatus {
                carrier_id: status.id.as_str(),
                channel_id: &channel_id,
                status: status.status.as_str(),
                recipient,
                message_id: status.biz_opaque_callback_data.as_deref(),
                occurred_at,
                received_at: item.received_at,
                raw: update.raw.get(),
            },
            &self.app.random,
        )?;
        let message = match kept {
            Kept::Seen => {
                self.repeated += 1;
                return Ok(());
            }
            Kept::New(message) => message,
        };
        let data = Data {
            id: message.as_ref().map(|message| message.id.as_str()),
            message_id: Some(status.id.as_str()),
            conversation_id: message.as_ref().map(|message| message.conversation_id.as_str()),
            contact_id: message.as_ref().map(|message| message.contact_id.as_str()),
            recipient: Some(recipient),
            status: Some(status.status.as_str()),
            ..Data::of(update)
        }
        .render()?;
        let message_id = message.map(|message| message.id);
        self.event(item, channel_id, event_name::of(update), occurred_at, message_id, data);
        Ok(())
    }

    fn take_other(
        &mut self,
        item: &Item,
        update: &Update,
        channel_id: String,
    ) -> Result<(), StoreError> {
        let identity = format!("{channel_id}/{}", update.identity());
        if !self.first_sight(&identity, item.received_at)? {
            return Ok(());
        }
        let data = Data::of(update).render()?;
        let name = event_name::of(update);
        if name == "unrecognised" {
            self.dead_letter(item, Some(&channel_id), "unknown_field", &data)?;
        }
        let occurred_at = update.entry_time.map_or(item.received_at, |seconds| seconds * 1000);
        self.event(item, channel_id, name, occurred_at, None, data);
        Ok(())
    }

    fn take_unrecognised(&mut self, item: &Item, part: &Unrecognised) -> Result<(), StoreError> {
        // Not by its path: the same part stands elsewhere when Meta groups it otherwise.
        let mut hash = Sha256::new();
        hash.update(part.raw.get());
        let identity = format!("unrecognised:{}:{}", part.reason, hex(&hash.finalize()));
        if !self.first_sight(&identity, item.received_at)? {
            return Ok(());
        }
        self.unrecognised(item, &part.reason.to_string(), Some(&part.path), Some(&part.raw))
    }

    fn unrecognised(
        &mut self,
        item: &Item,
        reason: &str,
        path: Option<&str>,
        raw: Option<&serde_json::value::RawValue>,
    ) -> Result<(), StoreError> {
        let data = event_data::Unrecognised { reason, path, notification: &item.at, raw }.render()?;
        self.dead_letter(item, None, reason, &data)?;
        let nowhere = String::from("unassigned");
        self.event(item, nowhere, "unrecognised", item.received_at, None, data);
        Ok(())
    }

    fn dead_letter(
        &self,
        item: &Item,
        channel_id: Option<&str>,
        reason: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let letter = NewDeadLetter {
            id: self.app.random.id(Kind::DeadLetter, item.received_at),
            channel_id: channel_id.map(str::to_owned),
            notification: Some(item.at.clone()),
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            ..NewDeadLetter::default()
        };
        dead_letters::insert(self.tx, dead_letters::Kind::Ingest, &letter, item.received_at)
    }

    /// Whether this identity is new; counts it as repeated when it is not.
    fn first_sight(&mut self, identity: &str, now: Millis) -> Result<bool, StoreError> {
        let added = self.tx.execute(
            "INSERT INTO seen_updates (identity, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[identity.into(), now.into()],
        )?;
        if added == 0 {
            self.repeated += 1;
        }
        Ok(added == 1)
    }

    /// The channel of an update; a number that nobody has set up yet becomes one that only receives.
    fn channel_of(&mut self, item: &Item, update: &Update) -> Result<String, StoreError> {
        let Some(number) = &update.phone_number_id else {
            return self.channel_of_waba(&update.entry_id);
        };
        if let Some(known) = self.channels.get(number.as_str()) {
            return Ok(known.clone());
        }
        let found = channels::by_number(self.tx, "cloud", number.as_str())?;
        let id = match found {
            Some(id) => id,
            None => self.register(item, number.as_str(), update)?,
        };
        self.channels.insert(number.to_string(), id.clone());
        Ok(id)
    }

    fn register(
        &self,
        item: &Item,
        number: &str,
        update: &Update,
    ) -> Result<String, StoreError> {
        let channel = Channel {
            id: channel_id_for(number),
            carrier: "cloud".to_owned(),
            name: "received before it was set up".to_owned(),
            phone_number_id: Some(number.to_owned()),
            waba_id: Some(update.entry_id.clone()),
            display_phone_number: update.display_phone_number.clone(),
            access_token: None,
            app_secret: None,
            verify_token: None,
            throughput: THROUGHPUT,
            paused: None,
            created_at: item.received_at,
            updated_at: item.received_at,
        };
        channels::insert(self.tx, &channel)?;
        Ok(channel.id)
    }

    /// Account-level updates name no number: the WABA's only channel, or the WABA itself.
    fn channel_of_waba(&self, waba_id: &str) -> Result<String, StoreError> {
        let mut ids = channels::of_waba(self.tx, waba_id)?;
        Ok(match (ids.pop(), ids.is_empty()) {
            (Some(only), true) => only,
            _ => format!("waba-{}", channel_id_for(waba_id)),
        })
    }

    fn event(
        &mut self,
        item: &Item,
        channel_id: String,
        kind: &'static str,
        occurred_at: Millis,
        message_id: Option<String>,
        data: String,
    ) {
        self.events.push(NewEvent {
            id: self.app.random.id(Kind::Event, item.received_at),
            channel_id,
            kind,
            occurred_at,
            created_at: item.received_at,
            message_id,
            notification: Some(item.at.clone()),
            data,
        });
    }

    /// Numbers and appends the events, and moves the reader.
    fn finish(
        self,
        next: Position,
        last_received_at: Option<Millis>,
    ) -> Result<Applied, StoreError> {
        if let Ok(count) = i64::try_from(self.events.len())
            && count > 0
        {
            let first = events::reserve(self.tx, count)?;
            for (seq, event) in (first..).zip(&self.events) {
                events::append_at(self.tx, seq, event)?;
            }
        }
        move_to(self.tx, next)?;
        Ok(Applied {
            next,
            events: self.events.iter().map(|event| event.kind).collect(),
            repeated: self.repeated,
            last_received_at,
        })
    }
}

/// Who wrote, from the message and the contact element that goes with it.
fn identity_of(message: &IncomingMessage, update: &Update) -> Identity {
    let contact = update.contacts.first().and_then(|contact| contact.typed.as_ref());
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

/// A phone number id or WABA id as a channel id: one token of a subject.
fn channel_id_for(id: &str) -> String {
    let token = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    id.chars().take(64).map(token).collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
