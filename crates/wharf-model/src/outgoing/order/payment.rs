//! Ways to pay an order.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::details::OrderCurrency;
use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// A way to pay an order, checked when it is put into one.
///
/// See [Cloud API/Payments].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PaymentSetting {
    /// Through a payment gateway (India).
    PaymentGateway(PaymentGateway),
    /// By a UPI link (India).
    UpiIntentLink(String),
    /// By a Pix code (Brazil).
    PixDynamicCode(PixCode),
    /// By a link (Brazil).
    PaymentLink(String),
    /// By a boleto, given as its line of digits (Brazil).
    Boleto(String),
    /// By a card that the business has on file (Brazil).
    OffsiteCardPay {
        /// The last four digits of its number.
        last_four_digits: String,
        /// The business's id of it.
        credential_id: String,
    },
}

/// A payment gateway (India).
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentGateway {
    /// Which.
    pub provider: PaymentProvider,
    /// The name of the payment configuration, 1 to 60 characters.
    pub configuration_name: String,
    /// What the gateway wants to know beyond that, such as a receipt and notes.
    pub details: Option<Map<String, Value>>,
}

/// The payment gateways that Meta knows (India).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PaymentProvider {
    /// `BillDesk`.
    BillDesk,
    /// Razorpay.
    Razorpay,
    /// `PayU`.
    PayU,
    /// Zaakpay.
    Zaakpay,
}

/// A Pix code (Brazil).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PixCode {
    /// The code to copy.
    pub code: String,
    /// Whom the money goes to.
    pub merchant_name: String,
    /// Their key.
    pub key: String,
    /// The kind of key: `CPF`, `CNPJ`, `EMAIL`, `PHONE` or `EVP`.
    pub key_type: String,
}

impl PaymentSetting {
    /// Meta's `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PaymentGateway(_) => "payment_gateway",
            Self::UpiIntentLink(_) => "upi_intent_link",
            Self::PixDynamicCode(_) => "pix_dynamic_code",
            Self::PaymentLink(_) => "payment_link",
            Self::Boleto(_) => "boleto",
            Self::OffsiteCardPay { .. } => "offsite_card_pay",
        }
    }

    fn currency(&self) -> OrderCurrency {
        match self {
            Self::PaymentGateway(_) | Self::UpiIntentLink(_) => OrderCurrency::Inr,
            _ => OrderCurrency::Brl,
        }
    }

    /// Checks a way to pay, with pointers from the way itself.
    pub(super) fn check(&self, currency: OrderCurrency) -> Result<(), InvalidMessage> {
        if self.currency() != currency {
            let reason = "a way to pay of another country than the currency";
            return Err(InvalidMessage::invalid("/type", reason));
        }
        let text = |text: &str, key: &str| {
            let field = format!("/{}/{key}", self.kind());
            required(text.to_owned(), limits::PAYMENT_TEXT, &field).map(drop)
        };
        match self {
            Self::PaymentGateway(gateway) => {
                let field = "/payment_gateway/configuration_name";
                let name = gateway.configuration_name.clone();
                required(name, limits::CONFIGURATION_NAME, field).map(drop)
            }
            Self::UpiIntentLink(link) => text(link, "link"),
            Self::PixDynamicCode(pix) => {
                text(&pix.code, "code")?;
                text(&pix.merchant_name, "merchant_name")?;
                text(&pix.key, "key")?;
                text(&pix.key_type, "key_type")
            }
            Self::PaymentLink(uri) => text(uri, "uri"),
            Self::Boleto(line) => text(line, "digitable_line"),
            Self::OffsiteCardPay {
                last_four_digits,
                credential_id,
            } => {
                let digits = last_four_digits.as_bytes();
                if digits.len() != 4 || !digits.iter().all(u8::is_ascii_digit) {
                    let field = "/offsite_card_pay/last_four_digits";
                    return Err(InvalidMessage::invalid(field, "not four digits"));
                }
                text(credential_id, "credential_id")
            }
        }
    }

    pub(super) const KEYS: &'static [&'static str] = &[
        "type",
        "payment_gateway",
        "upi_intent_link",
        "pix_dynamic_code",
        "payment_link",
        "boleto",
        "offsite_card_pay",
    ];

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let kind = object.require_text("type")?;
        if Self::KEYS.contains(&kind) {
            object.allow(&["type", kind])?;
        }
        let owned = |part: &Object<'_>, key: &str| part.require_text(key).map(str::to_owned);
        let one = |key: &str| owned(&object.require_child(kind, &[key])?, key);
        Ok(match kind {
            "payment_gateway" => Self::PaymentGateway(PaymentGateway::read(object)?),
            "upi_intent_link" => Self::UpiIntentLink(one("link")?),
            "pix_dynamic_code" => {
                let known = ["code", "merchant_name", "key", "key_type"];
                let pix = object.require_child(kind, &known)?;
                Self::PixDynamicCode(PixCode {
                    code: owned(&pix, "code")?,
                    merchant_name: owned(&pix, "merchant_name")?,
                    key: owned(&pix, "key")?,
                    key_type: owned(&pix, "key_type")?,
                })
            }
            "payment_link" => Self::PaymentLink(one("uri")?),
            "boleto" => Self::Boleto(one("digitable_line")?),
            "offsite_card_pay" => {
                let card = object.require_child(kind, &["last_four_digits", "credential_id"])?;
                Self::OffsiteCardPay {
                    last_four_digits: owned(&card, "last_four_digits")?,
                    credential_id: owned(&card, "credential_id")?,
                }
            }
            _ => {
                return Err(InvalidMessage::Unsupported {
                    field: object.pointer("type"),
                    kind: kind.to_owned(),
                });
            }
        })
    }
}

