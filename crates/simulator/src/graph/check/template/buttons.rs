//! The buttons of a template send, each with the parameters of its kind.

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::interactive::commerce;
use crate::graph::check::interactive::{order, request};
use crate::graph::check::template::given::GivenButton;
use crate::graph::check::template::{NO_LIMIT, URL, texts};
use crate::template::{Button, variables};

const PAYLOAD: usize = 256;
const COUPON: usize = 20;

pub(super) fn check(
    core: &Core,
    known: &[Button],
    given: &[GivenButton<'_>],
) -> Result<(), GraphError> {
    let mut seen = vec![false; known.len()];
    for button in given {
        let index = button.index;
        let Some(template) = known
            .get(index)
            .filter(|known| sub_type(known).is_some_and(|sub_type| sub_type == button.sub_type))
        else {
            return Err(GraphError::new(
                132_012,
                format!(
                    "button: Format mismatch at index {index}, {} does not fit the template",
                    button.sub_type
                ),
            ));
        };
        if let Some(seen @ false) = seen.get_mut(index) {
            *seen = true;
        } else {
            return Err(button.component.invalid("index", "must not stand twice"));
        }
        parameters(core, template, button)?;
    }
    for (index, (button, seen)) in known.iter().zip(seen).enumerate() {
        if needs_value(button) && !seen {
            return Err(GraphError::new(
                131_008,
                format!("buttons: Button at index {index} requires a parameter"),
            ));
        }
    }
    Ok(())
}

/// What a send calls a button of this kind; some take no component.
fn sub_type(button: &Button) -> Option<&'static str> {
    Some(match button {
        Button::QuickReply { .. } => "quick_reply",
        Button::Url { .. } | Button::Otp { .. } => "url",
        Button::CopyCode => "copy_code",
        Button::Flow { .. } => "flow",
        Button::Catalog { .. } => "catalog",
        Button::Mpm { .. } => "mpm",
        Button::OrderDetails { .. } => "order_details",
        Button::VoiceCall { .. } => "voice_call",
        Button::PhoneNumber { .. } | Button::Spm { .. } | Button::RequestContactInfo => {
            return None;
        }
    })
}

fn needs_value(button: &Button) -> bool {
    match button {
        Button::Url { url, .. } => !variables(url).is_empty(),
        Button::CopyCode
        | Button::Otp { .. }
        | Button::Mpm { .. }
        | Button::OrderDetails { .. } => true,
        _ => false,
    }
}

fn parameters(core: &Core, template: &Button, button: &GivenButton<'_>) -> Result<(), GraphError> {
    let simple = match template {
        Button::QuickReply { .. } => Some(("payload", PAYLOAD)),
        Button::Url { url, .. } => {
            texts::count("button", variables(url).len(), button.parameters.len())?;
            let fixed = url.chars().count().saturating_sub("{{1}}".len());
            Some(("text", URL.saturating_sub(fixed)))
        }
        Button::Otp { .. } => Some(("text", URL)),
        Button::CopyCode => Some(("coupon_code", COUPON)),
        Button::VoiceCall { .. } => return call(button),
        _ => None,
    };
    if let Some((kind, most)) = simple {
        let parameters = button.component.required_objects("parameters", 1, 1)?;
        for parameter in parameters {
            of_kind(&parameter, kind)?;
            parameter.required_text(kind, most)?;
        }
        return Ok(());
    }
    let required = matches!(template, Button::Mpm { .. } | Button::OrderDetails { .. });
    if button.parameters.is_empty() && !required {
        return Ok(());
    }
    for parameter in button.component.required_objects("parameters", 1, 1)? {
        of_kind(&parameter, "action")?;
        action(core, template, &parameter.required_object("action")?)?;
    }
    Ok(())
}

fn action(core: &Core, template: &Button, action: &Object<'_>) -> Result<(), GraphError> {
    match template {
        Button::Flow { .. } => {
            action.only(&["flow_token", "flow_action_data"])?;
            action.text("flow_token", NO_LIMIT)?;
            action.object("flow_action_data").map(|_| ())
        }
        Button::Mpm { .. } => {
            action.only(&["thumbnail_product_retailer_id", "sections"])?;
            action.text("thumbnail_product_retailer_id", NO_LIMIT)?;
            commerce::sections(action)
        }
        Button::OrderDetails { .. } => {
            action.only(&["order_details"])?;
            order::details(core, &action.required_object("order_details")?).map(|_| ())
        }
        _ => {
            action.only(&["thumbnail_product_retailer_id"])?;
            action
                .text("thumbnail_product_retailer_id", NO_LIMIT)
                .map(|_| ())
        }
    }
}

fn call(button: &GivenButton<'_>) -> Result<(), GraphError> {
    for parameter in &button.parameters {
        let kind = parameter.required_text("type", NO_LIMIT)?;
        if !matches!(kind, "ttl_minutes" | "payload") {
            let details = format!(
                "Param {} must be ttl_minutes or payload.",
                parameter.path("type")
            );
            return Err(GraphError::new(132_012, details));
        }
        parameter.only(&["type", kind])?;
        request::call(parameter)?;
    }
    Ok(())
}

fn of_kind(parameter: &Object<'_>, kind: &str) -> Result<(), GraphError> {
    if parameter.required_text("type", NO_LIMIT)? != kind {
        let details = format!("Param {} must be {kind}.", parameter.path("type"));
        return Err(GraphError::new(132_012, details));
    }
    parameter.only(&["type", kind])
}
