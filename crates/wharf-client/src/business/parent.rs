//! User ids that several portfolios share.

use http::Method;
use serde::{Deserialize, Serialize};
use wharf_model::BusinessId;

use super::Business;
use crate::call::{Body, Call, decode_json};
use crate::fields::Fields;

impl Business {
    /// The account whose business-scoped user ids the portfolio shares with others.
    ///
    /// The call goes to [`ClientBuilder::api_base_url`](crate::ClientBuilder::api_base_url).
    /// See [Cloud API/Business-scoped user IDs].
    pub fn parent_bsuid_account(&self) -> Call<ParentBsuidAccount> {
        let path = [self.id.as_str(), "parent-bsuid-accounts"];
        Call::new(
            &self.client,
            "users.parent",
            Method::GET,
            self.client.api_url(&path),
            Ok(Body::Empty),
            decode_json,
        )
    }
}

/// An account whose business-scoped user ids several portfolios share; see
/// [Cloud API/Business-scoped user IDs].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParentBsuidAccount(Fields);

impl ParentBsuidAccount {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn parent_bsuid_account_id(&self) -> Option<&str> {
        self.0.text("parent_bsuid_account_id")
    }

    /// The portfolios that take part.
    pub fn enrolled_business_portfolios(&self) -> Vec<BusinessId> {
        self.0.list("enrolled_business_portfolios")
    }
}
