//! Payments from outside: the side of the user.

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::user;
use crate::ids::PhoneNumberId;
use crate::payments::Attempt;
use crate::simulator::Simulator;

/// Every route and what it does.
#[rustfmt::skip]
pub(super) const ROUTES: [(&str, &str); 1] = [
    ("POST /sim/v1/users/{user}/pay", "wamid of order_details, status: captured, pending or failed"),
];

pub(super) fn router() -> Router<Simulator> {
    Router::new().route("/users/{user}/pay", post(pay))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    wamid: String,
    status: Option<String>,
    phone_number_id: Option<PhoneNumberId>,
}

async fn pay(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(payment): Json<Payment>,
) -> Result<Json<Value>, AdminError> {
    let attempt = match payment.status.as_deref() {
        None | Some("captured") => Attempt::Captured,
        Some("pending") => Attempt::Pending,
        Some("failed") => Attempt::Failed,
        Some(_) => {
            let reason = "status is captured, pending or failed";
            return Err(AdminError::bad_request(reason));
        }
    };
    let user = user(&simulator, &who, payment.phone_number_id.as_ref());
    let told = user.tries_to_pay(&payment.wamid, attempt).await?;
    Ok(Json(json!(told)))
}
