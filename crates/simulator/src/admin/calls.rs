//! Calls from outside: the side of the user.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::user;
use crate::calls::Progress;
use crate::core::lock;
use crate::ids::PhoneNumberId;
use crate::simulator::Simulator;

/// Every route and what it does.
#[rustfmt::skip]
pub(super) const ROUTES: [(&str, &str); 6] = [
    ("GET /sim/v1/users/{user}/calls", "the calls of a user with their SDP"),
    ("POST /sim/v1/users/{user}/calls", "calls the business: phone_number_id, cta_payload"),
    ("POST /sim/v1/users/{user}/calls/{id}/answer", "takes a call of the business"),
    ("POST /sim/v1/users/{user}/calls/{id}/decline", "refuses a call of the business"),
    ("POST /sim/v1/users/{user}/calls/{id}/hang_up", "ends a call"),
    ("POST /sim/v1/users/{user}/call_permission", "wamid, response (accept or reject), permanent"),
];

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/users/{user}/calls", get(list).post(call))
        .route("/users/{user}/calls/{id}/{action}", post(act))
        .route("/users/{user}/call_permission", post(permit))
}

async fn list(State(simulator): State<Simulator>, Path(who): Path<String>) -> Json<Value> {
    let key = user(&simulator, &who, None).key().clone();
    let book = lock(&simulator.core().calls);
    let data = book.of(&key).map(|call| {
        json!({
            "id": call.id,
            "phone_number_id": call.number,
            "direction": call.direction(),
            "progress": match call.progress {
                Progress::Ringing => "ringing",
                Progress::PreAccepted => "pre_accepted",
                Progress::Talking(_) => "talking",
                Progress::Over => "over",
            },
            "at": call.at,
            "offer": call.offer,
            "answer": call.answer,
        })
    });
    Json(json!({"data": data.collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    phone_number_id: Option<PhoneNumberId>,
    cta_payload: Option<String>,
}

async fn call(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(begin): Json<Begin>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, begin.phone_number_id.as_ref());
    let id = user.calls_with(begin.cta_payload.as_deref()).await?;
    Ok(Json(json!({ "call_id": id })))
}

async fn act(
    State(simulator): State<Simulator>,
    Path((who, id, action)): Path<(String, String, String)>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, None);
    match action.as_str() {
        "answer" => user.answers(&id).await?,
        "decline" => user.declines(&id).await?,
        "hang_up" => user.hangs_up(&id).await?,
        _ => {
            return Err(AdminError::bad_request(
                "a call is answered, declined or hung up",
            ));
        }
    }
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permit {
    wamid: String,
    response: String,
    #[serde(default)]
    permanent: bool,
    phone_number_id: Option<PhoneNumberId>,
}

async fn permit(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(permit): Json<Permit>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, permit.phone_number_id.as_ref());
    let wamid = match permit.response.as_str() {
        "accept" => user.permits_calls(&permit.wamid, permit.permanent).await?,
        "reject" => user.refuses_calls(&permit.wamid).await?,
        _ => return Err(AdminError::bad_request("response is accept or reject")),
    };
    Ok(Json(json!({ "wamid": wamid })))
}
