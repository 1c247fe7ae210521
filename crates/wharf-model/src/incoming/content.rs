//! What a user sent, by type.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::context::Context;
use super::interactive::InteractiveReply;
use super::media::{Audio, Document, Media, Sticker};
use super::raw_object::RawObject;
use super::shared::SharedContact;
use super::system::{System, Unsupported};
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
    },
    /// A type that is not in Meta's list.
    Unknown {
        /// The type.
        kind: String,
    },
}

/// Text of a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Text {
    /// The text itself, up to 4096 characters.
    pub body: String,
}

/// A point on the map.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Name of the place.
    pub name: Option<String>,
    /// Address of the place.
    pub address: Option<String>,
    /// Website of the place.
    pub url: Option<String>,
}

/// A tap on a template's quick reply button.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ButtonTap {
    /// What the business put into the button.
    pub payload: Option<String>,
    /// What the button said.
    pub text: Option<String>,
}

/// An order of products.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Order {
    /// The catalogue.
    pub catalog_id: Option<String>,
    /// What the user wrote.
    pub text: Option<String>,
    /// What the user wants.
    #[serde(default)]
    pub product_items: Vec<OrderItem>,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OrderItem {
    /// The product's id at the business.
    pub product_retailer_id: Option<String>,
    /// How many.
    pub quantity: Option<serde_json::Number>,
    /// Price of one, in whole units of the currency.
    pub item_price: Option<serde_json::Number>,
    /// ISO 4217 code.
    pub currency: Option<String>,
}

/// An emoji on an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reaction {
    /// The message that is reacted to.
    pub message_id: Wamid,
    /// The emoji; absent if the reaction was taken off.
    pub emoji: Option<String>,
}

/// A change of an earlier message.
#[derive(Debug, Clone, PartialEq)]
pub struct EditedMessage {
    /// The message that was changed.
    pub original_message_id: Wamid,
    /// What it refers to now.
    pub context: Option<Context>,
    /// What it says now.
    pub content: Box<IncomingContent>,
}

/// A withdrawal of an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Revoke {
    /// The message that was withdrawn.
    pub original_message_id: Wamid,
}

impl IncomingContent {
    /// Reads the object that the type of a message names.
    pub(super) fn read(kind: &str, message: &RawObject<'_>) -> Self {
        if kind == "edit" {
            return EditedMessage::read(message).map_or_else(
                || Self::Malformed {
                    kind: kind.to_owned(),
                },
                Self::Edit,
            );
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
            "contacts" => body(message, kind, Self::Contacts),
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
                };
            }
        };
        content.unwrap_or_else(|| Self::Malformed {
            kind: kind.to_owned(),
        })
    }
}

impl EditedMessage {
    fn read(message: &RawObject<'_>) -> Option<Self> {
        let edit = message.get::<RawObject<'_>>("edit")?;
        let edited = edit.get::<RawObject<'_>>("message")?;
        let kind: String = edited.get("type")?;
        Some(Self {
            original_message_id: edit.get("original_message_id")?,
            context: edited.get("context"),
            content: Box::new(IncomingContent::read_plain(&kind, &edited)),
        })
    }
}

fn body<T: DeserializeOwned>(
    message: &RawObject<'_>,
    kind: &str,
    wrap: fn(T) -> IncomingContent,
) -> Option<IncomingContent> {
    message.get(kind).map(wrap)
}
