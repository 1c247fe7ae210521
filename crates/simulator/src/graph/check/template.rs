//! Template messages, held against the registry.

use serde_json::Value;

use crate::core::{Core, read};
use crate::graph::GraphError;
use crate::graph::check::message::{Content, To};
use crate::graph::check::{Object, media};
use crate::template::{Button, Category, Header, Template, TemplateStatus, variables};

const NAME: usize = 512;
const BODY: usize = 1024;
const HEADER: usize = 60;
const PAYLOAD: usize = 256;
const COUPON: usize = 20;
const NO_LIMIT: usize = usize::MAX;

/// See [Cloud API/Template messages].
pub(super) fn check(core: &Core, template: &Object<'_>, to: &To) -> Result<Content, GraphError> {
    template.only(&["name", "language", "components"])?;
    let name = template.required_text("name", NAME)?;
    let language = template.required_object("language")?;
    language.only(&["code", "policy"])?;
    let approved = approved(core, name, language.required_text("code", NO_LIMIT)?)?;
    if approved.category == Category::Authentication && matches!(to, To::Bsuid(_)) {
        return Err(GraphError::usual(131_062));
    }
    let given = Given::read(template)?;
    header(core, &approved.header, given.header.as_ref())?;
    body(&approved, given.body.as_ref())?;
    buttons(&approved.buttons, &given.buttons)?;
    let category = match approved.category {
        Category::Authentication => "authentication",
        Category::Marketing => "marketing",
        Category::Utility => "utility",
    };
    Ok(Content {
        category: Some(category),
        ..Content::default()
    })
}

/// The template of this name and language, if it may be sent.
fn approved(core: &Core, name: &str, language: &str) -> Result<Template, GraphError> {
    let templates = read(&core.templates);
    let found = templates
        .iter()
        .find(|template| template.name == name && template.language == language)
        .ok_or_else(|| {
            let details = format!("template name ({name}) does not exist in {language}");
            GraphError::new(132_001, details)
        })?;
    match found.status {
        TemplateStatus::Approved => Ok(found.clone()),
        TemplateStatus::Paused => Err(GraphError::usual(132_015)),
        TemplateStatus::Disabled => Err(GraphError::usual(132_016)),
        TemplateStatus::Pending | TemplateStatus::Rejected => Err(GraphError::new(
            132_001,
            format!("template name ({name}) is not approved in {language}"),
        )),
    }
}

/// The components of a send, sorted by kind.
#[derive(Default)]
struct Given<'a> {
    header: Option<Object<'a>>,
    body: Option<Object<'a>>,
    buttons: Vec<(usize, String, Object<'a>)>,
}

impl<'a> Given<'a> {
    fn read(template: &Object<'a>) -> Result<Self, GraphError> {
        let mut given = Self::default();
        for component in template.objects("components")? {
            let kind = component
                .required_text("type", NO_LIMIT)?
                .to_ascii_lowercase();
            match kind.as_str() {
                "header" | "body" => {
                    component.only(&["type", "parameters"])?;
                    let place = if kind == "body" {
                        &mut given.body
                    } else {
                        &mut given.header
                    };
                    if place.replace(component.clone()).is_some() {
                        return Err(component.invalid("type", "must not stand twice"));
                    }
                }
                "button" => {
                    component.only(&["type", "sub_type", "index", "parameters"])?;
                    let sub_type = component
                        .required_text("sub_type", NO_LIMIT)?
                        .to_ascii_lowercase();
                    let index = index(&component)?;
                    given.buttons.push((index, sub_type, component));
                }
                "carousel" | "limited_time_offer" | "order_status" | "tap_target_configuration" => {
                    let what = format!("template components of type {kind}");
                    return Err(GraphError::not_simulated(&what));
                }
                _ => return Err(component.invalid("type", "is not a known component")),
            }
        }
        Ok(given)
    }
}

fn index(component: &Object<'_>) -> Result<usize, GraphError> {
    let index = match component.get("index") {
        None => return Err(component.missing("index")),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|index| usize::try_from(index).ok()),
    };
    index
        .filter(|index| *index < 10)
        .ok_or_else(|| component.invalid("index", "must be between 0 and 9"))
}

