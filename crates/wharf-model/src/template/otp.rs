//! The button of an authentication template.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, put, put_some, take, take_word};

/// How a one-time code is handed over.
///
/// See [Cloud API/Authentication templates].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otp {
    /// Copied, filled in with a tap, or without one.
    pub kind: OtpKind,
    /// The label of the button that fills the code in.
    pub autofill_text: Option<String>,
    /// The business agrees to the terms of zero-tap.
    pub zero_tap_terms_accepted: Option<bool>,
    /// The Android apps that may take the code.
    pub supported_apps: Option<Vec<SupportedApp>>,
    /// The one app, in the older form.
    pub package_name: Option<String>,
    /// The one app's signature, in the older form.
    pub signature_hash: Option<String>,
}

/// How a one-time code reaches the app.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum OtpKind {
    /// The user copies it.
    CopyCode,
    /// The user taps once.
    OneTap,
    /// The user does nothing.
    ZeroTap,
    /// A way that is not in Meta's list.
    Unknown(String),
}

/// An Android app that may take a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportedApp {
    /// At most 224 characters, in two parts at least, such as `com.example`.
    pub package_name: String,
    /// Eleven characters.
    pub signature_hash: String,
}

impl Otp {
    /// A code that the user copies.
    pub fn copy_code() -> Self {
        Self {
            kind: OtpKind::CopyCode,
            autofill_text: None,
            zero_tap_terms_accepted: None,
            supported_apps: None,
            package_name: None,
            signature_hash: None,
        }
    }

    /// A code that one of one to five apps takes with one tap.
    pub fn one_tap(apps: Vec<SupportedApp>) -> Self {
        Self {
            kind: OtpKind::OneTap,
            supported_apps: Some(apps),
            ..Self::copy_code()
        }
    }

    /// A code that one of one to five apps takes by itself; it accepts Meta's terms of zero-tap.
    pub fn zero_tap(apps: Vec<SupportedApp>) -> Self {
        Self {
            kind: OtpKind::ZeroTap,
            zero_tap_terms_accepted: Some(true),
            ..Self::one_tap(apps)
        }
    }

    /// Labels the button that fills the code in.
    #[must_use]
    pub fn autofill_text(mut self, text: impl Into<String>) -> Self {
        self.autofill_text = Some(text.into());
        self
    }

    pub(super) fn read(map: &mut Fields) -> Self {
        Self {
            kind: take_word(map, "otp_type").unwrap_or_default().into(),
            autofill_text: take(map, "autofill_text"),
            zero_tap_terms_accepted: take(map, "zero_tap_terms_accepted"),
            supported_apps: take(map, "supported_apps"),
            package_name: take(map, "package_name"),
            signature_hash: take(map, "signature_hash"),
        }
    }

    pub(super) fn write(self, map: &mut Fields) {
        if !self.kind.as_str().is_empty() {
            put(map, "otp_type", self.kind);
        }
        put_some(map, "autofill_text", self.autofill_text);
        let accepted = self.zero_tap_terms_accepted;
        put_some(map, "zero_tap_terms_accepted", accepted);
        put_some(map, "supported_apps", self.supported_apps);
        put_some(map, "package_name", self.package_name);
        put_some(map, "signature_hash", self.signature_hash);
    }
}

impl OtpKind {
    /// The way as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CopyCode => "COPY_CODE",
            Self::OneTap => "ONE_TAP",
            Self::ZeroTap => "ZERO_TAP",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for OtpKind {
    fn from(text: String) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "COPY_CODE" => Self::CopyCode,
            "ONE_TAP" => Self::OneTap,
            "ZERO_TAP" => Self::ZeroTap,
            _ => Self::Unknown(text),
        }
    }
}

impl From<OtpKind> for String {
    fn from(kind: OtpKind) -> String {
        match kind {
            OtpKind::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
