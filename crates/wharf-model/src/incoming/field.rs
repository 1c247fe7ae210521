//! Fields of a notification.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A field that a notification reports on.
///
/// See [Cloud API/Webhooks reference].
///
/// ```
/// use wharf_model::Field;
///
/// assert_eq!(Field::from("messages".to_owned()), Field::Messages);
/// assert_eq!(Field::from("new_thing".to_owned()).as_str(), "new_thing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum Field {
    /// Incoming messages, message statuses, errors.
    Messages,
    /// Copies of messages that another agent of the business sent.
    MessageEchoes,
    /// Calls.
    Calls,
    /// A group was made or deleted.
    GroupLifecycleUpdate,
    /// Who is in a group.
    GroupParticipantsUpdate,
    /// Name, picture or description of a group.
    GroupSettingsUpdate,
    /// A group was suspended or cleared.
    GroupStatusUpdate,
    /// Earlier messages of a coexistence number.
    History,
    /// Contacts of a coexistence number.
    SmbAppStateSync,
    /// Messages sent from the WhatsApp Business app.
    SmbMessageEchoes,
    /// Messages of a thread that another agent owns.
    Standby,
    /// A thread changed its owner.
    MessagingHandovers,
    /// A user stopped or resumed marketing.
    UserPreferences,
    /// A user's business-scoped user id changed.
    UserIdUpdate,
    /// The business's username changed.
    BusinessUsernameUpdates,
    /// A user's profile; Meta has not published its shape.
    ConsumerProfile,
    /// The WABA changed.
    AccountUpdate,
    /// Warnings about the WABA or a number.
    AccountAlerts,
    /// The WABA was reviewed.
    AccountReviewUpdate,
    /// Settings of a number changed.
    AccountSettingsUpdate,
    /// Limits of the business changed.
    BusinessCapabilityUpdate,
    /// Two-step verification of a number changed.
    Security,
    /// The display name of a number was reviewed.
    PhoneNumberNameUpdate,
    /// Limits or throughput of a number changed.
    PhoneNumberQualityUpdate,
    /// A template was approved, rejected, paused and so on.
    MessageTemplateStatusUpdate,
    /// The quality score of a template changed.
    MessageTemplateQualityUpdate,
    /// The text of a template changed.
    MessageTemplateComponentsUpdate,
    /// The category of a template changes or has changed.
    TemplateCategoryUpdate,
    /// State and health of a flow.
    Flows,
    /// A partner solution changed.
    PartnerSolutions,
    /// A payment configuration changed.
    PaymentConfigurationUpdate,
    /// Events that Meta found in a conversation.
    AutomaticEvents,
    /// A field that is not in Meta's list.
    Unknown(String),
}

impl Field {
    /// Every field of Meta's list.
    pub const KNOWN: &[Self] = &[
        Self::Messages,
        Self::MessageEchoes,
        Self::Calls,
        Self::GroupLifecycleUpdate,
        Self::GroupParticipantsUpdate,
        Self::GroupSettingsUpdate,
        Self::GroupStatusUpdate,
        Self::History,
        Self::SmbAppStateSync,
        Self::SmbMessageEchoes,
        Self::Standby,
        Self::MessagingHandovers,
        Self::UserPreferences,
        Self::UserIdUpdate,
        Self::BusinessUsernameUpdates,
        Self::ConsumerProfile,
        Self::AccountUpdate,
        Self::AccountAlerts,
        Self::AccountReviewUpdate,
        Self::AccountSettingsUpdate,
        Self::BusinessCapabilityUpdate,
        Self::Security,
        Self::PhoneNumberNameUpdate,
        Self::PhoneNumberQualityUpdate,
        Self::MessageTemplateStatusUpdate,
        Self::MessageTemplateQualityUpdate,
        Self::MessageTemplateComponentsUpdate,
        Self::TemplateCategoryUpdate,
        Self::Flows,
        Self::PartnerSolutions,
        Self::PaymentConfigurationUpdate,
        Self::AutomaticEvents,
    ];

    /// The field as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Messages => "messages",
            Self::MessageEchoes => "message_echoes",
            Self::Calls => "calls",
            Self::GroupLifecycleUpdate => "group_lifecycle_update",
            Self::GroupParticipantsUpdate => "group_participants_update",
            Self::GroupSettingsUpdate => "group_settings_update",
            Self::GroupStatusUpdate => "group_status_update",
            Self::History => "history",
            Self::SmbAppStateSync => "smb_app_state_sync",
            Self::SmbMessageEchoes => "smb_message_echoes",
            Self::Standby => "standby",
            Self::MessagingHandovers => "messaging_handovers",
            Self::UserPreferences => "user_preferences",
            Self::UserIdUpdate => "user_id_update",
            Self::BusinessUsernameUpdates => "business_username_updates",
            Self::ConsumerProfile => "consumer_profile",
            Self::AccountUpdate => "account_update",
            Self::AccountAlerts => "account_alerts",
            Self::AccountReviewUpdate => "account_review_update",
            Self::AccountSettingsUpdate => "account_settings_update",
            Self::BusinessCapabilityUpdate => "business_capability_update",
            Self::Security => "security",
            Self::PhoneNumberNameUpdate => "phone_number_name_update",
            Self::PhoneNumberQualityUpdate => "phone_number_quality_update",
            Self::MessageTemplateStatusUpdate => "message_template_status_update",
            Self::MessageTemplateQualityUpdate => "message_template_quality_update",
            Self::MessageTemplateComponentsUpdate => "message_template_components_update",
            Self::TemplateCategoryUpdate => "template_category_update",
            Self::Flows => "flows",
            Self::PartnerSolutions => "partner_solutions",
            Self::PaymentConfigurationUpdate => "payment_configuration_update",
            Self::AutomaticEvents => "automatic_events",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        match Self::KNOWN.iter().find(|field| field.as_str() == text) {
            Some(field) => field.clone(),
            None => Self::Unknown(text),
        }
    }
}

impl From<Field> for String {
    fn from(field: Field) -> String {
        match field {
            Field::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_and_written_as_it_is() {
        assert_eq!(Field::KNOWN.len(), 32);
        for field in Field::KNOWN {
            let json = serde_json::to_string(field).unwrap();
            assert_eq!(&serde_json::from_str::<Field>(&json).unwrap(), field);
            assert!(!matches!(Field::from(field.to_string()), Field::Unknown(_)));
        }
        let unknown: Field = serde_json::from_str("\"Messages\"").unwrap();
        assert_eq!(unknown, Field::Unknown("Messages".to_owned()));
        assert_eq!(serde_json::to_string(&unknown).unwrap(), "\"Messages\"");
    }
}
