//! What a caller gets instead of a result: one enum, which is the table of statuses.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::StoreError;

/// Each way in which an API call can fail. `row` says how it looks, `detail` what to do.
#[derive(Debug)]
pub(crate) enum Problem {
    MalformedJson {
        line: usize,
        column: usize,
    },
    UnreadableBody,
    InvalidQuery(Vec<Invalid>),
    InvalidHeader {
        name: &'static str,
        detail: &'static str,
    },
    NoKey,
    WrongKey,
    /// The cookie's session is over, or there is none.
    NoSession,
    /// A request with a cookie that may come from another site.
    Csrf,
    /// Too many wrong keys at the console's door; seconds until it opens.
    TooManySignIns {
        retry_after: u64,
    },
    /// The key's role may not make this call.
    RoleForbidden,
    /// The key is limited to channels that this call is not about.
    ScopeForbidden,
    /// The key does not show what people write.
    TextsHidden,
    /// The key has made too many requests.
    TooManyRequests {
        retry_after: u64,
    },
    NotFound(Thing),
    NoRoute,
    WrongMethod,
    ChannelExists,
    NumberTaken,
    ChannelBusy,
    LastKey,
    WrongState {
        detail: Cow<'static, str>,
    },
    EventGone,
    TooLarge {
        limit: usize,
    },
    RangeNotSatisfiable {
        length: u64,
    },
    NotJson,
    Invalid(Vec<Invalid>),
    ChannelNotFound,
    ReceiveOnly,
    NotCarried {
        detail: String,
    },
    KeyReused,
    /// A message that may not be sent.
    MayNotBeSent {
        code: &'static str,
        title: &'static str,
        detail: String,
        errors: Vec<Invalid>,
    },
    KeyInFlight,
    ChannelCannotSend {
        detail: String,
    },
    CarrierRefused {
        detail: String,
    },
    CarrierUnreachable,
    Failed {
        cause: String,
    },
    /// The disk is full or fails: nothing happened, and the same call may succeed later.
    NotStored {
        cause: String,
    },
    /// The connection to the database broke while it was told to keep what was done.
    OutcomeUncertain,
    Stopping,
    TooManyStreams,
    NatsUnreachable,
    Panicked,
}

/// What was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    ApiKey,
    Channel,
    Contact,
    Conversation,
    DeadLetter,
    Delivery,
    Endpoint,
    Erasure,
    Event,
    Job,
    Media,
    Message,
    Stream,
    Suppression,
    Template,
}

/// One thing that is wrong with a request, and where.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Invalid {
    /// JSON pointer into the body; absent for a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/text/body")]
    pub(crate) pointer: Option<String>,
    /// The query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// What is wrong, and what would be right.
    pub(crate) detail: String,
    /// The limit that is exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
    /// What was counted against the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<u64>,
}

/// A problem as RFC 9457 describes it, with a code for programs and a sentence for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/invalid",
    "title": "The request is not valid",
    "status": 422,
    "code": "invalid",
    "detail": "Correct what `errors` lists and send the request again.",
    "errors": [{
        "pointer": "/text/body", "detail": "is too long", "limit": 4096, "length": 5000
    }],
    "request_id": "req_01hf7yat00c5k9m2t8w3x6q4vz"
}))]
pub(crate) struct ProblemBody {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means.
    title: &'static str,
    /// The status of the response.
    status: u16,
    /// For programs; it never changes its meaning.
    code: &'static str,
    /// What happened and what to do about it.
    detail: Cow<'static, str>,
    /// Each single fault, where there are several to tell apart.
    #[serde(skip_serializing_if = "<[Invalid]>::is_empty")]
    errors: Vec<Invalid>,
    /// Name it when you ask about this request: the gateway's log has it too.
    request_id: String,
}

