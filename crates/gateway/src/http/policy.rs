//! Messages that may not be sent, as problems: what is wrong, since when, and what to do.

use wharf_model::template::Mismatch;

use super::problem::{Invalid, Problem};
use crate::send::Refused;

/// Where a fallback template stands in a request.
const FALLBACK: &str = "/on_window_closed";

pub(super) fn problem(refused: &Refused) -> Problem {
    let (title, errors) = match refused {
        Refused::WindowClosed { closed_at } => {
            let closed_at = closed_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
            let detail = match closed_at {
                Some(at) => format!("needs an open window, and it closed at {at}"),
                None => "needs an open window, and the user has never written or called".to_owned(),
            };
            (
                "The customer service window is closed",
                vec![Invalid::at("/type", detail)],
            )
        }
        Refused::Suppressed { id, scope } => {
            let wants = format!("wants no messages of the scope {} ({id})", scope.as_str());
            (
                "The contact is on the suppression list",
                vec![Invalid::at("/to", wants)],
            )
        }
        Refused::Template(trouble) => (
            "The template cannot be sent",
            vec![Invalid::at("/template/name", trouble.title())],
        ),
        Refused::Mismatch(mismatches) => (
            "The message does not fit its template",
            mismatches.iter().map(|it| invalid("", it)).collect(),
        ),
        Refused::Fallback(error) => (
            "The template for a closed window is not valid",
            vec![Invalid::at(
                format!("{FALLBACK}{}", error.field()),
                error.to_string(),
            )],
        ),
        Refused::FallbackMismatch(mismatches) => (
            "The template for a closed window is not valid",
            mismatches.iter().map(|it| invalid(FALLBACK, it)).collect(),
        ),
    };
    Problem::MayNotBeSent {
        code: refused.code(),
        title,
        detail: refused.remedy().to_owned(),
        errors,
    }
}

fn invalid(before: &str, mismatch: &Mismatch) -> Invalid {
    let text = mismatch.to_string();
    // It begins with its field, which stands apart here.
    let detail = text
        .strip_prefix(&format!("{}: ", mismatch.field))
        .unwrap_or(&text);
    Invalid::at(format!("{before}{}", mismatch.field), detail)
}
