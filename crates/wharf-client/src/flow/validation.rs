//! What Meta finds wrong in Flow JSON.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;

/// The answer to an upload of Flow JSON; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowJsonResult(Fields);

impl FlowJsonResult {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Whether the JSON was stored; a draft may be stored with errors.
    pub fn success(&self) -> Option<bool> {
        self.0.flag("success")
    }

    /// What must be corrected before it can be published.
    pub fn validation_errors(&self) -> Vec<ValidationError> {
        self.0.list("validation_errors")
    }
}

/// A fault in Flow JSON; see [Cloud API/Flows error codes].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ValidationError(Fields);

impl ValidationError {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its kind, such as `INVALID_PROPERTY_VALUE`.
    pub fn error(&self) -> Option<&str> {
        self.0.text("error")
    }

    /// `FLOW_JSON_ERROR` and the like.
    pub fn error_type(&self) -> Option<&str> {
        self.0.text("error_type")
    }

    /// What is wrong, in Meta's words.
    pub fn message(&self) -> Option<&str> {
        self.0.text("message")
    }

    /// The first line, from 1.
    pub fn line_start(&self) -> Option<u64> {
        self.0.count("line_start")
    }

    /// The last line.
    pub fn line_end(&self) -> Option<u64> {
        self.0.count("line_end")
    }

    /// The first column.
    pub fn column_start(&self) -> Option<u64> {
        self.0.count("column_start")
    }

    /// The last column.
    pub fn column_end(&self) -> Option<u64> {
        self.0.count("column_end")
    }

    /// Each place of the fault.
    pub fn pointers(&self) -> Vec<ValidationPointer> {
        self.0.list("pointers")
    }
}

/// One place of a fault in Flow JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ValidationPointer(Fields);

impl ValidationPointer {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The first line, from 1.
    pub fn line_start(&self) -> Option<u64> {
        self.0.count("line_start")
    }

    /// The last line.
    pub fn line_end(&self) -> Option<u64> {
        self.0.count("line_end")
    }

    /// The first column.
    pub fn column_start(&self) -> Option<u64> {
        self.0.count("column_start")
    }

    /// The last column.
    pub fn column_end(&self) -> Option<u64> {
        self.0.count("column_end")
    }

    /// The path of the property, such as `screens[0].layout`.
    pub fn path(&self) -> Option<&str> {
        self.0.text("path")
    }
}