fn header(core: &Core, header: &Header, given: Option<&Object<'_>>) -> Result<(), GraphError> {
    let parameters = given
        .map(|given| given.objects("parameters"))
        .transpose()?
        .unwrap_or_default();
    let expected = match header {
        Header::None => None,
        Header::Text(text) => {
            let names = variables(text);
            let values = texts(&parameters)?;
            count("header", names.len(), values.len())?;
            return hydrated(text, &names, &values, HEADER);
        }
        Header::Image => Some("image"),
        Header::Video => Some("video"),
        Header::Document => Some("document"),
        Header::Location => Some("location"),
    };
    count("header", usize::from(expected.is_some()), parameters.len())?;
    let (Some(expected), Some(parameter)) = (expected, parameters.first()) else {
        return Ok(());
    };
    let kind = parameter
        .required_text("type", NO_LIMIT)?
        .to_ascii_lowercase();
    if kind != expected {
        return Err(GraphError::new(
            132_012,
            format!(
                "header: Format mismatch, expected {}, received {}",
                expected.to_uppercase(),
                kind.to_uppercase()
            ),
        ));
    }
    let content = parameter.required_object(expected)?;
    if expected == "location" {
        content.number("latitude")?;
        content.number("longitude")?;
        return Ok(());
    }
    media::source(core, &content).map(|_| ())
}

fn body(template: &Template, given: Option<&Object<'_>>) -> Result<(), GraphError> {
    let parameters = given
        .map(|given| given.objects("parameters"))
        .transpose()?
        .unwrap_or_default();
    let names = template.variables();
    count("body", names.len(), parameters.len())?;
    let mut values = texts(&parameters)?;
    if names
        .first()
        .is_some_and(|name| name.parse::<u32>().is_err())
    {
        values = named(&names, &parameters, &values)?;
    }
    hydrated(&template.body, &names, &values, BODY)
}

/// The values in the order of the template's names.
fn named<'a>(
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
                        format!("body: Parameter name is missing or empty: {name}"),
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
                "group_id" => {
                    return Err(GraphError::not_simulated("template parameters of type group_id"));
                }
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

fn count(place: &str, expected: usize, given: usize) -> Result<(), GraphError> {
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

fn buttons(buttons: &[Button], given: &[(usize, String, Object<'_>)]) -> Result<(), GraphError> {
    for (index, sub_type, component) in given {
        let expected = match buttons.get(*index) {
            Some(Button::QuickReply { .. }) => "quick_reply",
            Some(Button::Url { .. }) => "url",
            Some(Button::CopyCode) => "copy_code",
            Some(Button::PhoneNumber { .. }) | None => "",
        };
        if sub_type != expected {
            return Err(GraphError::new(
                132_012,
                format!(
                    "button: Format mismatch at index {index}, {sub_type} does not fit the template"
                ),
            ));
        }
        let parameters = component.required_objects("parameters", 1, 1)?;
        for parameter in parameters {
            let (kind, most) = match expected {
                "quick_reply" => ("payload", PAYLOAD),
                "url" => ("text", 2000),
                _ => ("coupon_code", COUPON),
            };
            if parameter.required_text("type", NO_LIMIT)? != kind {
                let details = format!("Param {} must be {kind}.", parameter.path("type"));
                return Err(GraphError::new(132_012, details));
            }
            parameter.only(&["type", kind])?;
            parameter.required_text(kind, most)?;
        }
    }
    for (index, button) in buttons.iter().enumerate() {
        let needs_value = match button {
            Button::Url { url, .. } => !variables(url).is_empty(),
            Button::CopyCode => true,
            Button::QuickReply { .. } | Button::PhoneNumber { .. } => false,
        };
        if needs_value && !given.iter().any(|(place, ..)| *place == index) {
            return Err(GraphError::new(
                131_008,
                format!("buttons: Button at index {index} requires a parameter"),
            ));
        }
    }
    Ok(())
}
