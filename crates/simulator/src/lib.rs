//! A simulated WhatsApp Cloud API: the Graph API and the webhook sender of Meta, for tests and first steps.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod accounts;
mod admin;
mod agenda;
mod calls;
mod chance;
mod clock;
mod core;
mod error;
mod fault;
mod flow_runtime;
mod flows;
mod graph;
mod groups;
mod handset;
mod ids;
mod later;
mod links;
mod media;
mod numbers;
mod payments;
mod record;
pub mod scenario;
mod server;
mod settings;
mod simulator;
mod tally;
mod template;
mod trigger;
mod uploads;
mod usage;
mod user;
mod webhook;
mod world;

pub use accounts::{Business, Permission, Restriction, Token, TokenKind, Waba};
pub use clock::Clock;
pub use error::SimulatorError;
pub use fault::{Calls, Fault, FaultId, Matching, Script, Step, Trouble};
pub use flow_runtime::{FlowComponent, FlowOption, FlowScreen, FlowSession, FlowState};
pub use flows::FlowStatus;
pub use ids::{AppId, Bsuid, BusinessId, MediaId, PhoneNumberId, WabaId, Wamid};
pub use record::{
    Accepted, Attempt, ChatLine, Delivery, DeliveryState, Duplicate, MessageStatus, Triggered,
};
pub use settings::{
    App, Delays, FetchLinks, History, Limits, Number, RetrySchedule, Secret, Settings, Webhooks,
};
pub use simulator::{Running, Simulator};
pub use template::{
    Button, Card, Category, Header, Offer, Quality, Reason, Review, ReviewRule, Ruling, Template,
    TemplateStatus,
};
pub use uploads::UploadedFile;
pub use user::User;
pub use webhook::WebhookFaults;
