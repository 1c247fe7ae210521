//! Groups: made, deleted, joined, left, changed, suspended.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::webhook_error::WebhookError;
use super::wire::{absent, body, elements, lenient, text_seconds};
use crate::ids::{Bsuid, GroupId, WaId};

/// The value of the four fields about groups.
///
/// See [Cloud API/Groups webhooks].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupChange {
    /// What happened, to one group each.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupEvent>,
    /// Who did it; some samples of Meta's write it here.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub initiated_by: Option<GroupInitiator>,
    /// What went wrong with all of it.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// What happened to a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum GroupEvent {
    /// It was made, or could not be.
    #[serde(rename = "group_create")]
    Created(GroupCreated),
    /// It was deleted, or could not be.
    #[serde(rename = "group_delete")]
    Deleted(GroupDeleted),
    /// Users joined.
    #[serde(rename = "group_participants_add")]
    ParticipantsAdded(GroupParticipantsAdded),
    /// Users left or were removed.
    #[serde(rename = "group_participants_remove")]
    ParticipantsRemoved(GroupParticipantsRemoved),
    /// A user asks to join.
    #[serde(rename = "group_join_request_created")]
    JoinRequested(GroupJoinRequest),
    /// A user asks no longer.
    #[serde(rename = "group_join_request_revoked")]
    JoinRequestRevoked(GroupJoinRequest),
    /// Picture, subject or description were changed, or could not be.
    #[serde(rename = "group_settings_update")]
    Settings(GroupSettings),
    /// Meta suspended it.
    #[serde(rename = "group_suspend")]
    Suspended(GroupSuspension),
    /// Meta suspends it no longer.
    #[serde(rename = "group_suspend_cleared")]
    SuspensionCleared(GroupSuspension),
    /// A type that is not in Meta's list, or one whose body is of another form.
    #[serde(untagged)]
    Unknown(Value),
}

impl<'de> Deserialize<'de> for GroupEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let known = match value.get("type").and_then(Value::as_str) {
            Some("group_create") => body(&value, Self::Created),
            Some("group_delete") => body(&value, Self::Deleted),
            Some("group_participants_add") => body(&value, Self::ParticipantsAdded),
            Some("group_participants_remove") => body(&value, Self::ParticipantsRemoved),
            Some("group_join_request_created") => body(&value, Self::JoinRequested),
            Some("group_join_request_revoked") => body(&value, Self::JoinRequestRevoked),
            Some("group_settings_update") => body(&value, Self::Settings),
            Some("group_suspend") => body(&value, Self::Suspended),
            Some("group_suspend_cleared") => body(&value, Self::SuspensionCleared),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(value)))
    }
}

/// A group was made, or could not be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupCreated {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group; absent if it could not be made.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// The request that asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub request_id: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub subject: Option<String>,
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub description: Option<String>,
    /// Who opens this joins.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub invite_link: Option<String>,
    /// Whether joining takes approval.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub join_approval_mode: Option<JoinApprovalMode>,
    /// Why it could not be made.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A group was deleted, or could not be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDeleted {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// The request that asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub request_id: Option<String>,
    /// Why it could not be deleted.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// Users who joined a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupParticipantsAdded {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// The request that asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub request_id: Option<String>,
    /// How they came: `invite_link`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub reason: Option<String>,
    /// Who joined.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub added_participants: Vec<GroupParticipant>,
    /// Who could not be added.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub failed_participants: Vec<GroupParticipant>,
    /// Who did it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub initiated_by: Option<GroupInitiator>,
    /// What went wrong.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// Users who left a group or were removed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupParticipantsRemoved {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// The request that asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub request_id: Option<String>,
    /// Who is gone.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub removed_participants: Vec<GroupParticipant>,
    /// Who could not be removed.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub failed_participants: Vec<GroupParticipant>,
    /// Who did it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub initiated_by: Option<GroupInitiator>,
    /// What went wrong.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A user in a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupParticipant {
    /// What the request said of the user.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub input: Option<String>,
    /// The user by WhatsApp id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub wa_id: Option<WaId>,
    /// The user by business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
    /// The username, of those who have one.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub username: Option<String>,
    /// What went wrong with this user.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A user who asks to join a group, or asks no longer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupJoinRequest {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// What to approve or reject it by.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub join_request_id: Option<String>,
    /// The user by WhatsApp id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub wa_id: Option<WaId>,
    /// The user by business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
    /// The username, of those who have one.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub username: Option<String>,
}

/// Settings of a group that were changed, or could not be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupSettings {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
    /// The request that asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub request_id: Option<String>,
    /// The picture.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub profile_picture: Option<GroupPictureChange>,
    /// The name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_subject: Option<GroupTextChange>,
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_description: Option<GroupTextChange>,
    /// What went wrong.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A change of a group's picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupPictureChange {
    /// Media type.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub sha256: Option<String>,
    /// Whether it was changed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub update_successful: Option<bool>,
    /// Why not.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A change of a group's name or description.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupTextChange {
    /// The new text.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub text: Option<String>,
    /// Whether it was changed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub update_successful: Option<bool>,
    /// Why not.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A group that Meta suspended, or suspends no longer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupSuspension {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The group.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub group_id: Option<GroupId>,
}

/// Whether joining a group takes approval.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinApprovalMode {
    /// Whoever has the link joins.
    AutoApprove,
    /// The business approves.
    ApprovalRequired,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Who changed a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupInitiator {
    /// The business.
    Business,
    /// A participant.
    Participant,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
