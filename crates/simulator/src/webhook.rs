//! Meta's webhook sender: subscriptions, envelopes, signature, queues, retries, the log of deliveries.

pub(crate) mod challenge;
pub(crate) mod envelope;
mod faults;
pub(crate) mod log;
pub(crate) mod office;
pub(crate) mod sign;
pub(crate) mod subscriptions;

pub(crate) use envelope::Update;
pub use faults::WebhookFaults;
pub(crate) use office::Office;
pub(crate) use subscriptions::Subscriptions;
