//! Groups: who is in them, who asks to join, and what the business hears of it.
//! See [Cloud API/Groups].

pub(crate) mod joining;
pub(crate) mod tell;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::chance::mix;
use crate::clock::later;
use crate::core::{Core, Emitted, lock};
use crate::ids::PhoneNumberId;
use crate::world::{Key, World};

/// Groups of one number.
const MOST: usize = 10_000;
/// Groups of all numbers, so that memory has an end.
const MOST_OF_ALL: usize = 100_000;
/// Participants besides the business.
pub(crate) const PARTICIPANTS: usize = 8;
/// How long a number may make no groups.
const STOPPED: Duration = Duration::from_hours(7 * 24);
/// Requests to join that wait.
const REQUESTS: usize = 1000;

/// Every group by id, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    by_id: HashMap<String, Group>,
    order: Vec<String>,
    made: u64,
    asked: u64,
    /// The numbers that may make no groups, and until when.
    stopped: HashMap<PhoneNumberId, Timestamp>,
}

/// One group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) number: PhoneNumberId,
    pub(crate) subject: String,
    pub(crate) description: Option<String>,
    /// Whether the business decides who joins.
    pub(crate) by_approval: bool,
    pub(crate) created: Timestamp,
    pub(crate) suspended: bool,
    /// The last part of the invite link.
    pub(crate) invite: String,
    pub(crate) participants: Vec<Key>,
    /// Whom the business removed: they cannot come back by link.
    pub(crate) removed: HashSet<Key>,
    pub(crate) requests: Vec<JoinRequest>,
}

/// Somebody who asks to join.
#[derive(Clone, Debug)]
pub(crate) struct JoinRequest {
    pub(crate) id: String,
    pub(crate) key: Key,
    pub(crate) at: Timestamp,
}

/// What a group is made of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) request_id: String,
    pub(crate) subject: String,
    pub(crate) description: Option<String>,
    pub(crate) by_approval: bool,
}

impl Group {
    pub(crate) fn invite_link(&self) -> String {
        format!("https://chat.whatsapp.com/{}", self.invite)
    }

    /// Meta's word for how people join.
    pub(crate) fn approval_mode(&self) -> &'static str {
        if self.by_approval {
            "approval_required"
        } else {
            "auto_approve"
        }
    }

    /// Lets messages know who is in it now.
    pub(crate) fn share(&self, world: &mut World) {
        world.set_members(&self.id, self.participants.clone());
    }

    pub(crate) fn is_full(&self) -> bool {
        self.participants.len() >= PARTICIPANTS
    }
}

impl Groups {
    pub(crate) fn get(&self, id: &str) -> Option<&Group> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.by_id.get_mut(id)
    }

    /// The groups of a number, or of all, oldest first.
    pub(crate) fn of<'a>(
        &'a self,
        number: Option<&'a PhoneNumberId>,
    ) -> impl Iterator<Item = &'a Group> {
        let groups = self.order.iter().filter_map(|id| self.by_id.get(id));
        groups.filter(move |group| number.is_none_or(|number| group.number == *number))
    }

    pub(crate) fn by_link(&mut self, link: &str) -> Option<&mut Group> {
        let invite = link.rsplit('/').next().unwrap_or(link);
        self.by_id.values_mut().find(|group| group.invite == invite)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Group> {
        let group = self.by_id.remove(id)?;
        self.order.retain(|kept| kept != id);
        Some(group)
    }

    /// Stops a number from making groups for seven days, as too much marketing in groups does, or
    /// lets it again. How much is too much is not documented.
    pub(crate) fn stop(&mut self, number: &PhoneNumberId, stopped: bool, now: Timestamp) {
        if stopped {
            self.stopped.insert(number.clone(), later(now, STOPPED));
        } else {
            self.stopped.remove(number);
        }
    }

    pub(crate) fn is_stopped(&self, number: &PhoneNumberId, now: Timestamp) -> bool {
        self.stopped.get(number).is_some_and(|until| now < *until)
    }

    /// An id for a request whose result comes as a webhook.
    pub(crate) fn request_id(&mut self, seed: u64) -> String {
        self.asked += 1;
        format!("req_{:012x}", mix(seed, 210, self.asked) >> 16)
    }

    /// The id of a request to join `group`.
    pub(crate) fn join_request_id(&mut self, seed: u64, group: &str) -> String {
        self.asked += 1;
        let unique = mix(seed, 211, self.asked) % 1_000_000_000_000;
        let tail: String = group.chars().rev().take(12).collect();
        URL_SAFE_NO_PAD.encode(format!("{unique:012}:{tail}"))
    }

    /// The last part of a new invite link.
    pub(crate) fn invite(&mut self, seed: u64) -> String {
        self.asked += 1;
        let bytes = [
            mix(seed, 212, self.asked).to_be_bytes(),
            mix(seed, 213, self.asked).to_be_bytes(),
        ];
        URL_SAFE_NO_PAD.encode(bytes.concat())
    }

    /// Adds a group, under `id` or a new one; nothing when there are too many.
    pub(crate) fn add(
        &mut self,
        seed: u64,
        number: &PhoneNumberId,
        id: Option<&str>,
        plan: Plan,
        now: Timestamp,
    ) -> Option<&mut Group> {
        if self.order.len() >= MOST_OF_ALL || self.of(Some(number)).count() >= MOST {
            return None;
        }
        self.made += 1;
        let id = id.map_or_else(
            || {
                let unique = mix(seed, 214, self.made) % 100_000_000_000;
                let text = format!("capi_group:{number}:1203634{unique:011}");
                format!("{}ZD", URL_SAFE_NO_PAD.encode(text))
            },
            str::to_owned,
        );
        let invite = self.invite(seed);
        if !self.by_id.contains_key(&id) {
            self.order.push(id.clone());
        }
        let group = Group {
            id: id.clone(),
            number: number.clone(),
            subject: plan.subject,
            description: plan.description,
            by_approval: plan.by_approval,
            created: now,
            suspended: false,
            invite,
            participants: Vec::new(),
            removed: HashSet::new(),
            requests: Vec::new(),
        };
        Some(self.by_id.entry(id).insert_entry(group).into_mut())
    }
}

/// The end of a creation: the group is there, or why not; told with the id of the request.
pub(crate) fn created(core: &Arc<Core>, number: &PhoneNumberId, plan: Plan) -> Option<Emitted> {
    let mut value = json!({
        "type": "group_create",
        "request_id": plan.request_id,
        "subject": plan.subject,
    });
    if let Some(description) = &plan.description {
        value["description"] = json!(description);
    }
    let (seed, now) = (core.settings.seed, core.clock.now());
    match lock(&core.groups).add(seed, number, None, plan, now) {
        Some(group) => {
            value["group_id"] = json!(group.id);
            value["invite_link"] = json!(group.invite_link());
            value["join_approval_mode"] = json!(group.approval_mode());
        }
        None => value["errors"] = json!([tell::error(131_211)]),
    }
    tell::group(core, number, "group_lifecycle_update", value)
}

/// What a request decided that the business now hears, and what of it happens only now.
#[derive(Debug)]
pub(crate) enum Outcome {
    Created(Plan),
    /// A field and the element of `groups`.
    Told(&'static str, Value),
}
