//! Orders to pay, and how they go on.

use serde_json::Value;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::interactive::named;
use crate::graph::check::message::Content;
use crate::graph::check::{Object, is_web_address};
use crate::world::order::{OrderStatus, OrderStep};

const REFERENCE: usize = 35;
const NAME: usize = 60;
const DESCRIPTION: usize = 60;
const LONG_DESCRIPTION: usize = 120;
const ITEMS: usize = 999;
const ITEMS_WITH_IMAGE: usize = 10;
const EXPIRES_AFTER: i64 = 300;
const NO_LIMIT: usize = usize::MAX;

/// `action` of an `order_details` message. See [Cloud API/Receive payments].
pub(super) fn details_action(core: &Core, action: &Object<'_>) -> Result<Content, GraphError> {
    named(action, "review_and_pay", &["parameters"])?;
    details(core, &action.required_object("parameters")?)
}

/// The parameters of an order to pay, in a message or in a template's button.
pub(in crate::graph::check) fn details(
    core: &Core,
    parameters: &Object<'_>,
) -> Result<Content, GraphError> {
    let reference = reference(parameters)?;
    if !matches!(
        parameters.required_text("type", NO_LIMIT)?,
        "digital-goods" | "physical-goods"
    ) {
        return Err(parameters.invalid("type", "must be digital-goods or physical-goods"));
    }
    match parameters.required_text("currency", NO_LIMIT)? {
        "INR" | "BRL" => {}
        _ => return Err(parameters.invalid("currency", "must be INR or BRL")),
    }
    for settings in parameters.objects("payment_settings")? {
        payment(&settings)?;
    }
    for person in parameters.objects("beneficiaries")? {
        person.required_text("name", 200)?;
        person.required_text("address_line1", 100)?;
        person.text("address_line2", 100)?;
        let postal = person.required_text("postal_code", NO_LIMIT)?;
        if postal.len() != 6 || !postal.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(person.invalid("postal_code", "must have 6 digits"));
        }
    }
    let order = parameters.required_object("order")?;
    let expected = order_total(core, &order)?;
    if amount(parameters, "total_amount")? != Some(expected) {
        let reason = "must equal subtotal + tax + shipping - discount";
        return Err(parameters.invalid("total_amount", reason));
    }
    Ok(Content {
        order: Some(OrderStep::Opens {
            reference: reference.to_owned(),
        }),
        ..Content::default()
    })
}

fn reference<'a>(parameters: &Object<'a>) -> Result<&'a str, GraphError> {
    let reference = parameters.required_text("reference_id", REFERENCE)?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if reference.bytes().all(good) {
        Ok(reference)
    } else {
        let reason = "must hold only letters, digits, underscores, dashes and full stops";
        Err(parameters.invalid("reference_id", reason))
    }
}

fn payment(settings: &Object<'_>) -> Result<(), GraphError> {
    let kind = settings.required_text("type", NO_LIMIT)?;
    let inner = settings.required_object(kind)?;
    match kind {
        "payment_gateway" => {
            inner.text("configuration_name", NAME)?;
            match inner.required_text("type", NO_LIMIT)? {
                "billdesk" | "razorpay" | "payu" | "zaakpay" | "upi" => Ok(()),
                _ => Err(inner.invalid("type", "must be billdesk, razorpay, payu or zaakpay")),
            }
        }
        "upi_intent_link" => inner.required_text("link", NO_LIMIT).map(|_| ()),
        "payment_link" => {
            if is_web_address(inner.required_text("uri", NO_LIMIT)?) {
                Ok(())
            } else {
                Err(inner.invalid("uri", "must be an http or https URL"))
            }
        }
        "pix_dynamic_code" => ["code", "merchant_name", "key", "key_type"]
            .iter()
            .try_for_each(|name| inner.required_text(name, NO_LIMIT).map(|_| ())),
        "boleto" => inner.required_text("digitable_line", NO_LIMIT).map(|_| ()),
        "offsite_card_pay" => ["last_four_digits", "credential_id"]
            .iter()
            .try_for_each(|name| inner.required_text(name, NO_LIMIT).map(|_| ())),
        _ => Err(settings.invalid("type", "is not a known payment setting")),
    }
}

