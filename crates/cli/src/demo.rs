//! The demo: a stage of simulator, gateway and subscriber, and the play on it.

pub(crate) mod folder;
pub(crate) mod guide;
pub(crate) mod page;
pub(crate) mod play;
pub(crate) mod stage;
pub(crate) mod subscriber;
