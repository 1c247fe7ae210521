//! Cards beside each other.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::buttons::ReplyButton;
use super::cta_url::CtaUrl;
use super::header::{Header, HeaderMedia};
use crate::ids::{CatalogId, ProductRetailerId};
use crate::outgoing::invalid::{InvalidMessage, counted, required};
use crate::outgoing::limits;
use crate::outgoing::media::MediaSource;
use crate::outgoing::product::Product;
use crate::outgoing::read::Object;

/// Two to ten cards beside each other.
///
/// See [Cloud API/Interactive media carousel messages] and
/// [Cloud API/Interactive product carousel messages].
///
/// ```
/// use wharf_model::outgoing::{Carousel, CtaUrl, MediaCard, MediaSource};
///
/// let card = |name: &str| {
///     let image = MediaSource::link(format!("https://example.com/{name}.jpeg"))?;
///     MediaCard::image(image, CtaUrl::new("Buy", "https://example.com/shop")?).body(name)
/// };
/// let cards = Carousel::media(vec![card("aloe")?, card("agave")?])?;
/// assert_eq!(Carousel::media(vec![card("aloe")?]).unwrap_err().field(), "/interactive/action/cards");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carousel(Cards);

/// The cards of a carousel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cards {
    /// Pictures or videos with buttons.
    Media(Vec<MediaCard>),
    /// Products of one catalogue.
    Products(Vec<Product>),
}

/// A picture or video with a text and buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaCard {
    media: HeaderMedia,
    source: MediaSource,
    body: Option<String>,
    action: CardAction,
}

/// What the user may tap on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardAction {
    /// A button that opens a URL.
    Url(CtaUrl),
    /// One to three quick replies.
    QuickReplies(Vec<ReplyButton>),
}

const CARDS: &str = "/interactive/action/cards";

impl Carousel {
    /// Cards with the same kind of media, and the same kind and number of buttons.
    pub fn media(cards: Vec<MediaCard>) -> Result<Self, InvalidMessage> {
        check_count(cards.len())?;
        for (index, card) in cards.iter().enumerate() {
            card.check()
                .map_err(|fault| fault.within(&format!("{CARDS}/{index}")))?;
            let Some(first) = cards.first() else { break };
            if card.media != first.media {
                let field = format!("{CARDS}/{index}/header/type");
                let reason = "another kind of media than on the first card";
                return Err(InvalidMessage::invalid(field, reason));
            }
            if card.action.shape() != first.action.shape() {
                let field = format!("{CARDS}/{index}/action");
                let reason = "other buttons than on the first card";
                return Err(InvalidMessage::invalid(field, reason));
            }
        }
        Ok(Self(Cards::Media(cards)))
    }

    /// Products of one catalogue.
    pub fn products(
        catalog: &CatalogId,
        products: impl IntoIterator<Item = ProductRetailerId>,
    ) -> Result<Self, InvalidMessage> {
        let products: Vec<_> = products
            .into_iter()
            .map(|product_retailer_id| Product {
                catalog_id: catalog.clone(),
                product_retailer_id,
            })
            .collect();
        check_count(products.len())?;
        Ok(Self(Cards::Products(products)))
    }

    /// The cards, from two to ten.
    pub fn cards(&self) -> &Cards {
        &self.0
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = interactive.require_child("action", &["cards"])?;
        let known = ["card_index", "type", "header", "body", "action"];
        let (mut media, mut products) = (Vec::new(), Vec::new());
        for (index, card) in action
            .each("cards", &known, read_card)?
            .into_iter()
            .enumerate()
        {
            match card {
                Read::Media(card) => media.push(card),
                Read::Product(product) => products.push(product),
            }
            if !media.is_empty() && !products.is_empty() {
                let field = format!("{CARDS}/{index}/type");
                let reason = "products and other cards mixed";
                return Err(InvalidMessage::invalid(field, reason));
            }
        }
        let Some(first) = products.first() else {
            return Self::media(media);
        };
        let other = |product: &Product| product.catalog_id != first.catalog_id;
        if let Some(index) = products.iter().position(other) {
            let field = format!("{CARDS}/{index}/action/catalog_id");
            let reason = "another catalogue than on the first card";
            return Err(InvalidMessage::invalid(field, reason));
        }
        check_count(products.len())?;
        Ok(Self(Cards::Products(products)))
    }
}

impl MediaCard {
    /// A card with a picture.
    pub fn image(source: impl Into<MediaSource>, action: impl Into<CardAction>) -> Self {
        Self::new(HeaderMedia::Image, source.into(), action.into())
    }

    /// A card with a video.
    pub fn video(source: impl Into<MediaSource>, action: impl Into<CardAction>) -> Self {
        Self::new(HeaderMedia::Video, source.into(), action.into())
    }

    fn new(media: HeaderMedia, source: MediaSource, action: CardAction) -> Self {
        Self {
            media,
            source,
            body: None,
            action,
        }
    }

