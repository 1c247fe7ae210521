//! A WhatsApp user, by either of the ids that Meta takes.

use wharf_model::{Bsuid, PhoneNumber};

/// A user whom a call is about, by phone number or by BSUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    /// By phone number; `PhoneNumber::try_from` reads it from a `wa_id`.
    Phone(PhoneNumber),
    /// By BSUID.
    Bsuid(Bsuid),
}

impl From<PhoneNumber> for User {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}

impl From<Bsuid> for User {
    fn from(bsuid: Bsuid) -> Self {
        Self::Bsuid(bsuid)
    }
}
