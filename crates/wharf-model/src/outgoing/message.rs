//! A message: content, recipient and what goes around them.

mod fits;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, required};
use super::limits;
use super::read::Object;
use super::{Content, Interactive};
use crate::ids::Wamid;
use crate::recipient::Recipient;

/// A message that Meta's limits allow; it serialises to the body of `POST /{number}/messages`.
///
/// See [Cloud API/Send messages].
///
/// ```
/// use wharf_model::OutgoingMessage;
///
/// let message = OutgoingMessage::from_json(&serde_json::json!({
///     "to": "+1 650 555 1234",
///     "type": "text",
///     "text": {"body": "Hello"},
/// }))?;
/// assert_eq!(message.content().kind(), "text");
/// assert_eq!(message.recipient().as_str(), "+16505551234");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingMessage {
    recipient: Recipient,
    content: Content,
    context: Option<Wamid>,
    biz_opaque_callback_data: Option<String>,
    recipient_identity_key_hash: Option<String>,
}

impl OutgoingMessage {
    /// A message for a recipient: a group takes text, media, templates and pins, and only a group
    /// takes pins.
    pub fn new(
        recipient: impl Into<Recipient>,
        content: impl Into<Content>,
    ) -> Result<Self, InvalidMessage> {
        let message = Self::unchecked(recipient.into(), content.into());
        message.check()?;
        Ok(message)
    }

    /// A message whose content is not compared with its recipient.
    pub(super) fn unchecked(recipient: Recipient, content: Content) -> Self {
        Self {
            recipient,
            content,
            context: None,
            biz_opaque_callback_data: None,
            recipient_identity_key_hash: None,
        }
    }

    fn check(&self) -> Result<(), InvalidMessage> {
        let group = matches!(self.recipient, Recipient::Group(_));
        match &self.content {
            Content::Pin(_) if !group => {
                Err(InvalidMessage::invalid("/type", "only a group takes a pin"))
            }
            Content::Interactive(_)
            | Content::Location(_)
            | Content::Contacts(_)
            | Content::Reaction(_)
                if group =>
            {
                Err(InvalidMessage::invalid(
                    "/type",
                    "a group takes only text, media, templates and pins",
                ))
            }
            Content::Template(template) => fits::check(template, group),
            _ => Ok(()),
        }
    }

    /// Quotes an earlier message; a reaction quotes none.
    pub fn reply_to(mut self, message: Wamid) -> Result<Self, InvalidMessage> {
        if matches!(self.content, Content::Reaction(_)) {
            return Err(InvalidMessage::invalid(
                "/context",
                "a reaction quotes no message",
            ));
        }
        self.context = Some(message);
        Ok(self)
    }

    /// Has up to 512 characters echoed in every status of this message.
    pub fn callback_data(mut self, data: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/biz_opaque_callback_data";
        self.biz_opaque_callback_data = Some(required(data.into(), limits::CALLBACK_DATA, field)?);
        Ok(self)
    }

    /// Delivers only if the user's identity still has this hash.
    pub fn identity_key_hash(mut self, hash: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/recipient_identity_key_hash";
        self.recipient_identity_key_hash =
            Some(required(hash.into(), limits::IDENTITY_KEY_HASH, field)?);
        Ok(self)
    }

    /// Whom the message goes to.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// What is sent.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The message that is quoted.
    pub fn context(&self) -> Option<&Wamid> {
        self.context.as_ref()
    }

    /// What is echoed in every status of this message.
    pub fn biz_opaque_callback_data(&self) -> Option<&str> {
        self.biz_opaque_callback_data.as_deref()
    }

    /// The hash that the user's identity must have.
    pub fn recipient_identity_key_hash(&self) -> Option<&str> {
        self.recipient_identity_key_hash.as_deref()
    }

    /// The interactive part, if the message is of that kind.
    pub fn interactive(&self) -> Option<&Interactive> {
        match &self.content {
            Content::Interactive(interactive) => Some(interactive),
            _ => None,
        }
    }

    /// Reads a message in Meta's shape; `messaging_product` and `recipient_type` may be absent.
    ///
    /// Every limit is checked, and a key that does not belong is refused, at every level.
    pub fn from_json(json: &Value) -> Result<Self, InvalidMessage> {
        let (_, message) = Self::read(json, &[])?;
        message.check()?;
        Ok(message)
    }

    /// Reads a message that may have more keys, and does not compare content and recipient.
    pub(super) fn read<'a>(
        json: &'a Value,
        more: &[&str],
    ) -> Result<(Object<'a>, Self), InvalidMessage> {
        let kind = Content::kind_in(json)?;
        let mut known = vec![
            "messaging_product",
            "recipient_type",
            "to",
            "recipient",
            "type",
            "context",
            "biz_opaque_callback_data",
            "recipient_identity_key_hash",
            kind,
        ];
        known.extend(more);
        let object = Object::new(json, "", &known)?;
        if object
            .text("messaging_product")?
            .is_some_and(|product| product != "whatsapp")
        {
            return Err(object.invalid("messaging_product", "not `whatsapp`"));
        }
        let mut message = Self::unchecked(read_recipient(&object)?, Content::read(&object, kind)?);
        if let Some(context) = object.child("context", &["message_id"])? {
            message = message.reply_to(context.require_id("message_id")?)?;
        }
        if let Some(data) = object.text("biz_opaque_callback_data")? {
            message = message.callback_data(data)?;
        }
        if let Some(hash) = object.text("recipient_identity_key_hash")? {
            message = message.identity_key_hash(hash)?;
        }
        Ok((object, message))
    }

    /// Writes the message into a map.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("messaging_product", "whatsapp")?;
        let (kind, key) = match &self.recipient {
            Recipient::Phone(_) => ("individual", "to"),
            Recipient::User(_) => ("individual", "recipient"),
            Recipient::Group(_) => ("group", "to"),
        };
        map.serialize_entry("recipient_type", kind)?;
        map.serialize_entry(key, self.recipient.as_str())?;
        if let Some(message_id) = &self.context {
            map.serialize_entry("context", &Context { message_id })?;
        }
        if let Some(data) = &self.biz_opaque_callback_data {
            map.serialize_entry("biz_opaque_callback_data", data)?;
        }
        if let Some(hash) = &self.recipient_identity_key_hash {
            map.serialize_entry("recipient_identity_key_hash", hash)?;
        }
        self.content.write(map)
    }
}

fn read_recipient(object: &Object<'_>) -> Result<Recipient, InvalidMessage> {
    let group = match object.text("recipient_type")? {
        None | Some("individual") => false,
        Some("group") => true,
        Some(_) => {
            return Err(object.invalid("recipient_type", "neither `individual` nor `group`"));
        }
    };
    if group {
        return Ok(Recipient::Group(object.require_id("to")?));
    }
    // Where both stand, Meta goes by `to`.
    match object.text_or_number("to")? {
        Some(to) => to.parse().map(Recipient::Phone).map_err(|_| {
            object.invalid(
                "to",
                "not a phone number of 5 to 15 digits with its country code",
            )
        }),
        None => match object.id("recipient")? {
            Some(user) => Ok(Recipient::User(user)),
            None => Err(InvalidMessage::missing("/to")),
        },
    }
}

impl Serialize for OutgoingMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map)?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Context<'a> {
    message_id: &'a Wamid,
}

impl<'de> Deserialize<'de> for OutgoingMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        Self::from_json(&json).map_err(de::Error::custom)
    }
}
