//! Why a request could not be built.

use super::BoxError;

/// Why a request could not be built; nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct RequestError {
    what: &'static str,
    source: Option<BoxError>,
}

impl RequestError {
    pub(crate) fn new(what: &'static str, source: impl Into<BoxError>) -> Self {
        Self {
            what,
            source: Some(source.into()),
        }
    }

    pub(crate) const fn plain(what: &'static str) -> Self {
        Self { what, source: None }
    }
}
