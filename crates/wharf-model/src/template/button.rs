//! The buttons of a template.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::{Fields, put, put_some, take, take_number, take_one, take_word};
use super::flow::FlowButton;
use super::otp::Otp;

/// A button of a template.
///
/// See [Cloud API/Template components] and the page of each template family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct Button {
    /// What a tap does.
    pub kind: ButtonKind,
    /// The label, at most 25 characters; Meta labels some kinds itself.
    pub text: Option<String>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

/// What a tap on a button does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ButtonKind {
    /// Sends its payload back as a message.
    QuickReply,
    /// Opens a URL.
    Url {
        /// The URL, with one variable at its end or none.
        url: String,
        /// A sample of the variable, or of the whole URL.
        example: Option<String>,
    },
    /// Calls a phone number over the phone network.
    PhoneNumber {
        /// At most 20 characters.
        phone_number: String,
    },
    /// Copies a coupon code.
    CopyCode {
        /// A sample code.
        example: Option<String>,
    },
    /// Hands over a one-time code.
    Otp(Otp),
    /// Opens a flow.
    Flow(FlowButton),
    /// Opens the catalogue.
    Catalog,
    /// Opens a list of products.
    Mpm,
    /// Opens one product.
    Spm,
    /// Calls the business over WhatsApp.
    VoiceCall {
        /// How long the button works.
        ttl_minutes: Option<u32>,
    },
    /// Shows an order and takes the payment.
    OrderDetails,
    /// Asks the user for the phone number; Meta labels it.
    RequestContactInfo,
    /// A kind that is not in Meta's list, or one whose parts are not as documented.
    Unknown {
        /// Meta's `type`.
        kind: String,
    },
}

impl Button {
    /// A button without a label, where Meta writes it.
    pub fn new(kind: ButtonKind) -> Self {
        Self {
            kind,
            text: None,
            other: Map::new(),
        }
    }

    /// A button with a label of 1 to 25 characters.
    pub fn labelled(text: impl Into<String>, kind: ButtonKind) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::new(kind)
        }
    }

    /// A quick reply.
    pub fn quick_reply(text: impl Into<String>) -> Self {
        Self::labelled(text, ButtonKind::QuickReply)
    }

    /// A button that opens a URL that is the same for everyone.
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        let url = url.into();
        Self::labelled(text, ButtonKind::Url { url, example: None })
    }

    /// A button that opens a URL with a variable at its end, and a sample of it.
    pub fn url_with(
        text: impl Into<String>,
        url: impl Into<String>,
        example: impl Into<String>,
    ) -> Self {
        let kind = ButtonKind::Url {
            url: url.into(),
            example: Some(example.into()),
        };
        Self::labelled(text, kind)
    }

    /// A button that calls a phone number.
    pub fn phone_number(text: impl Into<String>, phone_number: impl Into<String>) -> Self {
        let phone_number = phone_number.into();
        Self::labelled(text, ButtonKind::PhoneNumber { phone_number })
    }

    /// A button that copies a coupon code, with a sample.
    pub fn copy_code(example: impl Into<String>) -> Self {
        let example = Some(example.into());
        Self::new(ButtonKind::CopyCode { example })
    }
}

impl ButtonKind {
    /// Meta's `type`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::QuickReply => "QUICK_REPLY",
            Self::Url { .. } => "URL",
            Self::PhoneNumber { .. } => "PHONE_NUMBER",
            Self::CopyCode { .. } => "COPY_CODE",
            Self::Otp(_) => "OTP",
            Self::Flow(_) => "FLOW",
            Self::Catalog => "CATALOG",
            Self::Mpm => "MPM",
            Self::Spm => "SPM",
            Self::VoiceCall { .. } => "VOICE_CALL",
            Self::OrderDetails => "ORDER_DETAILS",
            Self::RequestContactInfo => "REQUEST_CONTACT_INFO",
            Self::Unknown { kind } => kind,
        }
    }

    /// The kind, if its required parts are there.
    fn read(kind: &str, map: &mut Fields) -> Option<Self> {
        Some(match kind.to_ascii_uppercase().as_str() {
            "QUICK_REPLY" => Self::QuickReply,
            "URL" => Self::Url {
                url: take(map, "url")?,
                example: take_one(map, "example"),
            },
            "PHONE_NUMBER" => Self::PhoneNumber {
                phone_number: take(map, "phone_number")?,
            },
            "COPY_CODE" => Self::CopyCode {
                example: take_one(map, "example"),
            },
            "OTP" => Self::Otp(Otp::read(map)),
            "FLOW" => Self::Flow(FlowButton::read(map)),
            "CATALOG" => Self::Catalog,
            "MPM" => Self::Mpm,
            "SPM" => Self::Spm,
            "VOICE_CALL" => Self::VoiceCall {
                ttl_minutes: take_number(map, "ttl_minutes"),
            },
            "ORDER_DETAILS" => Self::OrderDetails,
            "REQUEST_CONTACT_INFO" => Self::RequestContactInfo,
            _ => return None,
        })
    }
}

impl From<Fields> for Button {
    fn from(mut map: Fields) -> Self {
        let kind = take_word(&mut map, "type").unwrap_or_default();
        let text = take(&mut map, "text");
        let kind = ButtonKind::read(&kind, &mut map).unwrap_or(ButtonKind::Unknown { kind });
        Self {
            kind,
            text,
            other: map,
        }
    }
}

impl From<Button> for Fields {
    fn from(button: Button) -> Fields {
        let mut map = button.other;
        // A button without a kind keeps whatever stood there among the rest.
        if !button.kind.as_str().is_empty() {
            put(&mut map, "type", button.kind.as_str());
        }
        put_some(&mut map, "text", button.text);
        match button.kind {
            ButtonKind::Url { url, example } => {
                put(&mut map, "url", url);
                put_some(&mut map, "example", example.map(|example| [example]));
            }
            ButtonKind::PhoneNumber { phone_number } => {
                put(&mut map, "phone_number", phone_number);
            }
            ButtonKind::CopyCode { example } => put_some(&mut map, "example", example),
            ButtonKind::Otp(otp) => otp.write(&mut map),
            ButtonKind::Flow(flow) => flow.write(&mut map),
            ButtonKind::VoiceCall { ttl_minutes } => {
                put_some(&mut map, "ttl_minutes", ttl_minutes);
            }
            ButtonKind::QuickReply
            | ButtonKind::Catalog
            | ButtonKind::Mpm
            | ButtonKind::Spm
            | ButtonKind::OrderDetails
            | ButtonKind::RequestContactInfo
            | ButtonKind::Unknown { .. } => {}
        }
        map
    }
}
