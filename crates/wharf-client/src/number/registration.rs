//! The life of a number: verified, registered, renamed, deregistered.

use std::fmt;
use std::str::FromStr;

use http::Method;

use super::Number;
use crate::call::{Body, Call, decode_success};
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;

/// Longest display name.
const DISPLAY_NAME: usize = 75;

/// The six digits of two-step verification. They appear in no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// A text that is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has six digits")]
pub struct InvalidPin;

impl FromStr for Pin {
    type Err = InvalidPin;

    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidPin)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(******)")
    }
}

/// How a verification code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeMethod {
    /// As a text message.
    Sms,
    /// By a call.
    Voice,
}

impl Number {
    /// Registers the number, so that it can send; ten times in 72 hours at most.
    ///
    /// A number that has no two-step verification yet gets this PIN.
    /// See [Cloud API/Registering a business phone number].
    pub fn register(&self, pin: &Pin) -> Call<()> {
        let body = whatsapp().with("pin", pin.0.as_str());
        graph::set(
            self.client(),
            "numbers.register",
            &self.edge("register"),
            &body,
        )
    }

    /// Registers the number and keeps its data in a region: an ISO 3166 code such as `IN`.
    ///
    /// See [Cloud API/Registering a business phone number].
    pub fn register_in(&self, pin: &Pin, region: &str) -> Call<()> {
        let body = whatsapp().with("pin", pin.0.as_str());
        let body = body.with("data_localization_region", region);
        graph::set(
            self.client(),
            "numbers.register",
            &self.edge("register"),
            &body,
        )
    }

    /// Takes the number off the Cloud API; not for one that the business app uses too.
    ///
    /// See [Cloud API/Deregistering a business phone number].
    pub fn deregister(&self) -> Call<()> {
        let path = self.edge("deregister");
        graph::act(
            self.client(),
            "numbers.deregister",
            Method::POST,
            &path,
            &[],
        )
    }

    /// Has a verification code sent to the number, in a language such as `en_US`.
    ///
    /// See [Cloud API/Registering a business phone number].
    pub fn request_code(&self, method: CodeMethod, language: &str) -> Call<()> {
        let method = match method {
            CodeMethod::Sms => "SMS",
            CodeMethod::Voice => "VOICE",
        };
        let body = Fields::default().with("code_method", method);
        let body = body.with("language", language);
        graph::set(
            self.client(),
            "numbers.request_code",
            &self.edge("request_code"),
            &body,
        )
    }

    /// Verifies the number by the code that it was sent.
    ///
    /// See [Cloud API/Registering a business phone number].
    pub fn verify_code(&self, code: &str) -> Call<()> {
        let body = Fields::default().with("code", code);
        graph::set(
            self.client(),
            "numbers.verify_code",
            &self.edge("verify_code"),
            &body,
        )
    }

    /// Sets the PIN of two-step verification.
    ///
    /// See [Cloud API/Two-step verification].
    pub fn set_pin(&self, pin: &Pin) -> Call<()> {
        let body = Fields::default().with("pin", pin.0.as_str());
        graph::set(
            self.client(),
            "numbers.set_pin",
            &[self.id().as_str()],
            &body,
        )
    }

    /// Asks for another display name of at most 75 characters, which Meta reviews.
    ///
    /// See [Cloud API/Display names].
    pub fn request_display_name(&self, name: &str) -> Call<()> {
        let url = if name.chars().count() > DISPLAY_NAME {
            Err(RequestError::plain(
                "the display name has more than 75 characters",
            ))
        } else {
            let path = [self.id().as_str()];
            graph::url(self.client(), &path, &[("new_display_name", name)])
        };
        let (operation, body) = ("numbers.rename", Ok(Body::Empty));
        Call::new(
            self.client(),
            operation,
            Method::POST,
            url,
            body,
            decode_success,
        )
    }

    /// Says whether people find the number by searching: `VISIBLE` or `NON_VISIBLE`.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn set_search_visibility(&self, visibility: &str) -> Call<()> {
        let body = Fields::default().with("search_visibility", visibility);
        graph::set(
            self.client(),
            "numbers.search",
            &[self.id().as_str()],
            &body,
        )
    }
}

/// The field that most writes on a number begin with.
pub(super) fn whatsapp() -> Fields {
    Fields::default().with("messaging_product", "whatsapp")
}
