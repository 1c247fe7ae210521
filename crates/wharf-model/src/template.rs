//! Definitions of templates: what is created, changed and listed. Messages made from one are
//! [`outgoing::Template`](crate::outgoing::Template).

mod body;
mod button;
mod category;
mod check;
mod component;
mod definition;
mod edit;
mod example;
mod fields;
mod flow;
mod header;
mod library;
pub mod limits;
mod new;
mod otp;
mod rules;
mod status;
mod upsert;
mod variables;

pub use body::{Body, Footer, LimitedTimeOffer};
pub use button::{Button, ButtonKind};
pub use category::{Category, ParameterFormat};
pub use check::{Mismatch, Reason};
pub use component::{Card, Component};
pub use definition::TemplateDefinition;
pub use edit::TemplateEdit;
pub use example::{Examples, NamedExample};
pub use flow::FlowButton;
pub use header::{Header, HeaderFormat};
pub use library::{LibraryBody, LibraryButton, LibraryTemplate, LibraryUrl};
pub use new::NewTemplate;
pub use otp::{Otp, OtpKind, SupportedApp};
pub use status::{TemplateQuality, TemplateStatus};
pub use upsert::AuthenticationUpsert;
