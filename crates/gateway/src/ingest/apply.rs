//! A batch of notifications, applied in one transaction.

mod call;
mod channel;
mod consent;
mod message;
mod signer;
mod status;
mod template;

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use wharf_model::Field;
use wharf_model::incoming::Change;
use wharf_webhook::{Unrecognised, Update, UpdateKind};

use super::event_data::{self, Data};
use super::prepared::{Content, Item, Prepared};
use super::{event_name, move_to, position};
use crate::app::App;
use crate::clock::Millis;
use crate::ids::Kind;
use crate::journal::Position;
use crate::store::channels;
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::events::{self, NewEvent};
use crate::store::{Locked, StoreError, Tx};
use crate::telemetry::{self, EventName};

/// What is undone when a notification cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// The whole batch.
    Batch,
    /// That notification.
    Each,
}

/// What a batch did.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) next: Position,
    events: Vec<&'static str>,
    statuses: Vec<Told>,
    repeated: u64,
    last_received_at: Option<Millis>,
    files: bool,
}

/// A status, as metrics tell of it.
#[derive(Debug)]
struct Told {
    status: &'static str,
    /// The error class of a failure; else empty.
    class: &'static str,
    /// How long it took to deliver the message, if this is how it was delivered.
    took: Option<Millis>,
    /// The channel, and the carrier's code, of a failure.
    failed: Option<(String, Option<i64>)>,
}

impl Prepared {
    /// Applies the batch and moves the reader, in the caller's transaction.
    ///
    /// With `care`, a notification whose data cannot be applied becomes a dead letter and the rest
    /// is applied; without, it fails the batch. Care costs a savepoint each, and page copies.
    pub(super) fn apply(self, app: &App, tx: &Tx<'_>, care: Care) -> Result<Applied, StoreError> {
        tx.lock(Locked::Inbox)?;
        if position(tx)? != self.from {
            // The batch before this one was undone; this one waits for it.
            return Err(StoreError::Commit(
                "the batch before was not applied".to_owned(),
            ));
        }
        // With SQLite it costs no more to look at each, and with care a lock may be let go again.
        let known = match care {
            Care::Batch if app.store.is_shared() => Some(message::look_ahead(tx, &self.items)?),
            Care::Batch | Care::Each => None,
        };
        let mut batch = Batch {
            app,
            tx,
            known,
            events: Vec::new(),
            statuses: Vec::new(),
            repeated: 0,
            files: false,
            channels: HashMap::new(),
            hearing: HashSet::new(),
        };
        let last_received_at = self.items.last().map(|item| item.received_at);
        for item in &self.items {
            match care {
                Care::Batch => batch.take_content(item)?,
                Care::Each => batch.take_carefully(item)?,
            }
        }
        batch.finish(self.next, last_received_at)
    }
}

impl Applied {
    pub(super) fn count(&self, app: &App) {
        for &event in &self.events {
            app.metrics
                .ingested
                .get_or_create(&EventName { event })
                .inc();
        }
        let messages = self.events.iter().filter(|event| **event == "message");
        let messages = u64::try_from(messages.count()).unwrap_or(0);
        app.metrics.tally.received(messages);
        let sending = &app.metrics.sending;
        for Told {
            status,
            class,
            took,
            failed,
        } in &self.statuses
        {
            if let Some((channel_id, code)) = failed {
                app.metrics.tally.failed(channel_id);
                app.metrics.tally.error(*code);
            }
            sending.told(status, class);
            if let Some(took) = took {
                sending.to_delivered.observe(telemetry::seconds(*took));
            }
        }
        app.metrics.repeated_updates.inc_by(self.repeated);
        if self.files {
            app.media.wake();
        }
        if let Some(received_at) = self.last_received_at {
            app.metrics.inbox_lag.set(app.clock.now() - received_at);
        }
    }
}

/// A batch while it is applied.
struct Batch<'a> {
    app: &'a App,
    tx: &'a Tx<'a>,
    /// Messages that are known, by channel and carrier id, if they were looked up all at once.
    known: Option<HashSet<(String, String)>>,
    events: Vec<NewEvent>,
    statuses: Vec<Told>,
    repeated: u64,
    /// A message has a file that is to be fetched.
    files: bool,
    /// Channel ids by phone number id, looked up once a batch.
    channels: HashMap<String, String>,
    /// Channels that are on record as hearing of their users.
    hearing: HashSet<String>,
}

