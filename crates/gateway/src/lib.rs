//! The Wharf gateway: webhooks in, events out, messages sent at the speed that the carrier permits.
//!
//! One room per thing that happens; `ARCHITECTURE.md` has the map and the walks.
//!
//! | Room | What happens there |
//! |---|---|
//! | `http` | every route in one table; auth, errors, paging |
//! | `ingest` | notification → journal → 200; then journal → events |
//! | `send` | accept → queued → carrier → outcome |
//! | `carrier` | one enum, one file a carrier |
//! | `cluster` | which node does what: leases and fair shares |
//! | `deliver` | event → endpoint |
//! | `media` | files in and out, kept in an object store |
//! | `bus` | events out to, commands in from NATS JetStream |
//! | `stream` | events, live, at each follower's pace |
//! | `letters` | dead letters: what to do about one, settled by hand or by a job |
//! | `store` | the database, one file an aggregate |
//! | `journal` | the append-only inbox |

mod app;
mod bus;
mod carrier;
pub mod clock;
mod cluster;
pub mod config;
mod deliver;
mod envelope;
mod event_catalogue;
mod http;
pub mod ids;
mod inbox;
mod ingest;
pub mod journal;
mod letters;
mod media;
mod priority;
mod send;
mod store;
mod stream;
pub mod telemetry;
mod templates;

pub use app::{Environment, Running, StartError};
pub use deliver::signature as standard_webhooks;
pub use event_catalogue::events_markdown;
pub use http::{access_markdown, openapi_json};
pub use store::{Address, Place, Store, StoreError, copy, migrate};
