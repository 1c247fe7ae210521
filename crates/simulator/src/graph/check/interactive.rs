//! Interactive messages: reply buttons, lists and a button that opens a page.

use std::collections::HashSet;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::message::Content;
use crate::graph::check::{Object, is_web_address, media};

const HEADER: usize = 60;
const FOOTER: usize = 60;
const BODY: usize = 1024;
const LIST_BODY: usize = 4096;
const BUTTONS: usize = 3;
const BUTTON_ID: usize = 256;
const BUTTON_TITLE: usize = 20;
const SECTIONS: usize = 10;
const SECTION_TITLE: usize = 24;
const ROWS: usize = 10;
const ROW_ID: usize = 200;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
const URL: usize = 2000;

/// The kinds that Meta has and this simulator has not.
const LATER: [&str; 11] = [
    "location_request_message",
    "catalog_message",
    "product",
    "product_list",
    "carousel",
    "address_message",
    "call_permission_request",
    "voice_call",
    "request_contact_info",
    "order_details",
    "order_status",
];

/// See [Cloud API/Interactive messages].
pub(super) fn check(core: &Core, interactive: &Object<'_>) -> Result<Content, GraphError> {
    let kind = interactive.required_text("type", usize::MAX)?;
    if LATER.contains(&kind) {
        return Err(GraphError::not_simulated(&format!(
            "interactive messages of type {kind}"
        )));
    }
    interactive.only(&["type", "header", "body", "footer", "action"])?;
    if let Some(header) = interactive.object("header")? {
        self::header(core, &header, kind == "list")?;
    }
    let body = interactive.required_object("body")?;
    body.only(&["text"])?;
    body.required_text("text", if kind == "list" { LIST_BODY } else { BODY })?;
    if let Some(footer) = interactive.object("footer")? {
        footer.only(&["text"])?;
        footer.required_text("text", FOOTER)?;
    }
    let action = interactive.required_object("action")?;
    match kind {
        "button" => buttons(&action)?,
        "list" => list(&action)?,
        "cta_url" => cta_url(&action)?,
        // Its Flow is looked at with the whole message.
        "flow" => action.required_object("parameters").map(|_| ())?,
        _ => return Err(interactive.invalid("type", "is not a known interactive type")),
    }
    Ok(Content::default())
}

fn header(core: &Core, header: &Object<'_>, text_only: bool) -> Result<(), GraphError> {
    let kind = header.required_text("type", usize::MAX)?;
    header.only(&["type", kind])?;
    match kind {
        "text" => header.required_text("text", HEADER).map(|_| ()),
        "image" | "video" | "document" if !text_only => {
            let media = header.required_object(kind)?;
            let known: &[&str] = if kind == "document" {
                &["id", "link", "filename"]
            } else {
                &["id", "link"]
            };
            media.only(known)?;
            media::source(core, &media).map(|_| ())
        }
        _ => Err(header.invalid("type", "is not allowed here")),
    }
}

fn buttons(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["buttons"])?;
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in action.required_objects("buttons", 1, BUTTONS)? {
        button.only(&["type", "reply"])?;
        if button.required_text("type", usize::MAX)? != "reply" {
            return Err(button.invalid("type", "must be reply"));
        }
        let reply = button.required_object("reply")?;
        reply.only(&["id", "title"])?;
        if !ids.insert(reply.required_text("id", BUTTON_ID)?) {
            return Err(reply.invalid("id", "must be unique"));
        }
        if !titles.insert(reply.required_text("title", BUTTON_TITLE)?) {
            return Err(reply.invalid("title", "must be unique"));
        }
    }
    Ok(())
}

fn list(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["button", "sections"])?;
    action.required_text("button", BUTTON_TITLE)?;
    let sections = action.required_objects("sections", 1, SECTIONS)?;
    let titled = sections.len() > 1;
    let mut ids = HashSet::new();
    for section in sections {
        section.only(&["title", "rows"])?;
        if section.text("title", SECTION_TITLE)?.is_none() && titled {
            return Err(section.missing("title"));
        }
        for row in section.required_objects("rows", 1, ROWS)? {
            row.only(&["id", "title", "description"])?;
            row.required_text("title", ROW_TITLE)?;
            row.text("description", ROW_DESCRIPTION)?;
            if !ids.insert(row.required_text("id", ROW_ID)?) {
                return Err(row.invalid("id", "must be unique"));
            }
        }
    }
    if ids.len() > ROWS {
        let reason = format!("must have at most {ROWS} rows in all");
        return Err(action.invalid("sections", &reason));
    }
    Ok(())
}

fn cta_url(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["name", "parameters"])?;
    if action.required_text("name", usize::MAX)? != "cta_url" {
        return Err(action.invalid("name", "must be cta_url"));
    }
    let parameters = action.required_object("parameters")?;
    parameters.only(&["display_text", "url"])?;
    parameters.required_text("display_text", BUTTON_TITLE)?;
    if !is_web_address(parameters.required_text("url", URL)?) {
        return Err(parameters.invalid("url", "must be an http or https URL"));
    }
    Ok(())
}
