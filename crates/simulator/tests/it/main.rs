//! The simulator over real HTTP: a client on one side, a webhook receiver on the other.

mod admin;
mod faults;
mod fixtures;
mod kit;
mod media;
mod refusals;
mod sends;
mod statuses;
mod subscriptions;
mod triggers;
mod users;
mod webhooks;
