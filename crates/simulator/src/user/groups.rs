//! Users in groups: they join by link, speak and leave.

use serde_json::json;

use crate::error::SimulatorError;
use crate::groups::joining;
use crate::ids::Wamid;
use crate::user::User;
use crate::world::inbound::Draft;

impl User {
    /// Follows the invite link of a group. Gives the id of the group when they are in, and the id
    /// of the request to join when the business has to decide.
    pub async fn joins(&self, link: &str) -> Result<(String, Option<String>), SimulatorError> {
        self.room().await;
        let joining = joining::join(&self.core, &self.key, link)?;
        Ok((joining.group, joining.request))
    }

    /// Takes the request to join a group back.
    pub async fn revokes_join(&self, group: &str) -> Result<(), SimulatorError> {
        self.room().await;
        joining::revoke(&self.core, &self.key, group).map(drop)
    }

    /// Leaves a group.
    pub async fn leaves(&self, group: &str) -> Result<(), SimulatorError> {
        self.room().await;
        joining::leave(&self.core, &self.key, group).map(drop)
    }

    /// Writes a text in a group that they are in.
    pub async fn says_in(&self, group: &str, text: &str) -> Result<Wamid, SimulatorError> {
        let draft = Draft::new("text", json!({ "body": text }));
        let draft = Draft {
            group: Some(group.to_owned()),
            ..draft
        };
        self.post(draft, "message.group_text").await
    }
}
