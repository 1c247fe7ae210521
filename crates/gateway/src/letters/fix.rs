//! What to do about a dead letter: a proposal that a program can act on, and a sentence for a person.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wharf_model::{ErrorClass, ErrorCode};

use super::reason::Reason;
use crate::store::dead_letters::{DeadLetter, Kind};

/// What would settle a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// Retry it as it is.
    Retry,
    /// Wait for hours, then retry it as it is.
    Wait,
    /// Retry it with an edited `message`.
    Edit,
    /// Retry it with a `message` that is a template.
    UseTemplate,
    /// Cure the channel (token, payment, restriction), resume it, then retry.
    ResumeChannel,
    /// Create the channel, then retry.
    CreateChannel,
    /// Mend the endpoint, enable it if it is disabled, then retry.
    RepairEndpoint,
    /// Find out whether it arrived; then retry, and it may arrive twice, or discard.
    Decide,
    /// A retry would end the same way: discard.
    Discard,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) action: Action,
    /// The part of the message to change, as a JSON pointer, where it is known.
    pub(crate) field: Option<&'static str>,
    /// One sentence or two.
    pub(crate) advice: String,
}

/// What to do about a letter, by what it says.
pub(crate) fn propose(letter: &DeadLetter) -> Fix {
    let detail: Value = serde_json::from_str(&letter.detail).unwrap_or_default();
    let (action, field) = match (letter.kind, Reason::parse(&letter.reason)) {
        (Kind::Send, reason) => of_send(reason, &detail),
        (Kind::Delivery, _) => (Action::RepairEndpoint, None),
        (Kind::Ingest, Some(Reason::WrongSigner))
        | (Kind::Command, Some(Reason::ChannelNotFound)) => (Action::CreateChannel, None),
        (Kind::Ingest, _) | (Kind::Command, Some(Reason::UnsupportedByCarrier)) => {
            (Action::Discard, None)
        }
        (Kind::Command, Some(Reason::InvalidCommand)) => (Action::Edit, None),
        (Kind::Command, Some(Reason::ChannelReceiveOnly)) => (Action::ResumeChannel, None),
        (Kind::Command | Kind::Media, _) => (Action::Retry, None),
    };
    let told = detail.get("advice").and_then(Value::as_str);
    let advice = match told.filter(|advice| !advice.is_empty()) {
        Some(advice) => advice.to_owned(),
        None => advice(letter.kind, action).to_owned(),
    };
    Fix {
        action,
        field,
        advice,
    }
}

fn of_send(reason: Option<Reason>, detail: &Value) -> (Action, Option<&'static str>) {
    let code = detail.get("code").and_then(Value::as_i64);
    match reason {
        Some(Reason::AttemptsExhausted) => match code.map(|code| ErrorCode(code).class()) {
            Some(ErrorClass::RetryLater) => (Action::Wait, None),
            _ => (Action::Retry, None),
        },
        Some(Reason::RequiresTemplate) => (Action::UseTemplate, Some("/template")),
        Some(Reason::OutcomeUnknown) => (Action::Decide, None),
        Some(Reason::FixTemplate) => of_template(code),
        Some(Reason::TemplateMismatch) => (Action::Edit, Some("/template/components")),
        Some(Reason::TemplatePaused | Reason::TemplateNotApproved) => {
            (Action::Wait, Some("/template/name"))
        }
        Some(
            Reason::TemplateDisabled
            | Reason::TemplateRejected
            | Reason::TemplateDeleted
            | Reason::TemplateArchived,
        ) => (Action::Edit, Some("/template/name")),
        Some(Reason::FixRequest) => (Action::Edit, field_of(code)),
        Some(Reason::Recipient) => match code {
            // On no list of the test number, or with a new identity: cured beside the message.
            Some(131_030 | 137_000) => (Action::Retry, None),
            _ => (Action::Discard, Some("/to")),
        },
        Some(Reason::OptOut | Reason::Suppressed | Reason::Noop) => (Action::Discard, None),
        Some(Reason::Auth | Reason::Blocked) => (Action::ResumeChannel, None),
        Some(Reason::RetryLater) => (Action::Wait, None),
        _ => (Action::Retry, None),
    }
}

fn of_template(code: Option<i64>) -> (Action, Option<&'static str>) {
    match code {
        // Paused for its quality: it comes back by itself.
        Some(132_015) => (Action::Wait, Some("/template/name")),
        Some(132_001 | 132_016) => (Action::Edit, Some("/template/name")),
        Some(132_000 | 132_005 | 132_012 | 132_018) => (Action::Edit, Some("/template/components")),
        _ => (Action::Edit, Some("/template")),
    }
}

