//! A screen as the user sees it.

use serde_json::{Map, Value};

use super::Session;
use crate::flows::expression::shown;

/// How far a Flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowState {
    /// It waits for the user.
    Open,
    /// It ended, and the business got the answers.
    Completed,
    /// The user left it.
    Closed,
    /// Something went wrong that the user cannot mend.
    Failed,
    /// The endpoint refused its token: the button of the message is dead.
    Disabled,
}

/// What the user sees of a Flow.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FlowScreen {
    /// The opening that it belongs to.
    pub session: String,
    /// The Flow.
    pub flow_id: String,
    /// Whether it goes on.
    pub state: FlowState,
    /// The screen's id.
    pub screen: String,
    /// The words above.
    pub title: String,
    /// Whether this is a screen that the Flow can end on.
    pub terminal: bool,
    /// Whether there is a screen to go back to.
    pub can_go_back: bool,
    /// Words that float over the screen.
    pub error: Option<String>,
    /// The page that a link opened in the browser.
    pub opened_url: Option<String>,
    /// What is on it, without the footer.
    pub components: Vec<FlowComponent>,
    /// The button below.
    pub footer: Option<FlowComponent>,
    /// What the business got, when it ended.
    pub response: Option<Value>,
}

/// One component, with bindings replaced.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct FlowComponent {
    /// Its type, such as `TextInput`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name it is filled in by.
    pub name: Option<String>,
    /// Its label, or the words of a text, link or button.
    pub label: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it can be used.
    pub enabled: bool,
    /// What can be picked.
    pub options: Vec<FlowOption>,
    /// What is filled in.
    pub value: Value,
    /// What is wrong with it.
    pub error: Option<String>,
    /// All other properties, such as `input-type` and `helper-text`.
    pub properties: Map<String, Value>,
}

/// One thing to pick.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FlowOption {
    /// What is sent.
    pub id: String,
    /// What is read.
    pub title: String,
    /// More words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A few more words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// A picture in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The picture in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// Whether it can be picked.
    pub enabled: bool,
}

impl Session {
    pub(super) fn shown(&self) -> FlowScreen {
        let node = self.node(self.current());
        let (footers, components): (Vec<_>, Vec<_>) = self
            .components()
            .iter()
            .map(|component| self.component(component))
            .partition(|component| component.kind == "Footer");
        let title = node.map(|node| self.resolve(&node["title"]));
        FlowScreen {
            session: self.id.clone(),
            flow_id: self.flow.id.clone(),
            state: self.state,
            screen: self.current().to_owned(),
            title: title.as_ref().map(shown).unwrap_or_default(),
            terminal: node.is_some_and(|node| node["terminal"] == true),
            can_go_back: self.stack.len() > 1,
            error: self.notice.clone(),
            opened_url: self.opened_url.clone(),
            components,
            footer: footers.into_iter().next(),
            response: self.response.clone(),
        }
    }

    /// A component with bindings replaced and the user's value.
    pub(super) fn component(&self, node: &Value) -> FlowComponent {
        let mut properties = Map::new();
        for (name, value) in node.as_object().into_iter().flatten() {
            let kept = name.ends_with("-action");
            let value = if kept {
                value.clone()
            } else {
                self.resolve(value)
            };
            properties.insert(name.clone(), value);
        }
        let mut take = |name: &str| properties.remove(name);
        let kind = take("type").as_ref().map(shown).unwrap_or_default();
        let name = take("name").as_ref().map(shown);
        let (label, text) = (take("label"), take("text"));
        let mut ends = None;
        let label = match label.or(text) {
            Some(Value::Array(lines)) => lines.iter().map(shown).collect::<Vec<_>>().join("\n"),
            // A range of days has two, from its start to its end.
            Some(Value::Object(labels)) => {
                let both = ["start-date", "end-date"].map(|end| shown(&labels[end]));
                ends = Some(labels);
                both.join(" – ")
            }
            label => label.as_ref().map(shown).unwrap_or_default(),
        };
        let least = ["min-uploaded-photos", "min-uploaded-documents"];
        let needs_file = least
            .iter()
            .any(|name| node[*name].as_u64().is_some_and(|least| least > 0));
        let required = match take("required") {
            Some(Value::Object(parts)) => parts.values().any(|part| *part == true),
            required => required == Some(Value::Bool(true)) || needs_file,
        };
        let enabled = take("enabled") != Some(Value::Bool(false));
        let options = take("data-source").map(|source| options(&source));
        let first = take("init-value");
        let filled = self.forms.get(self.current());
        let filled = name.as_ref().and_then(|name| filled?.get(name).cloned());
        let noted = name
            .as_ref()
            .and_then(|name| self.errors.get(name).cloned());
        let given = take("error-message").as_ref().map(shown);
        if let Some(labels) = ends {
            properties.insert("label".to_owned(), Value::Object(labels));
        }
        FlowComponent {
            kind,
            label,
            required,
            enabled,
            options: options.unwrap_or_default(),
            value: filled.or(first).unwrap_or_default(),
            error: noted.or(given.filter(|error| !error.is_empty())),
            name,
            properties,
        }
    }
}

fn options(source: &Value) -> Vec<FlowOption> {
    let options = source.as_array().into_iter().flatten();
    let text = |option: &Value, name: &str| option[name].as_str().map(str::to_owned);
    options
        .map(|option| FlowOption {
            id: shown(&option["id"]),
            title: shown(&option["title"]),
            description: text(option, "description"),
            metadata: text(option, "metadata"),
            image: text(option, "image"),
            alt_text: text(option, "alt-text"),
            enabled: option["enabled"] != false,
        })
        .collect()
}
