//! What a sender does about an error.

/// What a sender does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Try again with growing, jittered delays, a bounded number of times.
    Retry,
    /// Delay this recipient only; others go on.
    RetryPair,
    /// Slow the whole sending number down, then try again.
    RetryNumber,
    /// Slow calls about the WABA or app down, and heed the usage headers.
    RetryAccount,
    /// Try again after hours, or after the time that the details give.
    RetryLater,
    /// Free-form is not allowed now: send an approved template.
    Template,
    /// The template, its values or its flow must change.
    FixTemplate,
    /// The request or its media are faulty; never repeat it unchanged.
    FixRequest,
    /// Cannot be delivered to this person.
    Recipient,
    /// The user refuses marketing: send none until they resume.
    OptOut,
    /// Token or permission: stop the channel and tell the operator.
    Auth,
    /// Restricted, unpaid or unregistered: stop the channel and tell the operator.
    Blocked,
    /// For information.
    Noop,
}

impl ErrorClass {
    /// Whether the same message may be accepted later without a change.
    pub fn is_retry(self) -> bool {
        matches!(
            self,
            Self::Retry
                | Self::RetryPair
                | Self::RetryNumber
                | Self::RetryAccount
                | Self::RetryLater
        )
    }

    /// Whether the channel cannot send at all until an operator acts.
    pub fn stops_channel(self) -> bool {
        matches!(self, Self::Auth | Self::Blocked)
    }

    /// A stable name, for an API or a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::RetryPair => "retry_pair",
            Self::RetryNumber => "retry_number",
            Self::RetryAccount => "retry_account",
            Self::RetryLater => "retry_later",
            Self::Template => "template",
            Self::FixTemplate => "fix_template",
            Self::FixRequest => "fix_request",
            Self::Recipient => "recipient",
            Self::OptOut => "opt_out",
            Self::Auth => "auth",
            Self::Blocked => "blocked",
            Self::Noop => "noop",
        }
    }
}
