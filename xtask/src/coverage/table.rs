//! The table of what is documented: `docs/coverage.toml`.

use std::fs;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::workspace::root;

/// A part of the table, from one place of the documentation.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) from: String,
    /// Whether the rows are error codes, and their items classes.
    pub(super) codes: bool,
    pub(super) rows: Vec<Row>,
}

/// Something that is documented.
pub(super) struct Row {
    pub(super) what: String,
    /// The path of the item that covers it.
    pub(super) item: Option<String>,
    /// Why not, or what else to know.
    pub(super) remark: String,
}

pub(super) fn read() -> Result<Vec<Section>> {
    let text = fs::read_to_string(root().join("docs/coverage.toml"))?;
    let table: Table = text.parse()?;
    let sections = table.get("section").and_then(Value::as_array);
    sections
        .context("no section")?
        .iter()
        .map(section)
        .collect()
}

fn section(section: &Value) -> Result<Section> {
    let text = |key| section.get(key).and_then(Value::as_str).map(str::to_owned);
    let title = text("title").context("a section has no title")?;
    let rows = section.get("rows").and_then(Value::as_array);
    let rows = rows.with_context(|| format!("{title} has no rows"))?;
    Ok(Section {
        from: text("from").with_context(|| format!("{title} does not say from where"))?,
        codes: section.get("codes").and_then(Value::as_bool) == Some(true),
        rows: rows.iter().map(row).collect::<Result<_>>()?,
        title,
    })
}

fn row(row: &Value) -> Result<Row> {
    let cells = row.as_array().context("a row is a list")?;
    let cell = |index: usize| cells.get(index).and_then(Value::as_str).unwrap_or_default();
    Ok(Row {
        what: cell(0).to_owned(),
        item: Some(cell(1))
            .filter(|item| !item.is_empty())
            .map(str::to_owned),
        remark: cell(2).to_owned(),
    })
}
