//! Versions of Flow JSON, in their order.

use std::fmt;
use std::str::FromStr;

/// A version of Flow JSON, such as `7.3`.
///
/// See [Cloud API/Flows changelog].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The number before the point.
    pub major: u16,
    /// The number after the point.
    pub minor: u16,
}

impl Version {
    /// The newest version that this library knows.
    pub const NEWEST: Self = Self::new(7, 3);
    /// The oldest version that Meta still lets one publish.
    pub const OLDEST_TO_PUBLISH: Self = Self::new(5, 1);
    /// The oldest version that Meta still sends.
    pub const OLDEST: Self = Self::new(2, 1);

    /// A version from its two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is not two numbers with a point between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version such as 7.3")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let (major, minor) = text.split_once('.').ok_or(NotAVersion)?;
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => Ok(Self { major, minor }),
            _ => Err(NotAVersion),
        }
    }
}
