//! Who gets which field: the app's callback, the subscribed WABAs, and overrides.

use std::collections::{BTreeSet, HashMap};

use crate::ids::{PhoneNumberId, WabaId};
use crate::webhook::Update;

/// The fields that follow an override; all others go to the app's callback.
/// See [Cloud API/Webhook overrides].
const OVERRIDABLE: [&str; 13] = [
    "messages",
    "message_echoes",
    "calls",
    "consumer_profile",
    "messaging_handovers",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "smb_message_echoes",
    "smb_app_state_sync",
    "history",
    "account_settings_update",
];

/// The fields that this simulator sends.
pub(crate) const FIELDS: [&str; 11] = [
    "account_alerts",
    "account_review_update",
    "account_update",
    "flows",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "user_preferences",
];

/// Which subscription an update goes through; each has its own queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    App,
    Waba(WabaId),
    Number(PhoneNumberId),
}

/// The app's callback and the fields it asked for.
#[derive(Clone, Debug)]
pub(crate) struct AppCallback {
    pub(crate) url: String,
    pub(crate) fields: BTreeSet<String>,
}

/// Every subscription of the one app.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    pub(crate) app: Option<AppCallback>,
    /// The subscribed WABAs, each with its override.
    pub(crate) wabas: HashMap<WabaId, Option<String>>,
    pub(crate) numbers: HashMap<PhoneNumberId, String>,
}

impl Subscriptions {
    /// The subscription that takes this update, or nothing when nobody asked for it.
    pub(crate) fn scope(
        &self,
        waba: &WabaId,
        number: Option<&PhoneNumberId>,
        field: &str,
    ) -> Option<Scope> {
        let override_url = self.wabas.get(waba)?;
        if self
            .app
            .as_ref()
            .is_some_and(|app| !app.fields.contains(field))
        {
            return None;
        }
        if OVERRIDABLE.contains(&field) {
            if let Some(number) = number.filter(|number| self.numbers.contains_key(*number)) {
                return Some(Scope::Number(number.clone()));
            }
            if override_url.is_some() {
                return Some(Scope::Waba(waba.clone()));
            }
        }
        self.app.as_ref().map(|_| Scope::App)
    }

    /// The callback's present address; a retry follows a moved callback.
    pub(crate) fn url(&self, scope: &Scope) -> Option<String> {
        match scope {
            Scope::App => self.app.as_ref().map(|app| app.url.clone()),
            Scope::Waba(waba) => self
                .wabas
                .get(waba)
                .cloned()
                .flatten()
                .or_else(|| self.url(&Scope::App)),
            Scope::Number(number) => self
                .numbers
                .get(number)
                .cloned()
                .or_else(|| self.url(&Scope::App)),
        }
    }

    /// The subscription that takes `update`.
    pub(crate) fn scope_of(&self, update: &Update) -> Option<Scope> {
        self.scope(&update.waba, update.number.as_ref(), update.field)
    }
}
