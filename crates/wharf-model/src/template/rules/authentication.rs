//! What Meta asks of an authentication template, whose texts it writes itself.

use super::buttons;
use crate::outgoing::InvalidMessage;
use crate::template::body::{Body, Footer};
use crate::template::button::{Button, ButtonKind};
use crate::template::component::Component;

pub(super) fn check(components: &[Component]) -> Result<(), InvalidMessage> {
    let (mut body, mut button) = (false, false);
    for (index, component) in components.iter().enumerate() {
        let at = format!("/components/{index}");
        match component {
            Component::Body(found) => {
                body = true;
                check_body(found, &at)?;
            }
            Component::Footer(footer) => check_footer(footer, &at)?,
            Component::Buttons(list) => {
                button = true;
                check_buttons(list, &at)?;
            }
            Component::Unknown(_) => {}
            _ => {
                return Err(InvalidMessage::invalid(
                    format!("{at}/type"),
                    "an authentication template takes only a body, a footer and a button",
                ));
            }
        }
    }
    if !body || !button {
        return Err(InvalidMessage::missing("/components"));
    }
    Ok(())
}

fn check_body(body: &Body, at: &str) -> Result<(), InvalidMessage> {
    if body.text.is_some() || body.examples.is_some() {
        let field = format!("{at}/text");
        return Err(InvalidMessage::invalid(field, "Meta writes this text"));
    }
    Ok(())
}

fn check_footer(footer: &Footer, at: &str) -> Result<(), InvalidMessage> {
    if footer.text.is_some() {
        let field = format!("{at}/text");
        return Err(InvalidMessage::invalid(field, "Meta writes this text"));
    }
    let field = format!("{at}/code_expiration_minutes");
    match footer.code_expiration_minutes {
        Some(minutes) => super::minutes(minutes, &field),
        None => Err(InvalidMessage::missing(field)),
    }
}

fn check_buttons(list: &[Button], at: &str) -> Result<(), InvalidMessage> {
    let field = format!("{at}/buttons");
    match list {
        [] => Err(InvalidMessage::missing(field)),
        [button] if matches!(button.kind, ButtonKind::Otp(_)) => {
            buttons::one(button).map_err(|fault| fault.within(&format!("{field}/0")))
        }
        [_] => Err(InvalidMessage::invalid(
            format!("{field}/0/type"),
            "not a button for one-time codes",
        )),
        more => Err(InvalidMessage::TooMany {
            field,
            limit: 1,
            count: more.len(),
        }),
    }
}