impl Problem {
    #[expect(clippy::too_many_lines, reason = "it is the table")]
    pub(super) fn row(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedJson { .. } => {
                (S::BAD_REQUEST, "malformed_json", "The body is not JSON")
            }
            Self::UnreadableBody => (
                S::BAD_REQUEST,
                "unreadable_body",
                "The body could not be read",
            ),
            Self::InvalidQuery(_) => (S::BAD_REQUEST, "invalid_query", "The query is not valid"),
            Self::InvalidHeader { .. } => {
                (S::BAD_REQUEST, "invalid_header", "A header is not valid")
            }
            Self::NoKey => (S::UNAUTHORIZED, "no_api_key", "An API key is required"),
            Self::WrongKey => (S::UNAUTHORIZED, "wrong_api_key", "The API key is not valid"),
            Self::NoSession => (S::UNAUTHORIZED, "no_session", "Nobody is signed in"),
            Self::Csrf => (
                S::FORBIDDEN,
                "csrf",
                "The request does not come from the console",
            ),
            Self::TooManySignIns { .. } => (
                S::TOO_MANY_REQUESTS,
                "too_many_sign_ins",
                "There were too many sign-ins with wrong keys",
            ),
            Self::RoleForbidden => (
                S::FORBIDDEN,
                "role_forbidden",
                "The key's role may not do this",
            ),
            Self::ScopeForbidden => (
                S::FORBIDDEN,
                "scope_forbidden",
                "The key is limited to some channels",
            ),
            Self::TextsHidden => (
                S::FORBIDDEN,
                "texts_hidden",
                "The key does not show what people write",
            ),
            Self::TooManyRequests { .. } => (
                S::TOO_MANY_REQUESTS,
                "too_many_requests",
                "The key has made too many requests",
            ),
            Self::NotFound(_) => (S::NOT_FOUND, "not_found", "There is no such thing"),
            Self::NoRoute => (S::NOT_FOUND, "no_such_route", "There is no such route"),
            Self::WrongMethod => (
                S::METHOD_NOT_ALLOWED,
                "wrong_method",
                "The route does not take this method",
            ),
            Self::ChannelExists => (S::CONFLICT, "channel_exists", "The channel id is taken"),
            Self::NumberTaken => (
                S::CONFLICT,
                "number_taken",
                "The number has a channel already",
            ),
            Self::ChannelBusy => (S::CONFLICT, "channel_busy", "The channel has work to do"),
            Self::LastKey => (S::CONFLICT, "last_api_key", "This is the last admin key"),
            Self::WrongState { .. } => (
                S::CONFLICT,
                "wrong_state",
                "This cannot be done in the present state",
            ),
            Self::EventGone => (S::GONE, "event_gone", "The event is not kept any more"),
            Self::TooLarge { .. } => (
                S::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large",
            ),
            Self::RangeNotSatisfiable { .. } => (
                S::RANGE_NOT_SATISFIABLE,
                "range_not_satisfiable",
                "The range lies outside of the file",
            ),
            Self::NotJson => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "The body must be sent as JSON",
            ),
            Self::Invalid(_) => (
                S::UNPROCESSABLE_ENTITY,
                "invalid",
                "The request is not valid",
            ),
            Self::ChannelNotFound => (
                S::UNPROCESSABLE_ENTITY,
                "channel_not_found",
                "There is no such channel",
            ),
            Self::ReceiveOnly => (
                S::UNPROCESSABLE_ENTITY,
                "channel_receive_only",
                "The channel cannot send",
            ),
            Self::NotCarried { .. } => (
                S::UNPROCESSABLE_ENTITY,
                "not_supported_by_carrier",
                "The carrier cannot do this",
            ),
            Self::MayNotBeSent { code, title, .. } => (S::UNPROCESSABLE_ENTITY, *code, *title),
            Self::ChannelCannotSend { .. } => (
                S::CONFLICT,
                "channel_cannot_send",
                "The channel cannot call its carrier",
            ),
            Self::CarrierRefused { .. } => {
                (S::BAD_GATEWAY, "carrier_refused", "The carrier refused")
            }
            Self::CarrierUnreachable => (
                S::GATEWAY_TIMEOUT,
                "carrier_unreachable",
                "The carrier did not answer",
            ),
            Self::KeyReused => (
                S::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key belongs to another request",
            ),
            Self::KeyInFlight => (
                S::CONFLICT,
                "idempotency_in_flight",
                "The first request with this idempotency key is not answered yet",
            ),
            Self::Failed { .. } | Self::Panicked => {
                (S::INTERNAL_SERVER_ERROR, "failed", "The gateway failed")
            }
            Self::NotStored { .. } => (
                S::SERVICE_UNAVAILABLE,
                "not_stored",
                "The store does not take this now",
            ),
            Self::OutcomeUncertain => (
                S::INTERNAL_SERVER_ERROR,
                "outcome_uncertain",
                "Whether this was done is not known",
            ),
            Self::Stopping => (
                S::SERVICE_UNAVAILABLE,
                "stopping",
                "The gateway is stopping",
            ),
            Self::NatsUnreachable => (
                S::SERVICE_UNAVAILABLE,
                "nats_unreachable",
                "NATS does not answer",
            ),
            Self::TooManyStreams => (
                S::SERVICE_UNAVAILABLE,
                "too_many_streams",
                "There are too many live streams",
            ),
        }
    }

    pub(super) fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::MalformedJson { line, column } => {
                format!("The JSON ends or breaks at line {line}, column {column}.").into()
            }
            Self::InvalidHeader { name, detail } => format!("The header {name} {detail}.").into(),
            Self::NotFound(Thing::Stream) => {
                "There is no stream of this gateway's with this name, or NATS is not configured."
                    .into()
            }
            Self::NotFound(thing) => format!("There is no {} with this id.", thing.name()).into(),
            Self::WrongState { detail } => detail.clone(),
            Self::NotCarried { detail }
            | Self::MayNotBeSent { detail, .. }
            | Self::ChannelCannotSend { detail }
            | Self::CarrierRefused { detail } => detail.clone().into(),
            Self::TooLarge { limit } => {
                format!("A body of this route may have {limit} bytes; send less.").into()
            }
            Self::RangeNotSatisfiable { length } => {
                format!("The file has {length} bytes; ask for some of them.").into()
            }
            fixed => fixed.sentence().into(),
        }
    }

    fn sentence(&self) -> &'static str {
        match self {
            Self::UnreadableBody => "The connection broke before the whole body had arrived.",
            Self::NoKey => {
                "Send the header `Authorization: Bearer wharf_…`. The first key is in the file \
                 `api-key` of the data folder."
            }
            Self::WrongKey => {
                "This key is unknown or revoked. Check it, or make another with a key that is valid."
            }
            Self::NoSession => "Sign in at /console/, or send an API key.",
            Self::Csrf => {
                "Send the header `X-Wharf-Console: 1` from a page of the gateway's own, or use an \
                 API key instead of the cookie."
            }
            Self::TooManySignIns { .. } => "Wait as long as the header Retry-After says.",
            Self::RoleForbidden => {
                "Use a key with another role: docs/access.md says which role may do what."
            }
            Self::TextsHidden => {
                "Use a key that was made with `shows_texts`: one without it neither sees texts nor \
                 gives them to another key or an endpoint."
            }
            Self::TooManyRequests { .. } => {
                "Wait as long as Retry-After says; RateLimit tells how many requests are left."
            }
            Self::ScopeForbidden => {
                "Use a key without a list of channels: this concerns the whole gateway."
            }
            Self::NoRoute => "Look the routes up in /openapi.json.",
            Self::WrongMethod => "The header Allow lists the methods that it takes.",
            Self::ChannelExists => "Choose another id, or change the channel that has it.",
            Self::NumberTaken => {
                "One phone number id belongs to one channel: change that channel instead."
            }
            Self::ChannelBusy => {
                "Messages of it wait to be sent or for their outcome: cancel or settle them first."
            }
            Self::LastKey => {
                "Nobody could make such keys without it: make another key first, with the role admin, \
                 without a list of channels, and with `shows_texts` if this one has it."
            }
            Self::EventGone => {
                "Follow from an event that is still there, or with `since=start` from the oldest."
            }
            Self::NotJson => "Send the header `Content-Type: application/json`.",
            Self::ChannelNotFound => "Name a channel that exists in `channel`, or create it first.",
            Self::ReceiveOnly => "Give the channel an access token before you send from it.",
            Self::CarrierUnreachable => "Whether it took the request is not known; try again.",
            Self::KeyReused => {
                "The same Idempotency-Key came with another body before: use a new key."
            }
            Self::KeyInFlight => "Try again in a moment: then its answer comes again.",
            Self::NotStored { .. } => {
                "Nothing was changed. Try again; if it fails again, see whether the gateway's disk \
                 is full, and look for the request id in its log."
            }
            Self::OutcomeUncertain => {
                "It may have been done, a message may have been taken: look for it before you ask \
                 again. What is sent with an Idempotency-Key can be sent again with the same key."
            }
            Self::Stopping => "Try again in a moment.",
            Self::NatsUnreachable => {
                "The gateway keeps trying to reach it; see /api/v1/nats/status."
            }
            Self::TooManyStreams => "Close a live stream that is not needed, then try again.",
            Self::Failed { .. } | Self::Panicked => {
                "Try again; if it fails again, look for the request id in the gateway's log."
            }
            _ => "Correct what `errors` lists and send the request again.",
        }
    }

    /// What an operator needs to know and a caller does not.
    pub(super) fn cause(&self) -> Option<&str> {
        match self {
            Self::Failed { cause } | Self::NotStored { cause } => Some(cause),
            Self::OutcomeUncertain => Some("the connection to the database broke at a commit"),
            Self::Panicked => Some("a handler panicked"),
            _ => None,
        }
    }

    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        self.row().1
    }

    pub(super) fn body(&self, request_id: &str) -> ProblemBody {
        let (status, code, title) = self.row();
        ProblemBody {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: self.detail(),
            errors: match self {
                Self::Invalid(errors)
                | Self::InvalidQuery(errors)
                | Self::MayNotBeSent { errors, .. } => errors.clone(),
                _ => Vec::new(),
            },
            request_id: request_id.to_owned(),
        }
    }
}

