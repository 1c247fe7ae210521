//! Flow JSON: the screens of a WhatsApp Flow, built, read and checked.
//!
//! A [`FlowJson`] holds screens; a screen holds components, each built by its own type
//! ([`TextInput`], [`Dropdown`], [`Footer`] …). What this version does not know, a component or a
//! property that Meta adds, is kept when read and written back. [`FlowJson::check`] finds what
//! Meta would refuse, before the upload: each [`Problem`] names screen, component, property and
//! what to do.
//!
//! See [Cloud API/Flow JSON] and [Cloud API/Flows components].
//!
//! ```
//! use wharf_model::flow::{Action, Expression, FlowJson, Footer, InputType, Screen, TextInput};
//!
//! let name = TextInput::new("first_name", "First name")
//!     .input_type(InputType::Text)
//!     .required(true);
//! let done = Action::complete([("name", Expression::form("first_name"))]);
//! let flow = FlowJson::new("7.3").screen(
//!     Screen::new("SIGN_UP")
//!         .title("Sign up")
//!         .terminal()
//!         .with(name)
//!         .with(Footer::new("Send", done)),
//! );
//! let json = flow.to_json()?;
//! assert_eq!(serde_json::from_str::<FlowJson>(&json)?, flow);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod action;
mod check;
mod component;
mod data;
mod document;
mod expression;
pub mod limits;
mod problem;
mod read;
mod screen;
mod version;

pub use action::{Action, ActionKind};
pub use component::choice::{CheckboxGroup, ChipsSelector, Dropdown, MediaSize, RadioButtonsGroup};
pub use component::container::{Form, If, Switch};
pub use component::date::{CalendarPicker, DatePicker, Weekday};
pub use component::entry::{InputType, OptIn, TextArea, TextInput};
pub use component::item::{Choice, NavigationItem};
pub use component::kind::ComponentKind;
pub use component::link::{EmbeddedLink, Footer, NavigationList};
pub use component::media::{
    DocumentPicker, Image, ImageCarousel, PhotoPicker, PhotoSource, ScaleType,
};
pub use component::text::{
    FontWeight, RichText, TextBody, TextCaption, TextHeading, TextSubheading,
};
pub use component::{Component, Nested};
pub use data::DataField;
pub use document::FlowJson;
pub use expression::{Bound, Expression};
pub use problem::{Fault, InvalidFlow, Problem};
pub use screen::Screen;
pub use version::Version;
