//! Requests that the OpenAPI file calls invalid and that are accepted, or refused for another reason.

use super::mutant::{Fault, Mutant};
use super::sample::Sample;

/// What an exception is decided by.
pub(super) struct Case<'a> {
    pub(super) sample: &'a Sample,
    pub(super) mutant: &'a Mutant,
    /// Whether the request is valid when the place is left out.
    pub(super) valid_without: bool,
}

impl Case<'_> {
    /// A parameter of a management call, which may stand in a query or form as well.
    fn is_parameter(&self) -> bool {
        let sends = ["/messages", "/marketing_messages"];
        let sends = sends
            .iter()
            .any(|edge| self.sample.operation.ends_with(edge));
        !sends && self.mutant.pointer.matches('/').count() == 1
    }

    fn is(&self, operation: &str, place: &str, fault: Fault) -> bool {
        self.sample.operation == operation
            && self.mutant.place() == place
            && self.mutant.fault == fault
    }
}

/// One class of exceptions.
pub(super) struct Exception {
    /// As `docs/simulator.md` names it.
    pub(super) name: &'static str,
    pub(super) reason: &'static str,
    pub(super) holds: fn(&Case<'_>) -> bool,
}

pub(super) const EXCEPTIONS: [Exception; 5] = [
    Exception {
        name: "`null` for what may be left out",
        reason: "counts as left out",
        holds: |case| case.mutant.fault == Fault::Null && case.valid_without,
    },
    Exception {
        name: "a number or boolean for a text, as a parameter of a management call",
        reason: "parameters come as JSON, form or query alike, and a form has only texts",
        holds: |case| {
            let scalar = matches!(case.mutant.fault, Fault::Number | Fault::Boolean);
            let of_list = case.mutant.place().matches('/').count() == 2
                && case.mutant.place().ends_with("/*")
                && case.mutant.fault == Fault::Number;
            scalar && case.mutant.kind == "string" && (case.is_parameter() || of_list)
        },
    },
    Exception {
        name: "a single text or number for a list, as a parameter of a management call",
        reason: "forms and queries write a list as text between commas",
        holds: |case| {
            let single = matches!(case.mutant.fault, Fault::Text | Fault::Number);
            single && case.mutant.kind == "array" && case.is_parameter()
        },
    },
    Exception {
        name: "a text message without `type`",
        reason: "the page says that it may be left out for text",
        holds: |case| {
            [Fault::Missing, Fault::Null]
                .iter()
                .any(|fault| case.is("POST /{Phone-Number-ID}/messages", "/type", *fault))
                && case.sample.body["text"].is_object()
        },
    },
    Exception {
        name: "`expiration_days` of a pin as a number",
        reason: "the page writes 1 to 30 without a type",
        holds: |case| {
            case.is(
                "POST /{Phone-Number-ID}/messages",
                "/pin/expiration_days",
                Fault::Number,
            )
        },
    },
];

/// Refusals whose code or words are documented: place, fault, code. They need not name the place.
pub(super) const SPECIFIC: [(&str, Fault, i64); 3] = [
    ("/type", Fault::Word, 131_051),
    // Of marketing messages: see `error.100-marketing_messages.json`.
    ("/type", Fault::Word, 100),
    ("/participants", Fault::TooMany, 131_204),
];
