//! Users who ask to join a group, and what became of their requests.

use serde::{Deserialize, Serialize};
use wharf_model::{Bsuid, WaId};

use crate::fields::Fields;

/// A user who asks to join a group; see [Cloud API/Groups API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JoinRequest(Fields);

impl JoinRequest {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The id to approve or reject it by.
    pub fn id(&self) -> Option<&str> {
        self.0.text("join_request_id")
    }

    /// The user's WhatsApp id.
    pub fn wa_id(&self) -> Option<WaId> {
        self.0.get("wa_id")
    }

    /// The user's BSUID.
    pub fn user_id(&self) -> Option<Bsuid> {
        self.0.get("user_id")
    }

    /// When, in seconds since 1970.
    pub fn creation_timestamp(&self) -> Option<u64> {
        self.0.count("creation_timestamp")
    }
}

/// What became of requests that were approved or rejected; see [Cloud API/Groups API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JoinDecision(Fields);

impl JoinDecision {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The ids of those that were approved.
    pub fn approved(&self) -> Vec<&str> {
        self.0.texts("approved_join_requests")
    }

    /// The ids of those that were rejected.
    pub fn rejected(&self) -> Vec<&str> {
        self.0.texts("rejected_join_requests")
    }

    /// Those for which it failed, with reasons.
    pub fn failed(&self) -> Vec<FailedJoinRequest> {
        self.0.list("failed_join_requests")
    }

    /// Errors that are of no one request.
    pub fn errors(&self) -> Vec<Fields> {
        self.0.list("errors")
    }
}

/// A request that could be neither approved nor rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailedJoinRequest(Fields);

impl FailedJoinRequest {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("join_request_id")
    }

    /// Why: `code`, `message`, `error_data`.
    pub fn errors(&self) -> Vec<Fields> {
        self.0.list("errors")
    }
}
