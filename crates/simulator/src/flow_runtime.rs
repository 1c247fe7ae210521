//! A Flow on a user's phone: screens with what was filled in, and what a press does.

mod act;
mod control;
mod files;
mod screen;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::flows::binding::{Reference, Store};
use crate::flows::endpoint::Line;
use crate::flows::{Flow, FlowStatus};
use crate::ids::Wamid;
use crate::user::User;

pub(crate) use files::download;
pub use screen::{FlowComponent, FlowOption, FlowScreen, FlowState};

/// Sessions that are remembered.
const MOST: usize = 1000;

/// Flows that users have open, and files they put into them.
#[derive(Debug, Default)]
pub(crate) struct OpenFlows(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<String, Session>,
    order: VecDeque<String>,
    /// Messages whose button an endpoint disabled with HTTP 427.
    disabled: HashSet<Wamid>,
    files: files::Files,
}

/// One opening of a Flow.
#[derive(Clone, Debug)]
struct Session {
    id: String,
    flow: Arc<Flow>,
    wamid: Wamid,
    token: String,
    line: Line,
    /// Where the user is, and how they came there.
    stack: Vec<Visit>,
    /// What was filled in, and what came as data, by screen.
    forms: BTreeMap<String, Map<String, Value>>,
    data: BTreeMap<String, Map<String, Value>>,
    /// Words under components, by name.
    errors: BTreeMap<String, String>,
    /// Words for the whole screen.
    notice: Option<String>,
    /// The page that a link opened.
    opened_url: Option<String>,
    state: FlowState,
    /// What the business got at the end.
    response: Option<Value>,
}

#[derive(Clone, Debug)]
struct Visit {
    screen: String,
}

/// How a message opens a Flow.
struct Opening {
    flow: Flow,
    token: String,
    exchange: bool,
    screen: Option<String>,
    data: Map<String, Value>,
}

/// A Flow that a user has open.
///
/// What the user presses may call the Flow's data endpoint: those calls wait for its answer.
#[derive(Clone)]
pub struct FlowSession {
    user: User,
    id: String,
}

impl fmt::Debug for FlowSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowSession")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl User {
    /// Opens the Flow that a message offers.
    pub async fn opens_flow(
        &self,
        wamid: impl AsRef<str> + Send,
    ) -> Result<FlowSession, SimulatorError> {
        let wamid = Wamid::from(wamid.as_ref());
        let core = self.core();
        if lock(&core.open_flows.0).disabled.contains(&wamid) {
            return Err(broken("wamid", "has a button that the endpoint disabled"));
        }
        let number = self.number()?;
        let opening = act::opening(core, &number, &self.body_of(wamid.as_str())?)?;
        match opening.flow.status {
            FlowStatus::Draft | FlowStatus::Published | FlowStatus::Throttled => {}
            FlowStatus::Deprecated | FlowStatus::Blocked => {
                return Err(broken("wamid", "offers a Flow that cannot be opened"));
            }
        }
        let mut session = Session {
            id: format!("{:016x}", core.draw_flow_session()),
            line: Line::new(core, &number.id),
            flow: Arc::new(opening.flow.clone()),
            wamid,
            token: opening.token.clone(),
            stack: Vec::new(),
            forms: BTreeMap::new(),
            data: BTreeMap::new(),
            errors: BTreeMap::new(),
            notice: None,
            opened_url: None,
            state: FlowState::Open,
            response: None,
        };
        act::open(self, &mut session, opening).await?;
        let id = session.id.clone();
        core.open_flows.keep(session);
        Ok(FlowSession {
            user: self.clone(),
            id,
        })
    }

    /// A Flow that this user opened before.
    pub fn flow_session(&self, id: &str) -> Result<FlowSession, SimulatorError> {
        self.core().open_flows.session(id)?;
        Ok(FlowSession {
            user: self.clone(),
            id: id.to_owned(),
        })
    }
}

impl FlowSession {
    /// The id that the admin API names it by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the user sees.
    pub fn screen(&self) -> Result<FlowScreen, SimulatorError> {
        Ok(self.user.core().open_flows.session(&self.id)?.shown())
    }

    /// Fills in a component by name; one that asks the endpoint at once does so.
    ///
    /// Pickers take a list of `{"file_name", "mime_type", "data"}`, the bytes in base64.
    pub async fn fill(&self, name: &str, value: Value) -> Result<FlowScreen, SimulatorError> {
        let mut session = self.user.core().open_flows.session(&self.id)?;
        act::fill(&self.user, &mut session, name, value).await?;
        Ok(self.keep(session))
    }

