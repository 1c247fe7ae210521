//! The client against the simulator.
#![expect(
    clippy::unwrap_used,
    reason = "clippy permits it in tests, but not in what tests call"
)]

mod batch;
mod cancel;
mod connection;
mod coverage;
mod desk;
mod endpoints;
mod errors;
mod media;
mod messages;
mod platform;
mod raw;
mod redaction;
mod retry;
mod usage;
mod wire;
