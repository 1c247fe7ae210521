//! What Meta asks of a template before it is created.

pub(super) mod authentication;
pub(super) mod buttons;
pub(super) mod components;
pub(super) mod texts;

use super::category::Category;
use super::limits;
use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::required;

pub(super) fn name(name: String, field: &str) -> Result<String, InvalidMessage> {
    let name = required(name, limits::NAME, field)?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(allowed) {
        let reason = "not small letters, digits and underscores only";
        return Err(InvalidMessage::invalid(field, reason));
    }
    Ok(name)
}

pub(super) fn language(language: String, field: &str) -> Result<String, InvalidMessage> {
    let language = required(language, limits::LANGUAGE, field)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !language.bytes().all(allowed) {
        return Err(InvalidMessage::invalid(
            field,
            "not a language code such as en_US",
        ));
    }
    Ok(language)
}

pub(super) fn ttl(seconds: i64, category: Option<&Category>) -> Result<i64, InvalidMessage> {
    let field = "/message_send_ttl_seconds";
    let longest = seconds == limits::LONGEST_TTL;
    let (fits, reason) = match category {
        Some(Category::Authentication) => (
            longest || limits::AUTHENTICATION_TTL.contains(&seconds),
            "not 30 to 900 seconds, nor -1 for thirty days",
        ),
        Some(Category::Utility) => (
            longest || limits::UTILITY_TTL.contains(&seconds),
            "not 30 to 43200 seconds, nor -1 for thirty days",
        ),
        Some(Category::Marketing) => (
            limits::MARKETING_TTL.contains(&seconds),
            "not 43200 to 2592000 seconds",
        ),
        // Where the category is not known here, Meta has the last word.
        Some(Category::Unknown(_)) | None => (
            longest
                || (*limits::UTILITY_TTL.start()..=*limits::MARKETING_TTL.end()).contains(&seconds),
            "not 30 to 2592000 seconds, nor -1 for thirty days",
        ),
    };
    if fits {
        Ok(seconds)
    } else {
        Err(InvalidMessage::invalid(field, reason))
    }
}

/// Checks after how many minutes a code expires.
pub(super) fn minutes(minutes: u32, field: &str) -> Result<(), InvalidMessage> {
    if (1..=limits::CODE_EXPIRATION_MINUTES).contains(&minutes) {
        Ok(())
    } else {
        Err(InvalidMessage::invalid(field, "not 1 to 90 minutes"))
    }
}
