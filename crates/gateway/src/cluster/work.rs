//! What is leased, and what a lease of it is named.

use crate::config::Role;

/// A kind of work that one node at a time may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Work {
    /// Reading the inbox.
    Ingest,
    /// Publishing to the bus, and taking commands from it.
    Bus,
    /// Removing what is old, and settling what nobody settled.
    Upkeep,
    /// Sending for one channel.
    Send,
    /// Delivering to one endpoint.
    Deliver,
}

impl Work {
    pub(super) const ALL: [Self; 5] = [
        Self::Ingest,
        Self::Bus,
        Self::Upkeep,
        Self::Send,
        Self::Deliver,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Bus => "bus",
            Self::Upkeep => "upkeep",
            Self::Send => "send",
            Self::Deliver => "deliver",
        }
    }

    /// The role that a node must have to do it; every node may do the rest.
    pub(super) const fn role(self) -> Option<Role> {
        match self {
            Self::Ingest => Some(Role::Ingest),
            Self::Send => Some(Role::Send),
            Self::Bus | Self::Deliver => Some(Role::Deliver),
            Self::Upkeep => None,
        }
    }

    /// Whether the nodes share it among them, a piece each; of the rest there is one piece.
    pub(super) const fn is_shared_out(self) -> bool {
        matches!(self, Self::Send | Self::Deliver)
    }

    /// What a lease is on; none if its name is a node's, or a later version's.
    pub(super) fn of(lease: &str) -> Option<Self> {
        let kind = lease.split('/').next().unwrap_or(lease);
        Self::ALL.into_iter().find(|work| work.as_str() == kind)
    }

    /// The name of the lease on one piece.
    pub(super) fn lease(self, id: &str) -> String {
        if id.is_empty() {
            self.as_str().to_owned()
        } else {
            format!("{}/{id}", self.as_str())
        }
    }
}
