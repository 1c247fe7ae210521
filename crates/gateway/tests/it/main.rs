//! Tests of the service over its real doors: HTTP, the store's files, the simulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its helper finds nothing"
)]

#[cfg(test)]
mod access;
mod api;
mod app;
mod audit;
mod auth;
#[cfg(test)]
mod bus;
mod console;
mod copy;
mod dead_letters;
#[cfg(test)]
mod deliver;
#[cfg(test)]
mod endpoint_tools;
#[cfg(test)]
mod erasure;
mod figures;
mod fixtures;
mod graph;
#[cfg(test)]
mod graph_clients;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod journal;
mod kinds;
#[cfg(test)]
mod media;
#[cfg(test)]
mod openapi_examples;
#[cfg(test)]
mod options;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod paging;
mod policy;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod schemathesis;
#[cfg(test)]
mod search;
mod send;
mod stream;
#[cfg(test)]
mod timeline;
mod webhooks;
