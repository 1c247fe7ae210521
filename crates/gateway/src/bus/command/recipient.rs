//! Whom a command goes to.

use serde::Deserialize;
use wharf_model::{Bsuid, PhoneNumber, Recipient};

use super::Fault;

/// What the addresses of users end with in the documented events.
const USER: &str = "@s.whatsapp.net";

/// `to` of a command, as it came.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct To(String);

impl To {
    /// Digits, with or without `+`, or a business-scoped user id as events give it.
    pub(super) fn recipient(&self) -> Result<Recipient, Fault> {
        let text = self.0.trim();
        let text = text.strip_suffix(USER).unwrap_or(text);
        if text.ends_with("@g.us") {
            let error = "the WhatsApp Cloud API knows no group with this kind of id";
            return Err(Fault::Unsupported(error.to_owned()));
        }
        if is_bsuid(text) {
            let user = text.parse::<Bsuid>();
            return user
                .map(Recipient::User)
                .map_err(|_| Fault::invalid("to is not a user id"));
        }
        // A device of a user, `number:device`, is the user.
        let number = text.split(':').next().unwrap_or_default();
        let number = number.parse::<PhoneNumber>().map_err(|_| {
            Fault::invalid("to is not a phone number of 5 to 15 digits with its country code")
        });
        number.map(Recipient::Phone)
    }
}

/// `US.1349…`: a country and a dot.
fn is_bsuid(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'.', _, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}
