//! Tests of the service over its real doors: HTTP, the store's files, the simulator.

#[cfg(test)]
mod api;
mod app;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod deliver;
mod fixtures;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod stream;
mod webhooks;
