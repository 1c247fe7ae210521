//! The properties of one component against the table of its kind.

use serde_json::Value;

use super::property::{self, Form, Property};
use super::{Found, Report, Stage, items};
use crate::flow::component::Nested;
use crate::flow::component::kind::ComponentKind;
use crate::flow::expression::is_bound;
use crate::flow::limits;
use crate::flow::problem::Fault;
use crate::flow::version::Version;

pub(super) fn check(stage: Stage<'_>, found: &Found<'_>, report: &mut Report) {
    let component = found.component;
    let Some(properties) = property::of(component.kind()) else {
        report.component(found, Fault::Unknown);
        return;
    };
    let since = property::since(component.kind());
    if stage.version < since {
        report.component(found, Fault::TooNew { since });
    }
    for property in properties {
        match component.get(property.name) {
            Some(value) => self::property(stage, found, property, value, report),
            None if property.needed => report.property(found, property.name, Fault::Missing),
            None => {}
        }
    }
    for name in component.properties().keys() {
        if !properties.iter().any(|property| property.name == name) {
            report.property(found, name, Fault::Unknown);
        }
    }
    nested(found, report);
    inside_form(stage, found, report);
}

fn property(
    stage: Stage<'_>,
    found: &Found<'_>,
    property: &Property,
    value: &Value,
    report: &mut Report,
) {
    let name = property.name;
    if stage.version < property.since {
        let since = property.since;
        report.property(found, name, Fault::TooNew { since });
    }
    // A large label has room for more; Meta names no limit for it.
    let roomy = name == "label" && found.component.get("label-variant").is_some();
    let form = if roomy {
        Form::Text(usize::MAX)
    } else {
        property.form
    };
    match form {
        Form::Choices { least, most } => items::choices(found, name, value, least, most, report),
        Form::Items => items::navigation(found, name, value, report),
        Form::Images => items::images(found, name, value, report),
        // Actions have a check of their own, wherever they stand.
        Form::Action(_) => {}
        // An optional text may as well be empty.
        Form::Text(_) if !property.needed && value == "" => {}
        form => {
            if let Some(fault) = fault(stage.version, form, value) {
                report.property(found, name, fault);
            }
        }
    }
}

/// What is wrong with a value that ought to be of a form.
fn fault(version: Version, form: Form, value: &Value) -> Option<Fault> {
    let expected = match form {
        Form::Text(limit) | Form::Paragraphs(limit) => match (form, value) {
            (_, Value::String(text)) => return length(text, limit),
            (Form::Paragraphs(_), Value::Array(texts)) => return paragraphs(texts, limit),
            (Form::Paragraphs(_), _) => "a text or a list of texts",
            _ => "a text",
        },
        Form::Name => match value {
            Value::String(name) => return name.is_empty().then_some(Fault::Missing),
            _ => "a text",
        },
        Form::Span(inner) => {
            let Value::Object(span) = value else {
                return fault(version, *inner, value);
            };
            let mut ends = ["start-date", "end-date"].iter();
            return ends.find_map(|end| fault(version, *inner, span.get(*end)?));
        }
        _ if value.as_str().is_some_and(is_bound) => return None,
        Form::Word(allowed) => {
            let fits = value.as_str().is_some_and(|word| allowed.contains(&word));
            return (!fits).then_some(Fault::Choice { allowed });
        }
        Form::Flag if !value.is_boolean() => "true, false or a reference",
        Form::Number if !is_number(value) => "a number or a reference",
        Form::Texts if !is_texts(value) => "a list of texts or a reference",
        Form::Date if !is_date(version, value) => {
            "a date such as 2026-10-21 (before version 5.0 milliseconds)"
        }
        Form::Object if !value.is_object() => "an object or a reference",
        _ => return None,
    };
    Some(Fault::Form { expected })
}

/// Numbers may stand as texts, as Meta's page has them.
fn is_number(value: &Value) -> bool {
    let text = value.as_str().map(str::parse::<f64>);
    value.is_number() || text.is_some_and(|number| number.is_ok())
}

fn is_texts(value: &Value) -> bool {
    let list = value.as_array();
    list.is_some_and(|list| list.iter().all(Value::is_string))
}

/// What is wrong with the length of a required text.
pub(super) fn length(text: &str, limit: usize) -> Option<Fault> {
    if text.trim().is_empty() {
        return Some(Fault::Missing);
    }
    if is_bound(text) || text.len() <= limit {
        return None;
    }
    let length = text.chars().count();
    (length > limit).then_some(Fault::TooLong { length, limit })
}

fn paragraphs(texts: &[Value], limit: usize) -> Option<Fault> {
    let mut length = 0;
    for text in texts {
        let Value::String(text) = text else {
            let expected = "a text or a list of texts";
            return Some(Fault::Form { expected });
        };
        if is_bound(text) {
            return None;
        }
        length += text.chars().count();
    }
    if length == 0 {
        return Some(Fault::Missing);
    }
    (length > limit).then_some(Fault::TooLong { length, limit })
}

fn is_date(version: Version, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    if version < Version::new(5, 0) {
        return text.parse::<i64>().is_ok();
    }
    text.parse::<jiff::civil::Date>().is_ok()
}

fn nested(found: &Found<'_>, report: &mut Report) {
    let empty = |list: &Vec<_>| list.is_empty();
    match (found.component.kind(), found.component.nested()) {
        (ComponentKind::Form, Nested::Nothing) => {
            report.property(found, "children", Fault::Missing);
        }
        (ComponentKind::Switch, Nested::Nothing) => report.property(found, "cases", Fault::Missing),
        (_, Nested::Children(children)) if empty(children) => {
            report.property(found, "children", Fault::Missing);
        }
        (_, Nested::Branches { then, .. }) if empty(then) => {
            report.property(found, "then", Fault::Missing);
        }
        (_, Nested::Cases(cases)) if cases.is_empty() => {
            report.property(found, "cases", Fault::Missing);
        }
        _ => {}
    }
}

fn inside_form(stage: Stage<'_>, found: &Found<'_>, report: &mut Report) {
    if !found.component.kind().is_input() {
        return;
    }
    if !found.inside(&ComponentKind::Form) {
        if stage.version < Version::new(4, 0) {
            let remedy = "put it into a Form, or raise the version to 4.0";
            report.component(found, Fault::Rule { remedy });
        }
        return;
    }
    for (property, remedy) in [
        ("init-value", "set it in the Form's init-values"),
        ("error-message", "set it in the Form's error-messages"),
    ] {
        let uploads = [ComponentKind::PhotoPicker, ComponentKind::DocumentPicker];
        if found.component.get(property).is_some() && !uploads.contains(found.component.kind()) {
            report.property(found, property, Fault::Rule { remedy });
        }
    }
}

/// A count that must lie between two bounds.
pub(super) fn count(count: usize, least: usize, most: usize) -> Option<Fault> {
    let fault = Fault::Count { count, least, most };
    (count < least || count > most).then_some(fault)
}

/// The most choices of a dropdown, which depends on images.
pub(super) fn most_choices(found: &Found<'_>, most: usize, images: bool) -> usize {
    if images && found.is(&ComponentKind::Dropdown) {
        return limits::DROPDOWN_CHOICES_WITH_IMAGES;
    }
    most
}
