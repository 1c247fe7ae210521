//! The Wharf gateway: webhooks in, events out, messages sent at the speed that the carrier permits.

pub mod journal;