impl Batch<'_> {
    /// One notification. If its data cannot be applied it becomes a dead letter; the rest goes on.
    fn take_carefully(&mut self, item: &Item) -> Result<(), StoreError> {
        let (events, repeated, tx) = (self.events.len(), self.repeated, self.tx);
        let statuses = self.statuses.len();
        let taken = tx.savepoint(|| self.take_content(item));
        match taken {
            Err(error) if error.is_lasting() => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), notification = item.at, "a notification could not be applied");
                self.events.truncate(events);
                self.statuses.truncate(statuses);
                self.repeated = repeated;
                self.channels.clear();
                self.hearing.clear();
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
            Content::Panicked => {
                tracing::error!(
                    notification = item.at,
                    "a stored notification cannot be parsed: an error of ours"
                );
                self.unrecognised(item, "not_applied", None, None)
            }
            Content::Corrupt { to } => {
                tracing::error!(from = item.at, %to, "a part of the inbox journal is not readable");
                self.unrecognised(item, "journal_corrupt", Some(&to.to_string()), None)
            }
        }
    }

    fn take_update(&mut self, item: &Item, update: &Update) -> Result<(), StoreError> {
        if let Some(signer) = item.signed_for()
            && !self.may_speak(signer, update)?
        {
            return self.take_unbelieved(item, signer, update);
        }
        let channel = self.channel_of(item, update)?;
        if update.field == Field::Messages && update.phone_number_id.is_some() {
            self.note_hearing(item, update, &channel)?;
        }
        match &update.kind {
            // Another app owns the thread: the fact is told, and no conversation of ours changes.
            _ if update.field == Field::Standby => self.take_other(item, update, channel),
            UpdateKind::Message(message) => self.take_message(item, update, message, channel),
            UpdateKind::Status(status) if !status.is_payment() => {
                self.take_status(item, update, status, channel)
            }
            _ => self.take_other(item, update, channel),
        }
    }

    fn take_other(
        &mut self,
        item: &Item,
        update: &Update,
        channel_id: String,
    ) -> Result<(), StoreError> {
        // Not by its channel: that of a WABA is another one as soon as it has a second number.
        let scope = update.phone_number_id.as_ref().map(AsRef::as_ref);
        let scope: &str = scope.unwrap_or(&update.entry_id);
        let identity = format!("{scope}/{}", update.identity());
        if !self.first_sight(&identity, item.received_at)? {
            return Ok(());
        }
        if update.field == Field::PhoneNumberQualityUpdate {
            channels::learn_again(self.tx, &update.entry_id)?;
        }
        if update.field != Field::Standby {
            self.learn(item, update, &channel_id)?;
        }
        let data = Data::of(update).render()?;
        let name = event_name::of(update);
        if name == "unrecognised" {
            self.dead_letter(item, Some(&channel_id), "unknown_field", &data)?;
        }
        let occurred_at = update
            .entry_time
            .map_or(item.received_at, jiff::Timestamp::as_millisecond);
        self.event(item, channel_id, name, occurred_at, None, data);
        Ok(())
    }

    /// Notes what a change says about windows, consent and templates.
    fn learn(&self, item: &Item, update: &Update, channel_id: &str) -> Result<(), StoreError> {
        let now = item.received_at;
        match update.change() {
            Some(Change::Call(call)) => self.take_call(item, &call, channel_id),
            Some(Change::UserPreference(preference)) => {
                self.take_preference(item, &preference, channel_id)
            }
            Some(
                change @ (Change::TemplateStatus(_)
                | Change::TemplateQuality(_)
                | Change::TemplateComponents(_)
                | Change::TemplateCategory(_)),
            ) => {
                let at = update.entry_time;
                let at = at.map_or(now, jiff::Timestamp::as_millisecond).min(now);
                self.take_template(&update.entry_id, &change, at, now)
            }
            _ => Ok(()),
        }
    }

    fn take_unrecognised(&mut self, item: &Item, part: &Unrecognised) -> Result<(), StoreError> {
        // Not by its path: the same part stands elsewhere when Meta groups it otherwise.
        let mut hash = Sha256::new();
        hash.update(part.raw.get());
        let identity = format!("unrecognised:{}:{}", part.reason, hex(&hash.finalize()));
        if !self.first_sight(&identity, item.received_at)? {
            return Ok(());
        }
        self.unrecognised(item, part.reason, Some(&part.path), Some(&part.raw))
    }

    fn unrecognised(
        &mut self,
        item: &Item,
        reason: &str,
        path: Option<&str>,
        raw: Option<&RawValue>,
    ) -> Result<(), StoreError> {
        let data = event_data::Unrecognised {
            reason,
            path,
            notification: &item.at,
            raw,
        }
        .render()?;
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
        dead_letters::insert(
            self.tx,
            dead_letters::Kind::Ingest,
            &letter,
            item.received_at,
        )
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

    fn event(
        &mut self,
        item: &Item,
        channel_id: String,
        kind: &'static str,
        occurred_at: Millis,
        message_id: Option<String>,
        data: String,
    ) {
        // Events are found by the time at which they were stored: see `events::seq_before`.
        let now = self.app.clock.now();
        self.events.push(NewEvent {
            id: self.app.random.id(Kind::Event, now),
            channel_id,
            kind,
            occurred_at,
            created_at: now,
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
        let kinds = self.events.iter().map(|event| event.kind).collect();
        for event in self.events {
            events::append(self.tx, event);
        }
        move_to(self.tx, next)?;
        Ok(Applied {
            next,
            events: kinds,
            statuses: self.statuses,
            repeated: self.repeated,
            last_received_at,
            files: self.files,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
