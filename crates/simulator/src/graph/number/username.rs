//! The business username of a number. See [Cloud API/Business usernames].

use std::collections::HashSet;

use serde_json::json;

use super::{reads, success};
use crate::core::{lock, read};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::ids::Bsuid;
use crate::numbers::Username;
use crate::settings::Number;

/// Names that somebody else has, so that a refusal can be tried.
const TAKEN: [&str; 4] = ["whatsapp", "meta", "facebook", "instagram"];

/// `GET`, `POST` and `DELETE /{phone_number_id}/username`.
pub(super) fn username(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    if reads(call) {
        let known = lock(&core.numbers_state).of(&number.id).username.clone();
        return Ok(match known {
            Some(known) => json!({"username": known.name, "status": known.status}),
            None => json!({}),
        });
    }
    if call.method == axum::http::Method::DELETE {
        if lock(&core.numbers_state)
            .of(&number.id)
            .username
            .take()
            .is_none()
        {
            let message = "(#100) The phone number has no username to delete";
            return Err(GraphError::plain(400, 100, message));
        }
        tell(call, number, None, "deleted");
        return Ok(success());
    }
    let name = call.params.required_text("username")?.to_lowercase();
    if !is_username(&name) {
        return Err(must_be(
            "username",
            "3 to 35 of a-z, 0-9, full stop and underscore, with a letter, no full stop at an end \
             or beside another, not beginning with www and not ending like a domain",
        ));
    }
    let transfer = call.params.text("transfer_action")?;
    let force = match transfer.as_deref() {
        None | Some("none") => false,
        Some("force_transfer") => true,
        Some(_) => return Err(must_be("transfer_action", "none or force_transfer")),
    };
    if TAKEN.contains(&name.as_str()) {
        return Err(GraphError::usual(147_001));
    }
    let registry: Vec<_> = read(&core.numbers).iter().cloned().collect();
    let mut numbers = lock(&core.numbers_state);
    if !numbers.of(&number.id).registered {
        return Err(GraphError::usual(147_002));
    }
    let other = registry.iter().find(|other| {
        other.id != number.id
            && numbers
                .get(&other.id)
                .and_then(|state| state.username.as_ref())
                .is_some_and(|known| known.name == name)
    });
    if let Some(other) = other {
        if other.waba != number.waba {
            return Err(GraphError::usual(147_001));
        }
        if !force {
            return Err(GraphError::usual(147_005));
        }
        numbers.of(&other.id).username = None;
    }
    // A name is kept for a business until its display name is approved.
    let state = numbers.of(&number.id);
    let status = if state.name.status == "APPROVED" {
        "approved"
    } else {
        "reserved"
    };
    state.username = Some(Username {
        name: name.clone(),
        status,
    });
    drop(numbers);
    tell(call, number, Some(&name), status);
    Ok(json!({"username": name, "status": status}))
}

fn tell(call: &Call, number: &Number, name: Option<&str>, status: &str) {
    let mut value = json!({
        "display_phone_number": number.display_phone_number,
        "status": status,
    });
    if let Some(name) = name {
        value["username"] = json!(name);
    }
    let core = &call.core;
    core.emit_for_waba(&number.waba, "business_username_updates", &value);
}

/// See [Cloud API/Business usernames].
fn is_username(name: &str) -> bool {
    let known = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_'
    };
    let endings = [
        ".com", ".net", ".org", ".io", ".co", ".app", ".info", ".biz", ".html",
    ];
    (3..=35).contains(&name.len())
        && name.bytes().all(known)
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.starts_with("www")
        && !endings.iter().any(|ending| name.ends_with(ending))
}

/// `GET /{phone_number_id}/username_suggestions`, from the verified name.
pub(super) fn suggestions(call: &Call, number: &Number) -> serde_json::Value {
    let letters = |separator: &str| {
        let words = number.verified_name.split_whitespace().map(|word| {
            let kept = word.chars().filter(char::is_ascii_alphanumeric);
            kept.collect::<String>().to_lowercase()
        });
        words.collect::<Vec<_>>().join(separator)
    };
    let mut names = vec![
        letters(""),
        letters("."),
        letters("_"),
        format!("{}.official", letters("")),
    ];
    let numbers = lock(&call.core.numbers_state);
    let used: HashSet<_> = numbers
        .iter()
        .filter_map(|(_, state)| state.username.as_ref())
        .map(|known| known.name.as_str())
        .collect();
    names.dedup();
    names.retain(|name| is_username(name) && !used.contains(name.as_str()));
    json!({"data": [{"username_suggestions": names}]})
}

/// `DELETE /{phone_number_id}/contact_book`: forgets the phone number of a BSUID.
pub(super) fn forget_contact(call: &Call) -> Answer {
    call.params.product()?;
    let bsuid = Bsuid::from(call.params.required_text("bsuid")?);
    let known = lock(&call.core.world).knows_bsuid(&bsuid);
    Ok(json!({"messaging_product": "whatsapp", "success": true, "deleted": known}))
}
