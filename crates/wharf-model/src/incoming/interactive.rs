//! Answers to interactive messages.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

use super::raw_json::RawJson;
use super::raw_object::RawObject;
use super::timestamp::timestamp;
use super::wire;
use super::written::Written;

/// The answer to an interactive message.
///
/// See [Cloud API/Interactive messages webhook reference].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InteractiveReply {
    /// A reply button was tapped.
    Button(ButtonReply),
    /// A list row was chosen.
    List(ListReply),
    /// A flow or an address form was sent.
    Nfm(NfmReply),
    /// A call permission was given or refused.
    CallPermission(CallPermissionReply),
    /// A payment method was chosen (Brazil).
    PaymentMethod(PaymentMethod),
    /// A kind that is not in Meta's list.
    Unknown {
        /// The kind.
        kind: String,
        /// The object that the kind names, verbatim.
        body: Option<RawJson>,
    },
}

/// The reply button that was tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonReply {
    /// The id that the business gave it.
    pub id: String,
    /// What it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The list row that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReply {
    /// The id that the business gave it.
    pub id: String,
    /// What it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it said below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a flow or an address form sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NfmReply {
    /// `flow` or `address_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the user sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The answer: JSON as text.
    pub response_json: String,
}

/// Whether the business may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallPermissionReply {
    /// `accept` or `reject`.
    pub response: String,
    /// Given for good; absent from a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_permanent: Option<bool>,
    /// When a passing permission ends.
    #[serde(
        default,
        deserialize_with = "timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::text_seconds::serialize"
    )]
    pub expiration_timestamp: Option<Timestamp>,
    /// `user_action` or `automatic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_source: Option<String>,
}

/// How the user wants to pay (Brazil).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// The method, such as `offsite_card_pay`.
    pub payment_method: String,
    /// When it was chosen.
    #[serde(
        default,
        deserialize_with = "timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::number_seconds::serialize"
    )]
    pub payment_timestamp: Option<Timestamp>,
    /// The order's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// Last four digits of the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_four_digits: Option<String>,
    /// Id of the stored card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
}

impl InteractiveReply {
    /// The kind as Meta writes it.
    pub fn kind(&self) -> &str {
        match self {
            Self::Button(_) => "button_reply",
            Self::List(_) => "list_reply",
            Self::Nfm(_) => "nfm_reply",
            Self::CallPermission(_) => "call_permission_reply",
            Self::PaymentMethod(_) => "payment_method",
            Self::Unknown { kind, .. } => kind,
        }
    }

    /// Reads the `interactive` object; `None` if the kind is known and its object is not.
    pub(super) fn from_json(json: &str) -> Option<Self> {
        let object = RawObject::parse(json)?;
        let kind: String = object.get("type")?;
        match kind.as_str() {
            "button_reply" => reply(&object, &kind, Self::Button),
            "list_reply" => reply(&object, &kind, Self::List),
            "nfm_reply" => reply(&object, &kind, Self::Nfm),
            "call_permission_reply" => reply(&object, &kind, Self::CallPermission),
            "payment_method" => reply(&object, &kind, Self::PaymentMethod),
            _ => Some(Self::Unknown {
                body: object
                    .raw(&kind)
                    .filter(|_| kind != "type")
                    .map(RawJson::from),
                kind,
            }),
        }
    }
}

impl Serialize for InteractiveReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.entry("type", self.kind())?;
        match self {
            Self::Button(reply) => object.entry("button_reply", reply)?,
            Self::List(reply) => object.entry("list_reply", reply)?,
            Self::Nfm(reply) => object.entry("nfm_reply", reply)?,
            Self::CallPermission(reply) => object.entry("call_permission_reply", reply)?,
            Self::PaymentMethod(method) => object.entry("payment_method", method)?,
            Self::Unknown { kind, body } => object.optional(kind, body.as_ref())?,
        }
        object.end()
    }
}

fn reply<T: DeserializeOwned>(
    object: &RawObject<'_>,
    kind: &str,
    wrap: fn(T) -> InteractiveReply,
) -> Option<InteractiveReply> {
    object.body(kind).map(wrap)
}
