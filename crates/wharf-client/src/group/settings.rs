//! Groups to make and to change.

use serde::{Deserialize, Serialize};

use super::JoinApprovalMode;
use crate::error::RequestError;
use crate::fields::Fields;

/// Longest subject.
const SUBJECT: usize = 128;

/// Longest description.
const DESCRIPTION: usize = 2048;

/// A group to make; see [Cloud API/Groups API].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewGroup(GroupSettings);

impl NewGroup {
    /// A group with a subject of at most 128 characters, which users join by its link.
    pub fn new(subject: impl Into<String>) -> Self {
        Self(GroupSettings {
            subject: Some(subject.into()),
            ..GroupSettings::default()
        })
    }

    /// What it is about, in at most 2048 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = Some(description.into());
        self
    }

    /// Whether joining takes approval; without it it does not.
    #[must_use]
    pub fn join_approval_mode(mut self, mode: JoinApprovalMode) -> Self {
        self.0.join_approval_mode = Some(mode);
        self
    }

    pub(crate) fn check(&self) -> Result<(), RequestError> {
        self.0.check()
    }
}

/// What to change of a group; see [Cloud API/Groups API].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct GroupUpdate(GroupSettings);

impl GroupUpdate {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its subject, in at most 128 characters.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.0.subject = Some(subject.into());
        self
    }

    /// What it is about, in at most 2048 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = Some(description.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), RequestError> {
        self.0.check()
    }
}

/// As Meta writes it.
#[derive(Clone, PartialEq, Serialize)]
struct GroupSettings {
    messaging_product: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    join_approval_mode: Option<JoinApprovalMode>,
}

impl GroupSettings {
    fn check(&self) -> Result<(), RequestError> {
        if exceeds(self.subject.as_deref(), SUBJECT) {
            let problem = "the subject of the group has more than 128 characters";
            return Err(RequestError::plain(problem));
        }
        if exceeds(self.description.as_deref(), DESCRIPTION) {
            let problem = "the description of the group has more than 2048 characters";
            return Err(RequestError::plain(problem));
        }
        Ok(())
    }
}

fn exceeds(text: Option<&str>, limit: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > limit)
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            messaging_product: "whatsapp",
            subject: None,
            description: None,
            join_approval_mode: None,
        }
    }
}

impl std::fmt::Debug for GroupSettings {
    /// Without the texts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupSettings")
            .field("join_approval_mode", &self.join_approval_mode)
            .finish_non_exhaustive()
    }
}

/// Something that Meta was asked for, and whose outcome a webhook tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupRequest(Fields);

impl GroupRequest {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The id that the webhook repeats; Meta documents it for a group that is made.
    pub fn request_id(&self) -> Option<&str> {
        self.0.text("request_id")
    }
}
