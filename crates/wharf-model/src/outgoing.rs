//! Messages that a business sends: exact, checked where they are made, in Meta's shape on the wire.

mod audio;
mod contacts;
mod content;
mod document;
mod image;
mod interactive;
pub(crate) mod invalid;
pub mod limits;
mod location;
mod media;
mod message;
mod reaction;
mod read;
mod sticker;
mod template;
mod text;
mod video;

pub use audio::Audio;
pub use contacts::{
    ContactAddress, ContactCard, ContactEmail, ContactName, ContactOrg, ContactPhone, ContactUrl,
    Contacts,
};
pub use content::Content;
pub use document::Document;
pub use image::Image;
pub use interactive::{
    Action, Buttons, CtaUrl, Header, HeaderMedia, HeaderText, Interactive, List, ListRow,
    ListSection, ReplyButton,
};
pub use invalid::InvalidMessage;
pub use location::Location;
pub use media::{Link, MediaSource};
pub use message::OutgoingMessage;
pub use reaction::Reaction;
pub use sticker::Sticker;
pub use template::{
    ButtonValue, Component, Currency, Parameter, Product, Template, TemplateButton,
};
pub use text::Text;
pub use video::Video;
