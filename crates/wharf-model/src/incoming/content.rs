//! What a user sent, by type.

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::context::Context;
use super::interactive::InteractiveReply;
use super::media::{Audio, Document, Media, Sticker};
use super::raw_json::RawJson;
use super::raw_object::RawObject;
use super::shared::SharedContact;
use super::system::{System, Unsupported};
use super::written::Written;
use crate::ids::Wamid;

/// What a user sent, by type.
///
/// See [Cloud API/Messages webhook reference].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum IncomingContent {
    /// Text.
    Text(Text),
    /// Picture.
    Image(Media),
    /// Video.
    Video(Media),
    /// Recording or voice message.
    Audio(Audio),
    /// File.
    Document(Document),
    /// Sticker.
    Sticker(Sticker),
    /// Point on the map.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<SharedContact>),
    /// Answer to an interactive message.
    Interactive(InteractiveReply),
    /// Tap on a template's quick reply button.
    Button(ButtonTap),
    /// Order of products.
    Order(Order),
    /// Emoji on an earlier message.
    Reaction(Reaction),
    /// Change of an earlier message (coexistence numbers).
    Edit(EditedMessage),
    /// Withdrawal of an earlier message (coexistence numbers).
    Revoke(Revoke),
    /// Change of the user's identity.
    System(System),
    /// Something that the Cloud API does not hand over.
    Unsupported(Unsupported),
    /// The user opened the thread for the first time; Meta withdrew this in March 2026.
    RequestWelcome,
    /// Media that follow in another notification (history).
    MediaPlaceholder,
    /// A known type whose object is absent or not understood.
    Malformed {
        /// The type.
        kind: String,
        /// The object that the type names, verbatim.
        body: Option<RawJson>,
    },
    /// A type that is not in Meta's list.
    Unknown {
        /// The type.
        kind: String,
        /// The object that the type names, verbatim.
        body: Option<RawJson>,
    },
}

/// Text of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text itself, up to 4096 characters.
    pub body: String,
}

/// A point on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Name of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Website of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A tap on a template's quick reply button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonTap {
    /// What the business put into the button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// What the button said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// An order of products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog_id: Option<String>,
    /// What the user wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the user wants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product_items: Vec<OrderItem>,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The product's id at the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_retailer_id: Option<String>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<serde_json::Number>,
    /// Price of one, in whole units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_price: Option<serde_json::Number>,
    /// ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// An emoji on an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The message that is reacted to.
    pub message_id: Wamid,
    /// The emoji; absent if the reaction was taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// A change of an earlier message.
#[derive(Debug, Clone, PartialEq)]
pub struct EditedMessage {
    /// The message that was changed.
    pub original_message_id: Wamid,
    /// The type of what it says now, as Meta writes it.
    pub kind: String,
    /// What it refers to now.
    pub context: Option<Context>,
    /// What it says now.
    pub content: Box<IncomingContent>,
}

/// A withdrawal of an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoke {
    /// The message that was withdrawn.
    pub original_message_id: Wamid,
}

/// Keys of a message that no type names.
const KEYS: [&str; 12] = [
    "context",
    "errors",
    "from",
    "from_parent_user_id",
    "from_user_id",
    "group_id",
    "history_context",
    "id",
    "referral",
    "timestamp",
    "to",
    "type",
];

impl IncomingContent {
    /// Reads the object that the type of a message names.
    pub(super) fn read(kind: &str, message: &RawObject<'_>) -> Self {
        if kind == "edit" {
            let edited = EditedMessage::read(message).map(Self::Edit);
            return edited.unwrap_or_else(|| Self::malformed(kind, message));
        }
        Self::read_plain(kind, message)
    }

