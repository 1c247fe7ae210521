//! Carousels: media cards with buttons, or product cards.

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::interactive::{BUTTON_TITLE, commerce, file, reply};

const CARDS: usize = 10;
const CARD_BODY: usize = 160;
const LINE_BREAKS: usize = 2;
const BUTTONS: usize = 3;
const BUTTON_ID: usize = 256;

/// See [Cloud API/Interactive media carousel messages].
pub(super) fn check(core: &Core, action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["cards"])?;
    let mut first: Option<(String, &str)> = None;
    for (place, card) in action
        .required_objects("cards", 2, CARDS)?
        .iter()
        .enumerate()
    {
        if card.get("card_index").is_none() {
            return Err(card.missing("card_index"));
        }
        if card.get("card_index").and_then(serde_json::Value::as_u64) != Some(place as u64) {
            return Err(card.invalid("card_index", "must count the cards from 0"));
        }
        let shape = match card.required_text("type", usize::MAX)? {
            "product" => product(card)?,
            "cta_url" => media(core, card)?,
            _ => return Err(card.invalid("type", "must be cta_url or product")),
        };
        match &first {
            None => first = Some(shape),
            Some(first) if first.0 != shape.0 => {
                let reason = "must have the same header and buttons as the first card's";
                return Err(card.invalid("action", reason));
            }
            Some(first) if first.1 != shape.1 => {
                return Err(card.invalid("action.catalog_id", "must be that of the first card"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// A product card: its kind and its catalogue.
fn product<'a>(card: &Object<'a>) -> Result<(String, &'a str), GraphError> {
    card.only(&["card_index", "type", "action"])?;
    let action = card.required_object("action")?;
    commerce::product(&action)?;
    let catalog = action.required_text("catalog_id", usize::MAX)?;
    Ok(("product".to_owned(), catalog))
}

/// A media card: what all of them must have in common.
fn media<'a>(core: &Core, card: &Object<'a>) -> Result<(String, &'a str), GraphError> {
    card.only(&["card_index", "type", "header", "body", "action"])?;
    let header = card.required_object("header")?;
    let kind = header.required_text("type", usize::MAX)?;
    header.only(&["type", kind])?;
    if !matches!(kind, "image" | "video") {
        return Err(header.invalid("type", "must be image or video"));
    }
    file(core, &header, kind)?;
    if let Some(body) = card.object("body")? {
        body.only(&["text"])?;
        let text = body.required_text("text", CARD_BODY)?;
        if text.matches('\n').count() > LINE_BREAKS {
            return Err(body.invalid("text", "must have at most 2 line breaks"));
        }
    }
    let action = card.required_object("action")?;
    if action.get("name").is_some() {
        reply::cta_url(&action)?;
        return Ok((format!("{kind} url"), ""));
    }
    action.only(&["buttons"])?;
    let buttons = action.required_objects("buttons", 1, BUTTONS)?;
    for button in &buttons {
        button.only(&["type", "quick_reply"])?;
        if button.required_text("type", usize::MAX)? != "quick_reply" {
            return Err(button.invalid("type", "must be quick_reply"));
        }
        let quick_reply = button.required_object("quick_reply")?;
        quick_reply.only(&["id", "title"])?;
        quick_reply.required_text("id", BUTTON_ID)?;
        quick_reply.required_text("title", BUTTON_TITLE)?;
    }
    Ok((format!("{kind} {}", buttons.len()), ""))
}
