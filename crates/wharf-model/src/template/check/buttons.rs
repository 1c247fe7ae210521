//! Compares the values of buttons with the buttons of a template.

use super::Given;
use super::mismatch::{Reason, Report};
use crate::outgoing::{self, ButtonValue, TemplateButton};
use crate::template::button::{Button, ButtonKind};
use crate::template::limits;
use crate::template::variables::variables;

/// What a button of a template needs in a message.
enum Need {
    /// A value of a kind.
    Required(&'static str),
    /// A value of a kind, or none.
    Optional(&'static str),
    /// No value.
    Nothing,
    /// Not known here.
    Anything,
}

pub(super) fn compare(
    buttons: &[Button],
    authentication: bool,
    given: &Given<'_>,
    card: &str,
    report: &mut Report,
) {
    let mut present = Vec::new();
    for (index, part) in given.components.iter().enumerate() {
        let outgoing::Component::Button(found) = part else {
            continue;
        };
        present.push(usize::from(found.index));
        let at = format!("{}/components/{index}", given.at);
        let name = format!("{card}button {}", found.index);
        match buttons.get(usize::from(found.index)) {
            Some(button) => one(button, authentication, found, &at, &name, report),
            None => report.add(&name, format!("{at}/index"), Reason::Unexpected),
        }
    }
    for (index, button) in buttons.iter().enumerate() {
        if let Need::Required(_) = need(button, authentication)
            && !present.contains(&index)
        {
            let name = format!("{card}button {index}");
            report.presence(&name, true, None, given.at);
        }
    }
}

fn one(
    button: &Button,
    authentication: bool,
    found: &TemplateButton,
    at: &str,
    name: &str,
    report: &mut Report,
) {
    let expected = match need(button, authentication) {
        Need::Anything => return,
        Need::Nothing => {
            report.add(name, at, Reason::Unexpected);
            return;
        }
        Need::Required(kind) | Need::Optional(kind) => kind,
    };
    if found.value.kind() != expected {
        let reason = Reason::Kind {
            expected: expected.to_owned(),
            found: found.value.kind().to_owned(),
        };
        report.add(name, format!("{at}/sub_type"), reason);
        return;
    }
    let ButtonValue::Url(text) = &found.value else {
        return;
    };
    let (limit, fixed) = match &button.kind {
        _ if authentication => (outgoing::limits::OTP, 0),
        ButtonKind::Url { url, .. } => (limits::URL, without_variable(url)),
        _ => (limits::URL, 0),
    };
    let length = fixed + text.chars().count();
    if length > limit {
        let field = format!("{at}/parameters/0/text");
        report.add(name, field, Reason::TooLong { limit, length });
    }
}

fn need(button: &Button, authentication: bool) -> Need {
    match &button.kind {
        ButtonKind::Url { url, .. } if !authentication && variables(url).is_empty() => {
            Need::Nothing
        }
        // Meta gives the button of a one-time code back as one that opens a URL.
        ButtonKind::Otp(_) | ButtonKind::Url { .. } => Need::Required("url"),
        ButtonKind::CopyCode { .. } => Need::Required("copy_code"),
        ButtonKind::Mpm => Need::Required("mpm"),
        ButtonKind::OrderDetails => Need::Required("order_details"),
        ButtonKind::QuickReply => Need::Optional("quick_reply"),
        ButtonKind::Flow(_) => Need::Optional("flow"),
        ButtonKind::Catalog => Need::Optional("catalog"),
        ButtonKind::VoiceCall { .. } => Need::Optional("voice_call"),
        ButtonKind::PhoneNumber { .. } | ButtonKind::Spm | ButtonKind::RequestContactInfo => {
            Need::Nothing
        }
        ButtonKind::Unknown { .. } => Need::Anything,
    }
}

fn without_variable(url: &str) -> usize {
    let marks: usize = variables(url)
        .iter()
        .map(|one| one.name.chars().count() + 4)
        .sum();
    url.chars().count().saturating_sub(marks)
}
