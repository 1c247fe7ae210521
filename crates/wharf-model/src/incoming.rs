//! Updates that Meta sends: tolerant, keeping unknown kinds and values under their own names.

pub mod account;
pub mod call;
mod change;
mod contact;
mod content;
mod context;
mod echo;
mod field;
pub mod flow;
pub mod group;
pub mod handover;
pub mod history;
mod interactive;
mod limit;
mod media;
mod message;
pub mod notice;
pub mod number;
pub mod partner;
mod pricing;
mod raw_json;
mod raw_object;
pub mod settings;
mod shared;
pub mod state_sync;
mod status;
mod system;
pub mod template;
mod timestamp;
pub mod user;
mod webhook_error;
mod wire;
mod written;

pub use change::Change;
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
pub use limit::{LimitTier, MessagingLimit};
pub use media::{Audio, Document, Media, Sticker};
pub use message::{IncomingMessage, MalformedUpdate};
pub use pricing::{Conversation, ConversationOrigin, Pricing, PricingCategory, PricingKind};
pub use raw_json::RawJson;
pub use raw_object::RawObject;
pub use shared::{
    SharedAddress, SharedContact, SharedEmail, SharedName, SharedOrg, SharedPhone, SharedUrl,
};
pub use status::{
    MessageStatus, Payment, PaymentAmount, PaymentTransaction, Status, TransactionError,
    TransactionMethod,
};
pub use system::{IdentityChange, System, Unsupported};
pub use timestamp::timestamp;
pub use webhook_error::WebhookError;
