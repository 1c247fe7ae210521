//! Flows: their life cycle, their JSON, and what was measured of their endpoints.

pub(crate) mod alert;
pub(crate) mod binding;
pub(crate) mod cipher;
mod components;
pub(crate) mod endpoint;
pub(crate) mod expression;
mod json;
pub(crate) mod metric;
mod samples;
mod validate;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::chance::mix;
use crate::clock::later;
use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::ids::{AppId, WabaId};
use crate::record::Triggered;
use crate::settings::Number;

pub(crate) use metric::Requests;

/// How long a preview's address is good.
const PREVIEW_LIFE: Duration = Duration::from_hours(30 * 24);
/// Messages an hour that a throttled Flow may be sent in.
const THROTTLED: usize = 10;
const HOUR: i64 = 60 * 60;

/// Where a Flow stands. See [Flows/Lifecycle].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlowStatus {
    /// Can be changed, and sent in draft mode.
    Draft,
    /// Can be sent, and no longer changed.
    Published,
    /// Can no longer be sent or opened.
    Deprecated,
    /// Its endpoint is unhealthy: it cannot be sent or opened.
    Blocked,
    /// Its endpoint is unhealthy: it can be sent ten times an hour.
    Throttled,
}

impl FlowStatus {
    /// The value as Meta writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Published => "PUBLISHED",
            Self::Deprecated => "DEPRECATED",
            Self::Blocked => "BLOCKED",
            Self::Throttled => "THROTTLED",
        }
    }
}

/// One Flow.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) waba: WabaId,
    pub(crate) name: String,
    pub(crate) categories: Vec<String>,
    pub(crate) status: FlowStatus,
    pub(crate) endpoint_uri: Option<String>,
    pub(crate) application: Option<AppId>,
    /// Its JSON as it was uploaded, and read.
    pub(crate) text: Option<Arc<str>>,
    pub(crate) json: Arc<Value>,
    pub(crate) errors: Arc<Vec<Value>>,
    pub(crate) requests: Requests,
    preview: Option<(u64, Timestamp)>,
    sent: Vec<Timestamp>,
}

impl Flow {
    pub(crate) fn new(id: &str, waba: &WabaId, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            waba: waba.clone(),
            name: name.to_owned(),
            categories: vec!["OTHER".to_owned()],
            status: FlowStatus::Draft,
            endpoint_uri: None,
            application: None,
            text: None,
            json: Arc::default(),
            errors: Arc::default(),
            requests: Requests::default(),
            preview: None,
            sent: Vec::new(),
        }
    }

    /// Takes a Flow JSON with all its mistakes.
    pub(crate) fn set_text(&mut self, text: &str) {
        self.errors = Arc::new(validate::validate(text));
        self.json = Arc::new(serde_json::from_str(text).unwrap_or_default());
        self.text = Some(text.into());
    }

    /// A text at the top of its JSON.
    pub(crate) fn top(&self, name: &str) -> Option<&str> {
        self.json.get(name)?.as_str()
    }

    pub(crate) fn has_screen(&self, id: &str) -> bool {
        let screens = self.json.get("screens").and_then(Value::as_array);
        screens.is_some_and(|screens| screens.iter().any(|screen| screen["id"] == id))
    }

    /// Whether it talks to a data endpoint.
    pub(crate) fn has_endpoint(&self) -> bool {
        self.top("data_api_version").is_some()
    }
}

/// All Flows.
#[derive(Debug)]
pub(crate) struct Flows {
    seed: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    made: u64,
    flows: Vec<Flow>,
}

impl Flows {
    /// The samples belong to the first number's WABA.
    pub(crate) fn new(seed: u64, first: Option<&Number>) -> Self {
        let flows = first.map(|number| samples::samples(&number.waba));
        let state = State {
            flows: flows.unwrap_or_default(),
            ..State::default()
        };
        Self {
            seed,
            state: Mutex::new(state),
        }
    }

    /// A position for chance that nothing else has.
    pub(crate) fn draw(&self) -> u64 {
        let mut state = lock(&self.state);
        state.made += 1;
        state.made
    }

    /// An id that no other Flow has.
    pub(crate) fn new_id(&self) -> String {
        let mut state = lock(&self.state);
        state.made += 1;
        let drawn = mix(self.seed, 410, state.made) % 8_999_999_999_999_999;
        (1_000_000_000_000_000 + drawn).to_string()
    }

    /// Keeps a Flow, in the place of one with its id.
    pub(crate) fn put(&self, flow: Flow) {
        let mut state = lock(&self.state);
        match state.flows.iter_mut().find(|known| known.id == flow.id) {
            Some(known) => *known = flow,
            None => state.flows.push(flow),
        }
    }

    pub(crate) fn remove(&self, id: &str) {
        lock(&self.state).flows.retain(|flow| flow.id != id);
    }

