//! Settings of a number that somebody changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{absent, elements, lenient, text_seconds};
use crate::ids::{AppId, PhoneNumberId};

/// Settings that somebody changed, this business included.
///
/// See [Cloud API/Account settings update webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountSettings {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// `phone_number_settings`; Meta's table has it in upper case.
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "absent"
    )]
    pub kind: Option<String>,
    /// The settings of a number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number_settings: Option<PhoneNumberSettings>,
}

/// Settings of a number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhoneNumberSettings {
    /// The number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number_id: Option<PhoneNumberId>,
    /// Its calls.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub calling: Option<CallingSettings>,
}

/// Whether and when a number takes calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallingSettings {
    /// Whether calls are on.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<Switch>,
    /// Where the call button is shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub call_icon_visibility: Option<CallIconVisibility>,
    /// Whether users who call give permission to be called.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub callback_permission_status: Option<Switch>,
    /// When it takes calls.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub call_hours: Option<CallHours>,
    /// Who sees the call button.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub call_icons: Option<CallIcons>,
    /// The telephone system that takes the calls.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub sip: Option<SipSettings>,
}

/// Who sees the call button.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallIcons {
    /// ISO 3166 codes; everybody if empty.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub restrict_to_user_countries: Vec<String>,
}

/// When a number takes calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallHours {
    /// Whether the hours count.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<Switch>,
    /// Time zone of the hours.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub timezone_id: Option<String>,
    /// The hours of a week.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub weekly_operating_hours: Vec<OperatingHours>,
    /// Days with hours of their own.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub holiday_schedule: Vec<Holiday>,
}

/// Hours of a day of the week.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperatingHours {
    /// `MONDAY` to `SUNDAY`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub day_of_week: Option<String>,
    /// From: `0400`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub open_time: Option<String>,
    /// To: `1020`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub close_time: Option<String>,
}

/// Hours of one date.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holiday {
    /// The date: `2026-01-01`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub date: Option<String>,
    /// From: `0000`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub start_time: Option<String>,
    /// To: `2359`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub end_time: Option<String>,
}

/// The telephone system that takes the calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SipSettings {
    /// Whether it is used.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<Switch>,
    /// Its servers.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<SipServer>,
}

/// A server of a telephone system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SipServer {
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub hostname: Option<String>,
    /// Its port.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub port: Option<u16>,
    /// The app it belongs to.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub app_id: Option<AppId>,
}

/// Whether a setting is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Switch {
    /// It is.
    Enabled,
    /// It is not.
    Disabled,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Where the call button is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CallIconVisibility {
    /// Wherever it may be.
    Default,
    /// Nowhere; some pages of Meta's write it with a space.
    #[serde(alias = "DISABLE ALL")]
    DisableAll,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
