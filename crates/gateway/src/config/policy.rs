//! `[suppression]` and `[templates]`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `[suppression]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// Whether words of users count at all.
    pub keywords: bool,
    /// What a word forbids.
    pub scope: KeywordScope,
    /// Words that stop messages, by language.
    pub stop: BTreeMap<String, Vec<String>>,
    /// Words that take that back, by language.
    pub start: BTreeMap<String, Vec<String>>,
}

/// What a user's word forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeywordScope {
    /// Marketing templates.
    Marketing,
    /// Anything.
    All,
}

/// `[templates]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Minutes.
    pub refresh_minutes: u32,
}

/// Whether a setting that the defaults do not have names a language of the words.
pub(super) fn is_language(path: &str) -> bool {
    path.starts_with("suppression.stop.") || path.starts_with("suppression.start.")
}
