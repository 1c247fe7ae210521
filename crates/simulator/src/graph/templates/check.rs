//! The rules of template creation. See [Cloud API/Template components].

mod authentication;
mod body;
mod buttons;
mod carousel;
mod example;
mod header;
pub(super) mod language;
mod variables;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::catalog;
use crate::graph::params::must_be;
use crate::graph::templates::draft::{Extras, kind};
use crate::graph::templates::refusal::{self, at_most, invalid, refused};
use crate::ids::WabaId;
use crate::template::Category;

const OFFER_TEXT: usize = 16;
const FOOTER: usize = 60;

/// A component's or button's fields.
type Fields = Map<String, Value>;

/// The components of a template by kind; each kind stands there once.
struct Parts<'a>(BTreeMap<String, &'a Fields>);

impl<'a> Parts<'a> {
    fn read(components: &'a [Value], allowed: &[&str], place: &str) -> Result<Self, GraphError> {
        let mut parts = BTreeMap::new();
        for component in components {
            let Some(fields) = component.as_object() else {
                return Err(must_be(
                    &format!("{place}components"),
                    "an array of objects",
                ));
            };
            let kind = kind(fields);
            if !allowed.contains(&kind.as_str()) {
                return Err(invalid(
                    "Unexpected component",
                    format!(
                        "{place}components has a component of type ({kind}). Only {} can stand here.",
                        allowed.join(", ")
                    ),
                ));
            }
            if parts.insert(kind.clone(), fields).is_some() {
                return Err(invalid(
                    "Component appears twice",
                    format!("{place}components may have at most one {kind}. Remove the others."),
                ));
            }
        }
        Ok(Self(parts))
    }

    fn get(&self, kind: &str) -> Option<&'a Fields> {
        self.0.get(kind).copied()
    }

    fn has(&self, kind: &str) -> bool {
        self.0.contains_key(kind)
    }
}

/// Templates that show products need a catalogue that is connected to the WABA.
pub(super) fn catalogue(
    core: &Core,
    waba: &WabaId,
    components: &[Value],
) -> Result<(), GraphError> {
    if components.iter().any(shows_products) && catalog::connected(core, waba, None).is_err() {
        return Err(invalid(
            "No catalog is connected",
            "A template that shows products needs a catalog that is connected to the WhatsApp \
             Business account. Connect one in Commerce Manager.",
        ));
    }
    Ok(())
}

fn shows_products(component: &Value) -> bool {
    let word = |key: &str| component[key].as_str().unwrap_or_default();
    let list = |key: &str| component[key].as_array().into_iter().flatten();
    ["CATALOG", "MPM", "SPM"]
        .iter()
        .any(|kind| word("type").eq_ignore_ascii_case(kind))
        || word("format").eq_ignore_ascii_case("PRODUCT")
        || list("buttons")
            .chain(list("cards"))
            .chain(list("components"))
            .any(shows_products)
}

/// Checks components and what stands beside them.
pub(super) fn check(
    core: &Core,
    category: Category,
    components: &[Value],
    extras: &Extras,
) -> Result<(), GraphError> {
    beside(category, extras)?;
    if category == Category::Authentication {
        return authentication::check(components);
    }
    let parts = Parts::read(
        components,
        &[
            "HEADER",
            "BODY",
            "FOOTER",
            "BUTTONS",
            "CAROUSEL",
            "LIMITED_TIME_OFFER",
            "CALL_PERMISSION_REQUEST",
        ],
        "",
    )?;
    let named = extras.named;
    let format = parts
        .get("HEADER")
        .map(|header| header::check(core, header, named, "HEADER", category))
        .transpose()?;
    let offer = parts.has("LIMITED_TIME_OFFER");
    let most = match format {
        _ if offer => body::OFFER,
        Some(header::Format::Product) => body::CARD,
        _ => body::MESSAGE,
    };
    match parts.get("BODY") {
        Some(body) => body::check(body, named, "BODY", most)?,
        None => {
            return Err(refused(
                refusal::BODY,
                "Message template is missing its body",
                "components needs one BODY with a text. Add it.",
            ));
        }
    }
    if let Some(footer) = parts.get("FOOTER") {
        self::footer(footer)?;
    }
    let buttons = parts
        .get("BUTTONS")
        .map(|buttons| buttons::check(buttons, ""))
        .transpose()?
        .unwrap_or_default();
    if buttons.iter().any(|kind| kind == "OTP") {
        return Err(invalid(
            "Unexpected button",
            "An OTP button needs category AUTHENTICATION. Change the category or the button.",
        ));
    }
    if format == Some(header::Format::Product) && !buttons.iter().any(|kind| kind == "SPM") {
        return Err(refused(
            refusal::HEADER,
            "Product header without its button",
            "A HEADER of format PRODUCT needs a button of type SPM. Add it.",
        ));
    }
    if let Some(fields) = parts.get("LIMITED_TIME_OFFER") {
        self::offer(fields, category, &parts, format, &buttons)?;
    }
    if let Some(fields) = parts.get("CAROUSEL") {
        for kind in ["HEADER", "FOOTER", "BUTTONS"] {
            if parts.has(kind) {
                return Err(invalid(
                    "Unexpected component",
                    format!("A carousel has no {kind} beside its cards. Remove it."),
                ));
            }
        }
        carousel::check(core, fields, category, named)?;
    }
    Ok(())
}

