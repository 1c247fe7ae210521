//! A button that opens a flow.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::ids::FlowId;
use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// A button that opens a flow.
///
/// See [Cloud API/Flows/Sending a flow].
///
/// ```
/// use wharf_model::outgoing::{FlowMessage, FlowStart, Interactive};
///
/// let flow = FlowMessage::by_name("appointments", "Book")?
///     .token("customer-7")?
///     .start(FlowStart::navigate("DAY")?);
/// let message = Interactive::new("When may we come?", flow)?;
/// assert_eq!(message.kind(), "flow");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FlowMessage {
    flow: FlowRef,
    cta: String,
    token: Option<String>,
    mode: Option<FlowMode>,
    start: Option<FlowStart>,
}

/// Which flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowRef {
    /// By id.
    Id(FlowId),
    /// By name.
    Name(String),
}

/// Whether the flow is published; Meta takes it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowMode {
    /// For everyone.
    Published,
    /// For testers.
    Draft,
}

/// How the flow begins; with its first screen where nothing is said.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowStart {
    /// With a screen.
    Navigate(Option<FlowScreen>),
    /// With what the business's endpoint answers.
    DataExchange,
}

/// A screen, and the data that it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowScreen {
    screen: String,
    data: Option<Map<String, Value>>,
}

const PARAMETERS: &str = "/interactive/action/parameters";

impl FlowMessage {
    /// A flow by id, and the label of the button, 1 to 30 characters.
    pub fn by_id(flow: FlowId, cta: impl Into<String>) -> Result<Self, InvalidMessage> {
        Self::new(FlowRef::Id(flow), cta)
    }

    /// A flow by name, and the label of the button, 1 to 30 characters.
    pub fn by_name(
        flow: impl Into<String>,
        cta: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let field = format!("{PARAMETERS}/flow_name");
        let name = required(flow.into(), limits::FLOW_NAME, &field)?;
        Self::new(FlowRef::Name(name), cta)
    }

    fn new(flow: FlowRef, cta: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = format!("{PARAMETERS}/flow_cta");
        Ok(Self {
            flow,
            cta: required(cta.into(), limits::FLOW_CTA, &field)?,
            token: None,
            mode: None,
            start: None,
        })
    }

    /// Says what comes back with the answer, and reaches the endpoint.
    pub fn token(mut self, token: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = format!("{PARAMETERS}/flow_token");
        self.token = Some(required(token.into(), limits::FLOW_TOKEN, &field)?);
        Ok(self)
    }

    /// Says whether the flow is published.
    #[must_use]
    pub fn mode(mut self, mode: FlowMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Says how the flow begins.
    #[must_use]
    pub fn start(mut self, start: FlowStart) -> Self {
        self.start = Some(start);
        self
    }

    /// Which flow.
    pub fn flow(&self) -> &FlowRef {
        &self.flow
    }

    /// The label of the button.
    pub fn cta(&self) -> &str {
        &self.cta
    }

    /// What comes back with the answer.
    pub fn token_text(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = super::action::named(interactive, "flow")?;
        let known = [
            "flow_message_version",
            "flow_id",
            "flow_name",
            "flow_cta",
            "flow_token",
            "mode",
            "flow_action",
            "flow_action_payload",
        ];
        let parameters = action.require_child("parameters", &known)?;
        if let Some(version) = parameters.text_or_number("flow_message_version")?
            && version != "3"
        {
            return Err(parameters.invalid("flow_message_version", "not `3`"));
        }
        let cta = parameters.require_text("flow_cta")?;
        let mut flow = match (parameters.id("flow_id")?, parameters.text("flow_name")?) {
            (Some(id), None) => Self::by_id(id, cta)?,
            (None, Some(name)) => Self::by_name(name, cta)?,
            (None, None) => return Err(InvalidMessage::missing(parameters.pointer("flow_id"))),
            (Some(_), Some(_)) => {
                return Err(parameters.invalid("flow_name", "stands beside an id"));
            }
        };
        if let Some(token) = parameters.text("flow_token")? {
            flow = flow.token(token)?;
        }
        flow.mode = match parameters.text("mode")? {
            None => None,
            Some("published") => Some(FlowMode::Published),
            Some("draft") => Some(FlowMode::Draft),
            Some(_) => return Err(parameters.invalid("mode", "neither `published` nor `draft`")),
        };
        flow.start = FlowStart::read(&parameters)?;
        Ok(flow)
    }
}

impl FlowStart {
    /// A screen by its id, without data.
    pub fn navigate(screen: impl Into<String>) -> Result<Self, InvalidMessage> {
        Self::screen(screen, None)
    }

