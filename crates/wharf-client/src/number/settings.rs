//! Settings of a number: calls, identity checks, encryption, storage.

use serde::{Deserialize, Serialize};

use wharf_model::incoming::settings::CallingSettings;

use super::{Number, calling};
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;

impl Number {
    /// Reads the settings of the number.
    ///
    /// See [Cloud API/Call settings].
    pub fn settings(&self) -> Call<NumberSettings> {
        graph::read(self.client(), "settings.get", &self.edge("settings"), &[])
    }

    /// Reads the settings together with the passwords of SIP servers.
    ///
    /// See [Cloud API/Configure SIP].
    pub fn settings_with_sip_credentials(&self) -> Call<NumberSettings> {
        let query = [("include_sip_credentials", "true")];
        graph::read(
            self.client(),
            "settings.get",
            &self.edge("settings"),
            &query,
        )
    }

    /// Changes settings; what is not in the update stays.
    ///
    /// See [Cloud API/Call settings].
    pub fn set_settings(&self, update: &SettingsUpdate) -> Call<()> {
        let calling: Option<Fields> = update.0.get("calling");
        let check = calling.as_ref().map_or(Ok(()), calling::check);
        let path = self.edge("settings");
        graph::checked(self.client(), "settings.set", &path, check, update)
    }
}

/// The settings of a number; see [Cloud API/Call settings].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberSettings(Fields);

impl NumberSettings {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// How the number takes and makes calls.
    pub fn calling(&self) -> Option<CallingSettings> {
        self.0.get("calling")
    }

    /// Whether messages are held when a user's identity changes.
    pub fn user_identity_change(&self) -> Option<Fields> {
        self.0.get("user_identity_change")
    }

    /// Whether messages are encrypted between business and Meta.
    pub fn payload_encryption(&self) -> Option<Fields> {
        self.0.get("payload_encryption")
    }

    /// Where messages are kept.
    pub fn storage_configuration(&self) -> Option<Fields> {
        self.0.get("storage_configuration")
    }
}

/// Changes to the settings of a number; see [Cloud API/Call settings].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SettingsUpdate(Fields);

impl SettingsUpdate {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the number takes and makes calls: a [`CallingUpdate`](super::CallingUpdate), or the
    /// object `calling` of Meta's page.
    #[must_use]
    pub fn calling(self, calling: impl Into<Fields>) -> Self {
        Self(self.0.with("calling", calling.into()))
    }

    /// Holds messages to users whose identity changed until they are verified again.
    #[must_use]
    pub fn identity_key_check(self, enabled: bool) -> Self {
        let check = Fields::default().with("enable_identity_key_check", enabled);
        Self(self.0.with("user_identity_change", check))
    }

    /// Encryption between business and Meta: the object of Meta's page.
    #[must_use]
    pub fn payload_encryption(self, encryption: impl Into<Fields>) -> Self {
        Self(self.0.with("payload_encryption", encryption.into()))
    }

    /// Where messages are kept: the object of Meta's page.
    #[must_use]
    pub fn storage_configuration(self, storage: impl Into<Fields>) -> Self {
        Self(self.0.with("storage_configuration", storage.into()))
    }
}
