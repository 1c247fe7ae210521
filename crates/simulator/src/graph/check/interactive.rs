//! Interactive messages: what each kind may carry around its action.

mod carousel;
pub(super) mod commerce;
mod flow;
pub(super) mod order;
mod reply;
pub(super) mod request;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::message::{Content, To};
use crate::graph::check::{Object, media};

const HEADER: usize = 60;
const FOOTER: usize = 60;
const BODY: usize = 1024;
const LIST_BODY: usize = 4096;
const BUTTON_TITLE: usize = 20;
const URL: usize = 2000;

/// Which header a kind takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Never,
    Any,
    Text,
    TextRequired,
    Image,
}

/// Header, whether the text must be there, and whether a footer may.
fn shape(kind: &str) -> Option<(Head, bool, bool)> {
    Some(match kind {
        "button" | "cta_url" | "flow" => (Head::Any, true, true),
        "list" => (Head::Text, true, true),
        "product_list" => (Head::TextRequired, true, true),
        "order_details" => (Head::Image, true, true),
        "catalog_message" | "address_message" | "voice_call" | "order_status" => {
            (Head::Never, true, true)
        }
        "location_request_message" | "carousel" | "request_contact_info" => {
            (Head::Never, true, false)
        }
        "product" => (Head::Never, false, true),
        "call_permission_request" => (Head::Never, false, false),
        _ => return None,
    })
}

/// See [Cloud API/Interactive messages].
pub(super) fn check(core: &Core, interactive: &Object<'_>, to: &To) -> Result<Content, GraphError> {
    let kind = interactive.required_text("type", usize::MAX)?;
    let Some((head, says, foot)) = shape(kind) else {
        return Err(interactive.invalid("type", "is not a known interactive type"));
    };
    interactive.only(&["type", "header", "body", "footer", "action"])?;
    match (head, interactive.object("header")?) {
        (Head::Never, Some(_)) => {
            return Err(interactive.invalid("header", &format!("is not allowed for type {kind}")));
        }
        (Head::TextRequired, None) => return Err(interactive.missing("header")),
        (_, None) => {}
        (head, Some(header)) => self::header(core, &header, head)?,
    }
    match interactive.object("body")? {
        None if says => return Err(interactive.missing("body")),
        None => {}
        Some(body) => {
            body.only(&["text"])?;
            body.required_text("text", if kind == "list" { LIST_BODY } else { BODY })?;
        }
    }
    match interactive.object("footer")? {
        Some(_) if !foot => {
            return Err(interactive.invalid("footer", &format!("is not allowed for type {kind}")));
        }
        None => {}
        Some(footer) => {
            footer.only(&["text"])?;
            footer.required_text("text", FOOTER)?;
        }
    }
    let action = interactive.required_object("action")?;
    match kind {
        "button" => reply::buttons(&action)?,
        "list" => reply::list(&action)?,
        "cta_url" => reply::cta_url(&action)?,
        "flow" => flow::check(&action)?,
        "product" => commerce::product(&action)?,
        "product_list" => commerce::product_list(&action)?,
        "catalog_message" => commerce::catalog(&action)?,
        "carousel" => carousel::check(core, &action)?,
        "location_request_message" => named(&action, "send_location", &[])?,
        "request_contact_info" => named(&action, "request_contact_info", &[])?,
        "address_message" => return request::address(&action, to),
        "voice_call" => request::voice_call(&action)?,
        "call_permission_request" => {
            named(&action, "call_permission_request", &[])?;
            return Ok(Content {
                asks_to_call: true,
                ..Content::default()
            });
        }
        "order_details" => return order::details_action(core, &action),
        _ => return order::status_action(&action),
    }
    Ok(Content::default())
}

/// The action is called `name` and has nothing beside it but `extra`.
fn named(action: &Object<'_>, name: &str, extra: &[&str]) -> Result<(), GraphError> {
    let known: Vec<&str> = ["name"].iter().chain(extra).copied().collect();
    action.only(&known)?;
    if action.required_text("name", usize::MAX)? == name {
        Ok(())
    } else {
        Err(action.invalid("name", &format!("must be {name}")))
    }
}

fn header(core: &Core, header: &Object<'_>, head: Head) -> Result<(), GraphError> {
    let kind = header.required_text("type", usize::MAX)?;
    let allowed = match head {
        Head::Any => matches!(kind, "text" | "image" | "video" | "document"),
        Head::Text | Head::TextRequired => kind == "text",
        Head::Image => kind == "image",
        Head::Never => false,
    };
    if !allowed {
        return Err(header.invalid("type", "is not allowed here"));
    }
    header.only(&["type", kind])?;
    if kind == "text" {
        return header.required_text("text", HEADER).map(|_| ());
    }
    file(core, header, kind)
}

/// The file of a header.
fn file(core: &Core, header: &Object<'_>, kind: &str) -> Result<(), GraphError> {
    let media = header.required_object(kind)?;
    let known: &[&str] = if kind == "document" {
        &["id", "link", "filename"]
    } else {
        &["id", "link"]
    };
    media.only(known)?;
    media::source(core, &media).map(|_| ())
}
