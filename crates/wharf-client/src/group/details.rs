//! What Meta tells of a group.

use serde::{Deserialize, Serialize};
use wharf_model::{Bsuid, GroupId, WaId};

use super::JoinApprovalMode;
use crate::fields::Fields;

/// A group in a list; see [Cloud API/Groups API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupSummary(Fields);

impl GroupSummary {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<GroupId> {
        self.0.get("id")
    }

    /// Its subject.
    pub fn subject(&self) -> Option<&str> {
        self.0.text("subject")
    }

    /// When it was made, in seconds since 1970.
    pub fn created_at(&self) -> Option<u64> {
        self.0.count("created_at")
    }
}

/// A group; see [Cloud API/Groups API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupDetails(Fields);

impl GroupDetails {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<GroupId> {
        self.0.get("id")
    }

    /// Its subject.
    pub fn subject(&self) -> Option<&str> {
        self.0.text("subject")
    }

    /// What it is about.
    pub fn description(&self) -> Option<&str> {
        self.0.text("description")
    }

    /// Whether Meta suspended it.
    pub fn suspended(&self) -> Option<bool> {
        self.0.flag("suspended")
    }

    /// When it was made, in seconds since 1970.
    pub fn creation_timestamp(&self) -> Option<u64> {
        self.0.count("creation_timestamp")
    }

    /// Who is in it.
    pub fn participants(&self) -> Vec<Participant> {
        self.0.list("participants")
    }

    /// How many are in it, without the business.
    pub fn total_participant_count(&self) -> Option<u64> {
        self.0.count("total_participant_count")
    }

    /// Whether joining takes approval.
    pub fn join_approval_mode(&self) -> Option<JoinApprovalMode> {
        self.0.get("join_approval_mode")
    }
}

/// Someone in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Participant(Fields);

impl Participant {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The user's WhatsApp id.
    pub fn wa_id(&self) -> Option<WaId> {
        self.0.get("wa_id")
    }

    /// The user's BSUID.
    pub fn user_id(&self) -> Option<Bsuid> {
        self.0.get("user_id")
    }
}

/// The answer to a request for the link by which users join a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InviteLink(Fields);

impl InviteLink {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The link. Whoever has it can join, or ask to.
    pub fn invite_link(&self) -> Option<&str> {
        self.0.text("invite_link")
    }
}
