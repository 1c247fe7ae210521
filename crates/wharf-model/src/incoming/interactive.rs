//! Answers to interactive messages.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::raw_object::RawObject;
use super::timestamp::timestamp;

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
    },
}

/// The reply button that was tapped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ButtonReply {
    /// The id that the business gave it.
    pub id: String,
    /// What it said.
    pub title: Option<String>,
}

/// The list row that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ListReply {
    /// The id that the business gave it.
    pub id: String,
    /// What it said.
    pub title: Option<String>,
    /// What it said below.
    pub description: Option<String>,
}

/// What a flow or an address form sent back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NfmReply {
    /// `flow` or `address_message`.
    pub name: Option<String>,
    /// What the user sees.
    pub body: Option<String>,
    /// The answer: JSON as text.
    pub response_json: String,
}

/// Whether the business may call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CallPermissionReply {
    /// `accept` or `reject`.
    pub response: String,
    /// Given for good.
    #[serde(default)]
    pub is_permanent: bool,
    /// When a passing permission ends.
    #[serde(default, deserialize_with = "timestamp")]
    pub expiration_timestamp: Option<Timestamp>,
    /// `user_action` or `automatic`.
    pub response_source: Option<String>,
}

/// How the user wants to pay (Brazil).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentMethod {
    /// The method, such as `offsite_card_pay`.
    pub payment_method: String,
    /// When it was chosen.
    #[serde(default, deserialize_with = "timestamp")]
    pub payment_timestamp: Option<Timestamp>,
    /// The order's reference.
    pub reference_id: Option<String>,
    /// Last four digits of the card.
    pub last_four_digits: Option<String>,
    /// Id of the stored card.
    pub credential_id: Option<String>,
}

impl InteractiveReply {
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
            _ => Some(Self::Unknown { kind }),
        }
    }
}

fn reply<T: DeserializeOwned>(
    object: &RawObject<'_>,
    kind: &str,
    wrap: fn(T) -> InteractiveReply,
) -> Option<InteractiveReply> {
    object.get(kind).map(wrap)
}
