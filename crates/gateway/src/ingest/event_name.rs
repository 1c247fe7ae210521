//! Which of our events an update becomes.

use wharf_model::incoming::Field;
use wharf_webhook::{Update, UpdateKind};

/// The event name, one token: see `docs/events.md`.
pub(super) fn of(update: &Update) -> &'static str {
    match &update.kind {
        _ if update.field == Field::Standby => "handover",
        UpdateKind::Message(_) => "message",
        UpdateKind::Echo(_) => "echo",
        UpdateKind::Status(status) if status.is_payment() => "payment",
        UpdateKind::Status(_) => "status",
        _ => of_field(update),
    }
}

fn of_field(update: &Update) -> &'static str {
    match &update.field {
        Field::Messages if matches!(update.kind, UpdateKind::Error(_)) => "account",
        Field::MessageEchoes | Field::SmbMessageEchoes => "echo",
        Field::Calls => "call",
        Field::GroupLifecycleUpdate
        | Field::GroupParticipantsUpdate
        | Field::GroupSettingsUpdate
        | Field::GroupStatusUpdate => "group",
        Field::History | Field::SmbAppStateSync => "history",
        Field::Standby | Field::MessagingHandovers => "handover",
        Field::UserPreferences => "user_preferences",
        // Of `messages` these are link clicks; its other arrays have kinds of their own.
        Field::Messages | Field::UserIdUpdate | Field::ConsumerProfile => "user",
        Field::BusinessUsernameUpdates
        | Field::PhoneNumberNameUpdate
        | Field::PhoneNumberQualityUpdate => "phone_number",
        Field::AccountUpdate
        | Field::AccountAlerts
        | Field::AccountReviewUpdate
        | Field::AccountSettingsUpdate
        | Field::BusinessCapabilityUpdate
        | Field::PartnerSolutions
        | Field::AutomaticEvents => "account",
        Field::Security => "security",
        Field::MessageTemplateStatusUpdate
        | Field::MessageTemplateQualityUpdate
        | Field::MessageTemplateComponentsUpdate
        | Field::TemplateCategoryUpdate => "template",
        Field::Flows => "flow",
        Field::PaymentConfigurationUpdate => "payment",
        _ => "unrecognised",
    }
}