/// Checks what stands beside the components.
pub(super) fn beside(category: Category, extras: &Extras) -> Result<(), GraphError> {
    if let Some(ttl) = extras.ttl {
        let (from, to) = match category {
            Category::Authentication => (30, 900),
            Category::Utility => (30, 43_200),
            Category::Marketing => (43_200, 2_592_000),
        };
        let for_thirty_days = ttl == -1 && category != Category::Marketing;
        if !(from..=to).contains(&ttl) && !for_thirty_days {
            return Err(invalid(
                "Invalid time-to-live",
                format!(
                    "message_send_ttl_seconds ({ttl}) must be between {from} and {to} for this \
                     category{}. Choose another value.",
                    if category == Category::Marketing {
                        ""
                    } else {
                        ", or -1 for 30 days"
                    },
                ),
            ));
        }
    }
    if let Some(format) = &extras.display_format
        && format != "ORDER_DETAILS"
    {
        return Err(must_be("display_format", "ORDER_DETAILS"));
    }
    if extras.sub_category.as_deref() == Some("ORDER_STATUS") && category != Category::Utility {
        return Err(invalid(
            "Wrong category",
            "sub_category ORDER_STATUS needs category UTILITY. Change one of them.",
        ));
    }
    Ok(())
}

fn footer(footer: &Fields) -> Result<(), GraphError> {
    let text = text(footer, "text").unwrap_or_default();
    if text.is_empty() {
        return Err(refused(
            refusal::FOOTER,
            "Message template footer is empty",
            "FOOTER needs a text. Add it or remove the footer.",
        ));
    }
    at_most("FOOTER text", text, FOOTER)?;
    if text.contains("{{") {
        return Err(refused(
            refusal::FOOTER,
            "Message template footer has variables",
            "FOOTER text may have no variables. Remove them.",
        ));
    }
    Ok(())
}

fn offer(
    fields: &Fields,
    category: Category,
    parts: &Parts<'_>,
    header: Option<header::Format>,
    buttons: &[String],
) -> Result<(), GraphError> {
    let wrong = |message: &str| Err(invalid("Invalid limited-time offer", message));
    if category != Category::Marketing {
        return wrong("A limited-time offer needs category MARKETING. Change the category.");
    }
    let offer = fields.get("limited_time_offer").and_then(Value::as_object);
    let Some(offer) = offer else {
        return wrong("LIMITED_TIME_OFFER needs the object limited_time_offer. Add it.");
    };
    let text = self::text(offer, "text").unwrap_or_default();
    if text.is_empty() {
        return wrong("limited_time_offer.text is required. Add it.");
    }
    at_most("limited_time_offer.text", text, OFFER_TEXT)?;
    if offer
        .get("has_expiration")
        .is_some_and(|value| !value.is_boolean())
    {
        return wrong("limited_time_offer.has_expiration must be true or false.");
    }
    if parts.has("FOOTER") {
        return wrong("A limited-time offer has no FOOTER. Remove it.");
    }
    if !matches!(
        header,
        None | Some(header::Format::Image | header::Format::Video)
    ) {
        return wrong("The HEADER of a limited-time offer must be IMAGE or VIDEO.");
    }
    if !buttons.iter().any(|kind| kind == "URL") {
        return wrong("A limited-time offer needs a URL button. Add it.");
    }
    if !buttons
        .iter()
        .all(|kind| kind == "URL" || kind == "COPY_CODE")
    {
        return wrong("A limited-time offer may only have COPY_CODE and URL buttons.");
    }
    Ok(())
}

fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}
