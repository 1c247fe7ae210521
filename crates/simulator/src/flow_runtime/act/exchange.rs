//! Talks with a Flow's data endpoint: what is asked, and what its answers do to the screen.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::{complete, enter};
use crate::error::SimulatorError;
use crate::flow_runtime::{FlowState, Session};
use crate::flows::endpoint::Reply;
use crate::user::User;

const SOMETHING_WRONG: &str = "Something went wrong. Try again later.";

/// What the endpoint is asked.
pub(super) enum Ask {
    /// The first screen.
    Init,
    /// The screen before.
    Back,
    /// What follows from this payload.
    Data(Value),
}

/// Asks the endpoint and shows what it answers.
pub(super) async fn ask(
    user: &User,
    session: &mut Session,
    ask: Ask,
) -> Result<(), SimulatorError> {
    let core = user.core();
    let flow = core.flows.get(&session.flow.id);
    let flow = flow.unwrap_or_else(|| (*session.flow).clone());
    let mut request = head(user, session);
    let (initial, backwards) = (matches!(ask, Ask::Init), matches!(ask, Ask::Back));
    match ask {
        Ask::Init => request["action"] = json!("INIT"),
        Ask::Back => {
            request["action"] = json!("BACK");
            request["screen"] = json!(session.current());
        }
        Ask::Data(data) => {
            request["action"] = json!("data_exchange");
            request["screen"] = json!(session.current());
            request["data"] = data;
        }
    }
    match session.line.ask(core, &flow, &request).await {
        Reply::Answer(answer) => match arrive(user, session, &answer, initial, backwards).await? {
            Ok(()) => Ok(()),
            Err((error, message)) => {
                let mut notice = head(user, session);
                notice["action"] = json!(if initial { "INIT" } else { "data_exchange" });
                notice["screen"] = answer["screen"].clone();
                notice["data"] = json!({"error": error, "error_message": message});
                // Whether it is acknowledged changes nothing for the user.
                session.line.ask(core, &flow, &notice).await;
                fail(session, error, initial);
                Ok(())
            }
        },
        Reply::Invalid(said) => {
            session.notice = Some(if said.is_empty() {
                SOMETHING_WRONG.to_owned()
            } else {
                said
            });
            session.state = FlowState::Disabled;
            Ok(())
        }
        Reply::Failed(error) => {
            fail(session, error, initial);
            Ok(())
        }
    }
}

fn fail(session: &mut Session, error: &str, initial: bool) {
    session.notice = Some(format!("{SOMETHING_WRONG} ({error})"));
    if initial {
        session.state = FlowState::Failed;
    }
}

/// What every request has.
fn head(user: &User, session: &Session) -> Value {
    let version = session.flow.top("data_api_version").unwrap_or("3.0");
    let mut request = json!({"version": version, "flow_token": session.token});
    let number = |text: &str| -> Option<(u32, u32)> {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let flow = session.flow.top("version").and_then(number);
    if flow >= Some((7, 3)) && number(version) >= Some((4, 0)) {
        let secret = user.core().settings.app.secret.expose();
        request["flow_token_signature"] = json!(signed(secret, &session.token));
    }
    request
}

/// A JWT of the token, signed with the app secret.
fn signed(secret: &str, token: &str) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "HS256", "typ": "JWT"}));
    let text = format!("{head}.{}", part(json!({"flow_token": token})));
    let code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    });
    format!("{text}.{}", code.unwrap_or_default())
}

type Fault = (&'static str, String);

/// Shows the screen of an answer, or tells what is wrong with it.
async fn arrive(
    user: &User,
    session: &mut Session,
    answer: &Value,
    initial: bool,
    backwards: bool,
) -> Result<Result<(), Fault>, SimulatorError> {
    let wrong = |message: String| Ok(Err(("payload-schema-error", message)));
    let Some(screen) = answer["screen"].as_str() else {
        return wrong("The response has no screen.".to_owned());
    };
    if screen == "SUCCESS" {
        let params = answer.pointer("/data/extension_message_response/params");
        return match params.filter(|params| params["flow_token"].is_string()) {
            Some(params) => complete(user, session, params.clone()).await.map(Ok),
            None => wrong(
                "data.extension_message_response.params must be an object with flow_token."
                    .to_owned(),
            ),
        };
    }
    let Some(node) = session.node(screen) else {
        let message = format!("The screen {screen} is not in the Flow JSON.");
        return Ok(Err(("invalid-screen-transition", message)));
    };
    let current = session.current();
    let routes = session
        .flow
        .json
        .pointer(&format!("/routing_model/{current}"));
    let forward = routes.and_then(Value::as_array);
    let forward = forward.is_some_and(|routes| routes.iter().any(|route| route == screen));
    let visited = session.stack.iter().any(|visit| visit.screen == screen);
    if !(initial || forward || screen == current || (backwards && visited)) {
        let message = format!("The routing model has no route from {current} to {screen}.");
        return Ok(Err(("invalid-screen-transition", message)));
    }
    let data = match &answer["data"] {
        Value::Null => Map::new(),
        Value::Object(data) => data.clone(),
        _ => return wrong("data must be an object.".to_owned()),
    };
    let known = session.data.get(screen);
    for (name, schema) in node["data"].as_object().into_iter().flatten() {
        let value = data
            .get(name)
            .or_else(|| known.and_then(|known| known.get(name)));
        let expected = schema["type"].as_str().unwrap_or_default();
        match value {
            // A screen that shows an error may leave out what it shows already.
            None if data.contains_key("error_message") => {}
            None => return wrong(format!("data.{name} is required by screen {screen}.")),
            Some(value) if !is(value, expected) => {
                return wrong(format!("data.{name} must be of type {expected}."));
            }
            Some(_) => {}
        }
    }
    let said = data
        .get("error_message")
        .and_then(Value::as_str)
        .map(str::to_owned);
    enter(session, screen, data);
    session.notice = said;
    Ok(Ok(()))
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
