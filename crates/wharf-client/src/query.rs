//! The query of a list, collected pair by pair.

use std::fmt;

use wharf_model::ids::TemplateId;

/// The pairs of a query.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Adds a pair, in place of one of the same key.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, value.into()));
        self
    }

    /// Adds a list of texts as Graph takes it, as JSON.
    pub(crate) fn with_list<T: AsRef<str>>(
        self,
        key: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.with(key, list(values))
    }

    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(key, value)| (*key, value.as_str())).collect()
    }
}

impl fmt::Debug for Query {
    /// The keys only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}

/// Texts as a list in JSON.
pub(crate) fn list<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> String {
    let values = values.into_iter();
    let values = values.map(|value| serde_json::Value::from(value.as_ref()));
    values.collect::<serde_json::Value>().to_string()
}

/// The ids of templates as texts.
pub(crate) fn texts(ids: &[TemplateId]) -> Vec<String> {
    ids.iter().map(|id| id.as_str().to_owned()).collect()
}
