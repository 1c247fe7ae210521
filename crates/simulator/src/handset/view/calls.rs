//! Calls on the phone: the one that goes on, and those that are over as lines of the chat.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::View;
use crate::calls::{PhoneCall, Progress};
use crate::core::lock;
use crate::handset::face::without_nulls;
use crate::ids::PhoneNumberId;

/// A call that is over, as a line.
#[derive(Debug)]
pub(super) struct CallLine {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) from_user: bool,
    pub(super) title: &'static str,
    text: String,
    missed: bool,
    number: PhoneNumberId,
}

impl CallLine {
    fn new(call: &PhoneCall) -> Option<Self> {
        let back = || "Tap to call back".to_owned();
        let (title, text, missed) = match (call.end.seconds, call.by_business, call.end.declined) {
            (Some(seconds), ..) => ("Voice call", lasted(seconds), false),
            (None, true, true) => ("Declined voice call", back(), true),
            (None, true, false) => ("Missed voice call", back(), true),
            (None, false, true) => ("Voice call", "Declined".to_owned(), false),
            (None, false, false) => ("Voice call", "No answer".to_owned(), false),
        };
        Some(Self {
            id: call.id.clone(),
            at: call.end.at?,
            from_user: !call.by_business,
            title,
            text,
            missed,
            number: call.number.clone(),
        })
    }

    pub(super) fn gist(&self) -> String {
        format!("📞 {}", self.title)
    }

    pub(super) fn shown(&self) -> Value {
        without_nulls(json!({
            "wamid": self.id,
            "phone_number_id": self.number,
            "from_user": self.from_user,
            "kind": "call",
            "at": self.at,
            "status": "read",
            "face": {"call": {"title": self.title, "text": self.text, "missed": self.missed}},
        }))
    }
}

/// A length of time in words.
fn lasted(seconds: i64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let mut text = String::new();
    if minutes > 0 {
        // Writing to a text cannot fail.
        let _ = write!(text, "{minutes} min ");
    }
    let _ = write!(text, "{seconds} sec");
    text
}

impl View<'_> {
    /// The call that rings or goes on.
    pub(crate) fn call(&self) -> Option<Value> {
        let book = lock(&self.core.calls);
        let live = || {
            let calls = book.of(&self.person.key);
            calls.filter(|call| match call.progress {
                Progress::Over => false,
                Progress::Talking(_) => true,
                // A phone that is off, or has blocked the number, does not ring.
                Progress::Ringing | Progress::PreAccepted => {
                    let rings = !self.world.is_out_of_reach(&self.person.key, &call.number);
                    rings || !call.by_business
                }
            })
        };
        let talks = |call: &&PhoneCall| matches!(call.progress, Progress::Talking(_));
        let call = live().find(talks).or_else(|| live().next())?;
        let since = match call.progress {
            Progress::Talking(since) => Some(since),
            _ => None,
        };
        Some(json!({
            "id": call.id,
            "phone_number_id": call.number,
            "incoming": call.by_business,
            "talking_since": since,
        }))
    }

    /// The calls of a chat that are over, the newest first.
    pub(super) fn call_lines(&self, number: &PhoneNumberId) -> Vec<CallLine> {
        let book = lock(&self.core.calls);
        let calls = book
            .of(&self.person.key)
            .filter(|call| call.number == *number);
        let mut lines: Vec<_> = calls.filter_map(CallLine::new).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        lines
    }

    pub(super) fn call_line(&self, id: &str) -> Option<CallLine> {
        let book = lock(&self.core.calls);
        CallLine::new(book.get(id).filter(|call| call.user == self.person.key)?)
    }

    /// Whether the chat has a button to call.
    pub(super) fn may_call(&self, number: &PhoneNumberId) -> bool {
        let mut numbers = lock(&self.core.numbers_state);
        let state = numbers.of(number);
        state.calling["status"] == "ENABLED"
            && state.calling["call_icon_visibility"] != "DISABLE_ALL"
            && state.hears(&self.person.key)
    }
}
