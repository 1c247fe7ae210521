//! The envelope of a send: product, recipient, type, and the checks that all types share.

use serde_json::Value;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::pin::Pin;
use crate::graph::check::{
    Object, catalog, contacts, content, flow, interactive, media, pin, template,
};
use crate::ids::{Bsuid, Wamid};
use crate::settings::Number;
use crate::template::{Category, Quality};
use crate::world::order::OrderStep;

/// See [Cloud API/Messages]; stated for calls, applied by clients to messages too.
const CALLBACK_DATA: usize = 512;
const NO_LIMIT: usize = usize::MAX;

/// A send that Meta would accept.
#[derive(Debug)]
pub(crate) struct Send {
    pub(crate) kind: String,
    pub(crate) to: To,
    pub(crate) callback_data: Option<String>,
    /// The price category: `service`, or the template's.
    pub(crate) category: &'static str,
    pub(crate) identity: Option<String>,
    pub(crate) content: Content,
}

/// Which edge of the number a send came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/messages`
    Messages,
    /// `/marketing_messages`
    Marketing,
}

/// Whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Phone { input: String, wa_id: String },
    Bsuid(Bsuid),
    Group(String),
}

/// What a content check found out.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) reaction_to: Option<Wamid>,
    /// A fault of the content that shows only in a `failed` status.
    pub(crate) fails: Option<i64>,
    pub(crate) template: Option<Used>,
    pub(crate) order: Option<OrderStep>,
    pub(crate) asks_to_call: bool,
    pub(crate) pin: Option<Pin>,
}

/// The template that a send uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) id: u64,
    pub(crate) category: Category,
    pub(crate) ttl_seconds: Option<i64>,
    pub(crate) quality: Quality,
}

/// Checks a whole send. See [Cloud API/Messages].
pub(crate) fn check(
    core: &Core,
    number: &Number,
    door: Door,
    body: &Value,
) -> Result<Send, GraphError> {
    let body = Object::root(body)?;
    product(&body)?;
    let kind = match body.text("type", NO_LIMIT)? {
        Some(kind) => kind,
        None if body.get("text").is_some() => "text",
        None => return Err(body.missing("type")),
    };
    if door == Door::Marketing && kind != "template" {
        return Err(GraphError::new(100, "Message must be a template message."));
    }
    let known = [
        "text",
        "image",
        "audio",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "interactive",
        "template",
        "pin",
    ];
    if !known.contains(&kind) {
        return Err(GraphError::new(
            131_051,
            format!("Type {kind} is not supported."),
        ));
    }
    let mut keys = vec![
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        "recipient_identity_key_hash",
        kind,
    ];
    if door == Door::Marketing {
        keys.extend(["product_policy", "message_activity_sharing"]);
        marketing(&body)?;
    }
    body.only(&keys)?;
    let to = recipient(&body, number)?;
    if matches!(to, To::Group(_))
        && ![
            "text", "image", "audio", "video", "document", "sticker", "template", "pin",
        ]
        .contains(&kind)
    {
        return Err(body.invalid("type", "cannot be sent to a group"));
    }
    if kind == "pin" && !matches!(to, To::Group(_)) {
        return Err(body.invalid("type", "can be sent only to a group"));
    }
    let callback_data = body
        .text("biz_opaque_callback_data", CALLBACK_DATA)?
        .map(str::to_owned);
    let identity = body
        .text("recipient_identity_key_hash", NO_LIMIT)?
        .map(str::to_owned);
    if let Some(context) = body.object("context")? {
        context.only(&["message_id"])?;
        context.required_text("message_id", NO_LIMIT)?;
        if kind == "reaction" {
            return Err(body.invalid("context", "cannot stand beside a reaction"));
        }
    }
    let content = match kind {
        "contacts" => contacts::check(&body)?,
        "text" => content::text(&body.required_object("text")?)?,
        "location" => content::location(&body.required_object("location")?)?,
        "reaction" => content::reaction(&body.required_object("reaction")?)?,
        "interactive" => interactive::check(core, &body.required_object("interactive")?, &to)?,
        "template" => {
            let place = template::Place {
                core,
                number,
                door,
                to: &to,
            };
            template::check(&place, &body.required_object("template")?)?
        }
        "pin" => pin::check(&body.required_object("pin")?)?,
        media => media::check(core, media, &body.required_object(media)?)?,
    };
    flow::sendable(core, number, &body)?;
    catalog::sendable(core, number, &body)?;
    Ok(Send {
        kind: kind.to_owned(),
        to,
        callback_data,
        category: category(door, content.template.as_ref()),
        identity,
        content,
    })
}

