//! What the library itself can refuse.

/// Why a call of the library failed. Refusals of Graph calls are answers, not errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatorError {
    /// The listener or the HTTP client could not be used.
    #[error("the simulator cannot start")]
    Start(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A number, message, template, event or file that does not exist here.
    #[error("no {kind} with this id or name is known")]
    Unknown {
        /// What was looked for, such as `message`.
        kind: &'static str,
    },
    /// A parameter that cannot be used.
    #[error("parameter {name} {reason}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What is wrong with it, as a clause.
        reason: String,
    },
    /// The callback did not echo the challenge.
    #[error("the callback was not verified: {reason}")]
    Challenge {
        /// What it did instead.
        reason: String,
    },
    /// What was waited for did not happen in time.
    #[error("still waiting after {waited:?}: {seen} of {wanted} seen")]
    TimedOut {
        /// How long was waited.
        waited: std::time::Duration,
        /// How many were seen.
        seen: u64,
        /// How many were wanted.
        wanted: u64,
    },
}
