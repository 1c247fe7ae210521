//! A refusal in Meta's shape.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use wharf_model::InvalidMessage;

use super::super::message_body::explain;
use super::super::problem::{Invalid, Problem};
use crate::carrier::{CarrierError, Outcome, Rejection};
use crate::send::{AcceptError, ReadError};
use crate::store::StoreError;

/// Meta's code for a parameter that is wrong.
const INVALID: i64 = 100;
/// Meta's code for what may work a moment later: nothing has happened.
const UNAVAILABLE: i64 = 2;

/// Meta's code for what the caller may not do.
const DENIED: i64 = 10;
const DENIED_TITLE: &str = "Application does not have permission for this action";
/// Meta's code for too many calls of one caller.
const TOO_MANY: i64 = 4;

/// What a caller of the Graph-compatible endpoint gets instead of a result.
#[derive(Debug)]
pub(crate) enum GraphFault {
    /// Ours, in Meta's shape.
    Own(Box<Own>),
    /// The carrier's, as it came.
    Carrier { status: StatusCode, body: String },
}

/// A refusal of ours.
#[derive(Debug)]
pub(crate) struct Own {
    status: StatusCode,
    kind: &'static str,
    code: i64,
    subcode: Option<i64>,
    message: String,
    details: Option<String>,
    /// The same call may work a moment later, and nothing has happened.
    transient: bool,
    cause: Option<String>,
}

/// A refusal as Meta writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"error": {
    "message": "(#131009) Parameter value is not valid", "type": "OAuthException",
    "code": 131_009, "error_data": {
        "messaging_product": "whatsapp",
        "details": "text.body has 5000 characters, at most 4096 are allowed"
    },
    "fbtrace_id": "req_01hf7yat00c5k9m2t8w3x6q4vz"
}}))]
pub(crate) struct GraphErrorBody {
    error: GraphErrorDetail,
}

/// The refusal.
#[derive(Debug, Serialize, ToSchema)]
struct GraphErrorDetail {
    message: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Meta's code.
    code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_subcode: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_transient: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_data: Option<GraphErrorData>,
    /// Names the request in the gateway's log.
    fbtrace_id: String,
}

/// What exactly is wrong.
#[derive(Debug, Serialize, ToSchema)]
struct GraphErrorData {
    messaging_product: &'static str,
    details: String,
}

impl GraphFault {
    fn new(status: StatusCode, code: i64, title: &str, details: impl Into<String>) -> Self {
        Self::Own(Box::new(Own {
            status,
            kind: "OAuthException",
            code,
            subcode: None,
            message: format!("(#{code}) {title}"),
            details: Some(details.into()),
            transient: false,
            cause: None,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Own)) -> Self {
        if let Self::Own(own) = &mut self {
            change(own);
        }
        self
    }

    /// A parameter is wrong.
    pub(super) fn invalid(details: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            INVALID,
            "Invalid parameter",
            details,
        )
    }

    /// More than the carrier takes.
    pub(super) fn too_large(details: impl Into<String>) -> Self {
        Self::invalid(details).with(|own| own.status = StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// A parameter is not there.
    pub(super) fn missing(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            131_008,
            "Required parameter is missing",
            format!("The parameter {name} is required."),
        )
    }

    /// What the model refuses of a message, all of it.
    pub(super) fn message(error: &InvalidMessage) -> Self {
        let (code, title) = match error {
            InvalidMessage::Missing { .. } => (131_008, "Required parameter is missing"),
            InvalidMessage::Unsupported { .. } => (INVALID, "Invalid parameter"),
            _ => (131_009, "Parameter value is not valid"),
        };
        Self::new(StatusCode::BAD_REQUEST, code, title, named(&explain(error)))
    }

    /// A message that ended here, before the carrier had it.
    pub(super) fn ended(code: i64, title: &str, details: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title, details)
    }

    /// There is nothing with this id here.
    pub(super) fn no_object(method: &Method, id: &str) -> Self {
        let method = method.as_str().to_ascii_lowercase();
        Self::new(StatusCode::BAD_REQUEST, INVALID, "", "").with(|own| {
            own.kind = "GraphMethodException";
            own.subcode = Some(33);
            own.message = format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be \
                 loaded due to missing permissions, or does not support this operation"
            );
            own.details = Some(
                "Wharf has no channel with this phone number id; list them at /api/v1/channels"
                    .to_owned(),
            );
        })
    }

