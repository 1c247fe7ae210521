//! Usernames, and the contact book that ties BSUIDs to numbers.

use std::fmt;
use std::str::FromStr;

use http::Method;
use serde::{Deserialize, Serialize};
use wharf_model::Bsuid;

use super::Number;
use crate::call::{Body, Call, decode_json};
use crate::fields::Fields;
use crate::graph;

/// The username of a business: 3 to 35 of `a-z`, `0-9`, period and underscore.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

/// Why a text is no username; see [Cloud API/Business-scoped user IDs].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidUsername {
    /// It has fewer than 3 or more than 35 characters.
    #[error("a username has 3 to 35 characters")]
    Length,
    /// It has a character that is not allowed, or no letter.
    #[error("a username has letters a to z, digits, periods and underscores, and a letter")]
    Character,
    /// It begins or ends with a period, or has two in a row.
    #[error("a username has periods between other characters only")]
    Period,
    /// It begins with `www`.
    #[error("a username does not begin with www")]
    Www,
}

impl FromStr for Username {
    type Err = InvalidUsername;

    /// Reads a username, capitals as small letters. Whether it ends like a domain is left to
    /// Meta, which knows the domains.
    fn from_str(text: &str) -> Result<Self, InvalidUsername> {
        let name = text.to_ascii_lowercase();
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_';
        if !(3..=35).contains(&name.chars().count()) {
            return Err(InvalidUsername::Length);
        }
        if !name.chars().all(allowed) || !name.contains(|c: char| c.is_ascii_lowercase()) {
            return Err(InvalidUsername::Character);
        }
        if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
            return Err(InvalidUsername::Period);
        }
        if name.starts_with("www") {
            return Err(InvalidUsername::Www);
        }
        Ok(Self(name))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Number {
    /// The username of the number and how far it is.
    ///
    /// See [Cloud API/Business-scoped user IDs].
    pub fn username(&self) -> Call<UsernameState> {
        graph::read(self.client(), "usernames.get", &self.edge("username"), &[])
    }

    /// Asks for a username; Meta answers whether it is approved or reserved.
    ///
    /// A name that another number of the portfolio has is refused with 147005, unless it is
    /// to be taken from there.
    /// See [Cloud API/Business-scoped user IDs].
    pub fn set_username(&self, name: &Username, transfer: UsernameTransfer) -> Call<UsernameState> {
        let body = Fields::default().with("username", name.0.as_str());
        let body = match transfer {
            UsernameTransfer::None => body,
            UsernameTransfer::Force => body.with("transfer_action", "force_transfer"),
        };
        graph::post(
            self.client(),
            "usernames.set",
            &self.edge("username"),
            &body,
        )
    }

    /// Gives the username up.
    ///
    /// See [Cloud API/Business-scoped user IDs].
    pub fn delete_username(&self) -> Call<()> {
        let path = self.edge("username");
        graph::act(
            self.client(),
            "usernames.delete",
            Method::DELETE,
            &path,
            &[],
        )
    }

    /// Usernames that the number could have.
    ///
    /// See [Cloud API/Business-scoped user IDs].
    pub fn username_suggestions(&self) -> Call<UsernameSuggestions> {
        let path = self.edge("username_suggestions");
        graph::read(self.client(), "usernames.suggest", &path, &[])
    }

    /// Forgets which number belongs to a BSUID.
    ///
    /// See [Cloud API/Business-scoped user IDs].
    pub fn forget_contact(&self, bsuid: &Bsuid) -> Call<ForgottenContact> {
        let query = [("messaging_product", "whatsapp"), ("bsuid", bsuid.as_str())];
        let url = graph::url(self.client(), &self.edge("contact_book"), &query);
        let (operation, body) = ("contact_book.delete", Ok(Body::Empty));
        Call::new(
            self.client(),
            operation,
            Method::DELETE,
            url,
            body,
            decode_json,
        )
    }
}

/// What happens if another number of the portfolio has the username.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UsernameTransfer {
    /// The call is refused.
    #[default]
    None,
    /// The name is taken from there.
    Force,
}

/// A username and how far it is; see [Cloud API/Business-scoped user IDs].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UsernameState(Fields);

impl UsernameState {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The name.
    pub fn username(&self) -> Option<&str> {
        self.0.text("username")
    }

    /// How far it is.
    pub fn status(&self) -> Option<UsernameStatus> {
        self.0.text("status").map(UsernameStatus::from)
    }
}

/// How far a username is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsernameStatus {
    /// `approved`.
    Approved,
    /// `reserved`.
    Reserved,
    /// One that this version does not know.
    Unknown(String),
}

impl UsernameStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "approved",
            Self::Reserved => "reserved",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for UsernameStatus {
    fn from(value: &str) -> Self {
        match value {
            "approved" => Self::Approved,
            "reserved" => Self::Reserved,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// Usernames that a number could have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UsernameSuggestions(Fields);

impl UsernameSuggestions {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The suggestions, as Meta sends them.
    pub fn data(&self) -> Vec<Fields> {
        self.0.list("data")
    }

    /// The names, where they stand in a list of their own.
    pub fn username_suggestions(&self) -> Vec<&str> {
        self.0.texts("username_suggestions")
    }
}

/// Whether a contact was forgotten; see [Cloud API/Business-scoped user IDs].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ForgottenContact(Fields);

impl ForgottenContact {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Whether the call succeeded.
    pub fn success(&self) -> Option<bool> {
        self.0.flag("success")
    }

    /// Whether there was something to forget.
    pub fn deleted(&self) -> Option<bool> {
        self.0.flag("deleted")
    }
}
