//! Dead letters, grouped by what is wrong.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::dead_letter_body::DeadLetterKind;
use super::problem::Problem;
use super::time::Time;
use crate::store::dead_letters::{self, Group};
use crate::store::waiting::COUNTED;

/// Groups of an answer at most.
const GROUPS: i64 = 200;

/// The dead letters that wait for a decision, by what is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadLetterGroups {
    /// The largest first, up to 200.
    #[schema(max_items = 200)]
    data: Vec<DeadLetterGroup>,
}

/// Dead letters of one kind with one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "reason": "requires_template", "kind": "send", "count": 12,
    "oldest_at": "2026-11-20T08:15:30.250Z", "newest_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct DeadLetterGroup {
    /// A stable code.
    reason: String,
    kind: DeadLetterKind,
    count: i64,
    oldest_at: Time,
    newest_at: Time,
}

/// Group dead letters
///
/// Those that wait for a decision, by reason and kind; of more than 100,000 the newest.
#[utoipa::path(get, path = "/api/v1/dead-letters/groups", tag = "Dead letters",
    operation_id = "group_dead_letters", responses(
        (status = 200, description = "The groups", body = DeadLetterGroups),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
) -> Result<Json<DeadLetterGroups>, Problem> {
    let channels = caller.channels.clone();
    let groups = gate
        .app
        .store
        .read(move |tx| dead_letters::groups(tx, channels.as_deref(), (COUNTED, GROUPS)))
        .await?;
    let data = groups.into_iter().map(Into::into).collect();
    Ok(Json(DeadLetterGroups { data }))
}

impl From<Group> for DeadLetterGroup {
    fn from(group: Group) -> Self {
        Self {
            reason: group.reason,
            kind: group.kind.into(),
            count: group.count,
            oldest_at: Time(group.oldest_at),
            newest_at: Time(group.newest_at),
        }
    }
}
