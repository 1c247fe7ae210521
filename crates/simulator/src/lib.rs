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
//! | Sends | every type and interactive kind, pins, `/marketing_messages`; phone number, BSUID, group | what a catalogue holds: any product of a connected one will do |
//! | Templates | every kind sent and created, with the rules of creation; review, pauses, categories, archive; list, edit, delete, compare, migrate, upsert, previews, a small library | template groups, direct send |
//! | Analytics | messages, conversations, prices, templates, calls, groups, counted per half hour; days are UTC, prices a small table | template groups |
//! | Read marks | with and without typing, kept and shown on the user's phone | |
//! | Media | upload, type checked against the bytes, look-up, five-minute addresses, deletion, 30- and 7-day ids; resumable upload and handles; links fetched from this machine ([`FetchLinks`]) | length, codec and pictures inside of a file, except OPUS and animated stickers |
//! | Flows | creation, validation with places, assets, publishing, retiring, cloning, migration, metrics, health; users who open them, with encrypted calls of the data endpoint and files ([`User::opens_flow`]) | the preview page; `pattern` of inputs; alerts by themselves: order them |
//! | Number | every field, registration with PIN and code, display name and badge reviews, settings, profile, username, compliance, QR codes, blocked users, Flow key, message history | `messages_encrypted`, thread control |
//! | Groups | creation to deletion, links, requests to join, removal, suspension, pictures, messages both ways, a service window of its own; creation stopped for a week (131214) when ordered | rate limit (131208): order it as a fault |
//! | Calls | signalling and SDP both ways, permissions asked by message or template, limits, call hours, ends | media and SIP |
//! | Payments | orders paid, looked up, paid back | the gateway's own page |
//! | Webhooks | challenge, fields, overrides, signature and escaping, retries, batches, duplicates, disorder; several apps, of which all hear a retry; payloads by version | mTLS; `standby`, `messaging_handovers`, `consumer_profile` |
//! | Scenarios | [`scenario`]: files of steps and expectations, played against a bot in simulated time | timers inside the bot, which run in real time |
//! | Statuses | sent, delivered, read, played, failed, payments; per group member; time to live; pricing by window, free entry point and free tier; conversations before v24.0; 24-hour window, of groups too, if asked | international authentication prices |
//! | Limits | length and count of everything above; throughput, upgrade with maintenance, pair rate, messaging limit, template pacing, quality and pauses, requests for calls, management calls if asked | account limits: order them as faults |
//! | Users | write, answer every kind of request, edit, delete, tap, pick, react, share, read; opt out, block, report, switch off; call, join groups, pay, fill in Flows; move to another number; identity hashes; usernames without phone number | |
//! | Handsets | a page at `/handsets` where each user is a phone: every kind of message, templates filled in, ticks, typing; Flows as forms; calls that ring, are taken and hung up; phone off, block | the sound of calls |
//! | Accounts | businesses, WABAs, apps; tokens with permissions, targets and expiry; OAuth helpers; `appsecret_proof`; users, audit log, schedules, reviews, restrictions, bans, catalogues; partners as events | solutions, credit lines, preverified numbers, sign-ups |
//! | Faults | every documented code, at once or in a status; latency, no answer, a connection cut before, in or after the call, 429 with `Retry-After`, pages of an edge server, slow and broken files; by share, count, filter or script; webhooks twice, out of order, late, lost at first | answers of an edge server that are compressed |
//! | Time | a clock that stands, runs, or runs faster; steps, and travel on which each thing happens at its own time; a seed repeats a run | |
//!
//! What is not simulated answers with a Graph error that says so. Time and chance are owned:
//! [`Clock`] and [`Settings::seed`]. Trouble is ordered with [`Fault`] and [`Script`]. From outside the process
//! the admin API under `/sim/v1` does the same; `GET /sim/v1` lists its routes.
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
