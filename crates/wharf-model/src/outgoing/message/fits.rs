//! Which templates go to whom.

use crate::outgoing::invalid::InvalidMessage;
use crate::outgoing::{ButtonValue, Component, Parameter, Template};

/// Refuses a moving picture, which only a marketing message shows, and commerce in a group.
pub(super) fn check(template: &Template, group: bool) -> Result<(), InvalidMessage> {
    for (index, component) in template.components().iter().enumerate() {
        let at = format!("/template/components/{index}");
        match component {
            Component::Header(parameters) => check_header(parameters, group, &at)?,
            Component::Button(button) if group && is_commerce(&button.value) => {
                let field = format!("{at}/sub_type");
                return Err(InvalidMessage::invalid(field, "a group takes no commerce"));
            }
            Component::Carousel(_)
            | Component::LimitedTimeOffer(_)
            | Component::OrderStatus(_)
            | Component::TapTarget(_)
                if group =>
            {
                let reason = "a group takes only templates of text and media";
                return Err(InvalidMessage::invalid(format!("{at}/type"), reason));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_header(parameters: &[Parameter], group: bool, at: &str) -> Result<(), InvalidMessage> {
    for (index, parameter) in parameters.iter().enumerate() {
        let reason = match parameter {
            Parameter::Gif(_) => "a moving picture goes out as a marketing message only",
            Parameter::Product(_) if group => "a group takes no commerce",
            _ => continue,
        };
        let field = format!("{at}/parameters/{index}/type");
        return Err(InvalidMessage::invalid(field, reason));
    }
    Ok(())
}

fn is_commerce(value: &ButtonValue) -> bool {
    matches!(
        value,
        ButtonValue::Catalog { .. } | ButtonValue::Mpm { .. } | ButtonValue::OrderDetails(_)
    )
}
