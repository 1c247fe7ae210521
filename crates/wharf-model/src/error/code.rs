//! Error codes of the Graph API.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::class::ErrorClass;

/// An error code of the Graph API: the one thing to decide by.
///
/// See [Cloud API/Error codes].
///
/// ```
/// use wharf_model::{ErrorClass, ErrorCode};
///
/// assert_eq!(ErrorCode(131047).class(), ErrorClass::Template);
/// assert!(ErrorCode(131047).advice().contains("template"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(pub i64);

impl ErrorCode {
    /// What a sender does about it; a code that is not in Meta's list is taken as a faulty request.
    pub fn class(self) -> ErrorClass {
        self.known_class().unwrap_or(ErrorClass::FixRequest)
    }

    /// What a sender does about it, if the code is in Meta's list.
    pub fn known_class(self) -> Option<ErrorClass> {
        Some(match self.0 {
            1 | 2 | 131_000 | 131_016 | 131_057 | 131_208 | 133_000 | 133_004 | 2_494_100 => {
                ErrorClass::Retry
            }
            130_429 => ErrorClass::RetryNumber,
            131_056 => ErrorClass::RetryPair,
            4 | 17 | 32 | 613 | 80_007 | 80_008 => ErrorClass::RetryAccount,
            131_049 | 133_008 | 133_009 | 133_015 | 133_016 | 134_101 | 132_069 | 138_012
            | 138_009 => ErrorClass::RetryLater,
            131_047 => ErrorClass::Template,
            132_000 | 132_001 | 132_005 | 132_007 | 132_008 | 132_012 | 132_015 | 132_016
            | 132_018 | 132_068 | 134_103 => ErrorClass::FixTemplate,
            131_050 => ErrorClass::OptOut,
            131_026 | 130_472 | 130_497 | 1026 | 137_000 => ErrorClass::Recipient,
            0 | 3 | 10 | 104 | 190 | 200..=299 | 131_005 => ErrorClass::Auth,
            368 | 131_031 | 131_037 | 131_042 | 131_044 | 131_045 | 131_048 | 131_064 | 133_006
            | 133_010 | 134_011 | 134_102 => ErrorClass::Blocked,
            130_501 | 131_052 | 131_060 | 1_752_041 | 2_593_109 => ErrorClass::Noop,
            33
            | 100
            | 2040
            | 2046
            | 2047
            | 130_403
            | 131_008
            | 131_009
            | 131_020
            | 131_021
            | 131_030
            | 131_041
            | 131_051
            | 131_053
            | 131_055
            | 131_059
            | 131_062
            | 131_063
            | 131_201..=131_204
            | 131_207
            | 131_209..=131_215
            | 133_005
            | 134_100
            | 135_000
            | 138_000..=138_007
            | 138_013..=138_024
            | 139_000..=139_006
            | 139_100..=139_103
            | 141_000..=141_002
            | 147_001..=147_005
            | 200_005..=200_007
            | 2_388_001..=2_388_299
            | 2_494_164..=2_494_191
            | 2_593_079..=2_593_108 => ErrorClass::FixRequest,
            _ => return None,
        })
    }

    /// What to do, in one sentence for a person.
    pub fn advice(self) -> &'static str {
        super::advice::advice(self)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for ErrorCode {
    fn from(code: i64) -> Self {
        Self(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_mapping_has_its_class() {
        let rows: [(ErrorClass, &[i64]); 11] = [
            (
                ErrorClass::Retry,
                &[
                    1, 2, 131_000, 131_016, 131_057, 131_208, 133_000, 133_004, 2_494_100,
                ],
            ),
            (ErrorClass::RetryNumber, &[130_429]),
            (ErrorClass::RetryPair, &[131_056]),
            (ErrorClass::RetryAccount, &[4, 17, 32, 613, 80_007, 80_008]),
            (
                ErrorClass::RetryLater,
                &[
                    131_049, 133_008, 133_009, 133_015, 133_016, 134_101, 132_069, 138_012, 138_009,
                ],
            ),
            (ErrorClass::Template, &[131_047]),
            (
                ErrorClass::FixTemplate,
                &[
                    132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016,
                    132_018, 132_068, 134_103,
                ],
            ),
            (ErrorClass::OptOut, &[131_050]),
            (
                ErrorClass::Recipient,
                &[131_026, 130_472, 130_497, 1026, 137_000],
            ),
            (
                ErrorClass::Auth,
                &[0, 3, 10, 104, 190, 200, 250, 299, 131_005],
            ),
            (
                ErrorClass::Blocked,
                &[
                    368, 131_031, 131_037, 131_042, 131_044, 131_045, 131_048, 131_064, 133_006,
                    133_010, 134_011, 134_102,
                ],
            ),
        ];
        for (class, codes) in rows {
            for code in codes {
                assert_eq!(ErrorCode(*code).class(), class, "{code}");
            }
        }
        for code in [
            100,
            33,
            131_008,
            131_009,
            131_051,
            131_053,
            300,
            199,
            999_999,
            -1,
            i64::MIN,
        ] {
            assert_eq!(ErrorCode(code).class(), ErrorClass::FixRequest, "{code}");
        }
    }

    #[test]
    fn every_code_has_advice() {
        for code in [
            0, 1, 2, 4, 100, 131_026, 131_047, 131_049, 131_050, 131_056, 131_060, 132_001,
        ] {
            let advice = ErrorCode(code).advice();
            assert!(
                advice.ends_with('.') && advice.len() > 20,
                "{code}: {advice}"
            );
        }
    }
}
