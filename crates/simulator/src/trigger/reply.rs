//! Events by which a user answers, changes what they wrote, or becomes somebody else.

use serde_json::{Value, json};

use crate::error::SimulatorError;
use crate::payments::{self, Attempt};
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params, message};
use crate::user::User;
use crate::world::inbound::Draft;
use crate::world::{coexist, system};

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 18] = [
    ("message.interactive.flow_reply", "the user sends a Flow off [wamid, answers]"),
    ("message.interactive.address_reply", "the user gives the address asked for [wamid, values]"),
    ("message.interactive.call_permission_accepted", "the user permits calls for 7 days [wamid]"),
    ("message.interactive.call_permission_permanent", "the user permits calls for ever [wamid]"),
    ("message.interactive.call_permission_rejected", "the user permits no calls [wamid]"),
    ("message.interactive.payment_method", "the user chooses how to pay an order [wamid]"),
    ("message.interactive.carousel_reply", "the user taps a quick reply of a carousel [wamid, button]"),
    ("message.contact_info", "the user shares the phone number asked for [wamid]"),
    ("message.contacts_vcard", "the user shares a card of somebody in the address book [name, phone]"),
    ("message.forwarded", "the user forwards a text [text]"),
    ("message.frequently_forwarded", "the user forwards a text that many have forwarded [text]"),
    ("message.product_inquiry", "the user asks about a product of the catalogue [text]"),
    ("message.unavailable", "the first message to a coexisting number cannot be had"),
    ("message.edit", "the user changes a message to a coexisting number [text]"),
    ("message.revoke", "the user deletes a message to a coexisting number"),
    ("user.number_changed", "the user moves to another phone number [phone]"),
    ("user.id_changed", "the user's BSUID changes with the phone number [phone]"),
    ("user.identity_changed", "the user has a new phone, and so another identity hash"),
];

/// Where somebody moves who was told no number.
const NEW_PHONE: &str = "12195555358";

pub(super) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let (core, user) = (simulator.core(), params.user(simulator)?);
    let number = user.number()?;
    match event {
        "user.number_changed" | "user.id_changed" => {
            let phone = params.text_or("phone", NEW_PHONE)?;
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            let changed = system::change_number(core, &number, user.key(), &digits)?;
            let (wamid, emitted) = if event == "user.number_changed" {
                changed.number
            } else {
                changed.user_id
            };
            return Ok(emitted.triggered(event, Some(wamid)));
        }
        "user.identity_changed" => {
            let (wamid, emitted) = system::change_identity(core, &number, user.key())?;
            return Ok(emitted.triggered(event, Some(wamid)));
        }
        "message.edit" | "message.revoke" => {
            coexist::set(core, &number, true);
            let wamid = user.says("Does it come in red?").await?;
            let draft = if event == "message.edit" {
                user.edit(
                    wamid.as_str(),
                    params.text_or("text", "Does it come in blue?")?,
                )?
            } else {
                user.revoke(wamid.as_str())?
            };
            return user.write(draft, event).await;
        }
        "message.unavailable" => coexist::set(core, &number, true),
        _ => {}
    }
    let (user, draft) = draft(simulator, user, event, params)?;
    user.write(draft, event).await
}