impl PaymentGateway {
    fn read(setting: &Object<'_>) -> Result<Self, InvalidMessage> {
        let known = [
            "type",
            "configuration_name",
            "billdesk",
            "razorpay",
            "payu",
            "zaakpay",
        ];
        let object = setting.require_child("payment_gateway", &known)?;
        let provider = match object.require_text("type")? {
            "billdesk" => PaymentProvider::BillDesk,
            "razorpay" => PaymentProvider::Razorpay,
            "payu" => PaymentProvider::PayU,
            "zaakpay" => PaymentProvider::Zaakpay,
            kind => {
                return Err(InvalidMessage::Unsupported {
                    field: object.pointer("type"),
                    kind: kind.to_owned(),
                });
            }
        };
        object.allow(&["type", "configuration_name", provider.as_str()])?;
        Ok(Self {
            provider,
            configuration_name: object.require_text("configuration_name")?.to_owned(),
            details: object.map(provider.as_str())?.cloned(),
        })
    }
}

impl PaymentProvider {
    /// The gateway as Meta writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BillDesk => "billdesk",
            Self::Razorpay => "razorpay",
            Self::PayU => "payu",
            Self::Zaakpay => "zaakpay",
        }
    }
}

impl Serialize for PaymentSetting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Card<'a> {
            last_four_digits: &'a str,
            credential_id: &'a str,
        }
        let mut map = serializer.serialize_map(Some(2))?;
        let kind = self.kind();
        map.serialize_entry("type", kind)?;
        match self {
            Self::PaymentGateway(gateway) => map.serialize_entry(kind, gateway)?,
            Self::UpiIntentLink(link) => map.serialize_entry(kind, &one("link", link))?,
            Self::PixDynamicCode(pix) => map.serialize_entry(kind, pix)?,
            Self::PaymentLink(uri) => map.serialize_entry(kind, &one("uri", uri))?,
            Self::Boleto(line) => map.serialize_entry(kind, &one("digitable_line", line))?,
            Self::OffsiteCardPay {
                last_four_digits,
                credential_id,
            } => map.serialize_entry(
                kind,
                &Card {
                    last_four_digits,
                    credential_id,
                },
            )?,
        }
        map.end()
    }
}

fn one(key: &'static str, text: &str) -> std::collections::BTreeMap<&'static str, String> {
    std::iter::once((key, text.to_owned())).collect()
}

impl Serialize for PaymentGateway {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.provider)?;
        map.serialize_entry("configuration_name", &self.configuration_name)?;
        if let Some(details) = &self.details {
            map.serialize_entry(self.provider.as_str(), details)?;
        }
        map.end()
    }
}
