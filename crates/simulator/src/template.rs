//! The registry's templates: what a template send is checked against.

mod command;
mod content;
pub(crate) mod desk;
pub(crate) mod login;
pub(crate) mod notice;
mod reading;
pub(crate) mod review;
mod ruling;
mod samples;
pub(crate) mod shown;

use serde_json::Value;

use crate::ids::WabaId;

pub(crate) use content::looks_like_marketing;
pub use review::{Review, ReviewRule};
pub use ruling::{Reason, Ruling};

/// One message template in one language.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Template {
    /// Numeric id.
    pub id: u64,
    /// Name, unique per language.
    pub name: String,
    /// Language code, such as `en_US`.
    pub language: String,
    /// What it is for; decides the price category.
    pub category: Category,
    /// Only approved ones can be sent.
    pub status: TemplateStatus,
    /// What stands above the text.
    pub header: Header,
    /// The text, with `{{1}}` or `{{name}}` where values go.
    pub body: String,
    /// Its buttons, in order.
    pub buttons: Vec<Button>,
    /// The small print below the text.
    #[serde(default)]
    pub footer: Option<String>,
    /// The cards of a carousel; none for other templates.
    #[serde(default)]
    pub cards: Vec<Card>,
    /// Whether it shows a limited-time offer, and whether that offer counts down.
    #[serde(default)]
    pub offer: Option<Offer>,
    /// Whether it asks the user for permission to call.
    #[serde(default)]
    pub call_permission_request: bool,
    /// A finer category, such as `ORDER_STATUS`.
    #[serde(default)]
    pub sub_category: Option<String>,
    /// How long the platform tries to deliver it, in seconds; `None` for the category's usual time,
    /// -1 for 30 days.
    #[serde(default)]
    pub message_send_ttl_seconds: Option<i64>,
    /// What users make of it.
    #[serde(default)]
    pub quality: Quality,
    /// The WABA that owns it; `None` for every WABA.
    #[serde(default)]
    pub waba: Option<WabaId>,
    /// `components` as it was created with; null when the fields above are all there is.
    #[serde(default)]
    pub components: Value,
}

/// A card of a carousel template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Card {
    /// Image, video or product.
    pub header: Header,
    /// Its text, with places for values; empty for none.
    pub body: String,
    /// Its buttons, in order.
    pub buttons: Vec<Button>,
}

/// A limited-time offer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Offer {
    /// What it says.
    pub text: String,
    /// Whether a send says when it ends.
    pub has_expiration: bool,
}

/// What users make of a template or a number.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Quality {
    /// Not known yet.
    #[default]
    Unknown,
    /// High.
    Green,
    /// Medium.
    Yellow,
    /// Low.
    Red,
}

impl Quality {
    /// Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
        }
    }
}

/// A template's category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Login codes.
    Authentication,
    /// Offers.
    Marketing,
    /// Notices about something the user did.
    Utility,
}

/// A template's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TemplateStatus {
    /// May be sent.
    Approved,
    /// Waits for review.
    Pending,
    /// Refused by review: sends answer 132001.
    Rejected,
    /// Low quality: sends answer 132015.
    Paused,
    /// Paused too often: sends answer 132016.
    Disabled,
    /// Unused for long: sends answer 132001.
    Archived,
    /// A rejection is looked at again: sends answer 132001.
    InAppeal,
    /// Too many of its kind exist: sends answer 132001.
    LimitExceeded,
    /// Will be deleted, and can be sent until then.
    PendingDeletion,
}

/// A template's header.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// No header.
    None,
    /// Text, with at most one place for a value.
    Text(String),
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file.
    Document,
    /// A place.
    Location,
    /// A short film that repeats; Marketing Messages API only.
    Gif,
    /// A product of a catalogue.
    Product,
}

/// A template's button.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// Sends its payload back.
    QuickReply {
        /// The label.
        text: String,
    },
    /// Opens a page.
    Url {
        /// The label.
        text: String,
        /// The address; ends in `{{1}}` when the send completes it.
        url: String,
    },
    /// Copies a coupon code.
    CopyCode,
    /// Calls a number.
    PhoneNumber {
        /// The label.
        text: String,
    },
    /// Hands over a login code.
    Otp {
        /// `copy_code`, `one_tap` or `zero_tap`.
        otp_type: String,
        /// The label.
        text: String,
    },
    /// Opens a Flow.
    Flow {
        /// The label.
        text: String,
        /// The Flow's id, when it is known.
        flow_id: Option<String>,
    },
    /// Opens the catalogue.
    Catalog {
        /// The label.
        text: String,
    },
    /// Shows several products.
    Mpm {
        /// The label.
        text: String,
    },
    /// Shows the product of the header.
    Spm {
        /// The label.
        text: String,
    },
    /// Shows an order and lets the user pay.
    OrderDetails {
        /// The label.
        text: String,
    },
    /// Calls the business on WhatsApp.
    VoiceCall {
        /// The label.
        text: String,
    },
    /// Asks for the user's phone number.
    RequestContactInfo,
}

impl Template {
    /// An approved template with a text and nothing else. Its id is made from name and language.
    pub fn new(name: &str, language: &str, category: Category, body: &str) -> Self {
        let id = name
            .bytes()
            .chain(language.bytes())
            .fold(17_u64, |id, byte| {
                id.wrapping_mul(131).wrapping_add(u64::from(byte)) % 9_000_000_000_000_000
            });
        Self {
            id: 1_000_000_000_000_000 + id % 1_000_000_000_000_000,
            name: name.to_owned(),
            language: language.to_owned(),
            category,
            status: TemplateStatus::Approved,
            header: Header::None,
            body: body.to_owned(),
            buttons: Vec::new(),
            footer: None,
            cards: Vec::new(),
            offer: None,
            call_permission_request: false,
            sub_category: None,
            message_send_ttl_seconds: None,
            quality: Quality::Unknown,
            waba: None,
            components: Value::Null,
        }
    }

    /// The same with another header.
    #[must_use]
    pub fn header(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// The same with one more button.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// Whether a number of this WABA can use it.
    pub fn belongs_to(&self, waba: &WabaId) -> bool {
        self.waba.as_ref().is_none_or(|owner| owner == waba)
    }

    /// Whether it shows products, and so needs a catalogue.
    pub fn shows_products(&self) -> bool {
        let shows = |header: &Header, buttons: &[Button]| {
            let button = |button: &Button| {
                matches!(
                    button,
                    Button::Catalog { .. } | Button::Mpm { .. } | Button::Spm { .. }
                )
            };
            *header == Header::Product || buttons.iter().any(button)
        };
        shows(&self.header, &self.buttons)
            || self
                .cards
                .iter()
                .any(|card| shows(&card.header, &card.buttons))
    }

    /// The names between `{{` and `}}` in the body, in order: numbers or words.
    pub fn variables(&self) -> Vec<&str> {
        variables(&self.body)
    }
}

/// The names between `{{` and `}}`, in order.
pub(crate) fn variables(text: &str) -> Vec<&str> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name)
        .collect()
}
