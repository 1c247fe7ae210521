//! Whom a message goes to.

use crate::ids::{Bsuid, GroupId};
use crate::phone_number::PhoneNumber;

/// Whom a message goes to.
///
/// See [Cloud API/Business-scoped user IDs] for sending without a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recipient {
    /// A user, by phone number.
    Phone(PhoneNumber),
    /// A user, by business-scoped user id or parent one.
    User(Bsuid),
    /// A group.
    Group(GroupId),
}

impl Recipient {
    /// The recipient as Meta's request writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(number) => number.as_str(),
            Self::User(user) => user.as_str(),
            Self::Group(group) => group.as_str(),
        }
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number)
    }
}

impl From<Bsuid> for Recipient {
    fn from(user: Bsuid) -> Self {
        Self::User(user)
    }
}

impl From<GroupId> for Recipient {
    fn from(group: GroupId) -> Self {
        Self::Group(group)
    }
}