    /// Adds a text of 1 to 160 characters with at most two line breaks.
    pub fn body(mut self, text: impl Into<String>) -> Result<Self, InvalidMessage> {
        let text = required(text.into(), limits::CARD_BODY, "/body/text")?;
        if text.matches('\n').count() > limits::CARD_LINE_BREAKS {
            let reason = "more than two line breaks";
            return Err(InvalidMessage::invalid("/body/text", reason));
        }
        self.body = Some(text);
        Ok(self)
    }

    /// The picture or video.
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// What the user may tap.
    pub fn action(&self) -> &CardAction {
        &self.action
    }

    fn check(&self) -> Result<(), InvalidMessage> {
        let CardAction::QuickReplies(buttons) = &self.action else {
            return Ok(());
        };
        let field = "/action/buttons";
        counted(buttons.len(), limits::CARD_QUICK_REPLIES, field)?;
        super::buttons::check_ids(buttons, field, "quick_reply")
    }
}

impl CardAction {
    fn shape(&self) -> usize {
        match self {
            Self::Url(_) => 0,
            Self::QuickReplies(buttons) => buttons.len(),
        }
    }
}

fn check_count(count: usize) -> Result<(), InvalidMessage> {
    counted(count, limits::CARDS, CARDS)?;
    if count < limits::MIN_CARDS {
        return Err(InvalidMessage::invalid(CARDS, "fewer than two cards"));
    }
    Ok(())
}

enum Read {
    Media(MediaCard),
    Product(Product),
}

fn read_card(card: &Object<'_>) -> Result<Read, InvalidMessage> {
    card.check_index("card_index")?;
    if card.require_text("type")? == "product" {
        for key in ["header", "body"] {
            if card.get(key).is_some() {
                return Err(card.invalid(key, "stands on a card with a product"));
            }
        }
        let product = card.require_child("action", Product::KEYS)?;
        return Ok(Read::Product(Product::read(&product)?));
    }
    if card.require_text("type")? != "cta_url" {
        return Err(card.invalid("type", "neither `cta_url` nor `product`"));
    }
    let at = card.pointer("header");
    let Header::Media { kind, source } = Header::read(card.require("header")?, &at)? else {
        return Err(card.invalid("header/type", "neither an image nor a video"));
    };
    if kind == HeaderMedia::Document {
        return Err(card.invalid("header/type", "neither an image nor a video"));
    }
    let action = card.require_child("action", &["name", "parameters", "buttons"])?;
    let action = if action.get("buttons").is_some() {
        action.allow(&["buttons"])?;
        CardAction::QuickReplies(action.each("buttons", &["type", "quick_reply"], |button| {
            ReplyButton::read(button, "quick_reply")
        })?)
    } else {
        CardAction::Url(CtaUrl::read_action(&action)?)
    };
    let built = MediaCard::new(kind, source, action);
    Ok(Read::Media(match card.child("body", &["text"])? {
        Some(body) => built
            .body(body.require_text("text")?)
            .map_err(|fault| fault.within(card.at()))?,
        None => built,
    }))
}

impl From<CtaUrl> for CardAction {
    fn from(link: CtaUrl) -> Self {
        Self::Url(link)
    }
}

impl From<Vec<ReplyButton>> for CardAction {
    fn from(buttons: Vec<ReplyButton>) -> Self {
        Self::QuickReplies(buttons)
    }
}

impl Serialize for Carousel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contents: Vec<CardContent<'_>> = match &self.0 {
            Cards::Media(cards) => cards.iter().map(CardContent::Media).collect(),
            Cards::Products(cards) => cards.iter().map(CardContent::Product).collect(),
        };
        let cards: Vec<_> = contents
            .into_iter()
            .enumerate()
            .map(|(index, content)| Card { index, content })
            .collect();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("cards", &cards)?;
        map.end()
    }
}

struct Card<'a> {
    index: usize,
    content: CardContent<'a>,
}

enum CardContent<'a> {
    Media(&'a MediaCard),
    Product(&'a Product),
}

impl Serialize for Card<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("card_index", &self.index)?;
        match self.content {
            CardContent::Product(product) => {
                map.serialize_entry("type", "product")?;
                map.serialize_entry("action", product)?;
            }
            CardContent::Media(card) => {
                // Meta's page writes this type whatever the buttons are.
                map.serialize_entry("type", "cta_url")?;
                let header = Header::Media {
                    kind: card.media,
                    source: card.source.clone(),
                };
                map.serialize_entry("header", &header)?;
                if let Some(text) = &card.body {
                    map.serialize_entry("body", &super::TextPart { text })?;
                }
                map.serialize_entry("action", &card.action)?;
            }
        }
        map.end()
    }
}

impl Serialize for CardAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct QuickReply<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            quick_reply: Reply<'a>,
        }
        #[derive(Serialize)]
        struct Reply<'a> {
            id: &'a str,
            title: &'a str,
        }
        match self {
            Self::Url(link) => link.serialize(serializer),
            Self::QuickReplies(buttons) => {
                let buttons: Vec<_> = buttons
                    .iter()
                    .map(|button| QuickReply {
                        kind: "quick_reply",
                        quick_reply: Reply {
                            id: button.id(),
                            title: button.title(),
                        },
                    })
                    .collect();
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("buttons", &buttons)?;
                map.end()
            }
        }
    }
}
