//! What happened, counted per half hour: the numbers behind the analytics.

pub(crate) mod country;
pub(crate) mod rates;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use jiff::Timestamp;
use serde_json::Value;

use crate::core::{Core, lock};
use crate::ids::PhoneNumberId;
use crate::record::MessageStatus;
use crate::world::conduct::price::Price;
use crate::world::{Addressee, Message, Person};

pub(crate) const HALF_HOUR: i64 = 30 * 60;
/// Lines kept at most; the oldest half hours are forgotten.
const MOST_LINES: usize = 200_000;
/// Conversations that are open at most; the oldest end early.
const MOST_OPEN: usize = 200_000;
/// A conversation of the historic model lasts a day.
const CONVERSATION: i64 = 24 * 60 * 60;
/// Reads and taps count for so long after the send.
const COUNTED_FOR: i64 = 7 * 24 * 60 * 60;

/// Counters by half hour. Bounded.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    slots: BTreeMap<i64, Slot>,
    lines: usize,
    /// Open conversations: what stands for number, user and category, as there may be many.
    open: HashSet<u64>,
    open_order: VecDeque<(i64, u64)>,
}

/// One half hour.
#[derive(Debug, Default)]
struct Slot {
    messages: HashMap<Line, Counts>,
    taps: HashMap<Tap, u64>,
    calls: HashMap<CallLine, Calls>,
}

/// What messages have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) phone: PhoneNumberId,
    /// Two letters.
    pub(crate) country: &'static str,
    /// Meta's price category in capitals, such as `GROUP_UTILITY`.
    pub(crate) category: &'static str,
    /// `REGULAR` or why it was free.
    pub(crate) pricing: &'static str,
    pub(crate) group: bool,
    pub(crate) template: Option<u64>,
}

/// How many of them did what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sent: u64,
    pub(crate) delivered: u64,
    pub(crate) read: u64,
    pub(crate) conversations: u64,
    /// In millionths of a US dollar.
    pub(crate) cost: u64,
}

/// Taps on one button of a template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Tap {
    pub(crate) template: u64,
    /// `quick_reply_button` and the like.
    pub(crate) kind: &'static str,
    pub(crate) button: String,
}

/// What calls have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CallLine {
    pub(crate) phone: PhoneNumberId,
    pub(crate) country: &'static str,
    /// `BUSINESS_INITIATED` or `USER_INITIATED`.
    pub(crate) direction: &'static str,
}

/// How many calls, and how long.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    pub(crate) count: u64,
    pub(crate) seconds: u64,
    pub(crate) cost: u64,
}

/// Counts a step of a message that was just taken.
pub(crate) fn step(core: &Core, message: &Message, person: Option<&Person>, step: MessageStatus) {
    let now = core.clock.now();
    let words = message.price.map(Price::words);
    let words = words.unwrap_or(("service", "regular"));
    lock(&core.tally).step(message, person, step, words, now);
    if let (Some(used), MessageStatus::Sent) = (message.template(), step) {
        lock(&core.desk).of(used.id).used = Some(now);
    }
}

/// Counts the tap on a template's button that a user's answer is.
pub(crate) fn answer(core: &Core, message: &Message, kind: &str, content: &Value) {
    if kind == "button" {
        let button = content["text"].as_str().unwrap_or_default();
        let now = core.clock.now();
        lock(&core.tally).tap(message, "quick_reply_button", button, now);
    }
}

impl Tally {
    /// Counts a step of a message; `category` and `pricing` are as its status tells them.
    pub(crate) fn step(
        &mut self,
        message: &Message,
        person: Option<&Person>,
        step: MessageStatus,
        (category, pricing): (&str, &str),
        now: Timestamp,
    ) {
        let seconds = now.as_second();
        let age = seconds - message.accepted.at.as_second();
        if step == MessageStatus::Read && age > COUNTED_FOR {
            return;
        }
        let category = rates::category(category);
        let line = Line {
            phone: message.accepted.phone_number_id.clone(),
            country: country::of(message, person),
            category,
            pricing: rates::pricing(pricing),
            group: matches!(message.to, Addressee::Group),
            template: message.template().map(|used| used.id),
        };
        let cost = match line.pricing {
            "REGULAR" => rates::message(line.country, category),
            _ => 0,
        };
        let opens = step == MessageStatus::Delivered && self.opens(message, category, seconds);
        let lines = {
            let slot = self.slots.entry(slot(seconds)).or_default();
            let before = slot.messages.len();
            let counts = slot.messages.entry(line).or_default();
            match step {
                MessageStatus::Sent => counts.sent += 1,
                MessageStatus::Delivered => {
                    counts.delivered += 1;
                    counts.cost += cost;
                    counts.conversations += u64::from(opens);
                }
                MessageStatus::Read => counts.read += 1,
                MessageStatus::Played | MessageStatus::Failed => {}
            }
            slot.messages.len() - before
        };
        self.added(lines);
    }

