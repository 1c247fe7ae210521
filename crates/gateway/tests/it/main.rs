//! Tests of the service over its real doors: HTTP, the store's files, the simulator.

mod app;
mod fixtures;
#[cfg(test)]
mod journal;
mod webhooks;
