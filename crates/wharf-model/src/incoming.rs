//! Updates that Meta sends: tolerant, keeping unknown kinds and values under their own names.

mod contact;
mod content;
mod context;
mod echo;
mod field;
mod interactive;
mod media;
mod message;
mod pricing;
mod raw_object;
mod shared;
mod status;
mod system;
mod timestamp;
mod webhook_error;

pub use contact::Contact;
pub use content::{
    ButtonTap, EditedMessage, IncomingContent, Location, Order, OrderItem, Reaction, Revoke, Text,
};
pub use context::{Context, Referral, ReferredProduct, WelcomeMessage};
pub use echo::MessageEcho;
pub use field::Field;
pub use interactive::{
    ButtonReply, CallPermissionReply, InteractiveReply, ListReply, NfmReply, PaymentMethod,
};
pub use media::{Audio, Document, Media, Sticker};
pub use message::{IncomingMessage, MalformedUpdate};
pub use pricing::{Conversation, ConversationOrigin, Pricing, PricingCategory, PricingKind};
pub use raw_object::RawObject;
pub use shared::{
    SharedAddress, SharedContact, SharedEmail, SharedName, SharedOrg, SharedPhone, SharedUrl,
};
pub use status::{MessageStatus, Payment, PaymentAmount, PaymentTransaction, Status};
pub use system::{IdentityChange, System, Unsupported};
pub use timestamp::timestamp;
pub use webhook_error::WebhookError;