    /// A call that Meta has and Wharf has not.
    pub(super) fn not_offered() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            INVALID,
            "Not offered by Wharf",
            "Wharf offers messages, marketing_messages and media of a phone number, and files by \
             their id. Call Meta for everything else.",
        )
        .with(|own| own.kind = "GraphMethodException")
    }

    pub(super) fn unknown_path() -> Self {
        let details = "The path must be /graph/{version}/…, with a version such as v26.0.";
        Self::new(
            StatusCode::BAD_REQUEST,
            2500,
            "Unknown path components",
            details,
        )
    }

    pub(super) fn token_in_url() -> Self {
        Self::bad_key(
            "The API key may not stand in the URL, where logs keep it: send the header \
             `Authorization: Bearer wharf_…`, without access_token.",
        )
    }

    fn bad_key(details: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 190, "", details).with(|own| {
            "Invalid OAuth access token - Cannot parse access token".clone_into(&mut own.message);
        })
    }

    /// The outcome of a call that the carrier did not do; `None` says why in our words.
    pub(super) fn outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Rejected(rejection) => Self::rejected(*rejection),
            Outcome::Accepted { .. } | Outcome::NotSent { .. } | Outcome::Unknown { .. } => {
                Self::unavailable(
                    StatusCode::GATEWAY_TIMEOUT,
                    "The carrier did not answer; try again.",
                )
            }
        }
    }

    fn rejected(rejection: Rejection) -> Self {
        let status = rejection
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.filter(|status| status.as_u16() >= 400);
        match rejection.raw {
            Some(body) => Self::Carrier {
                status: status.unwrap_or(StatusCode::BAD_REQUEST),
                body,
            },
            None => Self::new(
                status.unwrap_or(StatusCode::BAD_GATEWAY),
                rejection.code.unwrap_or(1),
                &rejection.title,
                rejection.details.unwrap_or_else(|| rejection.title.clone()),
            ),
        }
    }

    fn unavailable(status: StatusCode, details: impl Into<String>) -> Self {
        Self::new(
            status,
            UNAVAILABLE,
            "Service temporarily unavailable",
            details,
        )
        .with(|own| own.transient = true)
    }

    /// What an operator needs to know and a caller does not.
    pub(in super::super) fn cause(&self) -> Option<&str> {
        match self {
            Self::Own(own) => own.cause.as_deref(),
            Self::Carrier { .. } => None,
        }
    }

    /// For the log.
    pub(in super::super) fn code(&self) -> String {
        match self {
            Self::Own(own) => format!("graph_{}", own.code),
            Self::Carrier { .. } => "carrier_refused".to_owned(),
        }
    }

    /// Puts the body into the answer, by the request's id.
    pub(in super::super) fn write_body(&self, response: &mut Response, request_id: &str) {
        let body = match self {
            Self::Carrier { body, .. } => body.clone().into_bytes(),
            Self::Own(own) => {
                let error = GraphErrorDetail {
                    message: own.message.clone(),
                    kind: own.kind,
                    code: own.code,
                    error_subcode: own.subcode,
                    is_transient: own.transient.then_some(true),
                    error_data: own.details.clone().map(|details| GraphErrorData {
                        messaging_product: "whatsapp",
                        details,
                    }),
                    fbtrace_id: request_id.to_owned(),
                };
                // Strings and numbers always serialise.
                serde_json::to_vec(&GraphErrorBody { error }).unwrap_or_default()
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, body.len().into());
        let kind = HeaderValue::from_static("application/json; charset=UTF-8");
        headers.insert(header::CONTENT_TYPE, kind);
        *response.body_mut() = Body::from(body);
    }
}

/// A fault with the path of its field as Meta writes it: `text.body`.
fn named(fault: &Invalid) -> String {
    let field = fault.pointer.as_deref().unwrap_or_default();
    let field = field.trim_start_matches('/').replace('/', ".");
    format!("{field} {}", fault.detail).trim().to_owned()
}

/// The body is written by `observe`, which knows the request's id.
impl IntoResponse for GraphFault {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Own(own) => own.status,
            Self::Carrier { status, .. } => *status,
        };
        let mut response = status.into_response();
        let transient = matches!(&self, Self::Own(own) if own.transient);
        let headers = response.headers_mut();
        if transient {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = "OAuth \"Facebook Platform\" \"invalid_token\"";
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            // What is left of the body is not read: the connection is of no more use.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<Problem> for GraphFault {
    fn from(problem: Problem) -> Self {
        let (status, _, title) = problem.row();
        let details = problem.detail().into_owned();
        match &problem {
            Problem::NoKey | Problem::WrongKey => Self::bad_key(details),
            Problem::Invalid(faults) => {
                Self::invalid(faults.iter().map(named).collect::<Vec<_>>().join("; "))
            }
            // A caller that repeats what is called transient might send it twice.
            Problem::Failed { .. } | Problem::OutcomeUncertain | Problem::Panicked => {
                Self::new(status, 1, "An unknown error occurred", details)
            }
            Problem::KeyInFlight
            | Problem::NotStored { .. }
            | Problem::Stopping
            | Problem::CarrierUnreachable => Self::unavailable(status, details),
            Problem::ChannelCannotSend { .. } | Problem::ReceiveOnly => {
                Self::new(StatusCode::BAD_REQUEST, DENIED, DENIED_TITLE, details)
            }
            Problem::RoleForbidden | Problem::ScopeForbidden | Problem::TextsHidden => {
                Self::new(status, DENIED, DENIED_TITLE, details)
            }
            Problem::TooManyRequests { .. } => Self::new(
                status,
                TOO_MANY,
                "Application request limit reached",
                details,
            )
            .with(|own| own.transient = true),
            _ => Self::new(status, INVALID, title, details),
        }
        .with(|own| own.cause = problem.cause().map(str::to_owned))
    }
}

impl From<StoreError> for GraphFault {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

impl From<CarrierError> for GraphFault {
    fn from(error: CarrierError) -> Self {
        Problem::from(ReadError::Carrier(error)).into()
    }
}

impl From<AcceptError> for GraphFault {
    fn from(error: AcceptError) -> Self {
        match error {
            // As Meta would refuse it, so that a program knows what to do.
            AcceptError::Refused(refused) => Self::new(
                StatusCode::BAD_REQUEST,
                refused.of_meta(),
                &refused.to_string(),
                refused.remedy(),
            ),
            error => Problem::from(error).into(),
        }
    }
}

impl From<ReadError> for GraphFault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Rejected(rejection) => Self::rejected(*rejection),
            ReadError::InvalidId => Self::new(
                StatusCode::BAD_REQUEST,
                131_009,
                "Parameter value is not valid",
                "message_id is not the id of a message",
            ),
            error => Problem::from(error).into(),
        }
    }
}