    /// Presses a button or link, by its words or name; `footer` is the button below.
    pub async fn press(&self, button: &str) -> Result<FlowScreen, SimulatorError> {
        let mut session = self.user.core().open_flows.session(&self.id)?;
        act::press(&self.user, &mut session, button).await?;
        Ok(self.keep(session))
    }

    /// Goes back to the screen before; the first one is left by closing the Flow.
    pub async fn back(&self) -> Result<FlowScreen, SimulatorError> {
        let mut session = self.user.core().open_flows.session(&self.id)?;
        act::back(&self.user, &mut session).await?;
        Ok(self.keep(session))
    }

    fn keep(&self, session: Session) -> FlowScreen {
        let shown = session.shown();
        self.user.core().open_flows.keep(session);
        shown
    }
}

impl OpenFlows {
    fn session(&self, id: &str) -> Result<Session, SimulatorError> {
        let state = lock(&self.0);
        let session = state.sessions.get(id).cloned();
        session.ok_or(SimulatorError::Unknown {
            kind: "flow session",
        })
    }

    fn keep(&self, session: Session) {
        let mut state = lock(&self.0);
        if session.state == FlowState::Disabled {
            state.disabled.insert(session.wamid.clone());
        }
        let id = session.id.clone();
        if state.sessions.insert(id.clone(), session).is_none() {
            state.order.push_back(id);
        }
        while state.order.len() > MOST {
            if let Some(oldest) = state.order.pop_front()
                && let Some(gone) = state.sessions.remove(&oldest)
            {
                state.disabled.remove(&gone.wamid);
            }
        }
    }
}

impl Core {
    fn draw_flow_session(&self) -> u64 {
        crate::chance::mix(self.settings.seed, 430, self.flows.draw())
    }
}

impl Session {
    fn current(&self) -> &str {
        self.stack.last().map_or("", |visit| visit.screen.as_str())
    }

    fn node(&self, screen: &str) -> Option<&Value> {
        let screens = self.flow.json.get("screens")?.as_array()?;
        screens.iter().find(|node| node["id"] == screen)
    }

    /// What a binding on the present screen stands for.
    fn look(&self, reference: &Reference<'_>) -> Value {
        let screen = reference.screen.unwrap_or_else(|| self.current());
        let store = match reference.store {
            Store::Data => self.data.get(screen),
            Store::Form => self.forms.get(screen),
        };
        let mut value = store.and_then(|fields| fields.get(reference.name)).cloned();
        for name in reference.rest.into_iter().flat_map(|rest| rest.split('.')) {
            value = value.and_then(|value| value.get(name).cloned());
        }
        value.unwrap_or_default()
    }

    fn resolve(&self, value: &Value) -> Value {
        crate::flows::expression::resolve(value, &|reference| self.look(reference))
    }

    fn holds(&self, condition: &str) -> bool {
        crate::flows::expression::condition(condition, &|reference| self.look(reference))
            .unwrap_or(false)
    }

    /// The components that are there now: branches chosen, forms opened, the hidden left out.
    fn components(&self) -> Vec<Value> {
        let mut found = Vec::new();
        if let Some(node) = self.node(self.current()) {
            self.collect(&node["layout"]["children"], &json!({}), &mut found);
        }
        found
    }

    fn collect(&self, children: &Value, form: &Value, found: &mut Vec<Value>) {
        for child in children.as_array().into_iter().flatten() {
            match child["type"].as_str().unwrap_or_default() {
                "Form" => self.collect(&child["children"], child, found),
                "If" => {
                    let holds = self.holds(child["condition"].as_str().unwrap_or_default());
                    let branch = if holds { "then" } else { "else" };
                    self.collect(&child[branch], form, found);
                }
                "Switch" => {
                    let value = self.resolve(&child["value"]);
                    let case = crate::flows::expression::shown(&value);
                    self.collect(&child["cases"][case], form, found);
                }
                _ => {
                    let visible = child.get("visible").map(|value| self.resolve(value));
                    if visible != Some(Value::Bool(false)) {
                        let mut component = child.clone();
                        self.fill_from_form(&mut component, form);
                        found.push(component);
                    }
                }
            }
        }
    }

    /// A `Form` gives its fields their first values and errors.
    fn fill_from_form(&self, component: &mut Value, form: &Value) {
        let Some(name) = component["name"].as_str().map(str::to_owned) else {
            return;
        };
        for (all, own) in [
            ("init-values", "init-value"),
            ("error-messages", "error-message"),
        ] {
            let given = form.get(all).map(|values| self.resolve(values));
            if let Some(value) = given.and_then(|values| values.get(&name).cloned()) {
                component[own] = value;
            }
        }
    }
}

fn broken(name: &'static str, reason: &str) -> SimulatorError {
    SimulatorError::Parameter {
        name,
        reason: reason.to_owned(),
    }
}
