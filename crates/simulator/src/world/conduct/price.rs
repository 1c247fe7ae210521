//! What a message costs: windows, categories, the free tier. See [Cloud API/Pricing].

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::chance::mix;
use crate::ids::{PhoneNumberId, Wamid};
use crate::world::conduct::DAY;
use crate::world::{Addressee, Person, Sent, World};

/// From here on service messages cost beyond the free tier, and utility templates always.
const OCTOBER_2026: i64 = 1_790_812_800;
/// Service messages that a number sends free of charge in a month; third parties report it.
const FREE: u32 = 1000;
const PURPOSE: u64 = 510;

/// How long the first answer to somebody who came from an ad may take, and how long all is free then.
const ENTRY: i64 = DAY;
const FREE_ENTRY: i64 = 3 * DAY;

/// Service messages by number and month.
#[derive(Debug, Default)]
pub(crate) struct Tariff {
    service: HashMap<PhoneNumberId, (i64, u32)>,
}

/// What was decided when a message left. Small, as each message keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    kind: Kind,
    category: Charged,
    /// The day on which it left, from 1970.
    day: u32,
}

/// Why a message is free, or that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Regular,
    FreeCustomerService,
    FreeGroupCustomerService,
    FreeEntryPoint,
}

/// What a message is charged as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charged {
    Service,
    Utility,
    Authentication,
    Marketing,
    MarketingLite,
    GroupService,
    GroupUtility,
    GroupMarketing,
    ReferralConversion,
}

impl Kind {
    /// Meta's word.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::FreeCustomerService => "free_customer_service",
            Self::FreeGroupCustomerService => "free_group_customer_service",
            Self::FreeEntryPoint => "free_entry_point",
        }
    }
}

impl Charged {
    /// Meta's word.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::Marketing => "marketing",
            Self::MarketingLite => "marketing_lite",
            Self::GroupService => "group_service",
            Self::GroupUtility => "group_utility",
            Self::GroupMarketing => "group_marketing",
            Self::ReferralConversion => "referral_conversion",
        }
    }
}

/// Where a user came from, and until when talking to them is free.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) came: i64,
    pub(crate) free_until: Option<i64>,
}

impl Entry {
    /// The user has just tapped an ad.
    pub(crate) fn at(now: Timestamp) -> Self {
        Self {
            came: now.as_second(),
            free_until: None,
        }
    }
}

impl Person {
    /// Whether the user wrote to the number within the last 24 hours.
    pub(crate) fn has_window(&self, number: &PhoneNumberId, now: i64) -> bool {
        let wrote = self.wrote_at(number);
        wrote.is_some_and(|at| now - at.as_second() < DAY)
    }

    /// Until when everything is free; the first answer to somebody from an ad opens it.
    fn free_entry(&mut self, number: &PhoneNumberId, now: i64) -> Option<i64> {
        let entry = self.entries.get_mut(number)?;
        if entry.free_until.is_none() && now - entry.came < ENTRY {
            entry.free_until = Some(now + FREE_ENTRY);
        }
        entry.free_until.filter(|until| now < *until)
    }
}

/// Decides what a message costs that leaves now, and until when all is free for its user who came
/// from an ad; nothing for one that is forgotten.
pub(crate) fn decide(
    world: &mut World,
    wamid: &Wamid,
    now: Timestamp,
) -> Option<(Price, Option<i64>)> {
    let message = world.messages.get(wamid.as_str())?;
    let (number, seconds) = (&message.accepted.phone_number_id, now.as_second());
    let group = matches!(message.to, Addressee::Group);
    let circle = world.circles.get(message.accepted.recipient());
    let mut in_window = group && circle.is_some_and(|circle| circle.has_window(seconds));
    let mut free_until = None;
    if let Some(person) = message.to.user().and_then(|key| world.users.get_mut(key)) {
        free_until = person.free_entry(number, seconds);
        in_window = person.has_window(number, seconds);
    }
    let (category, old) = (message.accepted.category(), seconds < OCTOBER_2026);
    let inside = if group {
        Kind::FreeGroupCustomerService
    } else {
        Kind::FreeCustomerService
    };
    let is_free = match category {
        "service" if free_until.is_none() => old || world.conduct.tariff.is_free(number, now),
        "utility" => old && in_window,
        _ => false,
    };
    let kind = if free_until.is_some() {
        Kind::FreeEntryPoint
    } else if is_free {
        inside
    } else {
        Kind::Regular
    };
    let category = match (free_until, group, category) {
        (Some(_), ..) => Charged::ReferralConversion,
        (None, true, "service") => Charged::GroupService,
        (None, true, "utility") => Charged::GroupUtility,
        (None, true, _) => Charged::GroupMarketing,
        (None, false, "utility") => Charged::Utility,
        (None, false, "authentication") => Charged::Authentication,
        (None, false, "marketing") => Charged::Marketing,
        (None, false, "marketing_lite") => Charged::MarketingLite,
        (None, false, _) => Charged::Service,
    };
    let price = Price {
        kind,
        category,
        day: u32::try_from(seconds / DAY).unwrap_or(0),
    };
    Some((price, free_until))
}

impl Tariff {
    fn is_free(&mut self, number: &PhoneNumberId, now: Timestamp) -> bool {
        let date = now.to_zoned(jiff::tz::TimeZone::UTC);
        let month = i64::from(date.year()) * 12 + i64::from(date.month());
        let used = self.service.entry(number.clone()).or_insert((month, 0));
        if used.0 != month {
            *used = (month, 0);
        }
        used.1 = used.1.saturating_add(1);
        used.1 <= FREE
    }
}

impl Price {
    pub(crate) fn pricing(self) -> Value {
        json!({
            "billable": self.kind == Kind::Regular,
            "pricing_model": "PMP",
            "type": self.kind.as_str(),
            "category": self.category.as_str(),
        })
    }

    /// Category and type, as statuses tell them.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        (self.category.as_str(), self.kind.as_str())
    }

    /// Whether its statuses carry the conversation in every version.
    pub(crate) fn is_free_entry(self) -> bool {
        self.kind == Kind::FreeEntryPoint
    }

    /// The conversation that a message belongs to, with its end when it has just been sent. One of
    /// a category lasts a day, one from an ad until its end.
    pub(crate) fn conversation(self, accepted: &Sent, seed: u64, sent: bool) -> Value {
        let until = accepted.rare().free_until;
        let until = until.unwrap_or_else(|| (i64::from(self.day) + 1) * DAY);
        let recipient = accepted.recipient().bytes();
        let whom = recipient.chain(self.category.as_str().bytes());
        let id = whom.fold(until.unsigned_abs(), |id, byte| {
            mix(id ^ seed, PURPOSE, u64::from(byte))
        });
        let id = format!("{id:016x}{:016x}", mix(id, PURPOSE, 1));
        let mut value = json!({"id": id, "origin": {"type": self.category.as_str()}});
        if sent {
            value["expiration_timestamp"] = json!(until.to_string());
        }
        value
    }
}
