//! The simulator over real HTTP: a client on one side, a webhook receiver on the other.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where its helper finds nothing"
)]
#![expect(
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test is a list of steps with plain words"
)]

mod accounts;
mod admin;
mod analytics;
mod calls;
mod clients;
mod codes;
mod conduct;
mod faults;
mod fixtures;
mod flow_desk;
mod flow_mistakes;
mod flow_runtime;
mod flows;
mod gaps;
mod groups;
mod handsets;
mod kinds;
mod kit;
mod links;
mod marketing;
mod media;
mod numbers;
mod openapi;
mod pace;
mod refusals;
mod scenarios;
mod sends;
mod statuses;
mod subscriptions;
mod template_create;
mod template_manage;
mod template_review;
mod time;
mod triggers;
mod troubles;
mod uploads;
mod users;
mod wabas;
mod webhooks;
