//! Texts with places for values: positional or named, counted and filled in.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::template::NO_LIMIT;
use crate::template::variables;

/// The values for a text of the template, in the order of its places.
pub(super) fn fill<'a>(
    place: &str,
    text: &str,
    parameters: &[Object<'a>],
    most: usize,
) -> Result<Vec<&'a str>, GraphError> {
    let names = variables(text);
    count(place, names.len(), parameters.len())?;
    let mut values = texts(parameters)?;
    let by_name = names
        .first()
        .is_some_and(|name| name.parse::<u32>().is_err());
    if by_name {
        values = named(place, &names, parameters, &values)?;
    } else if let Some(parameter) = parameters
        .iter()
        .find(|parameter| parameter.get("parameter_name").is_some())
    {
        let details = format!(
            "Param {} does not fit: the template has positional parameters.",
            parameter.path("parameter_name")
        );
        return Err(GraphError::new(132_012, details));
    }
    hydrated(text, &names, &values, most)?;
    Ok(values)
}

/// The values in the order of the template's names.
fn named<'a>(
    place: &str,
    names: &[&str],
    parameters: &[Object<'a>],
    values: &[&'a str],
) -> Result<Vec<&'a str>, GraphError> {
    let mut given = Vec::new();
    for (parameter, value) in parameters.iter().zip(values) {
        given.push((
            parameter
                .text("parameter_name", NO_LIMIT)?
                .unwrap_or_default(),
            *value,
        ));
    }
    names
        .iter()
        .map(|name| {
            given
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| *value)
                .ok_or_else(|| {
                    GraphError::new(
                        132_012,
                        format!("{place}: Parameter name is missing or empty: {name}"),
                    )
                })
        })
        .collect()
}

/// The texts of text, currency and date parameters.
fn texts<'a>(parameters: &[Object<'a>]) -> Result<Vec<&'a str>, GraphError> {
    parameters
        .iter()
        .map(|parameter| {
            let kind = parameter.required_text("type", NO_LIMIT)?;
            parameter.only(&["type", "parameter_name", kind])?;
            let text = match kind {
                "text" => parameter.required_text("text", NO_LIMIT)?,
                "currency" => {
                    let currency = parameter.required_object("currency")?;
                    currency.only(&["fallback_value", "code", "amount_1000"])?;
                    currency.number("amount_1000")?;
                    if currency.required_text("code", 3)?.len() != 3 {
                        return Err(currency.invalid("code", "must be an ISO 4217 code"));
                    }
                    currency.required_text("fallback_value", NO_LIMIT)?
                }
                "date_time" => parameter
                    .required_object("date_time")?
                    .required_text("fallback_value", NO_LIMIT)?,
                // Becomes the group's invite link when it is delivered.
                "group_id" => parameter.required_text("group_id", NO_LIMIT)?,
                _ => {
                    let details = format!("Param {} cannot be {kind} here.", parameter.path("type"));
                    return Err(GraphError::new(132_012, details));
                }
            };
            if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
                return Err(GraphError::new(
                    132_018,
                    "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
                ));
            }
            Ok(text)
        })
        .collect()
}

pub(super) fn count(place: &str, expected: usize, given: usize) -> Result<(), GraphError> {
    if expected == given {
        return Ok(());
    }
    Err(GraphError::new(
        132_000,
        format!(
            "{place}: number of localizable_params ({given}) does not match the expected number of \
             params ({expected})"
        ),
    ))
}

/// The filled-in text may not exceed the limit of its place.
fn hydrated(text: &str, names: &[&str], values: &[&str], most: usize) -> Result<(), GraphError> {
    let braces = |name: &&str| name.chars().count() + "{{}}".len();
    let fixed = text.chars().count() - names.iter().map(braces).sum::<usize>();
    let filled = fixed
        + values
            .iter()
            .map(|value| value.chars().count())
            .sum::<usize>();
    if filled > most {
        Err(GraphError::usual(132_005))
    } else {
        Ok(())
    }
}
