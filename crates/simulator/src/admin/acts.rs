//! What users do beyond writing, each as one call.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::user;
use crate::ids::PhoneNumberId;
use crate::simulator::Simulator;

/// `act` says what, the rest with what.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
    Block,
    Unblock,
    Report,
    PhoneOff,
    PhoneOn,
    Edit {
        wamid: String,
        text: String,
    },
    Delete {
        wamid: String,
    },
    SubmitFlow {
        wamid: String,
        answers: Value,
    },
    GiveAddress {
        wamid: String,
        values: Value,
    },
    AnswerCallRequest {
        wamid: String,
        accept: bool,
        #[serde(default)]
        permanent: bool,
    },
    ShareNumber {
        wamid: String,
    },
    Order {
        catalog_id: String,
        product_items: Value,
    },
    ChangeNumber {
        phone: String,
    },
    ChangeIdentity,
    HearFromApp {
        text: String,
    },
}

pub(super) async fn act(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let number = body.get("phone_number_id").and_then(Value::as_str);
    let number = number.map(PhoneNumberId::from);
    let user = user(&simulator, &who, number.as_ref());
    let act: Act = serde_json::from_value(body)
        .map_err(|error| AdminError::bad_request(format!("the act cannot be done: {error}")))?;
    let wamid = match act {
        Act::Block => user.blocks(true).map(|()| None)?,
        Act::Unblock => user.blocks(false).map(|()| None)?,
        Act::Report => user.reports().map(|()| None)?,
        Act::PhoneOff => {
            user.turns_phone(false);
            None
        }
        Act::PhoneOn => {
            user.turns_phone(true);
            None
        }
        Act::Edit { wamid, text } => Some(user.edits(wamid, &text).await?),
        Act::Delete { wamid } => Some(user.deletes(wamid).await?),
        Act::SubmitFlow { wamid, answers } => Some(user.submits_flow(wamid, &answers).await?),
        Act::GiveAddress { wamid, values } => Some(user.gives_address(wamid, &values).await?),
        Act::AnswerCallRequest {
            wamid,
            accept,
            permanent,
        } => Some(user.answers_call_request(wamid, accept, permanent).await?),
        Act::ShareNumber { wamid } => Some(user.shares_number(wamid).await?),
        Act::Order {
            catalog_id,
            product_items,
        } => Some(user.orders(&catalog_id, &product_items).await?),
        Act::ChangeNumber { phone } => user.changes_number(&phone).map(|_| None)?,
        Act::ChangeIdentity => Some(user.changes_identity()?),
        Act::HearFromApp { text } => Some(user.hears_from_app(&text)?),
    };
    Ok(Json(json!({"success": true, "wamid": wamid})))
}
