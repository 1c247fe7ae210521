//! Meta's error codes with title, HTTP status and usual details. See [Cloud API/Error codes].

mod numbers;
mod rare;

use serde_json::{Value, json};

/// One code of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) code: i64,
    pub(crate) title: &'static str,
    pub(crate) http: u16,
    /// What `error_data.details` says when nothing more precise is known.
    details: &'static str,
}

impl Known {
    pub(crate) const fn details(&self) -> &'static str {
        if self.details.is_empty() {
            self.title
        } else {
            self.details
        }
    }
}

/// The code's row, or a row of an unknown refusal with status 400.
pub(crate) fn known(code: i64) -> Known {
    // All of the two hundreds say that a permission is missing.
    let listed = if (201..=299).contains(&code) {
        200
    } else {
        code
    };
    let known = KNOWN
        .iter()
        .chain(&numbers::KNOWN)
        .chain(&rare::KNOWN)
        .find(|known| known.code == listed)
        .copied()
        .unwrap_or(row(code, "Generic user error", 400, ""));
    Known { code, ..known }
}

/// The element of `errors[]` in a `failed` status.
pub(crate) fn asynchronous(code: i64) -> Value {
    let known = known(code);
    json!({
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": known.details()},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

const fn row(code: i64, title: &'static str, http: u16, details: &'static str) -> Known {
    Known {
        code,
        title,
        http,
        details,
    }
}

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    row(0, "AuthException", 401, "We were unable to authenticate the app user."),
    row(1, "API Unknown", 400, "Invalid request or possible server error."),
    row(2, "API Service", 503, "Temporary due to downtime or due to being overloaded."),
    row(3, "API Method", 500, "Capability or permissions issue."),
    row(4, "Application request limit reached", 400, ""),
    row(10, "Permission denied", 403, "Permission is either not granted or has been removed."),
    row(33, "Parameter value is not valid", 400, "The business phone number has been deleted."),
    row(100, "Invalid parameter", 400, ""),
    row(104, "An access token is required to request this resource.", 400, ""),
    row(190, "Access token has expired", 401, ""),
    row(200, "API Permission", 403, "Permission is either not granted or has been removed."),
    row(368, "Temporarily blocked for policies violations", 403, "The WhatsApp Business Account has been restricted or disabled for violating a platform policy."),
    row(613, "Calls to this api have exceeded the rate limit.", 400, ""),
    row(1026, "Receiver Incapable", 400, ""),
    row(2040, "Message unsupported", 400, "The recipient cannot get order messages."),
    row(2046, "Invalid order status", 400, "The order does not exist, or cannot go to this status from where it is."),
    row(2047, "Order cannot be canceled", 400, "The order was paid and cannot be canceled."),
    row(80_007, "Rate limit issues", 400, "The WhatsApp Business Account has reached its rate limit."),
    row(80_008, "Rate limit issues", 400, ""),
    row(130_403, "User is blocked", 400, "The business has blocked this user."),
    row(130_429, "Rate limit hit", 400, "Cloud API message throughput has been reached."),
    row(130_472, "User's number is part of an experiment", 400, ""),
    row(130_497, "Business account is restricted from messaging users in this country", 403, ""),
    row(131_000, "Something went wrong", 500, "Message failed to send due to an unknown error."),
    row(131_005, "Access denied", 403, "Permission is either not granted or has been removed."),
    row(131_008, "Required parameter is missing", 400, ""),
    row(131_009, "Parameter value is not valid", 400, ""),
    row(131_016, "Service unavailable", 500, "A service is temporarily unavailable."),
    row(131_021, "Recipient cannot be sender", 400, "Sender and recipient phone number is the same."),
    row(131_026, "Message undeliverable", 400, "Message Undeliverable."),
    row(131_030, "Recipient phone number not in allowed list", 400, "Add recipient phone number to recipient list and try again."),
    row(131_031, "Account has been locked", 403, ""),
    row(131_037, "Display name needs approval", 400, ""),
    row(131_042, "Business eligibility payment issue", 400, "There was an error related to your payment method."),
    row(131_045, "Incorrect certificate", 500, "Message failed to send due to a phone number registration error."),
    row(131_047, "Re-engagement message", 400, "Message failed to send because more than 24 hours have passed since the customer last replied to this number."),
    row(131_048, "Spam rate limit hit", 400, "Message failed to send because there are restrictions on how many messages can be sent from this phone number."),
    row(131_049, "This message was not delivered to maintain healthy ecosystem engagement.", 400, "In order to maintain a healthy ecosystem engagement, the message failed to be delivered."),
    row(131_050, "User has stopped marketing messages", 400, "Recipient has chosen to stop receiving marketing messages on WhatsApp from your business."),
    row(131_051, "Unsupported message type", 400, ""),
    row(131_052, "Media download error", 400, ""),
    row(131_053, "Media upload error", 400, ""),
    row(131_055, "Method not allowed", 400, ""),
    row(131_056, "(Business Account, Consumer Account) pair rate limit hit", 400, "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time."),
    row(131_057, "Account in maintenance mode", 500, "Business Account is in maintenance mode."),
    row(131_062, "Business-scoped User ID (BSUID) recipients are not supported for this message.", 400, ""),
    row(131_063, "Marketing messages are disabled on Cloud API", 400, ""),
    row(131_064, "Messaging limit lowered", 400, ""),
    row(132_000, "Number of parameters does not match the expected number of params", 400, ""),
    row(132_001, "Template name does not exist in the translation", 404, ""),
    row(132_005, "Template hydrated text too long", 400, "Translated text too long."),
    row(132_007, "Template format character policy violated", 400, ""),
    row(132_012, "Parameter format does not match format in the created template", 400, ""),
    row(132_015, "Template is paused", 400, "Template is paused due to low quality so it cannot be sent in a template message."),
    row(132_016, "Template is disabled", 400, "Template has been paused too many times due to low quality and is now permanently disabled."),
    row(132_018, "Template validation error", 400, "Parameters of the template are not valid."),
    row(132_068, "Flow is in blocked state", 400, ""),
    row(132_069, "Flow is in throttled state", 400, ""),
    row(133_004, "Server temporarily unavailable", 503, ""),
    row(133_006, "Phone number re-verification needed", 400, ""),
    row(133_010, "Phone number not registered", 400, ""),
    row(134_011, "WhatsApp Payments terms of service has not been accepted", 400, ""),
    row(134_100, "Only marketing messages supported", 400, "Only marketing templates can be sent with marketing_messages."),
    row(134_101, "Template is still syncing", 400, "The template is still syncing; try again in 10 minutes."),
    row(134_102, "Template unavailable for use", 500, "The template cannot be used for marketing messages."),
    row(135_000, "Generic user error", 400, "Message failed to send because of an unknown error with your request parameters."),
    row(137_000, "Identity key hash mismatch", 400, ""),
    row(138_009, "Call permission request limit reached", 400, "One request in 24 hours and two in 7 days may be sent to a user."),
    row(200_006, "Template Insights cannot be disabled", 400, ""),
    row(2_388_012, "Phone number already in account", 400, ""),
    row(2_494_100, "Account in maintenance mode", 400, ""),
];
