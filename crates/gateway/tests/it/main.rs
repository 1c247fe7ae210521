//! Tests of the service over its real doors: HTTP, the store's files, the simulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its helper finds nothing"
)]

mod api;
mod app;
mod auth;
#[cfg(test)]
mod bus;
mod copy;
mod dead_letters;
#[cfg(test)]
mod deliver;
mod fixtures;
#[cfg(test)]
mod journal;
mod kinds;
mod send;
mod stream;
mod webhooks;
