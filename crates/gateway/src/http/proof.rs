//! By what a caller was let in, and whether that still holds.

use crate::clock::Millis;
use crate::store::api_keys::{self, ApiKey};
use crate::store::{StoreError, Tx, sessions};

/// By what a caller was let in. Only hashes are kept.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// A secret of a key.
    Secret(String),
    /// The cookie of a session at the console.
    Session(String),
}

impl Proof {
    /// The key that it stands for; none if it is good no more.
    pub(super) fn key(&self, tx: &Tx<'_>, now: Millis) -> Result<Option<ApiKey>, StoreError> {
        match self {
            Self::Secret(hash) => api_keys::live(tx, hash, now),
            Self::Session(hash) => Ok(sessions::live(tx, hash, now)?.map(|(key, _)| key)),
        }
    }
}