/// The sum that the parts of an order make.
fn order_total(core: &Core, order: &Object<'_>) -> Result<i64, GraphError> {
    if order.required_text("status", NO_LIMIT)? != "pending" {
        return Err(order.invalid("status", "must be pending"));
    }
    if let Some(expiration) = order.object("expiration")? {
        let at = expiration.required_text("timestamp", NO_LIMIT)?;
        let at: Option<i64> = at.parse().ok();
        let least = core.clock.now().as_second() + EXPIRES_AFTER;
        if at.is_none_or(|at| at < least) {
            return Err(expiration.invalid("timestamp", "must be at least 300 seconds ahead"));
        }
        expiration.text("description", LONG_DESCRIPTION)?;
    }
    let items = order.required_objects("items", 1, ITEMS)?;
    let with_image = items.iter().any(|item| item.get("image").is_some());
    if with_image && items.len() > ITEMS_WITH_IMAGE {
        return Err(order.invalid(
            "items",
            "must be at most 10 where items have their own image",
        ));
    }
    for item in &items {
        item.required_text("retailer_id", NO_LIMIT)?;
        item.required_text("name", NAME)?;
        if amount(item, "amount")?.is_none() {
            return Err(item.missing("amount"));
        }
        amount(item, "sale_amount")?;
        if item.number("quantity")? < 1.0 {
            return Err(item.invalid("quantity", "must be at least 1"));
        }
    }
    let part = |name: &str| {
        if let Some(part) = order.object(name)? {
            part.text("description", DESCRIPTION)?;
            part.text("discount_program_name", NAME)?;
        }
        amount(order, name)
    };
    let subtotal = part("subtotal")?.ok_or_else(|| order.missing("subtotal"))?;
    let tax = part("tax")?.ok_or_else(|| order.missing("tax"))?;
    let shipping = part("shipping")?.unwrap_or(0);
    let discount = part("discount")?.unwrap_or(0);
    Ok(subtotal
        .saturating_add(tax)
        .saturating_add(shipping)
        .saturating_sub(discount))
}

/// `{value, offset: 100}`.
fn amount(object: &Object<'_>, name: &str) -> Result<Option<i64>, GraphError> {
    let Some(amount) = object.object(name)? else {
        return Ok(None);
    };
    if amount.get("offset").and_then(Value::as_i64) != Some(100) {
        return Err(amount.invalid("offset", "must be 100"));
    }
    let value = amount.get("value").and_then(Value::as_i64);
    value
        .filter(|value| *value >= 0)
        .map(Some)
        .ok_or_else(|| amount.invalid("value", "must be a whole number"))
}

/// `action` of an `order_status` message.
pub(super) fn status_action(action: &Object<'_>) -> Result<Content, GraphError> {
    named(action, "review_order", &["parameters"])?;
    let parameters = action.required_object("parameters")?;
    parameters.only(&["reference_id", "order", "payment"])?;
    status(&parameters)
}

/// The next status of an order, in a message or in a template.
pub(in crate::graph::check) fn status(parameters: &Object<'_>) -> Result<Content, GraphError> {
    let reference = reference(parameters)?;
    let order = parameters.required_object("order")?;
    order.only(&["status", "description"])?;
    order.text("description", LONG_DESCRIPTION)?;
    let status = order.required_text("status", NO_LIMIT)?;
    let status = OrderStatus::named(status).ok_or_else(|| {
        let reason = "must be processing, partially_shipped, shipped, completed or canceled";
        order.invalid("status", reason)
    })?;
    let mut paid = false;
    if let Some(payment) = parameters.object("payment")? {
        match payment.required_text("status", NO_LIMIT)? {
            "captured" => paid = true,
            "pending" | "failed" => {}
            _ => return Err(payment.invalid("status", "must be pending, captured or failed")),
        }
    }
    Ok(Content {
        order: Some(OrderStep::Goes {
            reference: reference.to_owned(),
            status,
            paid,
        }),
        ..Content::default()
    })
}