    /// A screen by its id, and the data that it shows; data is never empty.
    pub fn navigate_with(
        screen: impl Into<String>,
        data: Map<String, Value>,
    ) -> Result<Self, InvalidMessage> {
        Self::screen(screen, Some(data))
    }

    fn screen(
        screen: impl Into<String>,
        data: Option<Map<String, Value>>,
    ) -> Result<Self, InvalidMessage> {
        let at = format!("{PARAMETERS}/flow_action_payload");
        let screen = required(screen.into(), limits::FLOW_NAME, &format!("{at}/screen"))?;
        if data.as_ref().is_some_and(Map::is_empty) {
            let field = format!("{at}/data");
            return Err(InvalidMessage::invalid(field, "an object without keys"));
        }
        Ok(Self::Navigate(Some(FlowScreen { screen, data })))
    }

    fn read(parameters: &Object<'_>) -> Result<Option<Self>, InvalidMessage> {
        let payload = parameters.child("flow_action_payload", &["screen", "data"])?;
        match (parameters.text("flow_action")?, payload) {
            (None, None) => Ok(None),
            (Some("navigate"), None) => Ok(Some(Self::Navigate(None))),
            (None | Some("navigate"), Some(payload)) => {
                let data = payload.map("data")?.cloned();
                Self::screen(payload.require_text("screen")?, data).map(Some)
            }
            (Some("data_exchange"), None) => Ok(Some(Self::DataExchange)),
            (Some("data_exchange"), Some(_)) => Err(parameters.invalid(
                "flow_action_payload",
                "belongs to the action `navigate` only",
            )),
            (Some(_), _) => {
                Err(parameters.invalid("flow_action", "neither `navigate` nor `data_exchange`"))
            }
        }
    }
}

impl FlowScreen {
    /// The screen's id.
    pub fn screen(&self) -> &str {
        &self.screen
    }

    /// What it shows, if anything is said.
    pub fn data(&self) -> Option<&Map<String, Value>> {
        self.data.as_ref()
    }
}

impl Serialize for FlowMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Wire<'a> {
            name: &'static str,
            parameters: Parameters<'a>,
        }
        Wire {
            name: "flow",
            parameters: Parameters(self),
        }
        .serialize(serializer)
    }
}

struct Parameters<'a>(&'a FlowMessage);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Payload<'a> {
            screen: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            data: Option<&'a Map<String, Value>>,
        }
        let flow = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow_message_version", "3")?;
        match &flow.flow {
            FlowRef::Id(id) => map.serialize_entry("flow_id", id)?,
            FlowRef::Name(name) => map.serialize_entry("flow_name", name)?,
        }
        map.serialize_entry("flow_cta", &flow.cta)?;
        if let Some(token) = &flow.token {
            map.serialize_entry("flow_token", token)?;
        }
        match flow.mode {
            Some(FlowMode::Published) => map.serialize_entry("mode", "published")?,
            Some(FlowMode::Draft) => map.serialize_entry("mode", "draft")?,
            None => {}
        }
        match &flow.start {
            Some(FlowStart::Navigate(screen)) => {
                map.serialize_entry("flow_action", "navigate")?;
                if let Some(FlowScreen { screen, data }) = screen {
                    let data = data.as_ref();
                    map.serialize_entry("flow_action_payload", &Payload { screen, data })?;
                }
            }
            Some(FlowStart::DataExchange) => map.serialize_entry("flow_action", "data_exchange")?,
            None => {}
        }
        map.end()
    }
}
