//! A simulated WhatsApp Cloud API: the Graph API and the webhook sender of Meta, for tests and first steps.
#![warn(missing_docs)]

mod admin;
mod agenda;
mod chance;
mod clock;
mod core;
mod error;
mod fault;
mod graph;
mod ids;
mod media;
mod record;
mod server;
mod settings;
mod simulator;
mod template;
mod trigger;
mod user;
mod webhook;
mod world;

pub use clock::Clock;
pub use error::SimulatorError;
pub use fault::{Calls, Fault, FaultId, Trouble};
pub use ids::{AppId, Bsuid, MediaId, PhoneNumberId, WabaId, Wamid};
pub use record::{
    Accepted, Attempt, ChatLine, Delivery, DeliveryState, Duplicate, MessageStatus, Triggered,
};
pub use settings::{App, Delays, History, Number, RetrySchedule, Secret, Settings, Webhooks};
pub use simulator::{Running, Simulator};
pub use template::{Button, Category, Header, Template, TemplateStatus};
pub use user::User;
