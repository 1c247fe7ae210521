//! The four budgets of calls, each spent apart from the others.

use wharf_model::ErrorCode;

/// What has a budget of calls that a refusal can say is spent.
///
/// Who is out of one budget can go on with the others: a full pair stops one recipient, a full
/// number one sender. See [Cloud API/Rate limits] and [Graph API/Rate limits].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Budget {
    /// A business phone number: messages a second, in and out. 130429.
    Number,
    /// A number and one of its recipients: one message in six seconds. 131056.
    Pair,
    /// A WABA: calls that manage it, an hour. 80007 and 80008.
    Waba,
    /// The app, or the user behind its token: calls an hour. 4, 17, 32 and 613.
    App,
}

impl Budget {
    /// The budget that an error code says is spent; `None` if it speaks of something else.
    pub const fn of(code: ErrorCode) -> Option<Self> {
        match code.0 {
            130_429 => Some(Self::Number),
            131_056 => Some(Self::Pair),
            80_007 | 80_008 => Some(Self::Waba),
            4 | 17 | 32 | 613 => Some(Self::App),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use wharf_model::ErrorClass;

    use super::*;

    #[test]
    fn each_class_that_slows_down_has_its_budgets_and_no_other_has() {
        for code in 0..200_000 {
            let code = ErrorCode(code);
            let fits = match Budget::of(code) {
                Some(Budget::Number) => code.class() == ErrorClass::RetryNumber,
                Some(Budget::Pair) => code.class() == ErrorClass::RetryPair,
                Some(Budget::Waba | Budget::App) => code.class() == ErrorClass::RetryAccount,
                None => !matches!(
                    code.class(),
                    ErrorClass::RetryNumber | ErrorClass::RetryPair | ErrorClass::RetryAccount
                ),
            };
            assert!(fits, "{code}");
        }
    }
}
