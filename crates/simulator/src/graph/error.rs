//! A refusal in Meta's shape.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::core::Core;
use crate::graph::codes::{Known, known};

/// A Graph error before it has its `fbtrace_id`. See [Graph API/Error handling].
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    http: u16,
    code: i64,
    message: String,
    kind: &'static str,
    subcode: Option<i64>,
    details: Option<Box<str>>,
    retry_after: Option<u64>,
    /// `error_user_title` and `error_user_msg`.
    user: Option<Box<(&'static str, String)>>,
    /// Fields that stand beside `error`; below status 400 they are the whole answer.
    beside: Option<Box<Value>>,
}

impl GraphError {
    /// A Cloud API refusal: `(#code) title` and `error_data.details`.
    pub(crate) fn new(code: i64, details: impl Into<String>) -> Self {
        let Known { title, http, .. } = known(code);
        Self {
            http,
            code,
            message: format!("(#{code}) {title}"),
            kind: "OAuthException",
            subcode: None,
            details: Some(details.into().into_boxed_str()),
            retry_after: None,
            user: None,
            beside: None,
        }
    }

    /// The refusal that the table describes for this code.
    pub(crate) fn usual(code: i64) -> Self {
        Self::new(code, known(code).details())
    }

    /// A plain Graph refusal, which has a message and no details.
    pub(crate) fn plain(http: u16, code: i64, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            http,
            code,
            message,
            kind: "OAuthException",
            subcode: None,
            details: None,
            retry_after: None,
            user: None,
            beside: None,
        }
    }

    /// The refusal for an id that is nothing here.
    pub(crate) fn no_object(method: &str, id: &str) -> Self {
        let method = method.to_ascii_lowercase();
        let message = format!(
            "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded \
             due to missing permissions, or does not support this operation. Please read the Graph \
             API documentation at https://developers.facebook.com/docs/graph-api"
        );
        Self {
            kind: "GraphMethodException",
            ..Self::plain(400, 100, message)
        }
        .subcode(33)
    }

    /// The refusal for something that Meta has and this simulator has not.
    pub(crate) fn not_simulated(what: &str) -> Self {
        Self::plain(
            400,
            100,
            format!("(#100) Not simulated: the simulator does not know {what} yet"),
        )
        .kind("GraphMethodException")
    }

    pub(crate) fn subcode(self, subcode: i64) -> Self {
        Self {
            subcode: Some(subcode),
            ..self
        }
    }

    pub(crate) fn maybe_subcode(self, subcode: Option<i64>) -> Self {
        Self {
            subcode: subcode.or(self.subcode),
            ..self
        }
    }

    pub(crate) fn retry_after(self, seconds: Option<u64>) -> Self {
        Self {
            retry_after: seconds,
            ..self
        }
    }

    /// The same with the words that management calls show to people; `message` names field, limit
    /// and remedy.
    pub(crate) fn user(self, title: &'static str, message: impl Into<String>) -> Self {
        Self {
            user: Some(Box::new((title, message.into()))),
            ..self
        }
    }

    /// The same refusal with what succeeded beside it.
    pub(crate) fn beside(self, fields: Value) -> Self {
        Self {
            beside: Some(Box::new(fields)),
            ..self
        }
    }

    /// No refusal, but an answer with another status than 200.
    pub(crate) fn answer(http: u16, body: Value) -> Self {
        Self::plain(http, 0, "").beside(body)
    }

    pub(crate) fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn into_response(self, core: &Core) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": core.ids.trace(),
        });
        if let Some(details) = self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if matches!(self.code, 4 | 80_007 | 80_008) {
            error["is_transient"] = json!(true);
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some((title, message)) = self.user.map(|words| *words) {
            error["is_transient"] = json!(false);
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(message);
        }
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        let mut body = self.beside.map_or_else(|| json!({}), |fields| *fields);
        // A success in part has its own body, unless a fault ordered the bare code.
        if self.http >= 400 || body.as_object().is_none_or(serde_json::Map::is_empty) {
            body["error"] = error;
        }
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            let challenge =
                HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The response of a Graph call.
pub(crate) fn respond(core: &Core, answer: Result<Value, GraphError>) -> Response {
    match answer {
        Ok(value) => Json(value).into_response(),
        Err(error) => error.into_response(core),
    }
}
