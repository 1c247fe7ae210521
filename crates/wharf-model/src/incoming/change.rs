//! What a notification reports, other than messages and their statuses.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::account::AccountUpdate;
use super::call::{CallEvent, CallStatus};
use super::field::Field;
use super::flow::FlowUpdate;
use super::group::GroupChange;
use super::handover::Handover;
use super::history::History;
use super::notice::{
    AccountAlert, AccountReview, AutomaticEvent, BusinessCapability, PartnerSolution,
    PaymentConfiguration,
};
use super::number::{BusinessUsername, NumberName, NumberQuality, Security};
use super::raw_json::RawJson;
use super::raw_object::RawObject;
use super::settings::AccountSettings;
use super::state_sync::StateSync;
use super::template::{
    TemplateCategoryUpdate, TemplateComponents, TemplateQuality, TemplateStatus,
};
use super::user::{UserAction, UserIdUpdate, UserPreference};

/// What a notification reports, other than messages and their statuses.
///
/// Every part of a body may be absent, and an odd part counts as absent: the JSON itself, which
/// whoever reads a change still holds, is the truth. Written out, a documented body has the form
/// that Meta documents; times and ids may change between text and number.
///
/// See [Cloud API/Webhooks reference].
///
/// ```
/// use serde_json::value::RawValue;
/// use wharf_model::Field;
/// use wharf_model::incoming::{Change, account::AccountUpdate};
///
/// let json = r#"{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"ADULT"}}"#;
/// let raw: &RawValue = serde_json::from_str(json)?;
/// let Change::Account(AccountUpdate::Violation(violation)) =
///     Change::read(&Field::AccountUpdate, raw)
/// else {
///     panic!("the event says what it is")
/// };
/// let rule = violation.violation_info.and_then(|info| info.violation_type);
/// assert_eq!(rule.as_deref(), Some("ADULT"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Change {
    /// A step of a call.
    Call(CallEvent),
    /// What becomes of a call that the business makes.
    CallStatus(CallStatus),
    /// Groups were made, deleted, joined, left, changed or suspended.
    Group(GroupChange),
    /// Earlier messages of a coexistence number.
    History(History),
    /// The address book of a coexistence number changed.
    StateSync(StateSync),
    /// A thread changed its owner.
    Handover(Handover),
    /// A user tapped a link.
    UserAction(UserAction),
    /// A user stopped or resumed marketing.
    UserPreference(UserPreference),
    /// A user's business-scoped user id changed.
    UserIdUpdate(UserIdUpdate),
    /// The business's username changed.
    BusinessUsername(BusinessUsername),
    /// The WABA changed.
    Account(AccountUpdate),
    /// A warning about the WABA or a number.
    AccountAlert(AccountAlert),
    /// The WABA was reviewed.
    AccountReview(AccountReview),
    /// Settings of a number changed.
    AccountSettings(AccountSettings),
    /// Limits of the business changed.
    BusinessCapability(BusinessCapability),
    /// Two-step verification of a number changed.
    Security(Security),
    /// The display name of a number was reviewed.
    NumberName(NumberName),
    /// Limits or throughput of a number changed.
    NumberQuality(NumberQuality),
    /// A template was approved, rejected, paused and so on.
    TemplateStatus(TemplateStatus),
    /// The quality score of a template changed.
    TemplateQuality(TemplateQuality),
    /// The text of a template changed.
    TemplateComponents(TemplateComponents),
    /// The category of a template changes or has changed.
    TemplateCategory(TemplateCategoryUpdate),
    /// State and health of a flow.
    Flow(FlowUpdate),
    /// A partner solution changed.
    PartnerSolution(PartnerSolution),
    /// A payment configuration changed.
    PaymentConfiguration(PaymentConfiguration),
    /// An event that Meta found in a conversation.
    AutomaticEvent(AutomaticEvent),
    /// A field that is not in Meta's list, whose shape is not published (`consumer_profile`), or
    /// whose value is of another form: verbatim.
    Unknown(RawJson),
}

impl Change {
    /// Reads what a field reports: an element of its list, or its whole value if it has none.
    pub fn read(field: &Field, raw: &RawValue) -> Self {
        Self::known(field, raw.get()).unwrap_or_else(|| Self::Unknown(raw.into()))
    }

    fn known(field: &Field, json: &str) -> Option<Self> {
        match field {
            Field::Messages => {
                RawObject::parse(json)?.raw("action_type")?;
                body(json, Self::UserAction)
            }
            Field::Calls if RawObject::parse(json)?.raw("event").is_some() => {
                body(json, Self::Call)
            }
            Field::Calls => body(json, Self::CallStatus),
            Field::GroupLifecycleUpdate
            | Field::GroupParticipantsUpdate
            | Field::GroupSettingsUpdate
            | Field::GroupStatusUpdate => body(json, Self::Group),
            Field::History => History::from_json(json).map(Self::History),
            Field::SmbAppStateSync => body(json, Self::StateSync),
            Field::MessagingHandovers => body(json, Self::Handover),
            Field::UserPreferences => body(json, Self::UserPreference),
            Field::UserIdUpdate => body(json, Self::UserIdUpdate),
            Field::BusinessUsernameUpdates => body(json, Self::BusinessUsername),
            Field::AccountUpdate => body(json, Self::Account),
            Field::AccountAlerts => body(json, Self::AccountAlert),
            Field::AccountReviewUpdate => body(json, Self::AccountReview),
            Field::AccountSettingsUpdate => body(json, Self::AccountSettings),
            Field::BusinessCapabilityUpdate => body(json, Self::BusinessCapability),
            Field::Security => body(json, Self::Security),
            Field::PhoneNumberNameUpdate => body(json, Self::NumberName),
            Field::PhoneNumberQualityUpdate => body(json, Self::NumberQuality),
            Field::MessageTemplateStatusUpdate => body(json, Self::TemplateStatus),
            Field::MessageTemplateQualityUpdate => body(json, Self::TemplateQuality),
            Field::MessageTemplateComponentsUpdate => body(json, Self::TemplateComponents),
            Field::TemplateCategoryUpdate => body(json, Self::TemplateCategory),
            Field::Flows => body(json, Self::Flow),
            Field::PartnerSolutions => body(json, Self::PartnerSolution),
            Field::PaymentConfigurationUpdate => body(json, Self::PaymentConfiguration),
            Field::AutomaticEvents => body(json, Self::AutomaticEvent),
            // Messages, echoes and statuses have types of their own.
            Field::MessageEchoes
            | Field::SmbMessageEchoes
            | Field::Standby
            | Field::ConsumerProfile
            | Field::Unknown(_) => None,
        }
    }
}

/// Only an object is a body: serde would read a list as one, too.
fn body<T: DeserializeOwned>(json: &str, wrap: fn(T) -> Change) -> Option<Change> {
    if !json.starts_with('{') {
        return None;
    }
    serde_json::from_str(json).ok().map(wrap)
}
