//! A simulated WhatsApp Cloud API: the Graph API and the webhook sender of Meta, for tests and first steps.
#![warn(missing_docs)]
#![expect(dead_code, reason = "the skeleton names what later steps use")]

mod chance;
mod clock;
mod error;
mod fault;
mod ids;
mod record;
mod settings;
mod simulator;
mod template;

pub use clock::Clock;
pub use error::SimulatorError;
pub use fault::{Calls, Fault, FaultId, Trouble};
pub use ids::{AppId, Bsuid, MediaId, PhoneNumberId, WabaId, Wamid};
pub use record::{
    Accepted, Attempt, ChatLine, Delivery, DeliveryState, Duplicate, MessageStatus, Triggered,
};
pub use settings::{App, Delays, History, Number, RetrySchedule, Secret, Settings, Webhooks};
pub use simulator::{Running, Simulator, User};
pub use template::{Button, Category, Header, Template, TemplateStatus};
