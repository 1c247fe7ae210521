//! What a caller is told of a message: the carrier's answer, or how it stands.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::messages::REPLAYED;
use super::{GraphFault, verbatim};
use crate::send::Settled;
use crate::store::messages::{Message, State};
use crate::store::outbound::Fault;

const MESSAGE_ID: HeaderName = HeaderName::from_static("wharf-message-id");
const MESSAGE_STATE: HeaderName = HeaderName::from_static("wharf-message-state");

/// The answer to a send.
///
/// The carrier's own where there is one. A message that still waits, or of which nobody knows whether
/// it arrived, is a success with our id in the place of the wamid: a caller that took an error for a
/// reason to send it again would send it twice.
pub(super) fn of(settled: Settled, replayed: bool) -> Response {
    let Settled { message, answered } = settled;
    let detail = answered
        .as_ref()
        .and_then(|answered| answered.detail.clone());
    let mut response = match (&message.carrier_id, message.state) {
        (Some(wamid), _) => {
            let told = answered.filter(|answered| answered.outcome == "accepted");
            let told = told
                .and_then(|told| told.detail)
                .filter(|text| names(text, wamid));
            let told = told.unwrap_or_else(|| success(&message, wamid, false).to_string());
            verbatim(StatusCode::OK, told)
        }
        (None, State::Failed | State::RequiresTemplate | State::Expired | State::Canceled) => {
            let status = answered.and_then(|answered| answered.http_status);
            let carrier = detail.filter(|text| is_envelope(text)).map(|body| {
                let status = status.and_then(|status| u16::try_from(status).ok());
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                GraphFault::Carrier {
                    status: status.unwrap_or(StatusCode::BAD_REQUEST),
                    body,
                }
            });
            carrier.unwrap_or_else(|| own(&message)).into_response()
        }
        (None, _) => {
            let body = success(&message, &message.id, true);
            verbatim(StatusCode::OK, body.to_string())
        }
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(&message.id) {
        headers.insert(MESSAGE_ID, id);
    }
    headers.insert(
        MESSAGE_STATE,
        HeaderValue::from_static(message.state.as_str()),
    );
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn names(answer: &str, wamid: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    answer["messages"][0]["id"] == wamid
}

fn is_envelope(answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    answer["error"]["code"].is_i64()
}

/// Meta's answer to a message that was taken, from what is stored of it.
fn success(message: &Message, id: &str, waits: bool) -> Value {
    let content: Value = serde_json::from_str(&message.content).unwrap_or_default();
    let contact = match (content["to"].as_str(), content["recipient"].as_str()) {
        (Some(to), _) => json!({"input": to, "wa_id": to.trim_start_matches('+')}),
        (None, Some(user)) => json!({"input": user, "user_id": user}),
        (None, None) => json!({}),
    };
    let mut told = json!({"id": id});
    if waits {
        told["message_status"] = "accepted".into();
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [told]})
}

/// A message that ended without a word of the carrier's.
fn own(message: &Message) -> GraphFault {
    let fault = message.state_detail.as_deref();
    let fault: Option<Fault> = fault.and_then(|text| serde_json::from_str(text).ok());
    let usual = match message.state {
        State::RequiresTemplate => 131_047,
        _ => 100,
    };
    match fault {
        Some(Fault {
            code,
            title,
            detail,
            ..
        }) => GraphFault::ended(
            code.unwrap_or(usual),
            &title,
            detail.unwrap_or(title.clone()),
        ),
        None if message.state == State::Canceled => {
            let details = "Somebody took the message back before it was sent.";
            GraphFault::ended(usual, "The message was canceled", details)
        }
        None => GraphFault::ended(usual, "The message was not sent", "It has ended unsent."),
    }
}
