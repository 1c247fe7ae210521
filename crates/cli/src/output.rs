//! Standard output and standard error: lines, colours, tables, JSON.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use serde_json::Value;

use crate::environment;
use crate::failure::Failure;

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

/// Colours, or none: only a terminal gets them, and only without `NO_COLOR`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        let unwanted = environment::variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            on: std::io::stdout().is_terminal() && !unwanted,
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
        .map_err(|_| Failure::OutputClosed)
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

/// Writes rows under a head, each column as wide as its widest cell.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<(), Failure> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let render = |cells: [&str; N]| {
        let padded = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(render(head))?;
    for row in rows {
        line(render(std::array::from_fn(|column| row[column].as_str())))?;
    }
    Ok(())
}

/// Writes one record that the gateway answered with: its fields, or the JSON as it came.
pub(crate) fn record(value: &Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return json(value);
    }
    let object = value.as_object().into_iter().flatten();
    let shown: Vec<_> = object.filter(|(_, value)| !value.is_null()).collect();
    let width = shown.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in shown {
        line(format_args!("{name:<width$}  {}", plain(value)))?;
    }
    Ok(())
}

/// Writes a page of a list as a table, and how to go on if there is more.
pub(crate) fn page<const N: usize>(
    page: &Value,
    head: [&str; N],
    row: impl Fn(&Value) -> [String; N],
    format: Format,
) -> Result<(), Failure> {
    if format.json {
        return json(page);
    }
    let data = page["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let rows: Vec<_> = data.iter().map(row).collect();
    table(head, &rows)?;
    if let Some(cursor) = page["next_cursor"].as_str() {
        note(format_args!("there are more: --cursor {cursor}"));
    }
    Ok(())
}

/// A value as a person would write it: a string without its quotes, null as a dash.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
