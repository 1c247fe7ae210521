//! The button of a template that opens a flow.

use super::fields::{Fields, put_some, take};
use crate::ids::FlowId;

/// The flow that a button opens, by id, by name or as its JSON.
///
/// See [Cloud API/Flows/Sending a flow].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowButton {
    /// The flow by id.
    pub flow_id: Option<FlowId>,
    /// The flow by name.
    pub flow_name: Option<String>,
    /// The flow itself: Flow JSON as text.
    pub flow_json: Option<String>,
    /// `navigate` or `data_exchange`.
    pub flow_action: Option<String>,
    /// The first screen, where the action is `navigate`.
    pub navigate_screen: Option<String>,
    /// `DOCUMENT`, `PROMOTION` or `REVIEW`.
    pub icon: Option<String>,
}

impl FlowButton {
    /// A flow by id that begins with a screen.
    pub fn navigate(flow: FlowId, screen: impl Into<String>) -> Self {
        Self {
            flow_id: Some(flow),
            flow_action: Some("navigate".to_owned()),
            navigate_screen: Some(screen.into()),
            ..Self::default()
        }
    }

    /// A flow by id whose first screen the business's endpoint says.
    pub fn data_exchange(flow: FlowId) -> Self {
        Self {
            flow_id: Some(flow),
            flow_action: Some("data_exchange".to_owned()),
            ..Self::default()
        }
    }

    pub(super) fn read(map: &mut Fields) -> Self {
        Self {
            flow_id: take(map, "flow_id"),
            flow_name: take(map, "flow_name"),
            flow_json: take(map, "flow_json"),
            flow_action: take(map, "flow_action"),
            navigate_screen: take(map, "navigate_screen"),
            icon: take(map, "icon"),
        }
    }

    pub(super) fn write(self, map: &mut Fields) {
        put_some(map, "flow_id", self.flow_id);
        put_some(map, "flow_name", self.flow_name);
        put_some(map, "flow_json", self.flow_json);
        put_some(map, "flow_action", self.flow_action);
        put_some(map, "navigate_screen", self.navigate_screen);
        put_some(map, "icon", self.icon);
    }
}
