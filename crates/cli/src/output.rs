//! Standard output and standard error: lines, colours, tables, JSON.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use serde_json::Value;

use crate::failure::Failure;
use crate::terminal;

/// How data is printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Format {
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What a word stands for; a terminal shows it as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Faint,
    Bold,
    Good,
    Warning,
    Bad,
    Inbound,
    Outbound,
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        Self {
            on: terminal::is_coloured(),
        }
    }

    #[cfg(test)]
    pub(crate) const fn off() -> Self {
        Self { on: false }
    }

    pub(crate) fn paint(self, style: Style, text: impl Display) -> String {
        if !self.on {
            return text.to_string();
        }
        let code = match style {
            Style::Faint => "2",
            Style::Bold => "1",
            Style::Good => "32",
            Style::Warning => "33",
            Style::Bad => "31",
            Style::Inbound => "36",
            Style::Outbound => "35",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Writes a line to standard output.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::OutputClosed,
            _ => Failure::Unwritten(error),
        })
}

/// Writes a line to standard error, where remarks go so that data can be piped on.
pub(crate) fn note(text: impl Display) {
    // Nobody is left to hear that standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a value as indented JSON.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    line(format_args!("{value:#}"))
}

/// Writes one record that the gateway answered with: its fields, or the JSON as it came.
pub(crate) fn record(value: &Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return json(value);
    }
    let object = value.as_object().into_iter().flatten();
    let shown: Vec<_> = object.filter(|(_, value)| !value.is_null()).collect();
    let width = shown.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let paint = Paint::for_stdout();
    for (name, value) in shown {
        let text = match value {
            Value::Object(_) | Value::Array(_) if has_more_than_names(value) => {
                let value = visible(&format!("{value:#}"));
                format!("\n  {}", value.replace('\n', "\n  "))
            }
            value => visible(&plain(value)),
        };
        let width = if text.starts_with('\n') { 0 } else { width + 2 };
        let name = paint.paint(Style::Faint, format_args!("{name:<width$}"));
        line(format_args!("{name}{text}"))?;
    }
    Ok(())
}

/// Whether it needs more than a line: whatever is no list of single values.
fn has_more_than_names(value: &Value) -> bool {
    let nested = |value: &Value| value.is_object() || value.is_array();
    match value {
        Value::Array(items) => items.iter().any(nested),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    }
}

/// A value as a person would write it: a string without its quotes, null as a dash.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text without what a terminal could take for a command; lines stay lines.
pub(crate) fn visible(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    text.chars().map(harmless).collect()
}

/// Tells the outcome of what has no answer; as JSON null.
pub(crate) fn outcome(answer: &Value, word: &str, format: Format) -> Result<(), Failure> {
    if answer.is_null() && !format.json {
        return line(word);
    }
    record(answer, format)
}
