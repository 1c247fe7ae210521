//! The content of a message, whoever it goes to.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::read::Object;
use super::{
    Audio, Contacts, Document, Image, Interactive, InvalidMessage, Location, Pin, Reaction,
    Sticker, Template, Text, Video,
};

/// The content of a message, whoever it goes to.
///
/// On the wire it is Meta's pair of `type` and the object of that name:
///
/// ```
/// use wharf_model::{Content, outgoing::Text};
///
/// let content = Content::Text(Text::new("Hello")?);
/// let json = serde_json::to_value(&content)?;
/// assert_eq!(json, serde_json::json!({"type": "text", "text": {"body": "Hello"}}));
/// assert_eq!(Content::from_json(&json)?, content);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(Text),
    /// Picture.
    Image(Image),
    /// Recording or voice message.
    Audio(Audio),
    /// Video.
    Video(Video),
    /// File.
    Document(Document),
    /// Sticker.
    Sticker(Sticker),
    /// Point on the map.
    Location(Location),
    /// Contact cards.
    Contacts(Contacts),
    /// Emoji on an earlier message.
    Reaction(Reaction),
    /// What the user answers with a tap.
    Interactive(Interactive),
    /// Approved template with its values.
    Template(Template),
    /// Pin on an earlier message of a group.
    Pin(Pin),
}

/// The kinds that can be sent, as Meta writes them.
const KINDS: [&str; 12] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
];

impl Content {
    /// Meta's `type`, which also names the property that carries the content.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Audio(_) => "audio",
            Self::Video(_) => "video",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::Interactive(_) => "interactive",
            Self::Template(_) => "template",
            Self::Pin(_) => "pin",
        }
    }

    /// Where the bytes of a media message come from.
    pub fn media(&self) -> Option<&super::MediaSource> {
        match self {
            Self::Image(image) => Some(image.source()),
            Self::Audio(audio) => Some(audio.source()),
            Self::Video(video) => Some(video.source()),
            Self::Document(document) => Some(document.source()),
            Self::Sticker(sticker) => Some(sticker.source()),
            _ => None,
        }
    }

    /// Reads `type` and the object of that name; `type` may be absent for a text.
    ///
    /// Every limit is checked, and a key that does not belong is refused.
    pub fn from_json(json: &Value) -> Result<Self, InvalidMessage> {
        let kind = Self::kind_in(json)?;
        Self::read(&Object::new(json, "", &["type", kind])?, kind)
    }

    /// The `type` of a message in Meta's shape.
    pub(crate) fn kind_in(json: &Value) -> Result<&str, InvalidMessage> {
        match json.get("type") {
            Some(Value::String(kind)) if KINDS.contains(&kind.as_str()) => Ok(kind),
            Some(Value::String(kind)) => Err(InvalidMessage::Unsupported {
                field: "/type".to_owned(),
                kind: kind.clone(),
            }),
            None | Some(Value::Null) if json.get("text").is_some() => Ok("text"),
            None | Some(Value::Null) => Err(InvalidMessage::missing("/type")),
            Some(_) => Err(InvalidMessage::invalid("/type", "not a text")),
        }
    }

    pub(crate) fn read(message: &Object<'_>, kind: &str) -> Result<Self, InvalidMessage> {
        Ok(match kind {
            "text" => Self::Text(Text::read(message.require("text")?)?),
            "image" => Self::Image(Image::read(message.require("image")?)?),
            "audio" => Self::Audio(Audio::read(message.require("audio")?)?),
            "video" => Self::Video(Video::read(message.require("video")?)?),
            "document" => Self::Document(Document::read(message.require("document")?)?),
            "sticker" => Self::Sticker(Sticker::read(message.require("sticker")?)?),
            "location" => Self::Location(Location::read(
                message.require(kind)?,
                "/location".to_owned(),
            )?),
            "contacts" => Self::Contacts(Contacts::read(message)?),
            "reaction" => Self::Reaction(Reaction::read(message.require("reaction")?)?),
            "interactive" => Self::Interactive(Interactive::read(message.require(kind)?)?),
            "template" => Self::Template(Template::read(message.require("template")?)?),
            "pin" => Self::Pin(Pin::read(message.require("pin")?)?),
            _ => {
                return Err(InvalidMessage::Unsupported {
                    field: "/type".to_owned(),
                    kind: kind.to_owned(),
                });
            }
        })
    }

    /// Writes `type` and the object of that name into a map.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", self.kind())?;
        match self {
            Self::Text(text) => map.serialize_entry("text", text),
            Self::Image(image) => map.serialize_entry("image", image),
            Self::Audio(audio) => map.serialize_entry("audio", audio),
            Self::Video(video) => map.serialize_entry("video", video),
            Self::Document(document) => map.serialize_entry("document", document),
            Self::Sticker(sticker) => map.serialize_entry("sticker", sticker),
            Self::Location(location) => map.serialize_entry("location", location),
            Self::Contacts(contacts) => map.serialize_entry("contacts", contacts),
            Self::Reaction(reaction) => map.serialize_entry("reaction", reaction),
            Self::Interactive(interactive) => map.serialize_entry("interactive", interactive),
            Self::Template(template) => map.serialize_entry("template", template),
            Self::Pin(pin) => map.serialize_entry("pin", pin),
        }
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        self.write(&mut map)?;
        map.end()
    }
}

impl From<Text> for Content {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<Image> for Content {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

impl From<Audio> for Content {
    fn from(audio: Audio) -> Self {
        Self::Audio(audio)
    }
}

impl From<Video> for Content {
    fn from(video: Video) -> Self {
        Self::Video(video)
    }
}

impl From<Document> for Content {
    fn from(document: Document) -> Self {
        Self::Document(document)
    }
}

impl From<Sticker> for Content {
    fn from(sticker: Sticker) -> Self {
        Self::Sticker(sticker)
    }
}

impl From<Location> for Content {
    fn from(location: Location) -> Self {
        Self::Location(location)
    }
}

impl From<Contacts> for Content {
    fn from(contacts: Contacts) -> Self {
        Self::Contacts(contacts)
    }
}

impl From<Reaction> for Content {
    fn from(reaction: Reaction) -> Self {
        Self::Reaction(reaction)
    }
}

impl From<Interactive> for Content {
    fn from(interactive: Interactive) -> Self {
        Self::Interactive(interactive)
    }
}

impl From<Template> for Content {
    fn from(template: Template) -> Self {
        Self::Template(template)
    }
}

impl From<Pin> for Content {
    fn from(pin: Pin) -> Self {
        Self::Pin(pin)
    }
}
