//! Template messages, held against the registry.

mod buttons;
mod cards;
mod given;
mod texts;

use crate::core::{Core, lock, read};
use crate::graph::GraphError;
use crate::graph::check::interactive::order;
use crate::graph::check::message::{Content, Door, To, Used};
use crate::graph::check::template::given::Given;
use crate::graph::check::{Object, catalog, is_web_address, media};
use crate::ids::WabaId;
use crate::settings::Number;
use crate::template::{Button, Category, Header, Template, TemplateStatus};

const NAME: usize = 512;
const BODY: usize = 1024;
const HEADER: usize = 60;
const CODE: usize = 15;
const URL: usize = 2000;
const NO_LIMIT: usize = usize::MAX;

/// Where and for whom a template is sent.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) core: &'a Core,
    pub(super) number: &'a Number,
    pub(super) door: Door,
    pub(super) to: &'a To,
}

/// See [Cloud API/Template messages].
pub(super) fn check(place: &Place<'_>, template: &Object<'_>) -> Result<Content, GraphError> {
    template.only(&["name", "language", "components"])?;
    let name = template.required_text("name", NAME)?;
    let language = template.required_object("language")?;
    language.only(&["code", "policy"])?;
    if !matches!(
        language.text("policy", NO_LIMIT)?,
        None | Some("deterministic")
    ) {
        return Err(language.invalid("policy", "must be deterministic, or be left out"));
    }
    let language = language.required_text("code", NO_LIMIT)?;
    let templates = read(&place.core.templates);
    let known = templates.iter().find(|known| {
        known.name == name && known.language == language && known.belongs_to(&place.number.waba)
    });
    let known = approved(known, name, language)?;
    suits(place, known, template)?;
    let given = Given::read(template)?;
    header(place, &known.header, given.header.as_ref())?;
    let parameters = given::parameters(given.body.as_ref())?;
    let code = texts::fill("body", &known.body, &parameters, BODY)?;
    if known.category == Category::Authentication {
        login_code(&given, code.first().copied())?;
    }
    buttons::check(place.core, &known.buttons, &given.buttons)?;
    cards::check(place, &known.cards, given.carousel.as_ref())?;
    offer(known, &given)?;
    tap_target(known, &given)?;
    let order = order(place.core, known, &given)?;
    Ok(Content {
        template: Some(Used {
            id: known.id,
            category: known.category,
            ttl_seconds: known.message_send_ttl_seconds,
            quality: known.quality,
        }),
        asks_to_call: known.call_permission_request,
        ..order
    })
}

/// The template, if it may be sent.
fn approved<'a>(
    found: Option<&'a Template>,
    name: &str,
    language: &str,
) -> Result<&'a Template, GraphError> {
    let found = found.ok_or_else(|| {
        let details = format!("template name ({name}) does not exist in {language}");
        GraphError::new(132_001, details)
    })?;
    match found.status {
        TemplateStatus::Approved | TemplateStatus::PendingDeletion => Ok(found),
        TemplateStatus::Paused => Err(GraphError::usual(132_015)),
        TemplateStatus::Disabled => Err(GraphError::usual(132_016)),
        _ => Err(GraphError::new(
            132_001,
            format!("template name ({name}) is not approved in {language}"),
        )),
    }
}

/// Whether a template of this kind may go this way to this recipient.
fn suits(place: &Place<'_>, known: &Template, template: &Object<'_>) -> Result<(), GraphError> {
    if place.door == Door::Marketing && known.category != Category::Marketing {
        return Err(GraphError::usual(134_100));
    }
    if place.door == Door::Marketing {
        marketing(place.core, &place.number.waba, known)?;
    }
    if known.category == Category::Authentication && matches!(place.to, To::Bsuid(_)) {
        return Err(GraphError::usual(131_062));
    }
    let shows_products = known.shows_products();
    if shows_products {
        catalog::connected(place.core, &place.number.waba, None)?;
    }
    let orders = |button: &Button| matches!(button, Button::OrderDetails { .. });
    let special = shows_products
        || known.buttons.iter().any(orders)
        || !known.cards.is_empty()
        || known.call_permission_request
        || known.category == Category::Authentication;
    if special && matches!(place.to, To::Group(_)) {
        return Err(template.invalid("name", "names a template that cannot be sent to a group"));
    }
    Ok(())
}

/// Marketing messages need an onboarded WABA and a template that is synced for ads.
fn marketing(core: &Core, waba: &WabaId, known: &Template) -> Result<(), GraphError> {
    let status = core
        .waba(waba.as_str())
        .map(|waba| waba.marketing_messages_lite_api_status.clone());
    if status.is_some_and(|status| status != "ONBOARDED") {
        return Err(GraphError::usual(134_102));
    }
    if lock(&core.desk).of(known.id).is_synced(core.clock.now()) {
        Ok(())
    } else {
        Err(GraphError::usual(134_101))
    }
}

