//! What a token may do.

use serde::{Deserialize, Serialize};
use wharf_model::AppId;

use crate::fields::Fields;

/// What an access token may do; see [Graph API/Debug token].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenInfo(Fields);

impl TokenInfo {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The app that it is for.
    pub fn app_id(&self) -> Option<AppId> {
        self.data().get("app_id")
    }

    /// The name of the app.
    pub fn application(&self) -> Option<String> {
        self.data().get("application")
    }

    /// Whose it is, such as `SYSTEM_USER`, `USER` or `APP`.
    pub fn kind(&self) -> Option<String> {
        self.data().get("type")
    }

    /// Whether it works.
    pub fn is_valid(&self) -> Option<bool> {
        self.data().flag("is_valid")
    }

    /// Until when it holds, in seconds since 1970; 0 for always.
    pub fn expires_at(&self) -> Option<u64> {
        self.data().count("expires_at")
    }

    /// Until when it reads data, in seconds since 1970; 0 for always.
    pub fn data_access_expires_at(&self) -> Option<u64> {
        self.data().count("data_access_expires_at")
    }

    /// Since when it is there, in seconds since 1970.
    pub fn issued_at(&self) -> Option<u64> {
        self.data().count("issued_at")
    }

    /// What it may do, such as `whatsapp_business_messaging`.
    pub fn scopes(&self) -> Vec<String> {
        self.data().list("scopes")
    }

    /// What it may do to whom.
    pub fn granular_scopes(&self) -> Vec<TokenScope> {
        self.data().list("granular_scopes")
    }

    /// The user that it stands for.
    pub fn user_id(&self) -> Option<String> {
        self.data().get("user_id")
    }

    /// Why it does not work.
    pub fn error(&self) -> Option<TokenError> {
        self.data().get("error")
    }

    fn data(&self) -> Fields {
        self.0.get("data").unwrap_or_default()
    }
}

/// What a token may do to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenScope(Fields);

impl TokenScope {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What it may do.
    pub fn scope(&self) -> Option<&str> {
        self.0.text("scope")
    }

    /// To which WABAs or portfolios; to all of its owner where none are named.
    pub fn target_ids(&self) -> Vec<&str> {
        self.0.texts("target_ids")
    }
}

/// Why a token does not work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenError(Fields);

impl TokenError {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Meta's error code, 190 as a rule.
    pub fn code(&self) -> Option<u64> {
        self.0.count("code")
    }

    /// A finer code: 463 for one that has ended.
    pub fn subcode(&self) -> Option<u64> {
        self.0.count("subcode")
    }

    /// Why, in Meta's words.
    pub fn message(&self) -> Option<&str> {
        self.0.text("message")
    }
}
