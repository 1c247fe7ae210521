//! A simulated WhatsApp Cloud API: the Graph API and the webhook sender of Meta, for tests and first steps.
//!
//! It reads Meta's documentation on its own: it shares no code with the client or the gateway, so
//! that their agreement with it is evidence.
//!
//! ```
//! use serde_json::json;
//! use simulator::{Settings, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let running = Simulator::start(Settings::default(), listener)?;
//!
//! let answer = reqwest::Client::builder().build()?
//!     .post(format!("{}/v24.0/106540352242922/messages", running.base_url))
//!     .bearer_auth("simulated-access-token")
//!     .json(&json!({"messaging_product": "whatsapp", "to": "+16505551234",
//!                   "type": "text", "text": {"body": "hi"}}))
//!     .send().await?;
//! assert_eq!(answer.status(), 200);
//!
//! let user = running.simulator.user("+16505551234");
//! user.says("hello").await?;
//! assert_eq!(user.chat().len(), 2);
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! | Part | Simulated | Not yet |
//! |---|---|---|
//! | Sends | text, image, audio, video, document, sticker, location, contacts, reaction, interactive button, list and `cta_url`; phone number, BSUID, group | other interactive kinds, pin, `/marketing_messages`; links are not fetched |
//! | Templates | a registry; text, named, currency, date, media and location parameters; URL, quick reply and coupon buttons | creation and review over the Graph API, carousels, offers, flows, catalogues, orders, `group_id` |
//! | Read marks | with and without typing | the mark itself is not kept |
//! | Media | upload, look-up, five-minute addresses, deletion, 30- and 7-day ids | resumable upload, MIME checked against bytes |
//! | Number | basic fields, callback override | registration, profile, settings |
//! | Webhooks | challenge, fields, overrides, signature and escaping, retries, batches, duplicates, disorder | several apps, mTLS |
//! | Statuses | sent, delivered, read, played, failed; pricing; 24-hour window if asked | the conversation object of versions before v24.0, delivery to group members |
//! | Limits | length and count of everything above; throughput and pair rate if asked | account limits: order them as faults |
//! | Users | write, answer, tap, pick, react, share, read; opt out; usernames without phone number | calls, flows, groups, identity hashes |
//! | Faults | every documented code, at once or in a status; latency, no answer, a connection cut before, in or after the call, 429 with `Retry-After`, pages of an edge server, slow and broken files; by share, count, filter or script; webhooks twice, out of order, late, lost at first | answers of an edge server that are compressed |
//! | Time | a clock that stands, runs, or runs faster; steps, and travel on which each thing happens at its own time; a seed repeats a run | |
//!
//! What is not simulated answers with a Graph error that says so. Time and chance are owned:
//! [`Clock`] and [`Settings::seed`]. Trouble is ordered with [`Fault`] and [`Script`]. From outside the process
//! the admin API under `/sim/v1` does the same; `GET /sim/v1` lists its routes.
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
pub use fault::{Calls, Fault, FaultId, Matching, Script, Step, Trouble};
pub use ids::{AppId, Bsuid, MediaId, PhoneNumberId, WabaId, Wamid};
pub use record::{
    Accepted, Attempt, ChatLine, Delivery, DeliveryState, Duplicate, MessageStatus, Triggered,
};
pub use settings::{
    App, Delays, History, Limits, Number, RetrySchedule, Secret, Settings, Webhooks,
};
pub use simulator::{Running, Simulator};
pub use template::{Button, Category, Header, Template, TemplateStatus};
pub use user::User;
pub use webhook::WebhookFaults;