/// The body is written by `observe`, which knows the request's id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.row().0.into_response();
        let headers = response.headers_mut();
        match self {
            Self::NoKey | Self::WrongKey | Self::NoSession => {
                let realm = HeaderValue::from_static("Bearer realm=\"wharf\"");
                headers.insert(header::WWW_AUTHENTICATE, realm);
            }
            Self::TooLarge { .. } => {
                // What is left of the body is not read: the connection is of no more use.
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::TooManySignIns { retry_after } => {
                headers.insert(header::RETRY_AFTER, retry_after.into());
            }
            Self::RangeNotSatisfiable { length } => {
                if let Ok(place) = HeaderValue::from_str(&format!("bytes */{length}")) {
                    headers.insert(header::CONTENT_RANGE, place);
                }
            }
            Self::TooManyRequests { retry_after } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            }
            Self::NotStored { .. }
            | Self::KeyInFlight
            | Self::Stopping
            | Self::TooManyStreams
            | Self::NatsUnreachable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => Self::Stopping,
            StoreError::Uncertain => Self::OutcomeUncertain,
            error if error.is_lasting() => Self::Failed {
                cause: chain(&error),
            },
            error => Self::NotStored {
                cause: chain(&error),
            },
        }
    }
}

/// An error and what caused it, in one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl Invalid {
    /// A fault at a place in the body.
    pub(crate) fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// A fault in a query parameter.
    pub(crate) fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(name.into()),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// With what was counted, and the limit that it exceeds.
    pub(crate) fn over(self, limit: usize, length: usize) -> Self {
        Self {
            limit: u64::try_from(limit).ok(),
            length: u64::try_from(length).ok(),
            ..self
        }
    }
}

impl Thing {
    const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "API key",
            Self::Channel => "channel",
            Self::Contact => "contact",
            Self::Conversation => "conversation",
            Self::DeadLetter => "dead letter",
            Self::Delivery => "delivery",
            Self::Endpoint => "endpoint",
            Self::Erasure => "erasure",
            Self::Event => "event",
            Self::Job => "job",
            Self::Media => "file",
            Self::Message => "message",
            Self::Stream => "stream of this gateway",
            Self::Suppression => "suppression",
            Self::Template => "template",
        }
    }
}
