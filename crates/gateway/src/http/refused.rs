//! Refusals of the other rooms, as problems.

use super::problem::{Invalid, Problem, Thing, chain};
use crate::deliver::{RefusedWish, UrlError};
use crate::letters::SettleError;
use crate::media::{BadFile, PrepareError};
use crate::send::{AcceptError, OperateError, ReadError};
use crate::templates::TemplateError;

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::ChannelNotFound(_) => Self::ChannelNotFound,
            AcceptError::ReceiveOnly(_) => Self::ReceiveOnly,
            AcceptError::Unsupported(what) => Self::NotCarried {
                detail: sentence(&what),
            },
            AcceptError::Refused(refused) => super::policy::problem(&refused),
            AcceptError::File(BadFile { pointer, why }) => {
                Self::Invalid(vec![Invalid::at(pointer, why)])
            }
            AcceptError::IdempotencyConflict => Self::KeyReused,
            AcceptError::IdempotencyInFlight => Self::KeyInFlight,
            AcceptError::Expired => Self::Invalid(vec![Invalid::at(
                "/expires_at",
                "is in the past; leave it out, or give a time to come",
            )]),
            AcceptError::Store(error) => error.into(),
        }
    }
}

impl From<PrepareError> for Problem {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Bad(BadFile { pointer, why }) => {
                Self::Invalid(vec![Invalid::at(pointer, why)])
            }
            PrepareError::Media(error) => error.into(),
        }
    }
}

impl From<OperateError> for Problem {
    fn from(error: OperateError) -> Self {
        match error {
            OperateError::NotFound => Self::NotFound(Thing::Message),
            OperateError::WrongState { .. } => Self::WrongState {
                detail: sentence(&error).into(),
            },
            OperateError::ContentGone => Self::WrongState {
                detail: "The content of this message is not kept any more.".into(),
            },
            OperateError::ChannelNotFound(_) => Self::ChannelNotFound,
            OperateError::Unsupported(what) => Self::NotCarried {
                detail: sentence(&what),
            },
            OperateError::File(BadFile { pointer, why }) => {
                Self::Invalid(vec![Invalid::at(pointer, why)])
            }
            OperateError::Store(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::ChannelNotFound(_) => Self::ChannelCannotSend {
                detail: "The message's channel is deleted.".to_owned(),
            },
            ReadError::InvalidId => Self::WrongState {
                detail: sentence(&error).into(),
            },
            ReadError::Carrier(error) => Self::ChannelCannotSend {
                detail: sentence(&error),
            },
            ReadError::Rejected(_) => Self::CarrierRefused {
                detail: sentence(&error),
            },
            ReadError::NoAnswer => Self::CarrierUnreachable,
            ReadError::Store(error) => error.into(),
        }
    }
}

impl From<TemplateError> for Problem {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::NotFound => Self::NotFound(Thing::Template),
            TemplateError::ChannelNotFound(_) => Self::ChannelNotFound,
            TemplateError::NoWaba(_)
            | TemplateError::NoChannel(_)
            | TemplateError::Id(_)
            | TemplateError::Carrier(_) => Self::ChannelCannotSend {
                detail: sentence(&error),
            },
            TemplateError::Refused { .. } => Self::CarrierRefused {
                detail: sentence(&error),
            },
            TemplateError::NoAnswer(_) => Self::CarrierUnreachable,
            TemplateError::Store(error) => error.into(),
        }
    }
}

impl From<SettleError> for Problem {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::NotFound => Self::NotFound(Thing::DeadLetter),
            SettleError::Message(OperateError::File(file))
            | SettleError::Edited(AcceptError::File(file)) => {
                let pointer = format!("/message{}", file.pointer);
                Self::Invalid(vec![Invalid::at(pointer, file.why)])
            }
            SettleError::Message(error) => error.into(),
            SettleError::Delivery(error) => error.into(),
            SettleError::Media(error) => error.into(),
            SettleError::Edited(error) => error.into(),
            SettleError::Store(error) => error.into(),
            SettleError::Settled
            | SettleError::NotUnderstood
            | SettleError::NothingToEdit
            | SettleError::Command(_) => Self::WrongState {
                detail: sentence(&error).into(),
            },
        }
    }
}

impl From<RefusedWish> for Problem {
    fn from(error: RefusedWish) -> Self {
        match error {
            RefusedWish::NoEvent => Self::NotFound(Thing::Event),
            RefusedWish::NoDelivery => Self::NotFound(Thing::Delivery),
            RefusedWish::Store(error) => error.into(),
            RefusedWish::NoEndpoint | RefusedWish::EndpointDisabled | RefusedWish::Delivered => {
                Self::WrongState {
                    detail: sentence(&error).into(),
                }
            }
        }
    }
}

/// What is wrong with an endpoint's URL.
pub(super) fn of_url(error: &UrlError) -> Invalid {
    Invalid::at("/url", chain(error))
}

/// An error's clause as a sentence.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let clause = chain(error);
    let mut letters = clause.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => clause,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::RETRY_AFTER;
    use axum::response::IntoResponse;

    use super::*;
    use crate::store::StoreError;

    #[test]
    fn nobody_is_told_to_repeat_what_may_have_been_done() {
        let uncertain = Problem::from(AcceptError::Store(StoreError::Uncertain));
        assert_eq!(uncertain.code(), "outcome_uncertain");
        assert!(!uncertain.detail().contains("Nothing was changed"));
        let response = uncertain.into_response();
        assert_eq!(response.status(), 500);
        assert!(!response.headers().contains_key(RETRY_AFTER));

        let undone = Problem::from(StoreError::Commit("the disk is full".to_owned()));
        assert!(undone.into_response().headers().contains_key(RETRY_AFTER));
    }
}
