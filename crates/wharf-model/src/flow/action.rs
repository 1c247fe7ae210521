//! What a component does when it is used.

use serde_json::{Map, Value};

/// An action of a component.
///
/// See [Cloud API/Flow JSON], actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action(Map<String, Value>);

/// The kinds of action.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActionKind {
    /// Go to another screen.
    Navigate,
    /// End the Flow; the payload arrives as a message.
    Complete,
    /// Ask the data endpoint what comes next.
    DataExchange,
    /// Change data of the screen that is shown; Flow JSON 6.0 and newer.
    UpdateData,
    /// Open a web page; Flow JSON 6.0 and newer.
    OpenUrl,
    /// One that this version does not know.
    Unknown(String),
}

impl ActionKind {
    /// The kind as it stands in the JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Navigate => "navigate",
            Self::Complete => "complete",
            Self::DataExchange => "data_exchange",
            Self::UpdateData => "update_data",
            Self::OpenUrl => "open_url",
            Self::Unknown(name) => name,
        }
    }
}

impl From<&str> for ActionKind {
    fn from(name: &str) -> Self {
        match name {
            "navigate" => Self::Navigate,
            "complete" => Self::Complete,
            "data_exchange" => Self::DataExchange,
            "update_data" => Self::UpdateData,
            "open_url" => Self::OpenUrl,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

impl Action {
    /// Goes to another screen; the payload fills that screen's data.
    pub fn navigate<K: Into<String>, V: Into<Value>>(
        screen: impl Into<String>,
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let next = [
            ("type", Value::from("screen")),
            ("name", Value::from(screen.into())),
        ];
        let mut action = Self::with_payload(&ActionKind::Navigate, payload);
        let next = next.into_iter().map(|(key, value)| (key.to_owned(), value));
        action
            .0
            .insert("next".to_owned(), Value::Object(next.collect()));
        action
    }

    /// Ends the Flow; the payload arrives in the `nfm_reply` message.
    pub fn complete<K: Into<String>, V: Into<Value>>(
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::with_payload(&ActionKind::Complete, payload)
    }

    /// Sends the payload to the data endpoint, which answers with the next screen.
    pub fn data_exchange<K: Into<String>, V: Into<Value>>(
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::with_payload(&ActionKind::DataExchange, payload)
    }

    /// Changes data of the screen that is shown.
    pub fn update_data<K: Into<String>, V: Into<Value>>(
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::with_payload(&ActionKind::UpdateData, payload)
    }

    /// Opens a web page.
    pub fn open_url(url: impl Into<String>) -> Self {
        let kind = Value::from(ActionKind::OpenUrl.as_str());
        let parts = [("name", kind), ("url", Value::from(url.into()))];
        Self(
            parts
                .map(|(key, value)| (key.to_owned(), value))
                .into_iter()
                .collect(),
        )
    }

    fn with_payload<K: Into<String>, V: Into<Value>>(
        kind: &ActionKind,
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let payload = payload.into_iter();
        let payload = payload.map(|(key, value)| (key.into(), value.into()));
        let mut action = Map::new();
        action.insert("name".to_owned(), Value::from(kind.as_str()));
        action.insert("payload".to_owned(), Value::Object(payload.collect()));
        Self(action)
    }

    /// What the action does.
    pub fn kind(&self) -> ActionKind {
        View(&self.0).kind()
    }
}

impl From<Action> for Value {
    fn from(action: Action) -> Self {
        Self::Object(action.0)
    }
}

/// An action as it stands in a component.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a>(pub(super) &'a Map<String, Value>);

impl<'a> View<'a> {
    pub(super) fn kind(self) -> ActionKind {
        ActionKind::from(
            self.0
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        )
    }

    pub(super) fn payload(self) -> Option<&'a Map<String, Value>> {
        self.0.get("payload").and_then(Value::as_object)
    }

    pub(super) fn url(self) -> Option<&'a str> {
        self.0.get("url").and_then(Value::as_str)
    }

    /// The screen that a `navigate` goes to; none if it goes to something else than a screen.
    pub(super) fn next_screen(self) -> Option<&'a str> {
        let next = self.0.get("next")?.as_object()?;
        let to_screen = next.get("type").and_then(Value::as_str) != Some("plugin");
        next.get("name")
            .and_then(Value::as_str)
            .filter(|_| to_screen)
    }
}
