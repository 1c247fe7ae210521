//! Refusals of the admin API: a status and one sentence.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::SimulatorError;

/// Why an admin call failed.
#[derive(Debug)]
pub(crate) struct AdminError(StatusCode, String);

impl AdminError {
    pub(crate) fn bad_request(reason: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, reason.into())
    }
}

impl From<SimulatorError> for AdminError {
    fn from(error: SimulatorError) -> Self {
        let status = match error {
            SimulatorError::Unknown { .. } => StatusCode::NOT_FOUND,
            SimulatorError::Parameter { .. } | SimulatorError::Challenge { .. } => {
                StatusCode::BAD_REQUEST
            }
            SimulatorError::Start(_) | SimulatorError::TimedOut { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self(status, error.to_string())
    }
}

impl IntoResponse for AdminError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}
