//! What users say about being written to: a word in a message, a preference in WhatsApp.

use wharf_model::IncomingMessage;
use wharf_model::incoming::user::{PreferenceCategory, PreferenceValue, UserPreference};

use super::Batch;
use crate::clock::Millis;
use crate::config::KeywordScope;
use crate::ingest::prepared::Item;
use crate::send::Meaning;
use crate::send::consent::{Scope, Source};
use crate::store::StoreError;
use crate::store::contacts::{self, Identity};
use crate::store::suppressions::{self, Proof, Whose};

impl Batch<'_> {
    /// Whether a message is a word that stops messages, or wants them again. What is written in a
    /// group is not said to us alone and counts for nothing.
    pub(super) fn hear_keyword(
        &self,
        item: &Item,
        message: &IncomingMessage,
        whose: Whose<'_>,
        occurred_at: Millis,
    ) -> Result<(), StoreError> {
        let Some(keyword) = self.app.keywords.of(message) else {
            return Ok(());
        };
        if message.group_id.is_some() {
            return Ok(());
        }
        let (tx, random, now) = (self.tx, &self.app.random, item.received_at);
        let proof = Proof {
            notification: Some(item.at.clone()),
            carrier_id: Some(message.id.to_string()),
            keyword: Some(keyword.word.clone()),
            language: Some(keyword.language.clone()),
            ..Proof::default()
        };
        let source = Source::Keyword;
        match keyword.meaning {
            Meaning::Stop => {
                let scope = match self.app.config.suppression.scope {
                    KeywordScope::Marketing => Scope::Marketing,
                    KeywordScope::All => Scope::All,
                };
                let what = (scope, source);
                suppressions::stop(tx, random, whose, what, &proof, occurred_at, now).map(drop)
            }
            Meaning::Start => {
                suppressions::resume(tx, random, whose, source, &proof, occurred_at, now)
            }
        }
    }

    /// A user stopped or resumed marketing in WhatsApp.
    pub(super) fn take_preference(
        &self,
        item: &Item,
        preference: &UserPreference,
        channel_id: &str,
    ) -> Result<(), StoreError> {
        // A category that Meta invents later is not ours to guess.
        if !matches!(
            preference.category,
            None | Some(PreferenceCategory::MarketingMessages)
        ) {
            return Ok(());
        }
        let Some(identity) = identity_of(preference) else {
            return Ok(());
        };
        let (tx, random, now) = (self.tx, &self.app.random, item.received_at);
        let contact_id = contacts::find_or_insert(tx, &identity, random, now)?;
        let whose = Whose {
            contact_id: &contact_id,
            channel_id,
        };
        let occurred_at = preference
            .timestamp
            .map_or(now, jiff::Timestamp::as_millisecond);
        let proof = Proof {
            notification: Some(item.at.clone()),
            ..Proof::default()
        };
        let source = Source::Preferences;
        match preference.value {
            Some(PreferenceValue::Stop) => {
                let what = (Scope::Marketing, source);
                suppressions::stop(tx, random, whose, what, &proof, occurred_at, now).map(drop)
            }
            Some(PreferenceValue::Resume) => {
                suppressions::resume(tx, random, whose, source, &proof, occurred_at, now)
            }
            _ => Ok(()),
        }
    }
}

/// Whose preference it is; none if it does not say.
pub(super) fn identity_of(preference: &UserPreference) -> Option<Identity> {
    let text = |id: Option<&str>| id.map(str::to_owned);
    let identity = Identity {
        wa_id: text(preference.wa_id.as_ref().map(AsRef::as_ref)),
        bsuid: text(preference.user_id.as_ref().map(AsRef::as_ref)),
        parent_bsuid: text(preference.parent_user_id.as_ref().map(AsRef::as_ref)),
        ..Identity::default()
    };
    let named = identity.names().next().is_some();
    named.then_some(identity)
}