    pub(crate) fn get(&self, id: &str) -> Option<Flow> {
        let state = lock(&self.state);
        state.flows.iter().find(|flow| flow.id == id).cloned()
    }

    /// The Flow of a WABA with this id or name.
    pub(crate) fn find(&self, waba: &WabaId, id_or_name: &str) -> Option<Flow> {
        let state = lock(&self.state);
        let mut flows = state.flows.iter().filter(|flow| flow.waba == *waba);
        flows
            .find(|flow| flow.id == id_or_name || flow.name == id_or_name)
            .cloned()
    }

    /// Those of a WABA, or all, newest first.
    pub(crate) fn list(&self, waba: Option<&WabaId>) -> Vec<Flow> {
        let state = lock(&self.state);
        let flows = state.flows.iter().rev();
        flows
            .filter(|flow| waba.is_none_or(|waba| flow.waba == *waba))
            .cloned()
            .collect()
    }

    /// Changes a Flow in place.
    pub(crate) fn change<T>(&self, id: &str, change: impl FnOnce(&mut Flow) -> T) -> Option<T> {
        let mut state = lock(&self.state);
        state
            .flows
            .iter_mut()
            .find(|flow| flow.id == id)
            .map(change)
    }

    /// Refuses a send of a Flow that is not in the right state, and counts one of a throttled Flow.
    pub(crate) fn send(&self, id: &str, draft: bool, now: Timestamp) -> Result<(), GraphError> {
        let refuse = |reason: &str| Err(GraphError::new(131_009, reason));
        let sent = self.change(id, |flow| match flow.status {
            FlowStatus::Draft if draft => Ok(()),
            FlowStatus::Draft => {
                refuse("The Flow is in DRAFT status: publish it, or send it with mode draft.")
            }
            FlowStatus::Deprecated => refuse("The Flow is deprecated: send another one."),
            FlowStatus::Blocked => Err(GraphError::new(
                132_068,
                "Flow is in blocked state: its endpoint is unhealthy.",
            )),
            FlowStatus::Published | FlowStatus::Throttled if draft => {
                refuse("The Flow is published: send it with mode published.")
            }
            FlowStatus::Published => Ok(()),
            FlowStatus::Throttled => {
                flow.sent
                    .retain(|at| now.as_second() - at.as_second() < HOUR);
                if flow.sent.len() >= THROTTLED {
                    return Err(GraphError::new(
                        132_069,
                        "Flow is in throttled state and 10 messages using this flow were already \
                         sent in the last hour.",
                    ));
                }
                flow.sent.push(now);
                Ok(())
            }
        });
        sent.unwrap_or_else(|| refuse("The Flow does not exist on this WhatsApp Business account."))
    }

    /// The token of a Flow's preview and when it ends.
    pub(crate) fn preview(&self, id: &str, renew: bool, now: Timestamp) -> (String, Timestamp) {
        let mut state = lock(&self.state);
        state.made += 1;
        let token = mix(self.seed, 411, state.made);
        let flow = state.flows.iter_mut().find(|flow| flow.id == id);
        let fresh = (token, later(now, PREVIEW_LIFE));
        let (token, until) = match flow {
            Some(flow) => {
                let kept = flow.preview.filter(|(_, until)| now < *until && !renew);
                *flow.preview.insert(kept.unwrap_or(fresh))
            }
            None => fresh,
        };
        (format!("{token:016x}"), until)
    }
}

/// Brings a Flow into another state and tells the business.
pub(crate) fn set_status(core: &Arc<Core>, id: &str, status: FlowStatus) -> Option<Triggered> {
    let (old, flow) = core.flows.change(id, |flow| {
        let old = std::mem::replace(&mut flow.status, status);
        (old, flow.clone())
    })?;
    let (old, new) = (old.as_str(), status.as_str());
    let value = json!({
        "event": "FLOW_STATUS_CHANGE",
        "message": format!("{} changed status from {old} to {new}", flow.name),
        "flow_id": flow.id,
        "old_status": old,
        "new_status": new,
    });
    Some(tell(core, &flow, &value))
}

/// Tells of a Flow that was just made.
pub(crate) fn created(core: &Arc<Core>, flow: &Flow) -> Triggered {
    let value = json!({
        "event": "FLOW_STATUS_CHANGE",
        "message": format!("{} has been created with DRAFT status", flow.name),
        "flow_id": flow.id,
        "new_status": "DRAFT",
    });
    tell(core, flow, &value)
}

/// Sends a change of the field `flows`.
pub(crate) fn tell(core: &Arc<Core>, flow: &Flow, value: &Value) -> Triggered {
    let event = value["event"]
        .as_str()
        .unwrap_or_default()
        .to_ascii_lowercase();
    core.emit_for_waba(&flow.waba, "flows", value)
        .triggered(&format!("flow.{event}"), None)
}
