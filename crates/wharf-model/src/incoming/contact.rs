//! What a notification says about a user.

use serde::{Serialize, Serializer};

use super::raw_object::RawObject;
use super::written::Written;
use crate::ids::{Bsuid, WaId};

/// What a notification says about a user.
///
/// See [Cloud API/Business-scoped user IDs] for which parts may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The name that the user chose.
    pub name: Option<String>,
    /// The username, of those who have one.
    pub username: Option<String>,
    /// The WhatsApp id, as a rule the digits of the phone number.
    pub wa_id: Option<WaId>,
    /// The business-scoped user id.
    pub user_id: Option<Bsuid>,
    /// The user id shared by several portfolios.
    pub parent_user_id: Option<Bsuid>,
    /// Hash of the user's identity, where identity checks are on.
    pub identity_key_hash: Option<String>,
}

impl Contact {
    /// Reads one element of `contacts`; `None` if it is no object.
    ///
    /// ```
    /// use wharf_model::Contact;
    ///
    /// let contact =
    ///     Contact::from_json(r#"{"profile":{"name":"Sheena"},"wa_id":"16505551234"}"#).unwrap();
    /// assert_eq!(contact.name.as_deref(), Some("Sheena"));
    /// ```
    pub fn from_json(json: &str) -> Option<Self> {
        let object = RawObject::parse(json)?;
        let profile = object.get::<RawObject<'_>>("profile");
        let profile = profile.as_ref();
        Some(Self {
            name: profile.and_then(|profile| profile.get("name")),
            username: profile.and_then(|profile| profile.get("username")),
            wa_id: object.get("wa_id"),
            user_id: object.get("user_id"),
            parent_user_id: object.get("parent_user_id"),
            identity_key_hash: object.get("identity_key_hash"),
        })
    }
}

impl Serialize for Contact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        if self.name.is_some() || self.username.is_some() {
            object.entry("profile", &Profile(self))?;
        }
        object.optional("wa_id", self.wa_id.as_ref())?;
        object.optional("user_id", self.user_id.as_ref())?;
        object.optional("parent_user_id", self.parent_user_id.as_ref())?;
        object.optional("identity_key_hash", self.identity_key_hash.as_ref())?;
        object.end()
    }
}

struct Profile<'a>(&'a Contact);

impl Serialize for Profile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.optional("name", self.0.name.as_ref())?;
        object.optional("username", self.0.username.as_ref())?;
        object.end()
    }
}
