//! What is said of a message that may not be sent: to its caller, or on its record.

use wharf_model::ErrorClass;
use wharf_model::outgoing::InvalidMessage;
use wharf_model::template::Mismatch;

use super::consent::Scope;
use super::decide::Decision;
use super::template::Trouble;
use super::{Refusal, Verdict};
use crate::clock::Millis;
use crate::store::messages::State;
use crate::store::outbound::Fault;

/// Why a message is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the customer service window of the contact is closed; send a template")]
    WindowClosed {
        /// None if they never wrote.
        closed_at: Option<Millis>,
    },
    #[error("the contact is on the suppression list")]
    Suppressed { id: String, scope: Scope },
    #[error("{}", .0.title())]
    Template(Trouble),
    #[error("the message does not fit its template: {}", join(.0))]
    Mismatch(Vec<Mismatch>),
    /// Fields are of the message that the fallback makes.
    #[error("the template for a closed window is not valid: {0}")]
    Fallback(InvalidMessage),
    #[error("the template for a closed window does not fit its definition: {}", join(.0))]
    FallbackMismatch(Vec<Mismatch>),
}

fn join(mismatches: &[Mismatch]) -> String {
    let all: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
    all.join("; ")
}

impl Refused {
    /// A stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::WindowClosed { .. } => "window_closed",
            Self::Suppressed { .. } => "suppressed",
            Self::Template(trouble) => trouble.code(),
            Self::Mismatch(_) => "template_mismatch",
            Self::Fallback(_) | Self::FallbackMismatch(_) => "invalid_fallback_template",
        }
    }

    /// What Meta answers to such a message.
    pub(crate) const fn of_meta(&self) -> i64 {
        match self {
            Self::WindowClosed { .. } => WINDOW_CLOSED,
            Self::Suppressed { .. } => OPTED_OUT,
            Self::Template(trouble) => trouble.of_meta(),
            Self::Mismatch(_) | Self::FallbackMismatch(_) => MISMATCH,
            Self::Fallback(_) => 100,
        }
    }

    /// What to do about it.
    pub(crate) const fn remedy(&self) -> &'static str {
        match self {
            Self::WindowClosed { .. } => {
                "Send a template, or give one that is sent in this message's place; the window opens \
                 for 24 hours when the user writes or calls."
            }
            Self::Suppressed {
                scope: Scope::Marketing,
                ..
            } => {
                "The user wants no marketing: send nothing of that category to them, or lift the \
                 suppression when they have agreed again."
            }
            Self::Suppressed { .. } => {
                "Nothing is sent to this contact until the suppression is lifted."
            }
            Self::Template(trouble) => trouble.advice(),
            Self::Mismatch(_) | Self::Fallback(_) | Self::FallbackMismatch(_) => {
                "Correct what `errors` lists and send the message again."
            }
        }
    }
}

/// Codes of Meta's that such messages would be answered with; see
/// [Cloud API/Error codes]. Ours have the same, so that a subscriber needs no second table.
const WINDOW_CLOSED: i64 = 131_047;
const OPTED_OUT: i64 = 131_050;
const MISMATCH: i64 = 132_018;

/// The end of a message whose time was over while it waited.
pub(in super::super) fn expired() -> Refusal {
    Refusal {
        state: State::Expired,
        fault: Fault {
            code: None,
            title: "the message expired before it could be sent".to_owned(),
            detail: None,
            class: "expired".to_owned(),
        },
        dead: None,
    }
}

/// What follows on a message that waited; never [`Decision::Send`] or a fallback.
pub(super) fn verdict(decision: &Decision<'_>) -> Verdict {
    match decision {
        Decision::Send | Decision::SendFallback => Verdict::Send,
        Decision::Expired => Verdict::Refuse(Box::new(expired())),
        Decision::WindowClosed { at } => window_closed(*at),
        Decision::Suppressed(refusal) => suppressed(refusal.scope, &refusal.id),
        Decision::Template(trouble) => not_usable(*trouble),
        Decision::Later(until) => Verdict::Later {
            until: *until,
            fault: Box::new(Fault {
                code: Some(Trouble::Paused.of_meta()),
                title: Trouble::Paused.title().to_owned(),
                detail: Some(format!("it waits until {}", time(*until))),
                class: ErrorClass::RetryLater.as_str().to_owned(),
            }),
        },
    }
}

pub(super) fn window_closed(at: Option<Millis>) -> Verdict {
    let closed = match at {
        Some(at) => format!("it closed at {}", time(at)),
        None => "the contact has not written or called".to_owned(),
    };
    let refused = Refused::WindowClosed { closed_at: at };
    Verdict::Refuse(Box::new(Refusal {
        state: State::RequiresTemplate,
        fault: Fault {
            code: Some(refused.of_meta()),
            title: "the customer service window is closed: send a template".to_owned(),
            detail: Some(closed),
            class: ErrorClass::Template.as_str().to_owned(),
        },
        dead: Some(("requires_template", refused.remedy())),
    }))
}

fn suppressed(scope: Scope, id: &str) -> Verdict {
    let refused = Refused::Suppressed {
        id: id.to_owned(),
        scope,
    };
    let title = match scope {
        Scope::Marketing => "the contact wants no marketing",
        Scope::All => "the contact wants no messages",
    };
    Verdict::Refuse(Box::new(Refusal {
        state: State::Failed,
        fault: Fault {
            code: Some(refused.of_meta()),
            title: title.to_owned(),
            detail: Some(format!("suppression {id}")),
            class: ErrorClass::OptOut.as_str().to_owned(),
        },
        dead: Some(("suppressed", refused.remedy())),
    }))
}

fn not_usable(trouble: Trouble) -> Verdict {
    Verdict::Refuse(Box::new(Refusal {
        state: State::Failed,
        fault: Fault {
            code: Some(trouble.of_meta()),
            title: trouble.title().to_owned(),
            detail: None,
            class: ErrorClass::FixTemplate.as_str().to_owned(),
        },
        dead: Some((trouble.code(), trouble.advice())),
    }))
}

/// The template was changed while the message waited.
pub(super) fn mismatch(mismatch: &Mismatch) -> Verdict {
    Verdict::Refuse(Box::new(Refusal {
        state: State::Failed,
        fault: Fault {
            code: Some(MISMATCH),
            title: "the template was changed, and the message does not fit it any more".to_owned(),
            detail: Some(mismatch.to_string()),
            class: ErrorClass::FixTemplate.as_str().to_owned(),
        },
        dead: Some((
            "template_mismatch",
            "Correct the values for the template as it is now, and send the message again.",
        )),
    }))
}

/// For a person.
pub(super) fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}
