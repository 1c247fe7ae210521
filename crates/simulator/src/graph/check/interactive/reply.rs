//! Reply buttons, lists and a button that opens a page.

use std::collections::HashSet;

use crate::graph::GraphError;
use crate::graph::check::interactive::{BUTTON_TITLE, URL, named};
use crate::graph::check::{Object, is_web_address};

const BUTTONS: usize = 3;
const BUTTON_ID: usize = 256;
const SECTIONS: usize = 10;
const SECTION_TITLE: usize = 24;
const ROWS: usize = 10;
const ROW_ID: usize = 200;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;

pub(super) fn buttons(action: &Object<'_>) -> Result<(), GraphError> {
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

pub(super) fn list(action: &Object<'_>) -> Result<(), GraphError> {
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

pub(super) fn cta_url(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "cta_url", &["parameters"])?;
    let parameters = action.required_object("parameters")?;
    parameters.only(&["display_text", "url"])?;
    parameters.required_text("display_text", BUTTON_TITLE)?;
    if !is_web_address(parameters.required_text("url", URL)?) {
        return Err(parameters.invalid("url", "must be an http or https URL"));
    }
    Ok(())
}
