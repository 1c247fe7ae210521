//! Users who can no longer write to the number.

use http::Method;
use serde::{Deserialize, Serialize};
use wharf_model::{Bsuid, PhoneNumber, WaId};

use super::Number;
use super::registration::whatsapp;
use crate::call::{Body, Call, decode_json};
use crate::error::{Error, Problem};
use crate::fields::Fields;
use crate::pages::{Page, Pages};

const EDGE: &str = "block_users";

/// A user to block, by number or by BSUID (not by a parent BSUID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockedUser {
    /// By phone number.
    Phone(PhoneNumber),
    /// By BSUID.
    Bsuid(Bsuid),
}

impl From<PhoneNumber> for BlockedUser {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}

impl From<Bsuid> for BlockedUser {
    fn from(bsuid: Bsuid) -> Self {
        Self::Bsuid(bsuid)
    }
}

impl Number {
    /// Blocks users who wrote in the last 24 hours; 64 000 at most in all.
    ///
    /// If only some can be blocked, Meta answers with error 139100, from which
    /// [`BlockResult::from_error`] reads what became of each.
    /// See [Cloud API/Block users].
    pub fn block(&self, users: &[BlockedUser]) -> Call<BlockResult> {
        self.change_blocks("blocks.add", Method::POST, users)
    }

    /// Lets users write again.
    ///
    /// See [Cloud API/Block users].
    pub fn unblock(&self, users: &[BlockedUser]) -> Call<BlockResult> {
        self.change_blocks("blocks.remove", Method::DELETE, users)
    }

    /// The users who are blocked, a page at a time.
    ///
    /// See [Cloud API/Block users].
    pub fn blocked_users(&self) -> Pages<BlockOutcome> {
        let path = self.edge(EDGE);
        Pages::reading(self.client(), "blocks.list", &path, &[], decode_blocked)
    }

    fn change_blocks(
        &self,
        operation: &'static str,
        method: Method,
        users: &[BlockedUser],
    ) -> Call<BlockResult> {
        let users = users.iter().map(|user| match user {
            BlockedUser::Phone(phone) => Fields::default().with("user", phone.as_str()),
            BlockedUser::Bsuid(bsuid) => Fields::default().with("user_id", bsuid.as_str()),
        });
        let body = whatsapp().with("block_users", users.collect::<Vec<_>>());
        let url = self.client().url(&self.edge(EDGE));
        Call::new(
            self.client(),
            operation,
            method,
            url,
            Body::json(&body),
            decode_json,
        )
    }
}

/// What became of users who were to be blocked or unblocked; see [Cloud API/Block users].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockResult(Fields);

impl BlockResult {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What became of each user, from the error that Meta answers with if some failed; `None` if
    /// the error is another, or too long to have been kept.
    pub fn from_error(error: &Error) -> Option<Self> {
        let result: Self = serde_json::from_str(&error.graph()?.body).ok()?;
        result.0.value("block_users")?;
        Some(result)
    }

    /// Those who are blocked now.
    pub fn added_users(&self) -> Vec<BlockOutcome> {
        self.part("added_users")
    }

    /// Those who may write again.
    pub fn removed_users(&self) -> Vec<BlockOutcome> {
        self.part("removed_users")
    }

    /// Those for whom it failed, with reasons.
    pub fn failed_users(&self) -> Vec<BlockOutcome> {
        self.part("failed_users")
    }

    fn part(&self, key: &str) -> Vec<BlockOutcome> {
        let users: Option<Fields> = self.0.get("block_users");
        users.map(|users| users.list(key)).unwrap_or_default()
    }
}

/// What became of one user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockOutcome(Fields);

impl BlockOutcome {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The user as named in the call.
    pub fn input(&self) -> Option<&str> {
        self.0.text("input")
    }

    /// The user's WhatsApp id.
    pub fn wa_id(&self) -> Option<WaId> {
        self.0.get("wa_id")
    }

    /// The user's BSUID.
    pub fn user_id(&self) -> Option<Bsuid> {
        self.0.get("user_id")
    }

    /// Why it failed: `code`, `message`, `error_data`.
    pub fn errors(&self) -> Vec<Fields> {
        self.0.list("errors")
    }
}

/// Meta's page prints the users either one by one or in a list inside the first element.
fn decode_blocked(body: &[u8]) -> Result<Page<BlockOutcome>, Problem> {
    let page: Page<Fields> = decode_json(body)?;
    Ok(page.with(|elements| elements.into_iter().flat_map(outcomes).collect()))
}

fn outcomes(element: Fields) -> Vec<BlockOutcome> {
    match element.value("block_users") {
        Some(_) => element.list("block_users"),
        None => vec![BlockOutcome(element)],
    }
}
