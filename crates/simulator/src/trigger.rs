//! Events on demand, each by real steps: a user writes, a status comes, the platform decides.

mod account;
mod calling;
mod coexistence;
mod message;
mod number;
mod partner;
mod preference;
mod rare;
mod reply;
mod status;
mod template;
mod waba;

use std::sync::LazyLock;

use serde_json::Value;

use crate::error::SimulatorError;
use crate::ids::PhoneNumberId;
use crate::record::{MessageStatus, Triggered};
use crate::simulator::Simulator;
use crate::user::User;

/// The user of events that name none.
const USER: &str = "16505551234";

/// A name, and what happens; parameters in brackets.
type Event = (&'static str, &'static str);

/// The events by topic: whoever adds a topic adds its table here and its family to `trigger`.
const TOPICS: [&[Event]; 11] = [
    &message::EVENTS,
    &reply::EVENTS,
    &coexistence::EVENTS,
    &status::EVENTS,
    &template::EVENTS,
    &account::EVENTS,
    &waba::EVENTS,
    &partner::EVENTS,
    &number::EVENTS,
    &preference::EVENTS,
    &rare::EVENTS,
];

/// Every event and what it does.
pub(crate) static EVENTS: LazyLock<Vec<Event>> =
    LazyLock::new(|| TOPICS.into_iter().flatten().copied().collect());

/// Parameters of a trigger, read with words for what is wrong.
pub(crate) struct Params<'a>(&'a Value);

impl<'a> Params<'a> {
    fn text(&self, name: &'static str) -> Result<Option<&'a str>, SimulatorError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(SimulatorError::Parameter {
                name,
                reason: "is not a text".to_owned(),
            }),
        }
    }

    fn text_or(&self, name: &'static str, or: &'a str) -> Result<&'a str, SimulatorError> {
        Ok(self.text(name)?.unwrap_or(or))
    }

    fn number(&self, name: &'static str) -> Result<Option<f64>, SimulatorError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| SimulatorError::Parameter {
                    name,
                    reason: "is not a number".to_owned(),
                }),
        }
    }

    fn phone_number_id(&self) -> Result<Option<PhoneNumberId>, SimulatorError> {
        Ok(self.text("phone_number_id")?.map(PhoneNumberId::from))
    }

    /// The user named by `user`: a phone number, or `@username`.
    fn user(&self, simulator: &Simulator) -> Result<User, SimulatorError> {
        let who = self.text_or("user", USER)?;
        let user = match who.strip_prefix('@') {
            Some(username) => simulator.username_user(username),
            None => simulator.user(who),
        };
        Ok(match self.phone_number_id()? {
            Some(number) => user.with(number),
            None => user,
        })
    }
}

pub(crate) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Value,
) -> Result<Triggered, SimulatorError> {
    if !(params.is_null() || params.is_object()) {
        return Err(SimulatorError::Parameter {
            name: "params",
            reason: "is not an object".to_owned(),
        });
    }
    let (known, _) = EVENTS
        .iter()
        .find(|(name, _)| *name == event)
        .ok_or(SimulatorError::Unknown { kind: "event" })?;
    let params = Params(params);
    let (family, name) = known.split_once('.').unwrap_or((known, ""));
    match (family, name) {
        ("message" | "user", _) if reply::EVENTS.iter().any(|(event, _)| event == known) => {
            reply::trigger(simulator, known, &params).await
        }
        _ if rare::EVENTS.iter().any(|(event, _)| event == known) => {
            rare::trigger(simulator, known, &params).await
        }
        ("echo" | "history" | "state_sync", _) => {
            coexistence::trigger(simulator, known, &params).await
        }
        ("status", "payment_captured" | "payment_pending" | "payment_failed") => {
            reply::payment(simulator, known, &params).await
        }
        ("message", name) => message::trigger(simulator, known, name, &params).await,
        ("status", name) => {
            let goal = match name {
                "sent" => MessageStatus::Sent,
                "delivered" => MessageStatus::Delivered,
                "read" => MessageStatus::Read,
                "played" => MessageStatus::Played,
                _ => MessageStatus::Failed,
            };
            status::trigger(simulator, known, goal, &params)
        }
        ("template", _) => template::trigger(simulator, known, &params),
        ("user_preferences", _) => preference::trigger(simulator, known, &params),
        ("number" | "group" | "call", _) => number::trigger(simulator, known, &params).await,
        _ if partner::EVENTS.iter().any(|(event, _)| event == known) => {
            partner::trigger(simulator, known, &params)
        }
        _ if waba::EVENTS.iter().any(|(event, _)| event == known) => {
            waba::trigger(simulator, known, &params)
        }
        _ => account::trigger(simulator, known, &params),
    }
}
