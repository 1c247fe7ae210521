//! What a caller may ask for beside the content of a message.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Millis;

/// Kept with the message as JSON; what is not there means its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Options {
    #[serde(skip_serializing_if = "Priority::is_normal")]
    pub(crate) priority: Priority,
    /// Not before this time, as the caller said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) send_at: Option<Millis>,
    /// After this time the message is not sent any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Millis>,
    /// Words of the caller's, to find the message by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// Data of the caller's, given back and never looked at.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: Map<String, Value>,
    /// It leaves only after the earlier ones of its conversation that ask for the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) in_order: bool,
    /// A template in Meta's shape that is sent in its place when the service window is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fallback_template: Option<Value>,
    /// Who asked: the id of an API key, or the name of a door.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) caller: String,
    #[serde(skip_serializing_if = "Door::is_api")]
    pub(crate) door: Door,
}

/// Where a message came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Door {
    #[default]
    Api,
    Graph,
    Nats,
}

/// Which lane of its channel's queue a message waits in.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Priority {
    /// A login code: before everything else.
    High,
    #[default]
    Normal,
    /// A campaign: after everything else.
    Low,
}

impl Options {
    /// What is stored; nothing for what asks for nothing.
    pub(crate) fn render(&self) -> Option<String> {
        let text = serde_json::to_string(self).ok()?;
        (text != "{}").then_some(text)
    }

    /// Reads what was stored, by whichever version.
    pub(crate) fn parse(stored: Option<&str>) -> Self {
        let parsed = stored.and_then(|text| serde_json::from_str(text).ok());
        parsed.unwrap_or_default()
    }
}

impl Door {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Graph => "graph",
            Self::Nats => "nats",
        }
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the shape that serde asks for"
    )]
    fn is_api(&self) -> bool {
        *self == Self::Api
    }
}

impl Priority {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the shape that serde asks for"
    )]
    fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_nothing_takes_no_room_and_the_rest_comes_back() {
        assert_eq!(Options::default().render(), None);
        assert_eq!(Options::parse(None), Options::default());
        let options = Options {
            priority: Priority::High,
            expires_at: Some(7),
            tags: vec!["spring".to_owned()],
            in_order: true,
            caller: "key_1".to_owned(),
            ..Options::default()
        };
        let stored = options.render().unwrap();
        assert_eq!(Options::parse(Some(&stored)), options);
        // Written by a later version.
        let later = Options::parse(Some(r#"{"tags":["a"],"new":1}"#));
        assert_eq!(later.tags, ["a"]);
    }
}
