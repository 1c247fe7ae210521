//! The simulator over real HTTP: a client on one side, a webhook receiver on the other.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its helper finds nothing"
)]

mod admin;
mod faults;
mod fixtures;
mod flow_desk;
mod flow_mistakes;
mod flow_runtime;
mod flows;
mod kit;
mod links;
mod media;
mod pace;
mod refusals;
mod sends;
mod statuses;
mod subscriptions;
mod triggers;
mod uploads;
mod users;
mod webhooks;
