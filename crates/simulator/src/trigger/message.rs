//! Events by which a simulated user writes.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::lock;
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::user::User;
use crate::world::Message;
use crate::world::inbound::Draft;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 17] = [
    ("message.text", "the user writes a text [text, reply_to]"),
    ("message.image", "the user sends a picture [caption]"),
    ("message.audio", "the user sends an audio file"),
    ("message.voice", "the user sends a voice message"),
    ("message.video", "the user sends a film [caption]"),
    ("message.document", "the user sends a PDF [caption, filename]"),
    ("message.sticker", "the user sends a sticker"),
    ("message.location", "the user shares a place [latitude, longitude, name, address]"),
    ("message.contacts", "the user shares a contact card [name, phone]"),
    ("message.reaction", "the user reacts to a message of the business [wamid, emoji]"),
    ("message.reaction_removed", "the user takes a reaction back [wamid]"),
    ("message.button", "the user taps a template's quick reply [wamid, button]"),
    ("message.interactive.button_reply", "the user taps a reply button [wamid, button]"),
    ("message.interactive.list_reply", "the user picks a row of a list [wamid, row]"),
    ("message.order", "the user sends a cart [text]"),
    ("message.referral", "the user writes after tapping an ad [text]"),
    ("message.unsupported", "the user sends something that the API does not carry"),
];

/// A harbour, 320 by 200, so that an inbox has something to show.
const PNG: &[u8] = include_bytes!("harbour.png");
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const WEBP: &[u8] =
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead";
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

pub(super) async fn trigger(
    simulator: &Simulator,
    event: &str,
    name: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let user = params.user(simulator)?;
    let draft = draft(simulator, &user, name, params)?;
    user.write(draft, event).await
}

fn draft(
    simulator: &Simulator,
    user: &User,
    name: &str,
    params: &Params<'_>,
) -> Result<Draft, SimulatorError> {
    let file = |kind: &str, mime_type: &str, bytes: &'static [u8]| {
        let mut extra = json!({});
        if let Some(caption) = params.text("caption")? {
            extra["caption"] = json!(caption);
        }
        if kind == "document" {
            extra["filename"] = json!(params.text_or("filename", "receipt.pdf")?);
        }
        let content = user.file(kind, mime_type, Bytes::from_static(bytes), extra)?;
        Ok(Draft::new(kind, content))
    };
    match name {
        "text" => {
            let body = params.text_or("text", "Does it come in another color?")?;
            let draft = Draft::new("text", json!({"body": body}));
            match params.text("reply_to")? {
                Some(wamid) => Ok(draft.answering(&*user.number()?, wamid)),
                None => Ok(draft),
            }
        }
        "image" => file("image", "image/png", PNG),
        "audio" => file("audio", "audio/mpeg", MP3),
        "voice" => file("audio", "audio/ogg; codecs=opus", OGG),
        "video" => file("video", "video/mp4", MP4),
        "document" => file("document", "application/pdf", PDF),
        "sticker" => file("sticker", "image/webp", WEBP),
        "location" => location(params),
        "contacts" => {
            let name = params.text_or("name", "Barbara Johnson")?;
            let phone = params.text_or("phone", "+19175559999")?;
            let wa_id: String = phone.chars().filter(char::is_ascii_digit).collect();
            Ok(Draft::new(
                "contacts",
                json!([{
                    "name": {"formatted_name": name, "first_name": name},
                    "phones": [{"phone": phone, "wa_id": wa_id, "type": "CELL"}],
                }]),
            ))
        }
        "reaction" | "reaction_removed" => {
            let wamid = wamid(simulator, params, |_| true)?;
            let mut content = json!({"message_id": wamid});
            if name == "reaction" {
                content["emoji"] = json!(params.text_or("emoji", "👍")?);
            }
            Ok(Draft::new("reaction", content))
        }
        "button" | "interactive.button_reply" => tap(simulator, params, name),
        "interactive.list_reply" => {
            let wamid = wamid(simulator, params, |message| {
                has(message, "/interactive/action/sections")
            })?;
            let user = receiver(simulator, params, &wamid)?;
            let first = "/interactive/action/sections/0/rows/0/id";
            let row = chosen(simulator, params, "row", &wamid, first)?;
            user.pick(&wamid, &row)
        }
        "order" => Ok(Draft::new(
            "order",
            json!({
                "catalog_id": "194836987003835",
                "text": params.text_or("text", "Love these!")?,
                "product_items": [
                    {"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30, "currency": "USD"},
                ],
            }),
        )),
        "referral" => {
            let body = params.text_or("text", "Can I get more info about this?")?;
            let referral = json!({
                "source_url": "https://fb.me/3cr4Wqqkv",
                "source_id": "120226305854810726",
                "source_type": "ad",
                "body": "Summer Succulents are here!",
                "headline": "Chat with us",
                "media_type": "image",
                "image_url": "https://scontent.xx.fbcdn.net/v/t45.1",
                "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
            });
            Ok(Draft {
                referral,
                ..Draft::new("text", json!({"body": body}))
            })
        }
        _ => {
            let errors = json!([{
                "code": 131_051,
                "title": "Message type unknown",
                "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."},
            }]);
            Ok(Draft {
                errors,
                ..Draft::new("unsupported", json!({"type": "poll_creation"}))
            })
        }
    }
}

