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
mod marketing;
mod media;
mod message;
mod order;
mod pin;
mod product;
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
    Action, AddressField, AddressRequest, Buttons, CardAction, Cards, Carousel, CatalogMessage,
    CtaUrl, FlowMessage, FlowMode, FlowRef, FlowScreen, FlowStart, Header, HeaderMedia, HeaderText,
    Interactive, List, ListRow, ListSection, MediaCard, ProductList, ReplyButton, SavedAddress,
    VoiceCall,
};
pub use invalid::InvalidMessage;
pub use location::Location;
pub use marketing::{MarketingMessage, ProductPolicy};
pub use media::{Link, MediaSource};
pub use message::OutgoingMessage;
pub use order::{
    Amount, Beneficiary, Charge, Discount, Goods, Importer, Order, OrderCurrency, OrderDetails,
    OrderExpiration, OrderItem, OrderState, OrderUpdate, PaymentGateway, PaymentProvider,
    PaymentSetting, PaymentState, PaymentUpdate, PixCode, ReferenceId,
};
pub use pin::Pin;
pub use product::{Product, ProductItem, ProductSection};
pub use reaction::Reaction;
pub use sticker::Sticker;
pub use template::{
    ButtonValue, Component, Currency, Parameter, TapTarget, Template, TemplateButton, TemplateCard,
};
pub use text::Text;
pub use video::Video;
