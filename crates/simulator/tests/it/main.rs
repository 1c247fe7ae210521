//! The simulator over real HTTP: a client on one side, a webhook receiver on the other.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its helper finds nothing"
)]

mod admin;
mod codes;
mod faults;
mod fixtures;
mod kit;
mod media;
mod pace;
mod refusals;
mod sends;
mod statuses;
mod subscriptions;
mod time;
mod triggers;
mod troubles;
mod users;
mod webhooks;
