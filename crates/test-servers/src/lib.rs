//! Real servers for tests and benchmarks, PostgreSQL, `nats-server` and Chromium as Debian packages
//! them, and other people's clients from their registries.
//!
//! Each runs in a temporary folder on a free port of loopback, is killed with the process that
//! started it whatever way that ends, and can be stopped, killed and started again in between.
//! A crate of its own, because the tests of the gateway, those of the binary and the benchmarks
//! need the same.

mod chromium;
mod folder;
mod nats;
pub mod packages;
mod postgres;
mod process;
mod proxy;

pub use chromium::Chromium;
pub use folder::Folder;
pub use nats::Nats;
pub use postgres::{Database, Durability, Postgres};
pub use proxy::{Proxy, Record};
