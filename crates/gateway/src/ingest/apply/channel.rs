//! Which channel an update belongs to.

use wharf_webhook::Update;

use super::Batch;
use crate::ids::Kind;
use crate::ingest::prepared::Item;
use crate::store::channels::{self, Channel};
use crate::store::{Locked, StoreError, windows};

impl Batch<'_> {
    /// The channel of an update; a number that nobody has set up yet becomes one that only receives.
    pub(super) fn channel_of(
        &mut self,
        item: &Item,
        update: &Update,
    ) -> Result<String, StoreError> {
        let Some(number) = &update.phone_number_id else {
            return self.channel_of_waba(&update.entry_id);
        };
        if let Some(known) = self.channels.get(number.as_str()) {
            return Ok(known.clone());
        }
        let found = channels::by_number(self.tx, "cloud", number.as_str())?;
        let id = if let Some(id) = found {
            id
        } else {
            self.tx.lock(Locked::Channels)?;
            match channels::by_number(self.tx, "cloud", number.as_str())? {
                Some(id) => id,
                None => self.register(item, number.as_str(), update)?,
            }
        };
        self.channels.insert(number.to_string(), id.clone());
        Ok(id)
    }

    /// Notes, once a batch, that the channel hears of its users from now on.
    pub(super) fn note_hearing(
        &mut self,
        item: &Item,
        update: &Update,
        channel_id: &str,
    ) -> Result<(), StoreError> {
        if !self.hearing.insert(channel_id.to_owned()) {
            return Ok(());
        }
        let waba = Some(update.entry_id.as_ref()).filter(|waba| !waba.is_empty());
        windows::hears(self.tx, channel_id, waba, item.received_at)
    }

    fn register(&self, item: &Item, number: &str, update: &Update) -> Result<String, StoreError> {
        let mut channel = Channel {
            id: channel_id_for(number),
            carrier: "cloud".to_owned(),
            name: channels::UNCLAIMED.to_owned(),
            phone_number_id: Some(number.to_owned()),
            waba_id: Some(update.entry_id.to_string()),
            display_phone_number: update.display_phone_number.as_deref().map(str::to_owned),
            access_token: None,
            app_secret: None,
            verify_token: None,
            throughput: 0,
            learned: None,
            paused: None,
            created_at: item.received_at,
            updated_at: item.received_at,
        };
        if !channels::insert(self.tx, &channel)? {
            // A person has given this id to the channel of another number.
            channel.id = self.app.random.id(Kind::Channel, item.received_at);
            channels::insert(self.tx, &channel)?;
        }
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
}

/// A phone number id or WABA id as a channel id: one token of a subject.
fn channel_id_for(id: &str) -> String {
    let token = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    id.chars().take(64).map(token).collect()
}
