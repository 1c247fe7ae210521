//! What a message costs: windows, categories, the free tier. See [Cloud API/Pricing].

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::chance::mix;
use crate::ids::{PhoneNumberId, Wamid};
use crate::world::conduct::DAY;
use crate::world::{Addressee, Person, World};

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

/// What was decided when a message left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    kind: &'static str,
    category: &'static str,
    conversation: Conversation,
}

#[derive(Clone, Copy, Debug)]
struct Conversation {
    id: u64,
    until: i64,
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

/// Decides what a message costs that leaves now; nothing for one that is forgotten.
pub(crate) fn decide(world: &mut World, seed: u64, wamid: &Wamid, now: Timestamp) -> Option<Price> {
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
    let (category, old) = (message.category, seconds < OCTOBER_2026);
    let inside = if group {
        "free_group_customer_service"
    } else {
        "free_customer_service"
    };
    let is_free = match category {
        "service" if free_until.is_none() => old || world.conduct.tariff.is_free(number, now),
        "utility" => old && in_window,
        _ => false,
    };
    let kind = if free_until.is_some() {
        "free_entry_point"
    } else if is_free {
        inside
    } else {
        "regular"
    };
    let category = match (free_until, group, category) {
        (Some(_), ..) => "referral_conversion",
        (None, true, "service") => "group_service",
        (None, true, "utility") => "group_utility",
        (None, true, _) => "group_marketing",
        (None, false, category) => category,
    };
    // One conversation of a category lasts a day, one from an ad until its end.
    let until = free_until.unwrap_or_else(|| (seconds / DAY + 1) * DAY);
    let whom = message.accepted.recipient().bytes().chain(category.bytes());
    let id = whom.fold(until.unsigned_abs(), |id, byte| {
        mix(id ^ seed, PURPOSE, u64::from(byte))
    });
    let conversation = Conversation { id, until };
    Some(Price {
        kind,
        category,
        conversation,
    })
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
    pub(crate) fn pricing(&self) -> Value {
        json!({
            "billable": self.kind == "regular",
            "pricing_model": "PMP",
            "type": self.kind,
            "category": self.category,
        })
    }

    /// Category and type, as statuses tell them.
    pub(crate) const fn words(&self) -> (&'static str, &'static str) {
        (self.category, self.kind)
    }

    /// Whether its statuses carry the conversation in every version.
    pub(crate) fn is_free_entry(&self) -> bool {
        self.kind == "free_entry_point"
    }

    /// The conversation, with its end when the message has just been sent.
    pub(crate) fn conversation(&self, sent: bool) -> Value {
        let conversation = self.conversation;
        let id = format!(
            "{:016x}{:016x}",
            conversation.id,
            mix(conversation.id, PURPOSE, 1)
        );
        let mut value = json!({"id": id, "origin": {"type": self.category}});
        if sent {
            value["expiration_timestamp"] = json!(conversation.until.to_string());
        }
        value
    }
}
