//! How the platform treats a business that sends: its messaging limit, its quality, its upgrades.

pub(crate) mod feedback;
pub(crate) mod pacing;
pub(crate) mod portfolio;
pub(crate) mod price;
pub(crate) mod upgrade;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::ids::{BusinessId, PhoneNumberId};

const DAY: i64 = 24 * 60 * 60;

/// What is remembered about businesses that send.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    pub(crate) portfolios: HashMap<BusinessId, portfolio::Portfolio>,
    pub(crate) feedback: feedback::Feedback,
    pub(crate) pacing: pacing::Pacing,
    pub(crate) tariff: price::Tariff,
    /// Numbers that are being upgraded, and until when.
    pub(crate) maintenance: HashMap<PhoneNumberId, Timestamp>,
}
