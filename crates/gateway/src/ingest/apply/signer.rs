//! What a notification may say that is signed with a channel's own app secret.
//!
//! The gateway's own app secrets are the operator's, and are believed whatever they say. Who knows
//! that of one channel may speak for the channels that have the same, and for their WABAs.

use serde_json::value::RawValue;
use wharf_webhook::{Update, UpdateKind};

use super::Batch;
use crate::ingest::SIGNED_FOR;
use crate::ingest::event_data::{Data, Unrecognised};
use crate::ingest::prepared::Item;
use crate::store::{StoreError, channels};

impl Item {
    /// The channel with whose own app secret it is signed.
    pub(super) fn signed_for(&self) -> Option<&str> {
        self.source.strip_prefix(SIGNED_FOR)
    }
}

impl Batch<'_> {
    /// Whether the signer may say this. A number that nobody has set up is nobody's yet: whoever sets
    /// it up would find there what another app has signed.
    pub(super) fn may_speak(&self, signer: &str, update: &Update) -> Result<bool, StoreError> {
        let secret = channels::by_id(self.tx, signer)?.and_then(|channel| channel.app_secret);
        let Some(secret) = secret else {
            return Ok(false);
        };
        if let Some(number) = &update.phone_number_id {
            let named = match channels::by_number(self.tx, "cloud", number.as_str())? {
                Some(id) => channels::by_id(self.tx, &id)?,
                None => None,
            };
            if named.and_then(|channel| channel.app_secret).as_ref() != Some(&secret) {
                return Ok(false);
            }
            if matches!(update.kind, UpdateKind::Message(_) | UpdateKind::Status(_)) {
                return Ok(true);
            }
        }
        channels::is_waba_of(self.tx, &update.entry_id, &secret)
    }

    /// Keeps what its signer may not say, for a person to look at.
    pub(super) fn take_unbelieved(
        &mut self,
        item: &Item,
        signer: &str,
        update: &Update,
    ) -> Result<(), StoreError> {
        const REASON: &str = "wrong_signer";
        let scope = update.phone_number_id.as_ref().map(AsRef::as_ref);
        let scope: &str = scope.unwrap_or(&update.entry_id);
        let identity = format!("{REASON}:{signer}/{scope}/{}", update.identity());
        if !self.first_sight(&identity, item.received_at)? {
            return Ok(());
        }
        tracing::warn!(
            channel.id = signer,
            notification = item.at,
            "a notification signed with a channel's own app secret speaks of another app's number or WABA"
        );
        let raw = RawValue::from_string(Data::of(update).render()?)
            .map_err(|_| StoreError::Corrupt { what: "update" })?;
        let data = Unrecognised {
            reason: REASON,
            path: None,
            notification: &item.at,
            raw: Some(&raw),
        }
        .render()?;
        self.dead_letter(item, Some(signer), REASON, &data)?;
        let (channel, at) = (signer.to_owned(), item.received_at);
        self.event(item, channel, "unrecognised", at, None, data);
        Ok(())
    }
}
