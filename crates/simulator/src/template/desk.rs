//! What template management keeps beside the registry: the history of each template, names that
//! are blocked, and how fast new ones come.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::ids::WabaId;

/// How long a deleted name stays blocked.
pub(crate) const BLOCKED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long the sync of a template for marketing messages takes, and after what time it is needed anew.
const SYNC: SignedDuration = SignedDuration::from_mins(10);
const UNUSED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Blocked names that are remembered; of more the oldest becomes free early.
const MOST_BLOCKED: usize = 20_000;

/// The files of the platform's template team.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    dossiers: HashMap<u64, Dossier>,
    /// Name and language that were deleted, and when they are free again.
    blocked: VecDeque<(Option<WabaId>, String, String, Timestamp)>,
    /// When templates were created in the last hour.
    created: HashMap<WabaId, VecDeque<Timestamp>>,
}

/// One template's history.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Dossier {
    /// When it was created; nothing for the templates of the settings.
    pub(crate) created: Option<Timestamp>,
    /// When it was last sent.
    pub(crate) used: Option<Timestamp>,
    /// When it is synced for marketing messages.
    pub(crate) synced: Option<Timestamp>,
    /// When it last changed.
    pub(crate) updated: Option<Timestamp>,
    /// Whether its variables have names.
    pub(crate) named: bool,
    pub(crate) previous_category: Option<&'static str>,
    pub(crate) correct_category: Option<&'static str>,
    pub(crate) allow_category_change: Option<bool>,
    pub(crate) rejected_reason: Option<&'static str>,
    /// What was wrong and what to do, for `INVALID_FORMAT`.
    pub(crate) rejection_info: Option<(&'static str, &'static str)>,
    pub(crate) quality_since: Option<Timestamp>,
    /// How often low quality paused it.
    pub(crate) pauses: u8,
    /// Why it is paused now.
    pub(crate) pause: Option<&'static str>,
    /// Counts its changes of state, so that what was planned for an earlier one is left out.
    pub(crate) turn: u64,
    /// Edits while it was approved, in the last 30 days.
    pub(crate) edits: VecDeque<Timestamp>,
    pub(crate) link_tracking_opted_out: Option<bool>,
    pub(crate) display_format: Option<String>,
    pub(crate) library_name: Option<String>,
    /// Users who blocked the business over it, and the reason most gave.
    pub(crate) blocks: u64,
    pub(crate) block_reason: Option<String>,
}

impl Desk {
    /// The dossier of a template, opened on first use.
    pub(crate) fn of(&mut self, id: u64) -> &mut Dossier {
        self.dossiers.entry(id).or_default()
    }

    pub(crate) fn get(&self, id: u64) -> Dossier {
        self.dossiers.get(&id).cloned().unwrap_or_default()
    }

    /// Forgets a deleted template and blocks its name in its language.
    pub(crate) fn delete(
        &mut self,
        id: u64,
        waba: Option<WabaId>,
        name: &str,
        language: &str,
        now: Timestamp,
    ) {
        self.dossiers.remove(&id);
        self.blocked.retain(|(_, _, _, until)| *until > now);
        if self.blocked.len() >= MOST_BLOCKED {
            self.blocked.pop_front();
        }
        self.blocked
            .push_back((waba, name.to_owned(), language.to_owned(), now + BLOCKED));
    }

    /// Whether a name in a language was deleted and is still blocked.
    pub(crate) fn is_blocked(
        &self,
        waba: &WabaId,
        name: &str,
        language: &str,
        now: Timestamp,
    ) -> bool {
        self.blocked.iter().any(|(owner, known, code, until)| {
            owner.as_ref().is_none_or(|owner| owner == waba)
                && known == name
                && code == language
                && *until > now
        })
    }

    /// Counts a creation; `false`, and it is not counted, when it is one too many for this hour.
    pub(crate) fn may_create(&mut self, waba: &WabaId, most: usize, now: Timestamp) -> bool {
        let lately = self.created.entry(waba.clone()).or_default();
        let hour_ago = now - SignedDuration::from_hours(1);
        while lately.front().is_some_and(|at| *at <= hour_ago) {
            lately.pop_front();
        }
        let room = lately.len() < most;
        if room {
            lately.push_back(now);
        }
        room
    }
}

impl Dossier {
    /// Whether it can be sent as a marketing message: a new template, and one that was not used
    /// for seven days, takes ten minutes. Those of the settings are synced from the start.
    pub(crate) fn is_synced(&mut self, now: Timestamp) -> bool {
        let Some(created) = self.created else {
            return true;
        };
        let synced = *self.synced.get_or_insert(created + SYNC);
        if synced > now {
            return false;
        }
        let last = self.used.map_or(synced, |used| used.max(synced));
        if now.duration_since(last) <= UNUSED {
            return true;
        }
        self.synced = Some(now + SYNC);
        false
    }

    /// Counts an edit of an approved template; `Err` tells which limit it would pass.
    pub(crate) fn may_edit(&mut self, now: Timestamp) -> Result<(), &'static str> {
        let month_ago = now - SignedDuration::from_hours(30 * 24);
        let day_ago = now - SignedDuration::from_hours(24);
        while self.edits.front().is_some_and(|at| *at <= month_ago) {
            self.edits.pop_front();
        }
        if self.edits.back().is_some_and(|at| *at > day_ago) {
            return Err("once in 24 hours");
        }
        if self.edits.len() >= 10 {
            return Err("10 times in 30 days");
        }
        self.edits.push_back(now);
        Ok(())
    }
}
