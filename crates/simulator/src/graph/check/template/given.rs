//! The components of a template send, sorted by kind.

use serde_json::Value;

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::template::NO_LIMIT;

/// The kinds of buttons that a send gives values to.
const BUTTONS: [&str; 8] = [
    "quick_reply",
    "url",
    "catalog",
    "copy_code",
    "flow",
    "mpm",
    "order_details",
    "voice_call",
];

/// The components of a send, sorted by kind.
#[derive(Default)]
pub(super) struct Given<'a> {
    pub(super) header: Option<Object<'a>>,
    pub(super) body: Option<Object<'a>>,
    pub(super) buttons: Vec<GivenButton<'a>>,
    pub(super) carousel: Option<Object<'a>>,
    pub(super) offer: Option<Object<'a>>,
    pub(super) order_status: Option<Object<'a>>,
    pub(super) tap_target: Option<Object<'a>>,
}

/// A button component.
pub(super) struct GivenButton<'a> {
    pub(super) index: usize,
    pub(super) sub_type: String,
    pub(super) component: Object<'a>,
    pub(super) parameters: Vec<Object<'a>>,
}

impl<'a> Given<'a> {
    pub(super) fn read(template: &Object<'a>) -> Result<Self, GraphError> {
        let mut given = Self::default();
        for component in template.objects("components")? {
            let kind = component
                .required_text("type", NO_LIMIT)?
                .to_ascii_lowercase();
            if kind == "button" {
                given.buttons.push(button(component)?);
                continue;
            }
            let place = match kind.as_str() {
                "header" => &mut given.header,
                "body" => &mut given.body,
                "carousel" => &mut given.carousel,
                "limited_time_offer" => &mut given.offer,
                "order_status" => &mut given.order_status,
                "tap_target_configuration" => &mut given.tap_target,
                _ => return Err(component.invalid("type", "is not a known component")),
            };
            let content = if kind == "carousel" {
                "cards"
            } else {
                "parameters"
            };
            component.only(&["type", content])?;
            if place.replace(component.clone()).is_some() {
                return Err(component.invalid("type", "must not stand twice"));
            }
        }
        Ok(given)
    }
}

fn button(component: Object<'_>) -> Result<GivenButton<'_>, GraphError> {
    component.only(&["type", "sub_type", "index", "parameters"])?;
    let sub_type = component
        .required_text("sub_type", NO_LIMIT)?
        .to_ascii_lowercase();
    if !BUTTONS.contains(&sub_type.as_str()) {
        let known = format!("must be one of {}", BUTTONS.join(", "));
        return Err(component.invalid("sub_type", &known));
    }
    Ok(GivenButton {
        index: index(&component, &sub_type)?,
        parameters: component.objects("parameters")?,
        sub_type,
        component,
    })
}

/// The place of a button; a call button may leave it out.
fn index(component: &Object<'_>, sub_type: &str) -> Result<usize, GraphError> {
    let index = match component.get("index") {
        None if sub_type == "voice_call" => Some(0),
        None => return Err(component.missing("index")),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|index| usize::try_from(index).ok()),
    };
    index
        .filter(|index| *index < 10)
        .ok_or_else(|| component.invalid("index", "must be between 0 and 9"))
}

/// The parameters of a component; none when it is not there.
pub(super) fn parameters<'a>(
    component: Option<&Object<'a>>,
) -> Result<Vec<Object<'a>>, GraphError> {
    match component {
        None => Ok(Vec::new()),
        Some(component) => component.objects("parameters"),
    }
}

/// The object under `kind` of a component's only parameter.
pub(super) fn only_parameter<'a>(
    component: &Object<'a>,
    kind: &str,
) -> Result<Object<'a>, GraphError> {
    let parameters = component.required_objects("parameters", 1, 1)?;
    let parameter = parameters
        .first()
        .ok_or_else(|| component.missing("parameters"))?;
    if parameter.required_text("type", NO_LIMIT)? != kind {
        let details = format!("Param {} must be {kind}.", parameter.path("type"));
        return Err(GraphError::new(132_012, details));
    }
    parameter.required_object(kind)
}
