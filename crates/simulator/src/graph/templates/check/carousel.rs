//! Cards side by side: all of one shape.

use serde_json::Value;

use super::{Fields, Parts, body, buttons, header};
use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::templates::refusal::invalid;
use crate::template::Category;

/// What a card is made of; the same on each.
#[derive(PartialEq, Eq)]
struct Shape {
    header: header::Format,
    has_body: bool,
    buttons: Vec<String>,
}

pub(super) fn check(
    core: &Core,
    carousel: &Fields,
    category: Category,
    named: bool,
) -> Result<(), GraphError> {
    let cards = carousel.get("cards").and_then(Value::as_array);
    let cards = cards.map(Vec::as_slice).unwrap_or_default();
    if !(2..=10).contains(&cards.len()) {
        return Err(wrong(format!(
            "CAROUSEL has {} cards and needs 2 to 10. Add or remove some.",
            cards.len()
        )));
    }
    let mut first: Option<Shape> = None;
    for (index, card) in cards.iter().enumerate() {
        let shape = self::card(core, card, index, category, named)?;
        match &first {
            None => first = Some(shape),
            Some(first) if *first == shape => {}
            Some(_) => {
                return Err(wrong(format!(
                    "cards[{index}] differs from the first card. All cards need the same components \
                     and the same types of buttons in the same order."
                )));
            }
        }
    }
    Ok(())
}

fn card(
    core: &Core,
    card: &Value,
    index: usize,
    category: Category,
    named: bool,
) -> Result<Shape, GraphError> {
    let place = format!("cards[{index}].");
    let components = card.get("components").and_then(Value::as_array);
    let components = components.map(Vec::as_slice).unwrap_or_default();
    let parts = Parts::read(components, &["HEADER", "BODY", "BUTTONS"], &place)?;
    let Some(fields) = parts.get("HEADER") else {
        return Err(wrong(format!("{place}HEADER is required. Add it.")));
    };
    let format = header::check(core, fields, named, &format!("{place}HEADER"), category)?;
    let product = format == header::Format::Product;
    if !product && !matches!(format, header::Format::Image | header::Format::Video) {
        return Err(wrong(format!(
            "{place}HEADER must be IMAGE, VIDEO or PRODUCT. Change its format."
        )));
    }
    if let Some(fields) = parts.get("BODY") {
        body::check(fields, named, &format!("{place}BODY"), body::CARD)?;
    }
    let Some(fields) = parts.get("BUTTONS") else {
        return Err(wrong(format!(
            "{place}BUTTONS is required. Add one or two buttons."
        )));
    };
    let kinds = buttons::check(fields, &place)?;
    let allowed: &[&str] = if product {
        &["SPM", "URL"]
    } else {
        &["QUICK_REPLY", "URL", "PHONE_NUMBER"]
    };
    if kinds.len() > 2 || !kinds.iter().all(|kind| allowed.contains(&kind.as_str())) {
        return Err(wrong(format!(
            "{place}BUTTONS may have one or two buttons of type {}. Remove the others.",
            allowed.join(", ")
        )));
    }
    Ok(Shape {
        header: format,
        has_body: parts.has("BODY"),
        buttons: kinds,
    })
}

fn wrong(message: String) -> GraphError {
    invalid("Invalid carousel", message)
}
