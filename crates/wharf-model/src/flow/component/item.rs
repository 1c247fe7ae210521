//! The entries of lists: choices and navigation items.

use serde_json::{Map, Value};

use crate::flow::action::Action;

/// One of the choices of a group, a dropdown or a chips selector.
///
/// See [Cloud API/Flows components].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice(Map<String, Value>);

impl Choice {
    /// An id, which comes back, and a title of at most 30 characters, which is shown.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self(Map::new())
            .set("id", id.into())
            .set("title", title.into())
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set("description", description.into())
    }

    /// A short note of at most 20 characters.
    #[must_use]
    pub fn metadata(self, metadata: impl Into<String>) -> Self {
        self.set("metadata", metadata.into())
    }

    /// Says whether it can be chosen.
    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        self.set("enabled", enabled)
    }

    /// An image in base64 and what a screen reader says; since 5.0.
    #[must_use]
    pub fn image(self, image: impl Into<String>, alt_text: impl Into<String>) -> Self {
        self.set("image", image.into())
            .set("alt-text", alt_text.into())
    }

    /// A colour of six hexadecimal digits; since 5.0.
    #[must_use]
    pub fn color(self, color: impl Into<String>) -> Self {
        self.set("color", color.into())
    }

    /// What happens when it is chosen: `update_data`; since 6.0.
    #[must_use]
    pub fn on_select_action(self, action: Action) -> Self {
        self.set("on-select-action", action)
    }

    /// What happens when it is no longer chosen: `update_data`; since 6.0.
    #[must_use]
    pub fn on_unselect_action(self, action: Action) -> Self {
        self.set("on-unselect-action", action)
    }

    fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }
}

impl From<Choice> for Value {
    fn from(choice: Choice) -> Self {
        Self::Object(choice.0)
    }
}

/// An item of a navigation list.
///
/// See [Cloud API/Flows components], navigation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationItem(Map<String, Value>);

impl NavigationItem {
    /// An id and a title of at most 30 characters.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self(Map::new())
            .set("id", id.into())
            .part("main-content", "title", title.into())
    }

    /// A description of at most 20 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        self.part("main-content", "description", description.into())
    }

    /// A note of at most 80 characters.
    #[must_use]
    pub fn metadata(self, metadata: impl Into<String>) -> Self {
        self.part("main-content", "metadata", metadata.into())
    }

    /// An image in base64 at the start, of at most 100 KB, and what a screen reader says.
    #[must_use]
    pub fn image(self, image: impl Into<String>, alt_text: impl Into<String>) -> Self {
        self.part("start", "image", image.into())
            .part("start", "alt-text", alt_text.into())
    }

    /// A title at the end, of at most 10 characters.
    #[must_use]
    pub fn end_title(self, title: impl Into<String>) -> Self {
        self.part("end", "title", title.into())
    }

    /// A description at the end, of at most 10 characters.
    #[must_use]
    pub fn end_description(self, description: impl Into<String>) -> Self {
        self.part("end", "description", description.into())
    }

    /// A note at the end, of at most 10 characters.
    #[must_use]
    pub fn end_metadata(self, metadata: impl Into<String>) -> Self {
        self.part("end", "metadata", metadata.into())
    }

    /// A badge of at most 15 characters; one item of a list may have one.
    #[must_use]
    pub fn badge(self, badge: impl Into<String>) -> Self {
        self.set("badge", badge.into())
    }

    /// At most three tags of at most 15 characters.
    #[must_use]
    pub fn tags<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
        let tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        self.set("tags", tags)
    }

    /// What it does: `navigate` or `data_exchange`.
    #[must_use]
    pub fn on_click_action(self, action: Action) -> Self {
        self.set("on-click-action", action)
    }

    fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    fn part(mut self, part: &str, key: &str, text: String) -> Self {
        let part = self
            .0
            .entry(part)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(part) = part {
            part.insert(key.to_owned(), Value::String(text));
        }
        self
    }
}

impl From<NavigationItem> for Value {
    fn from(item: NavigationItem) -> Self {
        Self::Object(item.0)
    }
}
