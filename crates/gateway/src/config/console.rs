//! `[console]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[console]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {
    /// Hours.
    pub session_hours: u32,
    /// Serve the console's files from this folder instead of those that are built in. For its
    /// development: no setting of a file, only of a flag.
    #[serde(skip)]
    pub dir: Option<PathBuf>,
}

impl Console {
    /// Longest session: thirty days.
    const LONGEST: u32 = 720;

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (1..=Self::LONGEST).contains(&self.session_hours) {
            return Ok(());
        }
        let longest = Self::LONGEST;
        Err(ConfigError::Invalid(format!(
            "console.session_hours must be a number from 1 to {longest}"
        )))
    }
}
