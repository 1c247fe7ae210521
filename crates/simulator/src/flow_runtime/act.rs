//! What the user does on a screen, and what the Flow and its endpoint make of it.

mod exchange;

use serde_json::{Map, Value, json};

use super::{FlowState, Opening, Session, Visit, broken, files};
use crate::core::{Core, read};
use crate::error::SimulatorError;
use crate::flows::Flow;
use crate::flows::expression::shown;
use crate::settings::Number;
use crate::user::User;
use crate::world::inbound::Draft;

use exchange::Ask;

/// What Meta sends as the token of a Flow that was sent without one.
const NO_TOKEN: &str = "unused";
const EVENT: &str = "message.interactive.nfm_reply";

/// Reads from a message which Flow it opens, and how.
pub(super) fn opening(
    core: &Core,
    number: &Number,
    body: &Value,
) -> Result<Opening, SimulatorError> {
    let nothing = || broken("wamid", "is no message that opens a Flow");
    let parameters = body.pointer("/interactive/action/parameters");
    let parameters = parameters.filter(|_| body["interactive"]["type"] == "flow");
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let find = |id: &str| -> Result<Flow, SimulatorError> {
        let found = core.flows.find(&number.waba, id);
        found.ok_or(SimulatorError::Unknown { kind: "flow" })
    };
    if let Some(parameters) = parameters {
        let id = text(parameters, "flow_id").or_else(|| text(parameters, "flow_name"));
        let payload = &parameters["flow_action_payload"];
        // One of Meta's samples writes the data as text.
        let data = match &payload["data"] {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            data => data.clone(),
        };
        return Ok(Opening {
            flow: find(&id.ok_or_else(nothing)?)?,
            token: text(parameters, "flow_token").unwrap_or_else(|| NO_TOKEN.to_owned()),
            exchange: parameters["flow_action"] == "data_exchange",
            screen: text(payload, "screen"),
            data: data.as_object().cloned().unwrap_or_default(),
        });
    }
    let template = body.get("template").ok_or_else(nothing)?;
    let button = template_button(core, template).ok_or_else(nothing)?;
    let components = template["components"].as_array().into_iter().flatten();
    let mut given = components.filter(|component| component["sub_type"] == "flow");
    let action = given
        .next()
        .and_then(|given| given.pointer("/parameters/0/action"));
    let action = action.cloned().unwrap_or_default();
    Ok(Opening {
        flow: find(&text(&button, "flow_id").ok_or_else(nothing)?)?,
        token: text(&action, "flow_token").unwrap_or_else(|| NO_TOKEN.to_owned()),
        exchange: button["flow_action"] == "data_exchange",
        screen: text(&button, "navigate_screen"),
        data: action["flow_action_data"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
    })
}

/// The button of a registered template that opens a Flow.
fn template_button(core: &Core, template: &Value) -> Option<Value> {
    let templates = read(&core.templates);
    let known = templates.iter().find(|known| {
        template["name"] == known.name.as_str()
            && template["language"]["code"] == known.language.as_str()
    })?;
    let buttons = serde_json::to_value(&known.buttons).ok()?;
    let mut buttons = buttons.as_array()?.iter();
    buttons.find_map(|button| button.get("flow").cloned())
}

/// Shows the first screen.
pub(super) async fn open(
    user: &User,
    session: &mut Session,
    opening: Opening,
) -> Result<(), SimulatorError> {
    if opening.exchange {
        return exchange::ask(user, session, Ask::Init).await;
    }
    let first = session
        .flow
        .json
        .pointer("/screens/0/id")
        .and_then(Value::as_str);
    let first = opening.screen.or_else(|| first.map(str::to_owned));
    let first = first.ok_or_else(|| broken("wamid", "opens a Flow that has no screens"))?;
    if session.node(&first).is_none() {
        return Err(broken("wamid", "opens a screen that the Flow has not"));
    }
    enter(session, &first, opening.data);
    Ok(())
}

/// Goes to a screen with its data; one that was visited before is gone back to.
fn enter(session: &mut Session, screen: &str, data: Map<String, Value>) {
    session
        .data
        .entry(screen.to_owned())
        .or_default()
        .extend(data);
    session.errors.clear();
    match session
        .stack
        .iter()
        .position(|visit| visit.screen == screen)
    {
        Some(at) => session.stack.truncate(at + 1),
        None => session.stack.push(Visit {
            screen: screen.to_owned(),
        }),
    }
    for component in session.components() {
        let shown = session.component(&component);
        if let (Some(name), false) = (shown.name, shown.value.is_null()) {
            let form = session.forms.entry(screen.to_owned()).or_default();
            form.entry(name).or_insert(shown.value);
        }
    }
}

fn must_be_open(session: &mut Session) -> Result<(), SimulatorError> {
    if session.state != FlowState::Open {
        return Err(broken("session", "is of a Flow that ended"));
    }
    session.notice = None;
    session.opened_url = None;
    Ok(())
}

pub(super) async fn fill(
    user: &User,
    session: &mut Session,
    name: &str,
    value: Value,
) -> Result<(), SimulatorError> {
    must_be_open(session)?;
    let components = session.components();
    let mut named = components
        .iter()
        .filter(|component| component["name"] == name);
    let node = named
        .next()
        .ok_or_else(|| broken("name", "is no field of this screen"))?;
    let field = session.component(node);
    if !field.enabled {
        return Err(broken("name", "is a field that is disabled"));
    }
    let option = |value: &Value| -> Result<Value, SimulatorError> {
        let said = shown(value);
        let mut options = field.options.iter().filter(|option| option.enabled);
        let option = options.find(|option| option.id == said || option.title == said);
        let option = option.ok_or_else(|| broken("value", "is none of the options"))?;
        Ok(json!(option.id))
    };
    let refuse = |reason: &str| Err(broken("value", reason));
    let value = match field.kind.as_str() {
        "CheckboxGroup" | "ChipsSelector" => match value.as_array() {
            Some(items) => items.iter().map(option).collect::<Result<Value, _>>()?,
            None => return refuse("is not a list of options"),
        },
        "RadioButtonsGroup" | "Dropdown" => option(&value)?,
        "OptIn" if !value.is_boolean() => return refuse("is not true or false"),
        "PhotoPicker" | "DocumentPicker" => {
            files::check(node, &value)?;
            value
        }
        "TextInput" | "TextArea" if value.is_array() || value.is_object() => {
            return refuse("is not a text");
        }
        "TextInput" | "TextArea" | "DatePicker" => json!(shown(&value)),
        _ => value,
    };
    let screen = session.current().to_owned();
    session
        .forms
        .entry(screen)
        .or_default()
        .insert(name.to_owned(), value);
    session.errors.remove(name);
    match node.get("on-select-action") {
        Some(action) => perform(user, session, &action.clone()).await,
        None => Ok(()),
    }
}

pub(super) async fn press(
    user: &User,
    session: &mut Session,
    button: &str,
) -> Result<(), SimulatorError> {
    must_be_open(session)?;
    let components = session.components();
    let mut found = None;
    for node in &components {
        let field = session.component(node);
        let is_footer = field.kind == "Footer";
        if field.label == button
            || field.name.as_deref() == Some(button)
            || (is_footer && button == "footer")
        {
            found = Some((field, node.get("on-click-action").cloned()));
            break;
        }
        // Each entry of a navigation list may have an action of its own.
        let entries = session.resolve(&node["list-items"]);
        let entries = entries.as_array().into_iter().flatten();
        for entry in entries {
            if entry["id"] == button || entry["main-content"]["title"] == button {
                let own = entry.get("on-click-action").or(node.get("on-click-action"));
                found = Some((field.clone(), own.cloned()));
            }
        }
    }
    let Some((field, Some(action))) = found else {
        return Err(broken("press", "is no button of this screen"));
    };
    if !field.enabled {
        return Err(broken("press", "is a button that is disabled"));
    }
    if field.kind == "Footer" {
        session.errors = mistakes(session, &components);
        if !session.errors.is_empty() {
            return Ok(());
        }
    }
    perform(user, session, &action).await
}

pub(super) async fn back(user: &User, session: &mut Session) -> Result<(), SimulatorError> {
    must_be_open(session)?;
    if session.stack.len() <= 1 {
        session.state = FlowState::Closed;
        return Ok(());
    }
    let refresh = session.node(session.current());
    let refresh = refresh.is_some_and(|node| node["refresh_on_back"] == true);
    if refresh && session.flow.has_endpoint() {
        return exchange::ask(user, session, Ask::Back).await;
    }
    session.stack.pop();
    session.errors.clear();
    Ok(())
}

async fn perform(user: &User, session: &mut Session, action: &Value) -> Result<(), SimulatorError> {
    let payload = action
        .get("payload")
        .map(|payload| session.resolve(payload));
    let mut payload = payload.unwrap_or_else(|| json!({}));
    match action["name"].as_str().unwrap_or_default() {
        "navigate" => {
            let next = action.pointer("/next/name").and_then(Value::as_str);
            let next = next.filter(|next| session.node(next).is_some());
            let next =
                next.ok_or_else(|| broken("press", "leads to a screen that is not there"))?;
            let data = payload.as_object().cloned().unwrap_or_default();
            enter(session, next, data);
            Ok(())
        }
        "complete" => complete(user, session, payload).await,
        "data_exchange" => {
            files::for_endpoint(user.core(), &mut payload);
            exchange::ask(user, session, Ask::Data(payload)).await
        }
        "open_url" => {
            session.opened_url = Some(shown(&session.resolve(&action["url"])));
            Ok(())
        }
        "update_data" => {
            let screen = session.current().to_owned();
            let data = payload.as_object().cloned().unwrap_or_default();
            session.data.entry(screen).or_default().extend(data);
            Ok(())
        }
        _ => Err(broken("press", "has no known action")),
    }
}

/// Ends the Flow: the business gets the answers as a message.
async fn complete(
    user: &User,
    session: &mut Session,
    mut payload: Value,
) -> Result<(), SimulatorError> {
    files::for_answer(user, &mut payload)?;
    if let Some(fields) = payload.as_object_mut() {
        fields
            .entry("flow_token")
            .or_insert_with(|| json!(session.token));
    }
    let content = json!({
        "type": "nfm_reply",
        "nfm_reply": {"name": "flow", "body": "Sent", "response_json": payload.to_string()},
    });
    let draft = Draft::new("interactive", content);
    let draft = draft.answering(&*user.number()?, session.wamid.as_str());
    user.write(draft, EVENT).await?;
    session.state = FlowState::Completed;
    session.response = Some(payload);
    Ok(())
}

/// What is missing or wrong in the fields, in words under each.
fn mistakes(session: &Session, components: &[Value]) -> std::collections::BTreeMap<String, String> {
    let fields = components
        .iter()
        .map(|component| session.component(component));
    let wrong = fields.filter_map(|field| {
        let name = field.name.clone()?;
        let empty = match &field.value {
            Value::Null | Value::Bool(false) => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if empty {
            return field
                .required
                .then(|| (name, "This field is required.".to_owned()));
        }
        let number = |property: &str| {
            let value = field.properties.get(property)?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok())
        };
        let count = |value: &Value| match value {
            Value::String(text) => text.chars().count() as u64,
            Value::Array(items) => items.len() as u64,
            _ => 0,
        };
        let (least, most) = match field.kind.as_str() {
            "TextInput" => (number("min-chars"), number("max-chars").or(Some(80))),
            "TextArea" => (None, number("max-length").or(Some(600))),
            "CheckboxGroup" => (number("min-selected-items"), number("max-selected-items")),
            "PhotoPicker" => (number("min-uploaded-photos"), None),
            "DocumentPicker" => (number("min-uploaded-documents"), None),
            _ => (None, None),
        };
        let length = count(&field.value);
        if let Some(least) = least.filter(|least| length < *least) {
            return Some((name, format!("Enter at least {least}.")));
        }
        if let Some(most) = most.filter(|most| length > *most) {
            return Some((name, format!("Enter at most {most}.")));
        }
        let text = field.value.as_str().unwrap_or_default();
        let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
        let good = match field.properties.get("input-type").and_then(Value::as_str) {
            Some("number") => text.parse::<f64>().is_ok(),
            Some("email") => text
                .split_once('@')
                .is_some_and(|(who, at)| !who.is_empty() && at.contains('.') && !at.contains('@')),
            Some("passcode") => digits(text),
            Some("phone") => digits(text.trim_start_matches('+')),
            _ => true,
        };
        (!good).then(|| (name, "Enter a valid value.".to_owned()))
    });
    wrong.collect()
}