fn header(
    place: &Place<'_>,
    header: &Header,
    given: Option<&Object<'_>>,
) -> Result<(), GraphError> {
    let parameters = given::parameters(given)?;
    let expected = match header {
        Header::None => None,
        Header::Text(text) => {
            return texts::fill("header", text, &parameters, HEADER).map(|_| ());
        }
        Header::Image => Some("image"),
        Header::Video => Some("video"),
        Header::Document => Some("document"),
        Header::Location => Some("location"),
        Header::Gif if place.door == Door::Messages => {
            let details = "A template with a GIF header can be sent only with marketing_messages.";
            return Err(GraphError::new(132_018, details));
        }
        Header::Gif => Some("gif"),
        Header::Product => Some("product"),
    };
    texts::count("header", usize::from(expected.is_some()), parameters.len())?;
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
    match expected {
        "location" => {
            content.number("latitude")?;
            content.number("longitude").map(|_| ())
        }
        "product" => {
            content.only(&["product_retailer_id", "catalog_id"])?;
            content.required_text("product_retailer_id", NO_LIMIT)?;
            content.required_text("catalog_id", NO_LIMIT).map(|_| ())
        }
        _ => media::source(place.core, &content).map(|_| ()),
    }
}

/// A login code stands in the text and in the button, and is short.
fn login_code(given: &Given<'_>, code: Option<&str>) -> Result<(), GraphError> {
    let code = code.unwrap_or_default();
    if code.chars().count() > CODE {
        let details = format!("body: the code must be at most {CODE} characters long");
        return Err(GraphError::new(132_018, details));
    }
    let button = given.buttons.iter().find_map(|button| {
        let parameter = button.parameters.first()?;
        parameter.get("text")?.as_str()
    });
    if button.is_some_and(|button| button != code) {
        let details = "buttons: the button must carry the code of the body";
        return Err(GraphError::new(132_018, details));
    }
    Ok(())
}

fn offer(known: &Template, given: &Given<'_>) -> Result<(), GraphError> {
    let expires = known
        .offer
        .as_ref()
        .is_some_and(|offer| offer.has_expiration);
    let Some(offer) = &given.offer else {
        return if expires {
            Err(needs("limited_time_offer"))
        } else {
            Ok(())
        };
    };
    if known.offer.is_none() {
        return Err(unexpected("limited_time_offer"));
    }
    let parameter = given::only_parameter(offer, "limited_time_offer")?;
    let at = parameter.get("expiration_time_ms");
    match at.map(serde_json::Value::as_u64) {
        None => Err(parameter.missing("expiration_time_ms")),
        Some(Some(1..)) => Ok(()),
        Some(_) => {
            Err(parameter.invalid("expiration_time_ms", "must be a UNIX time in milliseconds"))
        }
    }
}

fn tap_target(known: &Template, given: &Given<'_>) -> Result<(), GraphError> {
    let Some(target) = &given.tap_target else {
        return Ok(());
    };
    let header = matches!(known.header, Header::None | Header::Text(_) | Header::Image);
    if !header || !matches!(known.buttons.first(), Some(Button::Url { .. })) {
        return Err(unexpected("tap_target_configuration"));
    }
    for parameter in target.required_objects("parameters", 1, 1)? {
        for target in parameter.required_objects("tap_target_configuration", 1, 1)? {
            target.only(&["url", "title"])?;
            target.required_text("title", NO_LIMIT)?;
            if !is_web_address(target.required_text("url", URL)?) {
                return Err(target.invalid("url", "must be an http or https URL"));
            }
        }
    }
    Ok(())
}

/// The order that a template opens or moves on.
fn order(core: &Core, known: &Template, given: &Given<'_>) -> Result<Content, GraphError> {
    let moves = known
        .sub_category
        .as_ref()
        .is_some_and(|name| name.eq_ignore_ascii_case("ORDER_STATUS"));
    if let Some(component) = &given.order_status {
        if !moves {
            return Err(unexpected("order_status"));
        }
        return order::status(&given::only_parameter(component, "order_status")?);
    }
    if moves {
        return Err(needs("order_status"));
    }
    for button in &given.buttons {
        let details = button
            .parameters
            .first()
            .map(|parameter| parameter.object("action"))
            .transpose()?
            .flatten()
            .map(|action| action.object("order_details"))
            .transpose()?
            .flatten();
        if let Some(details) = details {
            return order::details(core, &details);
        }
    }
    Ok(Content::default())
}

fn needs(component: &str) -> GraphError {
    GraphError::new(
        131_008,
        format!("components: the template requires a component of type {component}"),
    )
}

fn unexpected(component: &str) -> GraphError {
    GraphError::new(
        132_012,
        format!("components: {component} does not fit the template"),
    )
}
