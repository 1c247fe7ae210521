//! Why a file could not be downloaded whole and unchanged.

use std::io;

use super::Sha256Sum;
use crate::error::BoxError;

/// Why a file could not be downloaded whole and unchanged.
///
/// What was written so far is a part of the file and must be thrown away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file is longer than the caller allows.
    #[error("the file is longer than {limit} bytes")]
    TooLarge {
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// The file has another length than was announced.
    #[error("the file has {received} bytes, not {expected}")]
    Length {
        /// Announced bytes.
        expected: u64,
        /// Received bytes.
        received: u64,
    },
    /// The file is not the one that was announced.
    #[error("the file has the SHA-256 {actual}, not {expected}")]
    Checksum {
        /// What was announced or asked for.
        expected: Sha256Sum,
        /// What arrived.
        actual: Sha256Sum,
    },
    /// The URL leads to a host that must not see the access token.
    #[error("the access token may not be sent to the host of the media URL")]
    Host {
        /// The host, or nothing if the URL has none.
        host: String,
    },
    /// The transfer stopped before the end; trying again may help.
    #[error("the download stopped after {received} bytes")]
    Interrupted {
        /// Bytes received until then.
        received: u64,
        /// What stopped it.
        source: BoxError,
    },
    /// The caller's writer failed.
    #[error("the file could not be written")]
    Write(#[source] io::Error),
}