    /// Reads any type but `edit`, so that edits of edits cannot nest.
    fn read_plain(kind: &str, message: &RawObject<'_>) -> Self {
        let content = match kind {
            "text" => body(message, kind, Self::Text),
            "image" => body(message, kind, Self::Image),
            "video" => body(message, kind, Self::Video),
            "audio" => body(message, kind, Self::Audio),
            "document" => body(message, kind, Self::Document),
            "sticker" => body(message, kind, Self::Sticker),
            "location" => body(message, kind, Self::Location),
            "contacts" => message.get(kind).map(Self::Contacts),
            "interactive" => message
                .raw(kind)
                .and_then(|json| InteractiveReply::from_json(json.get()))
                .map(Self::Interactive),
            "button" => body(message, kind, Self::Button),
            "order" => body(message, kind, Self::Order),
            "reaction" => body(message, kind, Self::Reaction),
            "revoke" => body(message, kind, Self::Revoke),
            "system" => System::read(message).map(Self::System),
            "unsupported" => match message.raw(kind) {
                Some(_) => body(message, kind, Self::Unsupported),
                None => Some(Self::Unsupported(Unsupported::default())),
            },
            "request_welcome" => Some(Self::RequestWelcome),
            "media_placeholder" => Some(Self::MediaPlaceholder),
            "edit" => None,
            _ => {
                return Self::Unknown {
                    kind: kind.to_owned(),
                    body: verbatim(kind, message),
                };
            }
        };
        content.unwrap_or_else(|| Self::malformed(kind, message))
    }

    fn malformed(kind: &str, message: &RawObject<'_>) -> Self {
        Self::Malformed {
            kind: kind.to_owned(),
            body: verbatim(kind, message),
        }
    }

    /// Writes the object that the type of a message names, and what stands beside it.
    pub(super) fn write<M: SerializeMap>(&self, message: &mut Written<M>) -> Result<(), M::Error> {
        match self {
            Self::Text(text) => message.entry("text", text),
            Self::Image(media) => message.entry("image", media),
            Self::Video(media) => message.entry("video", media),
            Self::Audio(audio) => message.entry("audio", audio),
            Self::Document(document) => message.entry("document", document),
            Self::Sticker(sticker) => message.entry("sticker", sticker),
            Self::Location(location) => message.entry("location", location),
            Self::Contacts(contacts) => message.entry("contacts", contacts),
            Self::Interactive(reply) => message.entry("interactive", reply),
            Self::Button(button) => message.entry("button", button),
            Self::Order(order) => message.entry("order", order),
            Self::Reaction(reaction) => message.entry("reaction", reaction),
            Self::Edit(edit) => message.entry("edit", edit),
            Self::Revoke(revoke) => message.entry("revoke", revoke),
            Self::System(system) => {
                message.entry("system", system)?;
                message.optional("identity", system.identity.as_ref())
            }
            Self::Unsupported(unsupported) if unsupported.kind.is_none() => Ok(()),
            Self::Unsupported(unsupported) => message.entry("unsupported", unsupported),
            Self::RequestWelcome | Self::MediaPlaceholder => Ok(()),
            Self::Malformed { kind, body } | Self::Unknown { kind, body } => {
                message.optional(kind, body.as_ref())
            }
        }
    }
}

impl EditedMessage {
    fn read(message: &RawObject<'_>) -> Option<Self> {
        let edit = message.get::<RawObject<'_>>("edit")?;
        let edited = edit.get::<RawObject<'_>>("message")?;
        let kind: String = edited.get("type")?;
        Some(Self {
            original_message_id: edit.get("original_message_id")?,
            context: edited.body("context"),
            content: Box::new(IncomingContent::read_plain(&kind, &edited)),
            kind,
        })
    }
}

impl Serialize for EditedMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.entry("original_message_id", &self.original_message_id)?;
        object.entry("message", &Edited(self))?;
        object.end()
    }
}

struct Edited<'a>(&'a EditedMessage);

impl Serialize for Edited<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.optional("context", self.0.context.as_ref())?;
        object.entry("type", &self.0.kind)?;
        self.0.content.write(&mut object)?;
        object.end()
    }
}

fn verbatim(kind: &str, message: &RawObject<'_>) -> Option<RawJson> {
    message
        .raw(kind)
        .filter(|_| !KEYS.contains(&kind))
        .map(RawJson::from)
}

fn body<T: DeserializeOwned>(
    message: &RawObject<'_>,
    kind: &str,
    wrap: fn(T) -> IncomingContent,
) -> Option<IncomingContent> {
    message.body(kind).map(wrap)
}
