//! Lists.

use serde::Serialize;

use crate::outgoing::invalid::{InvalidMessage, bounded, counted, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

const SECTIONS: &str = "/interactive/action/sections";

/// A button that opens a list of up to ten rows in up to ten sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct List {
    button: String,
    sections: Vec<ListSection>,
}

/// A part of a list, with a title if there are several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListSection {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    rows: Vec<ListRow>,
}

/// A row that the user may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRow {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl List {
    /// A button of 1 to 20 characters, and sections with ten rows at most in all.
    pub fn new(
        button: impl Into<String>,
        sections: Vec<ListSection>,
    ) -> Result<Self, InvalidMessage> {
        let button = required(
            button.into(),
            limits::LIST_BUTTON,
            "/interactive/action/button",
        )?;
        counted(sections.len(), limits::LIST_SECTIONS, SECTIONS)?;
        let rows = sections.iter().map(|section| section.rows.len()).sum();
        counted(rows, limits::LIST_ROWS, SECTIONS)?;
        if sections.len() > 1
            && let Some(index) = sections.iter().position(|section| section.title.is_none())
        {
            return Err(InvalidMessage::missing(format!("{SECTIONS}/{index}/title")));
        }
        let mut seen = std::collections::HashSet::new();
        for (index, section) in sections.iter().enumerate() {
            for (row, ListRow { id, .. }) in section.rows.iter().enumerate() {
                if !seen.insert(id) {
                    let field = format!("{SECTIONS}/{index}/rows/{row}/id");
                    return Err(InvalidMessage::invalid(field, "same id as an earlier row"));
                }
            }
        }
        Ok(Self { button, sections })
    }

    /// The label of the button that opens the list.
    pub fn button(&self) -> &str {
        &self.button
    }

    /// The sections in order, never none.
    pub fn sections(&self) -> &[ListSection] {
        &self.sections
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = interactive.require_child("action", &["button", "sections"])?;
        let sections = action.each("sections", &["title", "rows"], |section| {
            let rows = section.each("rows", &["id", "title", "description"], |row| {
                let built = ListRow::new(row.require_text("id")?, row.require_text("title")?);
                let built = match row.text("description")? {
                    Some(description) => built.and_then(|row| row.description(description)),
                    None => built,
                };
                built.map_err(|fault| fault.within(row.at()))
            })?;
            let built = match section.text("title")? {
                Some(title) => ListSection::titled(title, rows),
                None => ListSection::new(rows),
            };
            built.map_err(|fault| fault.within(section.at()))
        })?;
        Self::new(action.require_text("button")?, sections)
    }
}

impl ListSection {
    /// The only section of a list: rows without a title.
    pub fn new(rows: Vec<ListRow>) -> Result<Self, InvalidMessage> {
        counted(rows.len(), limits::LIST_ROWS, "/rows")?;
        Ok(Self { title: None, rows })
    }

    /// A section with a title of 1 to 24 characters.
    pub fn titled(title: impl Into<String>, rows: Vec<ListRow>) -> Result<Self, InvalidMessage> {
        let mut section = Self::new(rows)?;
        section.title = Some(required(
            title.into(),
            limits::LIST_SECTION_TITLE,
            "/title",
        )?);
        Ok(section)
    }

    /// The title, if there is one.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The rows in order, never none.
    pub fn rows(&self) -> &[ListRow] {
        &self.rows
    }
}

impl ListRow {
    /// An id of 1 to 200 characters, which comes back, and a title of 1 to 24, which is shown.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Result<Self, InvalidMessage> {
        Ok(Self {
            id: required(id.into(), limits::LIST_ROW_ID, "/id")?,
            title: required(title.into(), limits::LIST_ROW_TITLE, "/title")?,
            description: None,
        })
    }

    /// Adds a description of at most 72 characters.
    pub fn description(mut self, description: impl Into<String>) -> Result<Self, InvalidMessage> {
        let limit = limits::LIST_ROW_DESCRIPTION;
        self.description = Some(bounded(description.into(), limit, "/description")?);
        Ok(self)
    }

    /// What comes back.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is shown.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is shown below the title, if anything.
    pub fn description_text(&self) -> Option<&str> {
        self.description.as_deref()
    }
}
