//! Messages that ask for an address or offer a call.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::interactive::{BUTTON_TITLE, named};
use crate::graph::check::message::{Content, To};

const FIELDS: [&str; 11] = [
    "name",
    "phone_number",
    "in_pin_code",
    "house_number",
    "floor_number",
    "tower_number",
    "building_name",
    "address",
    "landmark_area",
    "city",
    "state",
];
const PIN_CODE: usize = 6;
const MINUTES: std::ops::RangeInclusive<u64> = 1..=43_200;
const PAYLOAD: usize = 512;

/// See [Cloud API/Address messages]. Phones outside India cannot show it.
pub(super) fn address(action: &Object<'_>, to: &To) -> Result<Content, GraphError> {
    named(action, "address_message", &["parameters"])?;
    let parameters = action.required_object("parameters")?;
    parameters.only(&["country", "values", "saved_addresses", "validation_errors"])?;
    if parameters.required_text("country", usize::MAX)? != "IN" {
        return Err(parameters.invalid("country", "must be IN"));
    }
    for (name, code) in [("values", PIN_CODE), ("validation_errors", usize::MAX)] {
        if let Some(values) = parameters.object(name)? {
            fields(&values, code)?;
        }
    }
    for saved in parameters.objects("saved_addresses")? {
        saved.only(&["id", "value"])?;
        saved.required_text("id", usize::MAX)?;
        fields(&saved.required_object("value")?, PIN_CODE)?;
    }
    let indian = match to {
        To::Phone { wa_id, .. } => wa_id.starts_with("91"),
        To::Bsuid(bsuid) => bsuid.as_str().starts_with("IN."),
        To::Group(_) => false,
    };
    Ok(Content {
        fails: (!indian).then_some(1026),
        ..Content::default()
    })
}

fn fields(values: &Object<'_>, pin_code: usize) -> Result<(), GraphError> {
    values.only(&FIELDS)?;
    for field in FIELDS {
        values.text(field, usize::MAX)?;
    }
    values.text("in_pin_code", pin_code).map(|_| ())
}

/// See [Cloud API/Call button messages].
pub(super) fn voice_call(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "voice_call", &["parameters"])?;
    let Some(parameters) = action.object("parameters")? else {
        return Ok(());
    };
    parameters.only(&["display_text", "ttl_minutes", "payload"])?;
    parameters.text("display_text", BUTTON_TITLE)?;
    call(&parameters)
}

/// The time to live and the payload of a call button.
pub(in crate::graph::check) fn call(parameters: &Object<'_>) -> Result<(), GraphError> {
    parameters.text("payload", PAYLOAD)?;
    match parameters.get("ttl_minutes") {
        None => Ok(()),
        Some(minutes) if minutes.as_u64().is_some_and(|n| MINUTES.contains(&n)) => Ok(()),
        Some(_) => Err(parameters.invalid("ttl_minutes", "must be between 1 and 43200")),
    }
}
