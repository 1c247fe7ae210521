//! `[cluster]`: what this node does among those that share its database.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[cluster]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// What this node does besides the API and the webhooks.
    pub roles: Vec<Role>,
    /// Seconds.
    pub lease_seconds: u32,
}

/// A part of the work that a node may do or leave to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Turns what came in into events.
    Ingest,
    /// Sends messages.
    Send,
    /// Hands events out, to endpoints and to the bus.
    Deliver,
}

impl Cluster {
    /// How long a lease lasts.
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds))
    }

    /// Refuses what cannot work.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (2..=300).contains(&self.lease_seconds) {
            Ok(())
        } else {
            Err(ConfigError::Invalid(
                "cluster.lease_seconds must be from 2 to 300".to_owned(),
            ))
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Ingest, Self::Send, Self::Deliver];

    /// As it is written in a configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Send => "send",
            Self::Deliver => "deliver",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| "a role is \"ingest\", \"send\" or \"deliver\"".to_owned())
    }
}
