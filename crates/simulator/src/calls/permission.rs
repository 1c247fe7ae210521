//! Permission of a number to call a user. See [Cloud API/User call permissions].

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::later;
use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::ids::PhoneNumberId;
use crate::world::inbound::Draft;
use crate::world::{Key, World};

const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);
/// Requests in a day and in a week.
const REQUESTS: (usize, usize) = (1, 2);
/// Connected calls to one user in a day.
pub(crate) const CALLS: usize = 100;
/// Calls in a row without an answer that take a permission away.
const UNANSWERED: u8 = 4;

/// Whether a user may be called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Grant {
    #[default]
    None,
    Until(Timestamp),
    Permanent,
}

/// What a user allowed a number, and how the number used it.
#[derive(Debug, Default)]
pub(crate) struct Permission {
    grant: Grant,
    asked: VecDeque<Timestamp>,
    connected: VecDeque<Timestamp>,
    unanswered: u8,
}

impl Permission {
    pub(crate) fn is_nothing(&self) -> bool {
        self.grant == Grant::None && self.asked.is_empty() && self.connected.is_empty()
    }

    /// The grant as it stands now.
    pub(crate) fn grant(&self, now: Timestamp) -> Grant {
        match self.grant {
            Grant::Until(until) if until <= now => Grant::None,
            grant => grant,
        }
    }

    pub(crate) fn set(&mut self, grant: Grant) {
        self.grant = grant;
        self.unanswered = 0;
    }

    fn tidy(&mut self, now: Timestamp) {
        while self.asked.front().is_some_and(|at| later(*at, WEEK) <= now) {
            self.asked.pop_front();
        }
        while self
            .connected
            .front()
            .is_some_and(|at| later(*at, DAY) <= now)
        {
            self.connected.pop_front();
        }
    }

    /// Requests in the last day and week.
    fn requests(&self, now: Timestamp) -> (usize, usize) {
        let of_day = self.asked.iter().filter(|at| now < later(**at, DAY));
        (of_day.count(), self.asked.len())
    }

    /// Counts a request to be allowed, or refuses it.
    pub(crate) fn ask(&mut self, now: Timestamp) -> Result<(), GraphError> {
        self.tidy(now);
        if self.grant == Grant::Permanent {
            return Err(GraphError::usual(138_017));
        }
        let (day, week) = self.requests(now);
        if day >= REQUESTS.0 || week >= REQUESTS.1 {
            return Err(GraphError::new(
                138_009,
                "At most 1 call permission request per 24 hours and 2 per 7 days can be sent to a user.",
            ));
        }
        self.asked.push_back(now);
        Ok(())
    }

    /// Whether one more call may be made now.
    pub(crate) fn may_call(&mut self, now: Timestamp) -> Result<(), GraphError> {
        self.tidy(now);
        if self.grant(now) == Grant::None {
            return Err(GraphError::usual(138_006));
        }
        match self.connected.front() {
            Some(first) if self.connected.len() >= CALLS => {
                let next = later(*first, DAY);
                let details = format!(
                    "At most {CALLS} calls to a user can be connected in 24 hours; the next one can be made at {next}."
                );
                Err(GraphError::new(138_012, details))
            }
            _ => Ok(()),
        }
    }

    /// A call was answered: requests may be sent anew.
    pub(crate) fn connected(&mut self, now: Timestamp) {
        self.tidy(now);
        self.connected.push_back(now);
        self.asked.clear();
        self.unanswered = 0;
    }

    /// A call was not answered; tells whether the permission is gone for it.
    pub(crate) fn unanswered(&mut self, now: Timestamp) -> bool {
        self.unanswered = self.unanswered.saturating_add(1);
        if self.unanswered < UNANSWERED || self.grant(now) == Grant::None {
            return false;
        }
        self.set(Grant::None);
        true
    }

    /// As `GET /{phone_number_id}/call_permissions` shows it.
    pub(crate) fn shown(&mut self, now: Timestamp) -> Value {
        self.tidy(now);
        let grant = self.grant(now);
        let (day, week) = self.requests(now);
        let used = self.connected.len();
        let may_ask = grant != Grant::Permanent && day < REQUESTS.0 && week < REQUESTS.1;
        let mut permission = json!({"status": match grant {
            Grant::None => "no_permission",
            Grant::Until(_) => "temporary",
            Grant::Permanent => "permanent",
        }});
        if let Grant::Until(until) = grant {
            permission["expiration_time"] = json!(until.as_second());
        }
        let mut of_day =
            json!({"time_period": "PT24H", "max_allowed": REQUESTS.0, "current_usage": day});
        let mut of_week =
            json!({"time_period": "P7D", "max_allowed": REQUESTS.1, "current_usage": week});
        let mut calls =
            json!({"time_period": "PT24H", "max_allowed": CALLS, "current_usage": used});
        if let Some(last) = self.asked.back().filter(|_| day >= REQUESTS.0) {
            of_day["limit_expiration_time"] = json!(later(*last, DAY).as_second());
        }
        if let Some(first) = self.asked.front().filter(|_| week >= REQUESTS.1) {
            of_week["limit_expiration_time"] = json!(later(*first, WEEK).as_second());
        }
        if let Some(first) = self.connected.front().filter(|_| used >= CALLS) {
            calls["limit_expiration_time"] = json!(later(*first, DAY).as_second());
        }
        json!({
            "messaging_product": "whatsapp",
            "permission": permission,
            "actions": [
                {
                    "action_name": "send_call_permission_request",
                    "can_perform_action": may_ask,
                    "limits": [of_day, of_week],
                },
                {
                    "action_name": "start_call",
                    "can_perform_action": grant != Grant::None && used < CALLS,
                    "limits": [calls],
                },
            ],
        })
    }
}

/// The user's answer, kept, and as the message that tells it. `context` names the request or the
/// call that it is for.
pub(crate) fn reply(
    core: &Core,
    number: &PhoneNumberId,
    user: &Key,
    grant: Option<Grant>,
    automatic: bool,
) -> Draft {
    let mut reply = json!({
        "response": if grant.is_some() { "accept" } else { "reject" },
        "response_source": if automatic { "automatic" } else { "user_action" },
    });
    if let Some(grant) = grant {
        reply["is_permanent"] = json!(grant == Grant::Permanent);
        if let Grant::Until(until) = grant {
            reply["expiration_timestamp"] = json!(until.as_second().to_string());
        }
    }
    let mut book = lock(&core.calls);
    book.permission(number, user).set(grant.unwrap_or_default());
    let content = json!({"type": "call_permission_reply", "call_permission_reply": reply});
    Draft::new("interactive", content)
}

/// A week from now.
pub(crate) fn temporary(core: &Core) -> Grant {
    Grant::Until(later(core.clock.now(), WEEK))
}

/// The permission ended by itself after too many calls without an answer.
pub(crate) fn revoked(core: &Arc<Core>, world: &mut World, id: &str) {
    let call = lock(&core.calls).get(id).cloned();
    let Some(call) = call else {
        return;
    };
    let Some(number) = core.number(call.number.as_str()) else {
        return;
    };
    let draft = reply(core, &call.number, &call.user, None, true).answering(&number, id);
    // The user may be forgotten by now; then there is nobody to tell it of.
    let _ = crate::world::inbound::put(core, world, &number, &call.user, draft, "call.permission");
}