    /// Counts a tap on a button of a template message.
    pub(crate) fn tap(
        &mut self,
        message: &Message,
        kind: &'static str,
        button: &str,
        now: Timestamp,
    ) {
        let seconds = now.as_second();
        let Some(template) = message.template().map(|used| used.id) else {
            return;
        };
        if seconds - message.accepted.at.as_second() > COUNTED_FOR {
            return;
        }
        let tap = Tap {
            template,
            kind,
            button: button.to_owned(),
        };
        let slot = self.slots.entry(slot(seconds)).or_default();
        let before = slot.taps.len();
        *slot.taps.entry(tap).or_default() += 1;
        let lines = slot.taps.len() - before;
        self.added(lines);
    }

    /// Counts a call that ended.
    pub(crate) fn call(&mut self, line: CallLine, seconds: u64, now: Timestamp) {
        let slot = self.slots.entry(slot(now.as_second())).or_default();
        let before = slot.calls.len();
        let cost = match line.direction {
            "BUSINESS_INITIATED" => rates::call(line.country, seconds),
            _ => 0,
        };
        let calls = slot.calls.entry(line).or_default();
        calls.count += 1;
        calls.seconds += seconds;
        calls.cost += cost;
        let lines = slot.calls.len() - before;
        self.added(lines);
    }

    /// The lines of messages from `start` to before `end`, each with its half hour.
    pub(crate) fn messages(
        &self,
        start: i64,
        end: i64,
    ) -> impl Iterator<Item = (i64, &Line, &Counts)> {
        self.slots.range(slot(start)..end).flat_map(|(at, slot)| {
            slot.messages
                .iter()
                .map(|(line, counts)| (*at, line, counts))
        })
    }

    /// The taps in the same span.
    pub(crate) fn taps(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, &Tap, u64)> {
        self.slots
            .range(slot(start)..end)
            .flat_map(|(at, slot)| slot.taps.iter().map(|(tap, count)| (*at, tap, *count)))
    }

    /// The calls in the same span.
    pub(crate) fn calls(
        &self,
        start: i64,
        end: i64,
    ) -> impl Iterator<Item = (i64, &CallLine, &Calls)> {
        self.slots
            .range(slot(start)..end)
            .flat_map(|(at, slot)| slot.calls.iter().map(|(line, calls)| (*at, line, calls)))
    }

    /// Whether this message opens a conversation of its category.
    fn opens(&mut self, message: &Message, category: &'static str, now: i64) -> bool {
        while let Some((until, _)) = self.open_order.front() {
            if *until > now && self.open_order.len() <= MOST_OPEN {
                break;
            }
            if let Some((_, key)) = self.open_order.pop_front() {
                self.open.remove(&key);
            }
        }
        let mut hasher = DefaultHasher::new();
        message.accepted.phone_number_id.hash(&mut hasher);
        message.accepted.recipient().hash(&mut hasher);
        category.hash(&mut hasher);
        let key = hasher.finish();
        let opens = self.open.insert(key);
        if opens {
            self.open_order.push_back((now + CONVERSATION, key));
        }
        opens
    }

    fn added(&mut self, lines: usize) {
        self.lines += lines;
        while self.lines > MOST_LINES {
            let Some((_, oldest)) = self.slots.pop_first() else {
                return;
            };
            self.lines -= oldest.messages.len() + oldest.taps.len() + oldest.calls.len();
        }
    }
}

fn slot(seconds: i64) -> i64 {
    seconds.div_euclid(HALF_HOUR) * HALF_HOUR
}
