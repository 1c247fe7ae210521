//! What an endpoint answers a Flow.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The screen that ends a Flow.
const SUCCESS: &str = "SUCCESS";

/// What an endpoint answers a Flow.
///
/// ```
/// use serde_json::json;
/// use wharf_webhook::flow::FlowResponse;
///
/// let next = FlowResponse::screen("SLOTS", &json!({"slots": ["10:00", "11:00"]}))?;
/// assert_eq!(
///     json!(next),
///     json!({"screen": "SLOTS", "data": {"slots": ["10:00", "11:00"]}})
/// );
/// # Ok::<(), wharf_webhook::flow::NotAnObject>(())
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct FlowResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<String>,
    data: Map<String, Value>,
}

/// The data of a screen is not an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("data of a screen is not a JSON object")]
pub struct NotAnObject;

impl FlowResponse {
    /// Shows a screen, with its data: an object.
    pub fn screen<T: Serialize>(name: impl Into<String>, data: &T) -> Result<Self, NotAnObject> {
        Ok(Self {
            screen: Some(name.into()),
            data: object(data)?,
        })
    }

    /// Ends the Flow; the parameters, an object, come back in the message (`nfm_reply`).
    pub fn finish<T: Serialize>(flow_token: &str, parameters: &T) -> Result<Self, NotAnObject> {
        let mut parameters = object(parameters)?;
        parameters.insert("flow_token".to_owned(), flow_token.into());
        let mut data = Map::new();
        data.insert(
            "extension_message_response".to_owned(),
            json!({ "params": parameters }),
        );
        Ok(Self {
            screen: Some(SUCCESS.to_owned()),
            data,
        })
    }

    /// Says something at the foot of the screen, such as what the user should mend.
    #[must_use]
    pub fn error_message(mut self, text: impl Into<String>) -> Self {
        let text = Value::String(text.into());
        self.data.insert("error_message".to_owned(), text);
        self
    }

    /// The answer to a ping.
    pub fn active() -> Self {
        Self::of("status", "active".into())
    }

    /// The answer to the notice of an error.
    pub fn acknowledged() -> Self {
        Self::of("acknowledged", true.into())
    }

    fn of(key: &str, value: Value) -> Self {
        let mut data = Map::new();
        data.insert(key.to_owned(), value);
        Self { screen: None, data }
    }
}

/// Shows the screen alone, for the data are the user's.
impl fmt::Debug for FlowResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowResponse")
            .field("screen", &self.screen)
            .finish_non_exhaustive()
    }
}

fn object<T: Serialize>(data: &T) -> Result<Map<String, Value>, NotAnObject> {
    match serde_json::to_value(data) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(NotAnObject),
    }
}
