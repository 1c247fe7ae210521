//! Secrets that cannot be printed by accident.

use std::fmt;

use crate::ids::{InvalidId, check};

const MAX_LENGTH: usize = 4096;

/// A token that authorises calls to the Graph API.
///
/// `Debug` and `Display` show nothing of it.
///
/// ```
/// use wharf_model::AccessToken;
///
/// let token = AccessToken::new("EAAG…")?;
/// assert_eq!(format!("{token:?} {token}"), "AccessToken(redacted) redacted");
/// assert_eq!(token.expose(), "EAAG…");
/// # Ok::<(), wharf_model::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

/// The secret of a Meta app, key of the webhook signature.
#[derive(Clone, PartialEq, Eq)]
pub struct AppSecret(String);

/// The text that Meta repeats when it verifies a callback URL.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyToken(String);

impl AccessToken {
    /// Refuses an empty text, and one with control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        checked(text.into()).map(Self)
    }

    /// The secret itself, for the place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl AppSecret {
    /// Refuses an empty text, and one with control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        checked(text.into()).map(Self)
    }

    /// The secret itself, for the place that signs with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl VerifyToken {
    /// Refuses an empty text, and one with control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        checked(text.into()).map(Self)
    }

    /// The secret itself, for the place that compares it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
    }
}

impl fmt::Display for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret(redacted)")
    }
}

impl fmt::Display for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

impl fmt::Debug for VerifyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyToken(redacted)")
    }
}

impl fmt::Display for VerifyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

fn checked(text: String) -> Result<String, InvalidId> {
    check(&text, MAX_LENGTH)?;
    Ok(text)
}
