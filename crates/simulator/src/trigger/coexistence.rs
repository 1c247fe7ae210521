//! Events of a number that is in use in the WhatsApp Business app too.

use serde_json::json;

use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::world::coexist;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 7] = [
    ("echo.text", "the business writes to the user in its app [text]"),
    ("echo.edit", "the business changes what it wrote in its app [text]"),
    ("echo.revoke", "the business deletes what it wrote in its app"),
    ("history.threads", "the app hands over the chats so far"),
    ("history.declined", "the business keeps its chats to itself"),
    ("state_sync.add", "the business adds the user to its address book"),
    ("state_sync.remove", "the business removes the user from its address book"),
];

pub(super) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let (core, user) = (simulator.core(), params.user(simulator)?);
    let (number, key) = (user.number()?, user.key());
    coexist::set(core, &number, true);
    let text = params.text_or("text", "Here is the info you requested!")?;
    let write = |kind: &str, content| coexist::app_writes(core, &number, key, kind, &content);
    let (wamid, emitted) = match event {
        "echo.text" => {
            let (wamid, emitted) = write("text", json!({"body": text}))?;
            (Some(wamid), emitted)
        }
        "echo.edit" | "echo.revoke" => {
            let (first, _) = write("text", json!({"body": "Here is teh info."}))?;
            let (wamid, emitted) = if event == "echo.edit" {
                let message =
                    json!({"context": {"id": "M0"}, "type": "text", "text": {"body": text}});
                write(
                    "edit",
                    json!({"original_message_id": first, "message": message}),
                )?
            } else {
                write("revoke", json!({"original_message_id": first}))?
            };
            (Some(wamid), emitted)
        }
        "history.threads" => {
            user.says("Thanks!").await?;
            (None, coexist::history(core, &number, false))
        }
        "history.declined" => (None, coexist::history(core, &number, true)),
        "state_sync.add" => (None, coexist::contact(core, &number, key, "add")?),
        _ => (None, coexist::contact(core, &number, key, "remove")?),
    };
    Ok(emitted.triggered(event, wamid))
}
