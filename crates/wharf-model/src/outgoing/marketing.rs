//! Marketing messages.

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::InvalidMessage;
use super::message::OutgoingMessage;
use super::{Content, Template};
use crate::recipient::Recipient;

/// A marketing template, sent so that Meta optimises when and to whom it is delivered; it
/// serialises to the body of `POST /{number}/marketing_messages`.
///
/// See [Cloud API/Send marketing messages].
///
/// ```
/// use wharf_model::PhoneNumber;
/// use wharf_model::outgoing::{MarketingMessage, ProductPolicy, Template};
///
/// let to: PhoneNumber = "+1 650 555 1234".parse()?;
/// let message = MarketingMessage::new(to, Template::new("summer_sale", "en_US")?)?
///     .product_policy(ProductPolicy::Strict);
/// assert_eq!(serde_json::to_value(&message)?["product_policy"], "STRICT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MarketingMessage {
    message: OutgoingMessage,
    product_policy: Option<ProductPolicy>,
    message_activity_sharing: Option<bool>,
}

/// What happens where a message cannot be sent as a marketing message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ProductPolicy {
    /// It is sent as any other message, which is what Meta does where nothing is said.
    CloudApiFallback,
    /// It is refused.
    Strict,
}

impl MarketingMessage {
    /// A template for a user; a group takes no marketing message.
    pub fn new(
        recipient: impl Into<Recipient>,
        template: Template,
    ) -> Result<Self, InvalidMessage> {
        Self::from_message(OutgoingMessage::unchecked(
            recipient.into(),
            Content::Template(template),
        ))
    }

    fn from_message(message: OutgoingMessage) -> Result<Self, InvalidMessage> {
        if !matches!(message.content(), Content::Template(_)) {
            return Err(InvalidMessage::invalid("/type", "not `template`"));
        }
        if matches!(message.recipient(), Recipient::Group(_)) {
            let reason = "a group takes no marketing message";
            return Err(InvalidMessage::invalid("/recipient_type", reason));
        }
        Ok(Self {
            message,
            product_policy: None,
            message_activity_sharing: None,
        })
    }

    /// Says what happens where it cannot be sent as a marketing message.
    #[must_use]
    pub fn product_policy(mut self, policy: ProductPolicy) -> Self {
        self.product_policy = Some(policy);
        self
    }

    /// Says whether Meta may use what the user does with this message; otherwise the WABA's
    /// setting holds.
    #[must_use]
    pub fn activity_sharing(mut self, sharing: bool) -> Self {
        self.message_activity_sharing = Some(sharing);
        self
    }

    /// Has up to 512 characters echoed in every status of this message.
    pub fn callback_data(mut self, data: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.message = self.message.callback_data(data)?;
        Ok(self)
    }

    /// Whom it goes to, and the template.
    pub fn message(&self) -> &OutgoingMessage {
        &self.message
    }

    /// Reads a marketing message in Meta's shape, as [`OutgoingMessage::from_json`] does.
    pub fn from_json(json: &Value) -> Result<Self, InvalidMessage> {
        let own = ["product_policy", "message_activity_sharing"];
        let (object, message) = OutgoingMessage::read(json, &own)?;
        let mut marketing = Self::from_message(message)?;
        marketing.product_policy = match object.text("product_policy")? {
            None => None,
            Some("CLOUD_API_FALLBACK") => Some(ProductPolicy::CloudApiFallback),
            Some("STRICT") => Some(ProductPolicy::Strict),
            Some(_) => {
                let reason = "neither CLOUD_API_FALLBACK nor STRICT";
                return Err(object.invalid("product_policy", reason));
            }
        };
        marketing.message_activity_sharing = object.flag("message_activity_sharing")?;
        Ok(marketing)
    }
}

impl Serialize for MarketingMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.message.write(&mut map)?;
        if let Some(policy) = self.product_policy {
            map.serialize_entry("product_policy", &policy)?;
        }
        if let Some(sharing) = self.message_activity_sharing {
            map.serialize_entry("message_activity_sharing", &sharing)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for MarketingMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        Self::from_json(&json).map_err(de::Error::custom)
    }
}