fn location(params: &Params<'_>) -> Result<Draft, SimulatorError> {
    Ok(Draft::new(
        "location",
        json!({
            "latitude": params.number("latitude")?.unwrap_or(37.442_214_965_82),
            "longitude": params.number("longitude")?.unwrap_or(-122.161_659_240_72),
            "name": params.text_or("name", "Philz Coffee")?,
            "address": params.text_or("address", "101 Forest Ave, Palo Alto, CA 94301")?,
        }),
    ))
}

/// A tap on the named button, or on the first one.
fn tap(simulator: &Simulator, params: &Params<'_>, name: &str) -> Result<Draft, SimulatorError> {
    let template = name == "button";
    let wamid = wamid(simulator, params, |message| {
        if template {
            message.accepted.kind() == "template"
        } else {
            has(message, "/interactive/action/buttons")
        }
    })?;
    let user = receiver(simulator, params, &wamid)?;
    let button = if template {
        match params.text("button")? {
            Some(button) => button.to_owned(),
            None => first_quick_reply(simulator, &wamid)?,
        }
    } else {
        chosen(
            simulator,
            params,
            "button",
            &wamid,
            "/interactive/action/buttons/0/reply/id",
        )?
    };
    user.tap(&wamid, &button)
}

fn first_quick_reply(simulator: &Simulator, wamid: &str) -> Result<String, SimulatorError> {
    let body = body(simulator, wamid)?;
    simulator
        .templates()
        .iter()
        .find(|known| {
            body["template"]["name"] == known.name.as_str()
                && body["template"]["language"]["code"] == known.language.as_str()
        })
        .and_then(|known| {
            known.buttons.iter().find_map(|button| match button {
                crate::template::Button::QuickReply { text } => Some(text.clone()),
                _ => None,
            })
        })
        .ok_or(SimulatorError::Unknown {
            kind: "quick reply",
        })
}

/// The message named by `wamid`, or the latest one that fits.
pub(super) fn wamid(
    simulator: &Simulator,
    params: &Params<'_>,
    fits: impl Fn(&Message) -> bool,
) -> Result<String, SimulatorError> {
    if let Some(wamid) = params.text("wamid")? {
        return Ok(wamid.to_owned());
    }
    let world = lock(&simulator.core().world);
    let latest = world.messages().rev().find(|message| fits(message));
    latest
        .map(|message| message.accepted.wamid().to_owned())
        .ok_or(SimulatorError::Unknown { kind: "message" })
}

/// The user who got the message, unless another one is named.
pub(super) fn receiver(
    simulator: &Simulator,
    params: &Params<'_>,
    wamid: &str,
) -> Result<User, SimulatorError> {
    if params.text("user")?.is_some() {
        return params.user(simulator);
    }
    let world = lock(&simulator.core().world);
    let message = world
        .message(wamid)
        .ok_or(SimulatorError::Unknown { kind: "message" })?;
    let key = message
        .to
        .user()
        .ok_or(SimulatorError::Unknown { kind: "user" })?;
    let user = User::new(simulator.core().clone(), key.clone());
    Ok(user.with(&message.accepted.phone_number_id))
}

fn chosen(
    simulator: &Simulator,
    params: &Params<'_>,
    name: &'static str,
    wamid: &str,
    first: &str,
) -> Result<String, SimulatorError> {
    if let Some(choice) = params.text(name)? {
        return Ok(choice.to_owned());
    }
    body(simulator, wamid)?
        .pointer(first)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| SimulatorError::Parameter {
            name,
            reason: "is missing".to_owned(),
        })
}

pub(super) fn body(simulator: &Simulator, wamid: &str) -> Result<Value, SimulatorError> {
    lock(&simulator.core().world)
        .message(wamid)
        .map(|message| message.accepted.json())
        .ok_or(SimulatorError::Unknown { kind: "message" })
}

fn has(message: &Message, pointer: &str) -> bool {
    message.accepted.kind() == "interactive" && message.accepted.json().pointer(pointer).is_some()
}