#[expect(clippy::too_many_lines, reason = "one row per kind of answer")]
fn draft(
    simulator: &Simulator,
    user: User,
    event: &str,
    params: &Params<'_>,
) -> Result<(User, Draft), SimulatorError> {
    let text = |context: Value| -> Result<Draft, SimulatorError> {
        let body = params.text_or("text", "Is this still available?")?;
        Ok(Draft {
            context,
            ..Draft::new("text", json!({"body": body}))
        })
    };
    let asked = |kind: &str| {
        let wamid = message::wamid(simulator, params, |message| {
            let body = message.accepted.json();
            body.pointer("/interactive/type").and_then(Value::as_str) == Some(kind)
        })?;
        let user = message::receiver(simulator, params, &wamid)?;
        Ok::<_, SimulatorError>((user, wamid))
    };
    let object = |name: &str, or: Value| params.0.get(name).cloned().unwrap_or(or);
    match event {
        "message.interactive.flow_reply" => {
            let (user, wamid) = asked("flow")?;
            let answers = object(
                "answers",
                json!({"firstName": "Sheena", "lastName": "Nelson"}),
            );
            let draft = user.flow_reply(&wamid, &answers)?;
            Ok((user, draft))
        }
        "message.interactive.address_reply" => {
            let (user, wamid) = asked("address_message")?;
            let values = json!({
                "in_pin_code": "400063", "building_name": "", "landmark_area": "Goregaon",
                "address": "IB Patel Road", "city": "Mumbai", "name": "Sheena Nelson",
                "phone_number": "+919876543210", "floor_number": "8",
            });
            let draft = user.address_reply(&wamid, &object("values", values))?;
            Ok((user, draft))
        }
        "message.interactive.call_permission_accepted"
        | "message.interactive.call_permission_permanent"
        | "message.interactive.call_permission_rejected" => {
            let (user, wamid) = asked("call_permission_request")?;
            let (accepts, ever) = (!event.ends_with("rejected"), event.ends_with("permanent"));
            let draft = user.call_reply(&wamid, accepts, ever)?;
            Ok((user, draft))
        }
        "message.interactive.carousel_reply" => {
            let (user, wamid) = asked("carousel")?;
            let body = message::body(simulator, &wamid)?;
            let first = "/interactive/action/cards/0/action/buttons/0/quick_reply/id";
            let first = body
                .pointer(first)
                .and_then(Value::as_str)
                .unwrap_or_default();
            let draft = user.tap(&wamid, params.text_or("button", first)?)?;
            Ok((user, draft))
        }
        "message.interactive.payment_method" => {
            let (user, wamid) = asked("order_details")?;
            let body = message::body(simulator, &wamid)?;
            let order = &body["interactive"]["action"]["parameters"];
            let mut settings = order["payment_settings"].as_array().into_iter().flatten();
            let card = settings.find_map(|setting| setting.get("offsite_card_pay"));
            let of_card = |name: &str, or: &str| {
                let given = card.and_then(|card| card[name].as_str());
                given.unwrap_or(or).to_owned()
            };
            let now = simulator.core().clock.now().as_second();
            let draft = Draft::new(
                "interactive",
                json!({"type": "payment_method", "payment_method": {
                    "payment_method": "offsite_card_pay", "payment_timestamp": now,
                    "reference_id": order["reference_id"],
                    "last_four_digits": of_card("last_four_digits", "5235"),
                    "credential_id": of_card("credential_id", "1234567"),
                }}),
            );
            Ok((user, draft))
        }
        "message.contact_info" => {
            let (user, wamid) = asked("request_contact_info")?;
            let draft = user.contact_info(&wamid)?;
            Ok((user, draft))
        }
        "message.contacts_vcard" => {
            let name = params.text_or("name", "Barbara Johnson")?;
            let phone = params.text_or("phone", "+14125550829")?;
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            let vcard = format!(
                "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL;waid={digits}:{phone}\nEND:VCARD"
            );
            let card = json!([{"vcard": vcard, "origin": "other", "phones": [
                {"phone": phone, "wa_id": digits, "type": "CELL"}]}]);
            Ok((user, Draft::new("contacts", card)))
        }
        "message.forwarded" => Ok((user, text(json!({"forwarded": true}))?)),
        "message.frequently_forwarded" => Ok((user, text(json!({"frequently_forwarded": true}))?)),
        "message.product_inquiry" => {
            let number = user.number()?;
            let shown = message::wamid(simulator, params, |_| true)?;
            let context = json!({
                "from": number.display_phone_number,
                "id": shown,
                "referred_product": {
                    "catalog_id": "194836987003835", "product_retailer_id": "di9ozbzfi4",
                },
            });
            Ok((user, text(context)?))
        }
        _ => {
            let title = "This message is currently unavailable.";
            let errors = json!([{"code": 131_060, "title": title, "message": title,
                                 "error_data": {"details": title}}]);
            let content = json!({"type": "media_placeholder"});
            let draft = Draft {
                errors,
                ..Draft::new("unsupported", content)
            };
            Ok((user, draft))
        }
    }
}

/// The payment of the latest order message, or of the named one, succeeds, waits or fails.
pub(super) async fn payment(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let wamid = message::wamid(simulator, params, |message| {
        payments::order(&message.accepted.json()).is_some()
    })?;
    let user = message::receiver(simulator, params, &wamid)?;
    let attempt = match event {
        "status.payment_captured" => Attempt::Captured,
        "status.payment_pending" => Attempt::Pending,
        _ => Attempt::Failed,
    };
    let told = user.tries_to_pay(&wamid, attempt).await?;
    Ok(Triggered {
        event: event.to_owned(),
        ..told
    })
}
