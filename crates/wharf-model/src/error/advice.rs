//! What to do about an error code, in one sentence for a person.

use super::class::ErrorClass;
use super::code::ErrorCode;

pub(super) fn advice(code: ErrorCode) -> &'static str {
    match code.0 {
        0 | 190 => "Replace the access token: it is expired, revoked or malformed.",
        33 => "Check the phone number id: the number was deleted or the id is wrong.",
        100 => "Correct the parameter that the details name.",
        104 => "Send an access token with the call.",
        130_403 => "Unblock this user, whom the business has blocked.",
        130_429 => "Send more slowly from this number: its messages per second are used up.",
        130_497 => "Send nothing to this country: the business may not message users there.",
        131_009 => "Correct the value that the details name, such as the target of a reaction.",
        131_026 => {
            "Reach this person another way: they are not on WhatsApp or cannot receive this."
        }
        131_030 => "Add the recipient to the allowed list of the test number.",
        131_031 => "Resolve the restriction of the WABA, or correct the two-step PIN.",
        131_037 => "Have the display name of this number approved.",
        131_042 | 131_044 => "Resolve the billing problem of the WABA.",
        131_045 | 133_010 => "Register this number with the Cloud API.",
        131_047 => "Send an approved template: the user last wrote more than 24 hours ago.",
        131_048 => "Stop and improve quality: too many messages were blocked or flagged.",
        131_049 => "Wait at least a day: this user has received enough marketing for now.",
        131_050 => "Send this user no marketing until they resume it.",
        131_051 => "Use a message type that the Cloud API knows.",
        131_052 => "Ask the user to send the media again, smaller if need be.",
        131_053 => "Correct the media: type, size, codec or link was refused.",
        131_056 => "Send to this recipient more slowly; others are not affected.",
        131_057 => "Wait a minute: the number is being upgraded.",
        131_062 => "Send to the phone number: this message takes no business-scoped user id.",
        131_063 => "Send marketing templates through the Marketing Messages API.",
        131_064 => "Wait for the enforcement period of the WABA to end.",
        132_000 => "Give the template as many values as it has variables.",
        132_001 => "Use the name and language of an approved template.",
        132_015 => "Improve the template or wait: it is paused for low quality.",
        132_016 => "Use another template: this one is disabled for good.",
        132_018 => "Correct the template's values as the details say.",
        133_005 => "Correct the two-step verification PIN.",
        133_006 => "Verify this number before registering it.",
        137_000 => "Verify who uses this number now: their identity has changed.",
        _ => by_class(code.class()),
    }
}

fn by_class(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Retry => "Try again later: the fault is Meta's and passes.",
        ErrorClass::RetryPair => "Send to this recipient more slowly.",
        ErrorClass::RetryNumber => "Send more slowly from this number.",
        ErrorClass::RetryAccount => "Call less often: the limit of the app or WABA is reached.",
        ErrorClass::RetryLater => "Try again after the time that the details give.",
        ErrorClass::Template => "Send an approved template instead.",
        ErrorClass::FixTemplate => "Correct the template or its values.",
        ErrorClass::FixRequest => "Correct the request: repeating it unchanged fails again.",
        ErrorClass::Recipient => "Reach this person another way.",
        ErrorClass::OptOut => "Send this user no marketing until they resume it.",
        ErrorClass::Auth => "Check the access token and its permissions.",
        ErrorClass::Blocked => "Resolve the restriction in WhatsApp Manager.",
        ErrorClass::Noop => "Nothing needs to be done.",
    }
}