/// The part of the message that a code is about, where it can be only one.
fn field_of(code: Option<i64>) -> Option<&'static str> {
    match code? {
        131_051 => Some("/type"),
        131_021 | 131_062 => Some("/to"),
        _ => None,
    }
}

fn advice(kind: Kind, action: Action) -> &'static str {
    match (kind, action) {
        (Kind::Delivery, _) => {
            "See that the endpoint answers with a status from 200 to 299 within its time, then retry."
        }
        (Kind::Ingest, Action::CreateChannel) => {
            "If the number or WABA belongs to the app that signed, create its channel with the same \
             `app_secret`, and with its `waba_id`; then discard."
        }
        (Kind::Ingest, _) => {
            "Look at the `unrecognised` event, which has all that came; then discard."
        }
        (_, Action::Retry) => "Retry it.",
        (_, Action::Wait) => "Wait, then retry it.",
        (Kind::Command, Action::Edit) => {
            "Retry it with a `message` that says what the command was to say."
        }
        (_, Action::Edit) => "Correct the message: repeated unchanged it fails again.",
        (_, Action::UseTemplate) => "Send an approved template instead.",
        (_, Action::ResumeChannel) => "Give the channel a valid access token, then retry.",
        (_, Action::CreateChannel) => "Create the channel, then retry.",
        (_, Action::RepairEndpoint) => "Mend the endpoint, then retry.",
        (_, Action::Decide) => "Find out whether it arrived; then retry or discard.",
        (_, Action::Discard) => "Discard it: a retry would end the same way.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(kind: Kind, reason: &str, detail: &str) -> DeadLetter {
        DeadLetter {
            id: "dl_1".to_owned(),
            kind,
            channel_id: None,
            message_id: None,
            delivery_id: None,
            event_id: None,
            notification: None,
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            created_at: 0,
            resolved: None,
        }
    }

    #[test]
    fn each_sort_of_letter_has_its_proposal() {
        use Action::*;
        let rows = [
            (
                Kind::Send,
                "attempts_exhausted",
                r#"{"code":131000}"#,
                Retry,
                None,
            ),
            (
                Kind::Send,
                "attempts_exhausted",
                r#"{"code":131049}"#,
                Wait,
                None,
            ),
            (
                Kind::Send,
                "requires_template",
                r#"{"code":131047}"#,
                UseTemplate,
                Some("/template"),
            ),
            (
                Kind::Send,
                "fix_template",
                r#"{"code":132000}"#,
                Edit,
                Some("/template/components"),
            ),
            (
                Kind::Send,
                "fix_template",
                r#"{"code":132015}"#,
                Wait,
                Some("/template/name"),
            ),
            (
                Kind::Send,
                "fix_request",
                r#"{"code":131051}"#,
                Edit,
                Some("/type"),
            ),
            (Kind::Send, "fix_request", r#"{"code":null}"#, Edit, None),
            (
                Kind::Send,
                "recipient",
                r#"{"code":131026}"#,
                Discard,
                Some("/to"),
            ),
            (Kind::Send, "opt_out", r#"{"code":131050}"#, Discard, None),
            (Kind::Send, "auth", r#"{"code":190}"#, ResumeChannel, None),
            (Kind::Send, "outcome_unknown", "{}", Decide, None),
            (Kind::Send, "invented_tomorrow", "{}", Retry, None),
            (
                Kind::Delivery,
                "attempts_exhausted",
                "{}",
                RepairEndpoint,
                None,
            ),
            (
                Kind::Ingest,
                "a contact without an update",
                "{}",
                Discard,
                None,
            ),
            (Kind::Ingest, "wrong_signer", "{}", CreateChannel, None),
            (Kind::Command, "invalid_command", "{}", Edit, None),
            (
                Kind::Command,
                "channel_not_found",
                "{}",
                CreateChannel,
                None,
            ),
        ];
        for (kind, reason, detail, action, field) in rows {
            let fix = propose(&letter(kind, reason, detail));
            assert_eq!(
                (fix.action, fix.field),
                (action, field),
                "{reason} {detail}"
            );
            assert!(fix.advice.ends_with('.'), "{reason}: {}", fix.advice);
        }
        let told = letter(Kind::Send, "auth", r#"{"code":190,"advice":"Replace it."}"#);
        assert_eq!(propose(&told).advice, "Replace it.");
    }
}
