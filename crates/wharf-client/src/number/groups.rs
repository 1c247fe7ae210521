//! Groups of a number: list, make.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Number;
use crate::call::{Call, decode_json};
use crate::error::Problem;
use crate::group::{self, GroupRequest, GroupSummary, NewGroup};
use crate::pages::{Page, Pages};

const EDGE: &str = "groups";

impl Number {
    /// Asks for a group. The webhook `group_lifecycle_update` with the same request id tells its
    /// id and its invitation link.
    ///
    /// See [Cloud API/Groups API].
    pub fn create_group(&self, new: &NewGroup) -> Call<GroupRequest> {
        let path = self.edge(EDGE);
        group::request(self.client(), "groups.create", &path, new.check(), new)
    }

    /// The groups of the number that are active, a page at a time; at most 1024 in a page, and
    /// 25 without a limit.
    ///
    /// See [Cloud API/Groups API].
    pub fn groups(&self) -> Pages<GroupSummary> {
        let path = self.edge(EDGE);
        Pages::reading(self.client(), "groups.list", &path, &[], decode_groups)
    }
}

/// Graph's usual page, but its elements lie one object deeper.
fn decode_groups(body: &[u8]) -> Result<Page<GroupSummary>, Problem> {
    let mut page: Value = decode_json(body)?;
    if let Some(data) = page.get_mut("data")
        && let Some(inner) = data.as_object_mut()
    {
        *data = inner.remove("groups").unwrap_or_else(|| json!([]));
    }
    Ok(Page::deserialize(page)?)
}
