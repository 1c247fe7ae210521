//! A button that calls the business over WhatsApp.

use serde::{Serialize, Serializer};

use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// A button that calls the business over WhatsApp.
///
/// See [Cloud API/Call button messages and deep links].
///
/// ```
/// use wharf_model::outgoing::{Interactive, VoiceCall};
///
/// let call = VoiceCall::new().display_text("Call us")?.ttl_minutes(60)?.payload("shop")?;
/// assert_eq!(Interactive::new("Any questions?", call)?.kind(), "voice_call");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoiceCall {
    display_text: Option<String>,
    ttl_minutes: Option<u32>,
    payload: Option<String>,
}

const PARAMETERS: &str = "/interactive/action/parameters";

impl VoiceCall {
    /// A button that Meta labels, and that works for seven days.
    pub fn new() -> Self {
        Self::default()
    }

    /// Labels the button, 1 to 20 characters.
    pub fn display_text(mut self, text: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = format!("{PARAMETERS}/display_text");
        self.display_text = Some(required(text.into(), limits::CTA_TEXT, &field)?);
        Ok(self)
    }

    /// Says for how many minutes the button works, 1 to 43200.
    pub fn ttl_minutes(mut self, minutes: u32) -> Result<Self, InvalidMessage> {
        check_ttl(minutes, &format!("{PARAMETERS}/ttl_minutes"))?;
        self.ttl_minutes = Some(minutes);
        Ok(self)
    }

    /// Says what the webhook of the call brings back, 1 to 512 characters.
    pub fn payload(mut self, payload: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = format!("{PARAMETERS}/payload");
        self.payload = Some(required(payload.into(), limits::CALL_PAYLOAD, &field)?);
        Ok(self)
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = super::action::named(interactive, "voice_call")?;
        let known = ["display_text", "ttl_minutes", "payload"];
        let mut call = Self::new();
        let Some(parameters) = action.child("parameters", &known)? else {
            return Ok(call);
        };
        if let Some(text) = parameters.text("display_text")? {
            call = call.display_text(text)?;
        }
        if let Some(minutes) = parameters.number("ttl_minutes")? {
            call = call.ttl_minutes(minutes)?;
        }
        if let Some(payload) = parameters.text("payload")? {
            call = call.payload(payload)?;
        }
        Ok(call)
    }
}

/// Checks for how many minutes a call button works.
pub(crate) fn check_ttl(minutes: u32, field: &str) -> Result<(), InvalidMessage> {
    if (1..=limits::CALL_TTL_MINUTES).contains(&minutes) {
        Ok(())
    } else {
        Err(InvalidMessage::invalid(field, "not 1 to 43200 minutes"))
    }
}

impl Serialize for VoiceCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            name: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<Parameters<'a>>,
        }
        #[derive(Serialize)]
        struct Parameters<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            display_text: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            ttl_minutes: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            payload: Option<&'a str>,
        }
        let parameters = (*self != Self::default()).then_some(Parameters {
            display_text: self.display_text.as_deref(),
            ttl_minutes: self.ttl_minutes,
            payload: self.payload.as_deref(),
        });
        Wire {
            name: "voice_call",
            parameters,
        }
        .serialize(serializer)
    }
}
