//! The requests that the benchmarks send: signed notifications and API calls, each one of its own.

use std::fmt::Write as _;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::load;

pub(super) const APP_SECRET: &str = "bench-app-secret";
pub(super) const VERIFY_TOKEN: &str = "bench-verify-token";
pub(super) const ACCESS_TOKEN: &str = "bench-access-token";
pub(super) const PHONE_NUMBER_ID: &str = "106540352242922";
pub(super) const WABA_ID: &str = "102290129340398";

/// Users that write; enough that conversations are many and come back.
const USERS: usize = 5_000;

/// Users that are written to: enough that none gets more than Meta lets one number send to one user.
const RECIPIENTS: usize = 50_000;

/// Signed POSTs of `updates` text messages each: about 1 KB for one, 20 KB for fifty.
pub(super) fn notifications(count: usize, updates: usize, round: usize) -> Arc<[Vec<u8>]> {
    let notification = |number: usize| {
        let body = body(number, updates, round);
        let signature = format!("sha256={}", sign(&body));
        let headers = [
            ("content-type", "application/json"),
            ("x-hub-signature-256", signature.as_str()),
        ];
        load::request("/webhooks/whatsapp", &headers, body.as_bytes())
    };
    (0..count).map(notification).collect()
}

/// The bodies of the same notifications, one a line.
pub(super) fn bodies(count: usize) -> String {
    (0..count).map(|number| body(number, 1, 0) + "\n").collect()
}

/// API calls that send a text on the channels in turns, each with an idempotency key.
pub(super) fn sends(count: usize, key: &str, channels: &[&str]) -> Arc<[Vec<u8>]> {
    let bearer = format!("Bearer {key}");
    let send = |number: usize| {
        let user = 15_550_000_000 + number % RECIPIENTS;
        let body = json!({
            "channel": channels.get(number % channels.len()), "to": format!("+{user}"), "type": "text",
            "text": {"body": format!("Your order {number} has left our house this morning.")},
        });
        let idempotency_key = format!("bench-{number}");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
            ("idempotency-key", idempotency_key.as_str()),
        ];
        load::request("/api/v1/messages", &headers, body.to_string().as_bytes())
    };
    (0..count).map(send).collect()
}

fn body(number: usize, updates: usize, round: usize) -> String {
    // A lone message is padded to 1 KB; in a batch of fifty the messages are 20 KB together.
    let text = if updates == 1 {
        "x".repeat(430)
    } else {
        "x".repeat(145)
    };
    let mut contacts = Vec::with_capacity(updates);
    let mut messages = Vec::with_capacity(updates);
    for update in 0..updates {
        let unique = number * updates + update;
        let user = 16_500_000_000 + unique % USERS;
        let bsuid = format!("US.{user}");
        contacts
            .push(json!({"profile": {"name": "Ann"}, "wa_id": user.to_string(), "user_id": bsuid}));
        messages.push(json!({
            "from": user.to_string(), "from_user_id": bsuid,
            "id": format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQ{round:04}{unique:012}"),
            "timestamp": "1795219200", "type": "text", "text": {"body": text},
        }));
    }
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID,
            },
            "contacts": contacts, "messages": messages,
        },
    }]}]})
    .to_string()
}

fn sign(body: &str) -> String {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(APP_SECRET.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