/// The price category. See [Cloud API/Pricing].
fn category(door: Door, template: Option<&Used>) -> &'static str {
    match template.map(|used| used.category) {
        None => "service",
        Some(Category::Authentication) => "authentication",
        Some(Category::Marketing) if door == Door::Marketing => "marketing_lite",
        Some(Category::Marketing) => "marketing",
        Some(Category::Utility) => "utility",
    }
}

/// What only marketing messages may say.
fn marketing(body: &Object<'_>) -> Result<(), GraphError> {
    body.flag("message_activity_sharing")?;
    match body.text("product_policy", NO_LIMIT)? {
        None | Some("CLOUD_API_FALLBACK" | "STRICT") => Ok(()),
        Some(_) => Err(body.invalid("product_policy", "must be CLOUD_API_FALLBACK or STRICT")),
    }
}

/// `messaging_product` is always `whatsapp`.
pub(crate) fn product(body: &Object<'_>) -> Result<(), GraphError> {
    match body.text("messaging_product", NO_LIMIT)? {
        Some("whatsapp") => Ok(()),
        Some(_) => Err(GraphError::new(
            100,
            "Param messaging_product must be whatsapp.",
        )),
        None => Err(body.missing("messaging_product")),
    }
}

fn recipient(body: &Object<'_>, number: &Number) -> Result<To, GraphError> {
    let to = body.text("to", NO_LIMIT)?;
    // Where both stand, the number is taken.
    let bsuid = body.text("recipient", NO_LIMIT)?;
    match (
        body.text("recipient_type", NO_LIMIT)?
            .unwrap_or("individual"),
        to,
    ) {
        ("individual", Some(to)) => {
            let wa_id = wa_id(to, &number.calling_code)
                .ok_or_else(|| body.invalid("to", "must be a phone number"))?;
            if wa_id == number.display_phone_number {
                return Err(GraphError::usual(131_021));
            }
            Ok(To::Phone {
                input: to.to_owned(),
                wa_id,
            })
        }
        ("individual", None) => {
            let bsuid = bsuid.ok_or_else(|| body.missing("to"))?;
            if is_bsuid(bsuid) {
                Ok(To::Bsuid(Bsuid::from(bsuid)))
            } else {
                Err(body.invalid("recipient", "must be a business-scoped user ID"))
            }
        }
        ("group", Some(to)) if is_group(to) => Ok(To::Group(to.to_owned())),
        ("group", Some(_)) => Err(body.invalid("to", "must be a group ID")),
        ("group", None) => Err(body.missing("to")),
        _ => Err(body.invalid("recipient_type", "must be individual or group")),
    }
}

/// The wa_id for a recipient as typed, by section "Phone number format" of [Cloud API/Messages].
///
/// Without `+`, the sender's calling code is put before, unless the digits already begin with it
/// and are too many for a national number.
pub(crate) fn wa_id(input: &str, calling_code: &str) -> Option<String> {
    let trimmed = input.trim();
    let digits: String = trimmed
        .chars()
        .filter(|letter| !matches!(letter, '+' | '-' | '(' | ')' | ' '))
        .collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let complete =
        trimmed.starts_with('+') || (digits.len() > 10 && digits.starts_with(calling_code));
    let wa_id = if complete {
        digits
    } else {
        format!("{calling_code}{digits}")
    };
    (7..=16).contains(&wa_id.len()).then_some(wa_id)
}

/// Two letters, a full stop, and up to 128 letters and digits; a parent's has `ENT.` between.
pub(crate) fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Group ids are opaque; what looks like a phone number is none.
fn is_group(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_follow_the_documented_table() {
        let check = |input: &str, calling_code: &str, expected: Option<&str>| {
            assert_eq!(wa_id(input, calling_code).as_deref(), expected, "{input}");
        };
        check("+16315551234", "91", Some("16315551234"));
        check("+1 (631) 555-1234", "91", Some("16315551234"));
        check("(631) 555-1234", "91", Some("916315551234"));
        check("1 (631) 555-1234", "91", Some("9116315551234"));
        check("16315551234", "1", Some("16315551234"));
        check("6315551234", "1", Some("16315551234"));
        check("+1631555call", "1", None);
        check("+12", "1", None);
        check("", "1", None);
    }

    #[test]
    fn bsuids_are_told_from_other_text() {
        assert!(is_bsuid("US.13491208655302741918"));
        assert!(is_bsuid("US.ENT.11815799212886844830"));
        assert!(!is_bsuid("us.1"));
        assert!(!is_bsuid("US."));
        assert!(!is_bsuid("16505551234"));
    }
}
