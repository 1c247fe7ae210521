//! `GET /message_template_library`, and templates made from it.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::must_be;
use crate::graph::templates::draft::Draft;
use crate::graph::templates::refusal::invalid;

/// A small part of Meta's library, in English.
static ITEMS: LazyLock<Vec<Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("library.json")).unwrap_or_default());

/// The filters, each with the field that it looks at.
const FILTERS: [&str; 5] = ["topic", "usecase", "industry", "language", "name"];

pub(super) fn list(call: &Call) -> Answer {
    let search = call
        .params
        .text("search")?
        .unwrap_or_default()
        .to_lowercase();
    let mut items = Vec::new();
    'items: for item in ITEMS.iter() {
        for name in FILTERS {
            let Some(wanted) = call.params.text(name)? else {
                continue;
            };
            let holds = match &item[name] {
                Value::Array(words) => words.iter().any(|word| *word == wanted.as_str()),
                word => *word == wanted.as_str(),
            };
            if !holds {
                continue 'items;
            }
        }
        let words = ["name", "header", "body"].map(|name| item[name].as_str().unwrap_or_default());
        if words
            .iter()
            .any(|text| text.to_lowercase().contains(&search))
        {
            items.push(item.clone());
        }
    }
    page(call, &items, "id")
}

/// The draft of a template that comes from the library.
pub(super) fn draft(call: &Call, name: &str) -> Result<Draft, GraphError> {
    let Some(item) = ITEMS.iter().find(|item| item["name"] == name) else {
        return Err(invalid(
            "Unknown library template",
            format!(
                "library_template_name ({name}) is not in the library. Choose one from \
                 message_template_library."
            ),
        ));
    };
    if call.params.get("components").is_some() {
        return Err(must_be(
            "components",
            "left out when library_template_name is given",
        ));
    }
    let mut components = Vec::new();
    if let Some(header) = item["header"].as_str() {
        components.push(json!({"type": "HEADER", "format": "TEXT", "text": header}));
    }
    components.push(json!({
        "type": "BODY",
        "text": item["body"],
        "example": {"body_text": [item["body_params"]]},
    }));
    let buttons = buttons(
        call,
        item["buttons"].as_array().cloned().unwrap_or_default(),
    )?;
    if !buttons.is_empty() {
        components.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    let draft = Draft::read(call, components)?;
    let category = json!(draft.category);
    if item["category"] != category {
        return Err(must_be(
            "category",
            &format!(
                "{} as in the library",
                item["category"].as_str().unwrap_or_default()
            ),
        ));
    }
    Ok(draft)
}

/// The library's buttons with the addresses and numbers of the call.
fn buttons(call: &Call, mut buttons: Vec<Value>) -> Result<Vec<Value>, GraphError> {
    let inputs = match call.params.json("library_template_button_inputs")? {
        None => Vec::new(),
        Some(Value::Array(inputs)) => inputs,
        Some(_) => return Err(must_be("library_template_button_inputs", "an array")),
    };
    for button in &mut buttons {
        let kind = button["type"].clone();
        let input = inputs.iter().find(|input| {
            let given = input["type"].as_str().unwrap_or_default();
            kind.as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case(given))
        });
        let missing = |field: &str| {
            Err(invalid(
                "Missing input of a library button",
                format!(
                    "library_template_button_inputs needs {field} for the button of type {}. Add it.",
                    kind.as_str().unwrap_or_default()
                ),
            ))
        };
        match kind.as_str() {
            Some("URL") => {
                let given = input.and_then(|input| input["url"]["base_url"].as_str());
                let Some(url) = given else {
                    return missing("url.base_url");
                };
                let example = input.and_then(|input| input["url"]["url_suffix_example"].as_str());
                if url.contains("{{") {
                    let Some(example) = example else {
                        return missing("url.url_suffix_example");
                    };
                    button["example"] = json!([example]);
                }
                button["url"] = json!(url);
            }
            Some("PHONE_NUMBER") => {
                let given = input.and_then(|input| input["phone_number"].as_str());
                let Some(number) = given else {
                    return missing("phone_number");
                };
                button["phone_number"] = json!(number);
            }
            _ => {}
        }
    }
    Ok(buttons)
}
