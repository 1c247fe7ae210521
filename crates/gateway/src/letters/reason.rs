//! Why work ends as a dead letter: the words that the rooms write, in one list.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stable word. A later version may add some, and a part of a notification that was not understood
/// may name its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// A message: the carrier still refused it when its tries were spent. A delivery: the endpoint
    /// did not take it within the schedule.
    AttemptsExhausted,
    /// The service window is closed: only a template may be sent.
    RequiresTemplate,
    /// Nobody knows whether the message arrived.
    OutcomeUnknown,
    /// The template, its values or its flow must change.
    FixTemplate,
    /// The message does not fit its template as that is now.
    TemplateMismatch,
    /// The template is paused for its low quality.
    TemplatePaused,
    /// The template is disabled for good.
    TemplateDisabled,
    /// The template was rejected.
    TemplateRejected,
    /// The template was deleted.
    TemplateDeleted,
    /// The template is archived.
    TemplateArchived,
    /// The template is not approved.
    TemplateNotApproved,
    /// The request or its media are faulty.
    FixRequest,
    /// It cannot be delivered to this person.
    Recipient,
    /// The user refuses marketing.
    OptOut,
    /// The contact is on the suppression list.
    Suppressed,
    /// Token or permission.
    Auth,
    /// The account is restricted, unpaid or not registered.
    Blocked,
    /// The carrier reported a fault that passes, after it had taken the message.
    Retry,
    /// As `retry`: too much to one recipient.
    RetryPair,
    /// As `retry`: too much from one number.
    RetryNumber,
    /// As `retry`: too many calls about the WABA or the app.
    RetryAccount,
    /// As `retry`, after hours.
    RetryLater,
    /// The carrier reported something that needs nothing.
    Noop,
    /// A notification that is not JSON, or not one.
    Malformed,
    /// A change of a kind that is not known.
    UnknownField,
    /// A change that is signed with a channel's own app secret, and is not about that app.
    WrongSigner,
    /// The database refused what a notification says.
    NotApplied,
    /// A stretch of the inbox cannot be read.
    JournalCorrupt,
    /// A command that is not JSON, or not a command, or breaks a limit.
    InvalidCommand,
    /// A command that the carrier has nothing for.
    UnsupportedByCarrier,
    /// A command for a channel that is not there.
    ChannelNotFound,
    /// A command for a channel that has no access token.
    ChannelReceiveOnly,
    /// The database refused what a command says.
    NotStored,
    /// The carrier would not mark messages as read.
    NotMarkedAsRead,
    /// A file that was not fetched: channel cannot call.
    ChannelCannotCall,
    /// A file that is not what its message announced.
    NotAsAnnounced,
    /// A file that was not fetched: not available.
    NotAvailable,
    /// A file that was not fetched: not fetched.
    NotFetched,
    /// A file that was not fetched: too large.
    TooLarge,
}

impl Reason {
    /// Reads the word of a letter; none for one that is not in the list.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let word: StrDeserializer<'_, Error> = word.into_deserializer();
        Self::deserialize(word).ok()
    }
}

#[cfg(test)]
mod tests {
    use wharf_model::ErrorCode;

    use super::*;

    #[test]
    fn every_class_of_a_carriers_code_is_a_reason() {
        for code in 0..=140_000 {
            let class = ErrorCode(code).class().as_str();
            let known = class == "template" || Reason::parse(class).is_some();
            assert!(known, "{code}: {class}");
        }
        assert_eq!(
            Reason::parse("outcome_unknown"),
            Some(Reason::OutcomeUnknown)
        );
        assert_eq!(Reason::parse("a contact without an update"), None);
    }
}
