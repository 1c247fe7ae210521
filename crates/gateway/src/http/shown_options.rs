//! What was asked for beside the content of a message, as the API shows it.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::texts::Texts;
use super::time::Time;
use crate::send::{Options, Priority};

/// What was asked for beside the content. What was not asked for is left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct ShownOptions {
    /// Not sent before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Time>,
    /// Not sent after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    /// `high` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Priority>,
    /// Leaves after the earlier ones of its conversation that ask for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_order: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// What is sent in its place when the service window is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_window_closed: Option<WindowClosed>,
}

/// What is sent when the service window is closed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WindowClosed {
    /// In Meta's shape.
    #[schema(value_type = Object)]
    template: Value,
}

impl Texts for ShownOptions {
    fn hide(&mut self) {
        self.metadata = None;
        self.on_window_closed = None;
    }
}

impl ShownOptions {
    /// What was stored with a message.
    pub(super) fn of(stored: Option<&str>) -> Self {
        let options = Options::parse(stored);
        Self {
            send_at: options.send_at.map(Time),
            expires_at: options.expires_at.map(Time),
            priority: Some(options.priority).filter(|priority| *priority != Priority::Normal),
            in_order: options.in_order.then_some(true),
            tags: Some(options.tags).filter(|tags| !tags.is_empty()),
            metadata: Some(options.metadata).filter(|metadata| !metadata.is_empty()),
            on_window_closed: options
                .fallback_template
                .map(|template| WindowClosed { template }),
        }
    }
}
