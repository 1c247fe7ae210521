//! What is kept about WABAs: who is assigned to them, what happened to them, their schedules.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

use crate::ids::WabaId;

/// Of each kind at most this many per WABA.
const MOST: usize = 1000;

/// The records of every WABA.
#[derive(Debug, Default)]
pub(crate) struct Records {
    wabas: HashMap<WabaId, Record>,
    none: Record,
}

/// The records of one WABA.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The tasks of each user.
    pub(crate) users: BTreeMap<String, BTreeSet<String>>,
    /// Newest first.
    pub(crate) activities: VecDeque<Activity>,
    /// As the API shows them, in the order in which they were made.
    pub(crate) schedules: Vec<Value>,
}

/// Something that somebody did to a WABA.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) at: Timestamp,
    /// The user; nobody: the platform itself.
    pub(crate) actor: Option<String>,
    pub(crate) description: String,
}

impl Records {
    pub(crate) fn of(&self, waba: &WabaId) -> &Record {
        self.wabas.get(waba).unwrap_or(&self.none)
    }

    pub(crate) fn change(&mut self, waba: &WabaId) -> &mut Record {
        self.wabas.entry(waba.clone()).or_default()
    }
}

impl Record {
    /// Keeps an activity; the oldest is forgotten when there are too many.
    pub(crate) fn add(&mut self, activity: Activity) {
        self.activities.push_front(activity);
        self.activities.truncate(MOST);
    }

    /// Assigns a user; tells whether there was room.
    pub(crate) fn assign(&mut self, user: &str, tasks: BTreeSet<String>) -> bool {
        let room = self.users.len() < MOST || self.users.contains_key(user);
        if room {
            self.users.insert(user.to_owned(), tasks);
        }
        room
    }

    /// Keeps a schedule; tells whether there was room.
    pub(crate) fn schedule(&mut self, schedule: Value) -> bool {
        let room = self.schedules.len() < MOST;
        if room {
            self.schedules.push(schedule);
        }
        room
    }
}
