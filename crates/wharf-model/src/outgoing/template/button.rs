//! Values of a template's buttons.

use serde::Serialize;
use serde::ser::Serializer;

use super::parameter::check_text;
use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// The value of one button of a template, checked when it is put into a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateButton {
    /// The button's place in the template, from 0.
    pub index: u8,
    /// Its value.
    pub value: ButtonValue,
}

/// What a button of a template takes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ButtonValue {
    /// Comes back when the user taps a quick reply.
    QuickReply(String),
    /// Is put at the end of the template's URL; for an authentication template the code.
    Url(String),
    /// The coupon code that a tap copies.
    CopyCode(String),
}

impl ButtonValue {
    /// Meta's `sub_type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::QuickReply(_) => "quick_reply",
            Self::Url(_) => "url",
            Self::CopyCode(_) => "copy_code",
        }
    }
}

impl TemplateButton {
    pub(super) fn check(&self) -> Result<(), InvalidMessage> {
        if usize::from(self.index) >= limits::TEMPLATE_BUTTONS {
            return Err(InvalidMessage::invalid("/index", "not between 0 and 9"));
        }
        match &self.value {
            ButtonValue::QuickReply(payload) => {
                let field = "/parameters/0/payload";
                required(payload.clone(), limits::TEMPLATE_PAYLOAD, field).map(drop)
            }
            ButtonValue::Url(text) => check_text(text, limits::URL, "/parameters/0/text"),
            ButtonValue::CopyCode(code) => {
                check_text(code, limits::COUPON_CODE, "/parameters/0/coupon_code")
            }
        }
    }

    pub(super) fn read(component: &Object<'_>) -> Result<Self, InvalidMessage> {
        let index = component
            .text_or_number("index")?
            .ok_or_else(|| InvalidMessage::missing(component.pointer("index")))?
            .parse()
            .map_err(|_| component.invalid("index", "not between 0 and 9"))?;
        let sub_type = component.require_text("sub_type")?;
        // Meta's pages write the kinds of buttons in either case.
        let (kind, key, make): (_, _, fn(String) -> ButtonValue) =
            match sub_type.to_ascii_lowercase().as_str() {
                "quick_reply" => ("payload", "payload", ButtonValue::QuickReply),
                "url" => ("text", "text", ButtonValue::Url),
                "copy_code" => ("coupon_code", "coupon_code", ButtonValue::CopyCode),
                _ => {
                    return Err(InvalidMessage::Unsupported {
                        field: component.pointer("sub_type"),
                        kind: sub_type.to_owned(),
                    });
                }
            };
        let values = component.each("parameters", &["type", key], |parameter| {
            if parameter.require_text("type")? != kind {
                return Err(parameter.invalid("type", "not the kind that this button takes"));
            }
            Ok(parameter.require_text(key)?.to_owned())
        })?;
        let count = values.len();
        let mut values = values.into_iter();
        match (values.next(), count) {
            (Some(value), 1) => Ok(Self {
                index,
                value: make(value),
            }),
            (None, _) => Err(InvalidMessage::missing(component.pointer("parameters"))),
            (Some(_), count) => Err(InvalidMessage::TooMany {
                field: component.pointer("parameters"),
                limit: 1,
                count,
            }),
        }
    }
}

impl Serialize for TemplateButton {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            sub_type: &'static str,
            index: String,
            parameters: [Value<'a>; 1],
        }
        #[derive(Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Value<'a> {
            Payload { payload: &'a str },
            Text { text: &'a str },
            CouponCode { coupon_code: &'a str },
        }
        let value = match &self.value {
            ButtonValue::QuickReply(payload) => Value::Payload { payload },
            ButtonValue::Url(text) => Value::Text { text },
            ButtonValue::CopyCode(coupon_code) => Value::CouponCode { coupon_code },
        };
        let sub_type = self.value.kind();
        let index = self.index.to_string();
        Wire {
            kind: "button",
            sub_type,
            index,
            parameters: [value],
        }
        .serialize(serializer)
    }
}
