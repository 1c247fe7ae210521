//! One line of the logs: an event or a deed, with its time.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

use crate::event_line::{self, Look};
use crate::output::{Style, plain, visible};
use crate::table;

/// What happened, or what somebody did.
#[derive(Debug)]
pub(super) struct Entry {
    at: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Event(Value),
    Deed(Value),
}

impl Entry {
    pub(super) fn event(event: Value) -> Self {
        // The live stream tells the second alone.
        let at = event["created_at"].as_str().map(str::to_owned);
        let at = at.unwrap_or_else(|| {
            let second = event["timestamp"].as_i64().unwrap_or(0);
            let at = jiff::Timestamp::from_second(second);
            crate::time::written(at.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
        });
        Self {
            at,
            what: What::Event(event),
        }
    }

    pub(super) fn deed(deed: Value) -> Self {
        Self {
            at: plain(&deed["at"]),
            what: What::Deed(deed),
        }
    }

    fn id(&self) -> &str {
        match &self.what {
            What::Event(value) | What::Deed(value) => value["id"].as_str().unwrap_or_default(),
        }
    }

    pub(super) fn json(&self) -> Value {
        match &self.what {
            What::Event(event) => json!({"at": self.at, "event": event}),
            What::Deed(deed) => json!({"at": self.at, "audit": deed}),
        }
    }

    pub(super) fn line(&self, look: Look) -> String {
        let deed = match &self.what {
            What::Event(event) => return event_line::render(event, look),
            What::Deed(deed) => deed,
        };
        let at = self.at.parse::<jiff::Timestamp>();
        let at = at.map_or_else(
            |_| self.at.clone(),
            |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        );
        let actor = deed["actor_name"].as_str();
        let actor = actor.map_or_else(|| plain(&deed["actor"]), str::to_owned);
        let action = format!("{:<12}", plain(&deed["action"]));
        let text = format!("{}  by {actor}", plain(&deed["subject"]));
        let text = visible(&text).replace('\n', " ");
        let text = match look.width {
            Some(width) => table::cut(
                &text,
                width.saturating_sub(at.len() + action.len() + 4).max(24),
            ),
            None => text,
        };
        let paint = look.paint;
        let (at, action) = (
            paint.paint(Style::Faint, at),
            paint.paint(Style::Bold, visible(&action)),
        );
        format!("{at}  {action}  {text}")
    }
}

/// The newest of many, never many more at once.
#[derive(Debug)]
pub(super) struct Newest {
    entries: Vec<Entry>,
    limit: usize,
}

impl Newest {
    pub(super) const fn of(limit: usize) -> Self {
        Self {
            entries: Vec::new(),
            limit,
        }
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        if self.entries.len() >= self.limit.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    /// Oldest first.
    pub(super) fn into_sorted(mut self) -> Vec<Entry> {
        self.cut();
        self.entries
    }

    fn cut(&mut self) {
        self.entries.sort_by(|one, other| one.at.cmp(&other.at));
        let old = self.entries.len().saturating_sub(self.limit);
        self.entries.drain(..old);
    }
}

/// Which were shown, of the last few thousand.
#[derive(Debug, Default)]
pub(super) struct Shown {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Shown {
    const REMEMBERED: usize = 20_000;

    /// Whether it comes for the first time.
    pub(super) fn is_new(&mut self, entry: &Entry) -> bool {
        let id = entry.id().to_owned();
        if !self.ids.insert(id.clone()) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > Self::REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_kept_in_their_order() {
        let mut newest = Newest::of(3);
        for n in [5, 1, 4, 2, 3] {
            newest.push(Entry::deed(
                json!({"id": n.to_string(), "at": format!("t{n}")}),
            ));
        }
        let times: Vec<_> = newest
            .into_sorted()
            .iter()
            .map(|entry| entry.at.clone())
            .collect();
        assert_eq!(times, ["t3", "t4", "t5"]);
    }

    #[test]
    fn an_entry_is_shown_once() {
        let mut shown = Shown::default();
        let entry = Entry::event(json!({"id": "evt_1", "timestamp": 61}));
        assert_eq!(entry.at, "1970-01-01T00:01:01.000Z");
        assert!(shown.is_new(&entry));
        assert!(!shown.is_new(&entry));
    }
}
