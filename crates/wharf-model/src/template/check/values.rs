//! Compares the values of a header or body with the variables of its text.

use super::mismatch::{Reason, Report};
use crate::outgoing::Parameter;
use crate::template::variables::{is_number, variables};

/// What a text of a definition needs.
#[derive(Clone)]
pub(super) struct Text<'a> {
    /// The variables, in order.
    names: Vec<&'a str>,
    /// The characters of the text without its variables, where these are each used once.
    fixed: usize,
    /// The most characters of the filled-in text.
    pub(super) limit: usize,
    /// The most characters of each value, where there is such a limit.
    pub(super) limit_of_values: Option<usize>,
}

type Found<'a> = Option<(String, &'a [Parameter])>;

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str, limit: usize) -> Self {
        let found = variables(text);
        let marks: usize = found.iter().map(|one| one.name.chars().count() + 4).sum();
        Self {
            names: found.iter().map(|one| one.name).collect(),
            fixed: text.chars().count().saturating_sub(marks),
            limit,
            limit_of_values: None,
        }
    }

    /// The text of an authentication template, which Meta writes.
    pub(super) fn one_time_code() -> Self {
        Self::new("{{1}}", crate::template::limits::BODY)
    }

    pub(super) fn compare(
        &self,
        found: Found<'_>,
        parent: &str,
        component: &str,
        report: &mut Report,
    ) {
        let place = found.as_ref().map(|(at, _)| at.clone());
        let wanted = !self.names.is_empty();
        report.presence(component, wanted, place, parent);
        let Some((at, parameters)) = found.filter(|_| wanted) else {
            return;
        };
        let list = format!("{at}/parameters");
        for (index, parameter) in parameters.iter().enumerate() {
            self.compare_value(index, parameter, &list, component, report);
        }
        if self.names.iter().all(|name| is_number(name)) {
            self.compare_count(parameters, &list, component, report);
        } else {
            self.compare_names(parameters, &list, component, report);
        }
        self.compare_length(parameters, list, component, report);
    }

    fn compare_value(
        &self,
        index: usize,
        parameter: &Parameter,
        list: &str,
        component: &str,
        report: &mut Report,
    ) {
        let name = parameter
            .name()
            .map_or_else(|| (index + 1).to_string(), str::to_owned);
        let field = format!("{list}/{index}");
        match length(parameter) {
            Value::Text(length) => {
                if let Some(limit) = self.limit_of_values.filter(|limit| length > *limit) {
                    let reason = Reason::TooLong { limit, length };
                    report.push(component, Some(name), format!("{field}/text"), reason);
                }
            }
            Value::Unknown => {}
            Value::NoText => {
                let reason = Reason::Kind {
                    expected: "text".to_owned(),
                    found: parameter.kind().to_owned(),
                };
                report.push(component, Some(name), format!("{field}/type"), reason);
            }
        }
    }

    fn compare_count(
        &self,
        parameters: &[Parameter],
        list: &str,
        component: &str,
        report: &mut Report,
    ) {
        for (index, parameter) in parameters.iter().enumerate() {
            if let Some(name) = parameter.name() {
                let field = format!("{list}/{index}/parameter_name");
                let name = Some(name.to_owned());
                report.push(component, name, field, Reason::Unexpected);
            }
        }
        if self.names.len() != parameters.len() {
            let reason = Reason::Count {
                expected: self.names.len(),
                found: parameters.len(),
            };
            report.add(component, list, reason);
        }
    }

    fn compare_names(
        &self,
        parameters: &[Parameter],
        list: &str,
        component: &str,
        report: &mut Report,
    ) {
        for (index, parameter) in parameters.iter().enumerate() {
            let field = format!("{list}/{index}/parameter_name");
            let earlier = parameters.iter().take(index);
            match parameter.name() {
                None => report.push(
                    component,
                    Some((index + 1).to_string()),
                    field,
                    Reason::Absent,
                ),
                Some(name) => {
                    let twice = earlier.clone().any(|other| other.name() == Some(name));
                    if twice || !self.names.contains(&name) {
                        let name = Some(name.to_owned());
                        report.push(component, name, field, Reason::Unexpected);
                    }
                }
            }
        }
        for name in &self.names {
            let given = |parameter: &Parameter| parameter.name() == Some(name);
            if !parameters.iter().any(given) {
                let name = Some((*name).to_owned());
                report.push(component, name, list.to_owned(), Reason::Absent);
            }
        }
    }

    fn compare_length(
        &self,
        parameters: &[Parameter],
        list: String,
        component: &str,
        report: &mut Report,
    ) {
        let values = parameters.iter().map(|parameter| match length(parameter) {
            Value::Text(length) => length,
            Value::Unknown | Value::NoText => 0,
        });
        let length = self.fixed + values.sum::<usize>();
        if length > self.limit {
            let limit = self.limit;
            report.add(component, list, Reason::TooLong { limit, length });
        }
    }
}

/// Compares the one value of a header that shows something else than a text.
pub(super) fn compare_media(
    kind: &str,
    found: Found<'_>,
    parent: &str,
    component: &str,
    report: &mut Report,
) {
    let place = found.as_ref().map(|(at, _)| at.clone());
    report.presence(component, true, place, parent);
    let Some((at, parameters)) = found else {
        return;
    };
    for (index, parameter) in parameters.iter().enumerate() {
        if parameter.kind() != kind {
            let reason = Reason::Kind {
                expected: kind.to_owned(),
                found: parameter.kind().to_owned(),
            };
            report.add(component, format!("{at}/parameters/{index}/type"), reason);
        }
    }
}

enum Value {
    /// A text of so many characters.
    Text(usize),
    /// A text that Meta puts in.
    Unknown,
    /// Something else.
    NoText,
}

fn length(parameter: &Parameter) -> Value {
    match parameter {
        Parameter::Text { text, .. } => Value::Text(text.chars().count()),
        Parameter::Currency(currency) => Value::Text(currency.fallback_value.chars().count()),
        Parameter::DateTime { fallback_value } => Value::Text(fallback_value.chars().count()),
        Parameter::Group(_) => Value::Unknown,
        _ => Value::NoText,
    }
}
