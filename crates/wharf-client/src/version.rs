//! The version of the Graph API that stands in every URL.

use std::fmt;
use std::str::FromStr;

use crate::error::RequestError;

/// A Graph API version, `v26.0` by default.
///
/// See [Graph API/Versions].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    major: u16,
    minor: u16,
}

impl ApiVersion {
    /// `v{major}.{minor}`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl Default for ApiVersion {
    /// The newest version this crate was written against.
    fn default() -> Self {
        Self::new(26, 0)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

impl FromStr for ApiVersion {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        let parts = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        let numbers = parts
            .and_then(|(major, minor)| Some(Self::new(major.parse().ok()?, minor.parse().ok()?)));
        numbers.ok_or(RequestError::plain("the API version must look like v26.0"))
    }
}
