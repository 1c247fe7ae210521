//! Who gets which field: the callback of each app, the WABAs it subscribed to, and its overrides.

use std::collections::{BTreeMap, HashMap};

use crate::ids::{AppId, PhoneNumberId, WabaId};
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

/// The versions that live and are older than v24.0, with which some payloads changed.
const BEFORE_24: [&str; 3] = ["v21.0", "v22.0", "v23.0"];

/// The fields that this simulator sends.
pub(crate) const FIELDS: &[&str] = &[
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_username_updates",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_echoes",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
];

/// The fields that Meta has and this simulator does not send: they can be subscribed to all the
/// same. See [Cloud API/Webhooks overview].
pub(crate) const OTHER_FIELDS: &[&str] = &["consumer_profile", "messaging_handovers", "standby"];

/// Which subscription an update goes through; each has its own queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    /// The app whose subscription it is, and whose secret signs.
    pub(crate) app: AppId,
    level: Level,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Level {
    App,
    Waba(WabaId),
    Number(PhoneNumberId),
}

/// An app's callback and the fields it asked for, each with the version of its payload.
#[derive(Clone, Debug)]
pub(crate) struct AppCallback {
    pub(crate) url: String,
    pub(crate) fields: BTreeMap<String, &'static str>,
}

impl AppCallback {
    /// A callback for every field that is simulated.
    pub(crate) fn whole(url: &str, version: &'static str) -> Self {
        let fields = FIELDS.iter().map(|field| ((*field).to_owned(), version));
        Self {
            url: url.to_owned(),
            fields: fields.collect(),
        }
    }
}

/// Every subscription of every app.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    pub(crate) apps: BTreeMap<AppId, AppCallback>,
    /// The apps subscribed to each WABA, each with its override.
    pub(crate) wabas: HashMap<WabaId, BTreeMap<AppId, Option<String>>>,
    /// The overrides that apps set for numbers.
    pub(crate) numbers: HashMap<PhoneNumberId, BTreeMap<AppId, String>>,
}

impl Subscriptions {
    /// Ends every subscription.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The override that an app set for a number.
    pub(crate) fn of_number(&self, number: &PhoneNumberId, app: &AppId) -> Option<&String> {
        self.numbers.get(number)?.get(app)
    }

    /// Sets or removes the override of a number.
    pub(crate) fn override_number(
        &mut self,
        number: &PhoneNumberId,
        app: &AppId,
        url: Option<String>,
    ) {
        let apps = self.numbers.entry(number.clone()).or_default();
        match url {
            Some(url) => _ = apps.insert(app.clone(), url),
            None => _ = apps.remove(app),
        }
        if apps.is_empty() {
            self.numbers.remove(number);
        }
    }

    /// Whether an app would hear of a field of a WABA.
    pub(crate) fn takes(&self, waba: &WabaId, field: &'static str) -> bool {
        self.wabas.get(waba).is_some_and(|apps| {
            apps.keys().any(|app| {
                let callback = self.apps.get(app);
                callback.is_none_or(|callback| callback.fields.contains_key(field))
            })
        })
    }

    /// Ends the subscription of one app to a WABA.
    pub(crate) fn unsubscribe(&mut self, waba: &WabaId, app: &AppId) {
        if let Some(apps) = self.wabas.get_mut(waba) {
            apps.remove(app);
            if apps.is_empty() {
                self.wabas.remove(waba);
            }
        }
    }

    /// Whether an app subscribed to a field of a WABA with a payload version before v24.0.
    pub(crate) fn takes_older(&self, waba: &WabaId, field: &str) -> bool {
        let apps = self.wabas.get(waba);
        apps.is_some_and(|apps| apps.keys().any(|app| self.is_older(app, field)))
    }

    fn is_older(&self, app: &AppId, field: &str) -> bool {
        let callback = self.apps.get(app);
        let version = callback.and_then(|callback| callback.fields.get(field));
        version.is_some_and(|version| BEFORE_24.contains(version))
    }

    /// The subscriptions that take this update, one for each app that asked for it, with the value
    /// in the version that it asked for.
    pub(crate) fn shares(&self, update: &Update) -> Vec<(Scope, Update)> {
        let Some(apps) = self.wabas.get(&update.waba) else {
            return Vec::new();
        };
        let taken = apps.iter().filter_map(|(app, override_url)| {
            let level = self.level(update, app, override_url.as_deref())?;
            let app = app.clone();
            let is_older = self.is_older(&app, update.field);
            Some((Scope { app, level }, update.for_version(is_older)))
        });
        taken.collect()
    }

    fn level(&self, update: &Update, app: &AppId, override_url: Option<&str>) -> Option<Level> {
        let callback = self.apps.get(app);
        if callback.is_some_and(|callback| !callback.fields.contains_key(update.field)) {
            return None;
        }
        if OVERRIDABLE.contains(&update.field) {
            let number = update.number.as_ref();
            if let Some(number) = number.filter(|number| self.of_number(number, app).is_some()) {
                return Some(Level::Number(number.clone()));
            }
            if override_url.is_some() {
                return Some(Level::Waba(update.waba.clone()));
            }
        }
        callback.map(|_| Level::App)
    }

    /// The callback's present address; a retry follows a moved callback.
    pub(crate) fn url(&self, scope: &Scope) -> Option<String> {
        let of_app = || self.apps.get(&scope.app).map(|app| app.url.clone());
        match &scope.level {
            Level::App => of_app(),
            Level::Waba(waba) => {
                let override_url = self.wabas.get(waba).and_then(|apps| apps.get(&scope.app));
                override_url.cloned().flatten().or_else(of_app)
            }
            Level::Number(number) => self.of_number(number, &scope.app).cloned().or_else(of_app),
        }
    }
}
