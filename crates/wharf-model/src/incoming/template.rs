//! Templates: status, quality, text, category.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{absent, elements, lenient, number_id, number_seconds, text_seconds};
use crate::ids::TemplateId;

/// A template was approved, rejected, paused and so on.
///
/// See [Cloud API/Template status update webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateStatus {
    /// What happened.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub event: Option<TemplateEvent>,
    /// The template.
    #[serde(with = "number_id", skip_serializing_if = "absent")]
    pub message_template_id: Option<TemplateId>,
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_name: Option<String>,
    /// Its language, with `-` or `_`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_language: Option<String>,
    /// Why.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub reason: Option<TemplateReason>,
    /// Its category.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_category: Option<TemplateCategory>,
    /// When it was disabled.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub disable_info: Option<TemplateDisabling>,
    /// How long it is paused.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub other_info: Option<TemplatePause>,
    /// Why it was rejected.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub rejection_info: Option<TemplateRejection>,
}

/// When a template was disabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateDisabling {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub disable_date: Option<Timestamp>,
}

/// Why a template is paused or disabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplatePause {
    /// Which pause.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub title: Option<TemplatePauseKind>,
    /// How long and why, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub description: Option<String>,
}

/// Why a template was rejected for its form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateRejection {
    /// What is wrong, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub reason: Option<String>,
    /// What to do, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub recommendation: Option<String>,
}

/// The quality score of a template changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateQuality {
    /// It was this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub previous_quality_score: Option<QualityScore>,
    /// It is this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub new_quality_score: Option<QualityScore>,
    /// The template.
    #[serde(with = "number_id", skip_serializing_if = "absent")]
    pub message_template_id: Option<TemplateId>,
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_name: Option<String>,
    /// Its language, with `-` or `_`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_language: Option<String>,
}

/// The text of a template changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateComponents {
    /// The template.
    #[serde(with = "number_id", skip_serializing_if = "absent")]
    pub message_template_id: Option<TemplateId>,
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_name: Option<String>,
    /// Its language, with `-` or `_`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_language: Option<String>,
    /// Header text.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_title: Option<String>,
    /// Body text.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_element: Option<String>,
    /// Footer text.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_footer: Option<String>,
    /// Buttons.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub message_template_buttons: Vec<TemplateButton>,
}

/// A button of a template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateButton {
    /// What it does.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_button_type: Option<TemplateButtonKind>,
    /// What it says.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_button_text: Option<String>,
    /// Where it leads.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_button_url: Option<String>,
    /// Whom it calls.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_button_phone_number: Option<String>,
}

/// The category of a template changed, or will in 24 hours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateCategoryUpdate {
    /// The template.
    #[serde(with = "number_id", skip_serializing_if = "absent")]
    pub message_template_id: Option<TemplateId>,
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_name: Option<String>,
    /// Its language, with `-` or `_`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message_template_language: Option<String>,
    /// It was this; of a change that has been made.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub previous_category: Option<TemplateCategory>,
    /// It is this now, in both cases.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub new_category: Option<TemplateCategory>,
    /// It will be this; of a change that is to come.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub correct_category: Option<TemplateCategory>,
    /// When; of a change that is to come.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub category_update_timestamp: Option<Timestamp>,
}

/// What happened to a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TemplateEvent {
    /// It may be sent.
    Approved,
    /// It was put away.
    Archived,
    /// It was taken out again.
    Unarchived,
    /// It was deleted.
    Deleted,
    /// It may not be sent any more.
    Disabled,
    /// Its quality is low.
    Flagged,
    /// Its rejection is looked at again.
    InAppeal,
    /// The WABA has too many.
    LimitExceeded,
    /// It cannot be changed.
    Locked,
    /// It may not be sent for a while.
    Paused,
    /// It is reviewed.
    Pending,
    /// It may be sent again.
    Reinstated,
    /// It will be deleted.
    PendingDeletion,
    /// It was refused.
    Rejected,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Why something happened to a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TemplateReason {
    /// Abuse.
    AbusiveContent,
    /// The category is not to be had.
    CategoryNotAvailable,
    /// Another category is right.
    IncorrectCategory,
    /// Its form is wrong.
    InvalidFormat,
    /// No reason.
    None,
    /// It promotes.
    Promotional,
    /// It looks like fraud.
    Scam,
    /// Language or category do not fit the text.
    TagContentMismatch,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Which pause of a template this is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TemplatePauseKind {
    /// The first, of three hours.
    FirstPause,
    /// The second, of six hours.
    SecondPause,
    /// Too many were sent at once.
    RateLimitingPause,
    /// It is over.
    #[serde(rename = "UNPAUSE")]
    Unpaused,
    /// There is no other; it is disabled.
    Disabled,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How users take a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum QualityScore {
    /// Well.
    Green,
    /// Not so well.
    Yellow,
    /// Badly.
    Red,
    /// Not known yet.
    #[serde(rename = "UNKNOWN")]
    Unrated,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What a template is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TemplateCategory {
    /// One-time codes.
    Authentication,
    /// Marketing.
    Marketing,
    /// Whatever the user asked for.
    Utility,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What a button of a template does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum TemplateButtonKind {
    /// Shows the catalogue.
    Catalog,
    /// Copies a code.
    CopyCode,
    /// Opens an extension.
    Extension,
    /// Opens a flow.
    Flow,
    /// Shows several products.
    Mpm,
    /// Shows an order.
    OrderDetails,
    /// Takes over a one-time code.
    Otp,
    /// Calls a number.
    PhoneNumber,
    /// Sends a text back.
    Postback,
    /// Sets a reminder.
    Reminder,
    /// Sends the user's place.
    SendLocation,
    /// Shows one product.
    Spm,
    /// Answers.
    QuickReply,
    /// Opens a page.
    Url,
    /// Calls on WhatsApp.
    VoiceCall,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
