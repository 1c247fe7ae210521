//! What a message refers to: an earlier message, a product, an advertisement.

use serde::Deserialize;

use crate::ids::{WaId, Wamid};

/// What a message answers, or that it was forwarded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Who wrote the message that is answered.
    pub from: Option<WaId>,
    /// The message that is answered; a call id for some call permission replies.
    pub id: Option<Wamid>,
    /// Forwarded, up to five times.
    pub forwarded: bool,
    /// Forwarded more than five times.
    pub frequently_forwarded: bool,
    /// The product whose message button was tapped.
    pub referred_product: Option<ReferredProduct>,
}

/// A product that a user asks about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReferredProduct {
    /// The catalogue.
    pub catalog_id: String,
    /// The product's id at the business.
    pub product_retailer_id: String,
}

/// The advertisement or post that led the user here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// Address of the advertisement or post.
    pub source_url: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// Address of its picture.
    pub image_url: Option<String>,
    /// Address of its video.
    pub video_url: Option<String>,
    /// Address of its video's preview.
    pub thumbnail_url: Option<String>,
    /// Click id, absent for advertisements in WhatsApp Status.
    pub ctwa_clid: Option<String>,
    /// The greeting that the user saw.
    pub welcome_message: Option<WelcomeMessage>,
}

/// The greeting of an advertisement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WelcomeMessage {
    /// Its text.
    pub text: Option<String>,
}
