//! Calls: who rings whom, the SDP of both sides, and how a call ends. See [Cloud API/Calling].
//!
//! There is no media: the simulator signals as Meta does and stops there.

pub(crate) mod permission;
pub(crate) mod tell;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::json;

use crate::chance::mix;
use crate::core::{Core, Emitted, lock};
use crate::handset::live;
use crate::ids::{PhoneNumberId, Wamid};
use crate::later::{self, Step};
use crate::tally::{CallLine, country};
use crate::world::{Key, World};

use permission::Permission;

/// Calls that are remembered, and permissions.
const MOST: usize = 100_000;
/// Calls of one number at the same time.
pub(crate) const CONCURRENT: usize = 1000;
/// How long a user's phone rings.
const RINGS: Duration = Duration::from_mins(1);

/// Every call and every permission to call.
#[derive(Debug, Default)]
pub(crate) struct CallBook {
    calls: HashMap<String, PhoneCall>,
    order: VecDeque<String>,
    /// The calls of each user, oldest first.
    of_user: HashMap<Key, VecDeque<String>>,
    /// How many of a number are not over.
    live: HashMap<PhoneNumberId, usize>,
    made: u64,
    permissions: HashMap<(PhoneNumberId, Key), Permission>,
    /// When permissions were looked up last, to hold the five per second.
    pub(crate) looked_up: HashMap<PhoneNumberId, (i64, u8)>,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Ringing,
    PreAccepted,
    /// Since then.
    Talking(Timestamp),
    Over,
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct PhoneCall {
    pub(crate) id: String,
    pub(crate) number: PhoneNumberId,
    pub(crate) user: Key,
    pub(crate) by_business: bool,
    pub(crate) at: Timestamp,
    pub(crate) progress: Progress,
    pub(crate) offer: String,
    pub(crate) answer: Option<String>,
    /// `biz_opaque_callback_data`.
    pub(crate) data: Option<String>,
    /// What the tapped call button carried.
    pub(crate) payload: Option<String>,
    pub(crate) end: End,
}

/// How a call ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    pub(crate) at: Option<Timestamp>,
    /// How long the two talked, if they did.
    pub(crate) seconds: Option<i64>,
    /// Whether the one who was called refused it.
    pub(crate) declined: bool,
}

impl PhoneCall {
    /// Meta's word for who began it.
    pub(crate) const fn direction(&self) -> &'static str {
        if self.by_business {
            "BUSINESS_INITIATED"
        } else {
            "USER_INITIATED"
        }
    }
}

impl CallBook {
    pub(crate) fn get(&self, id: &str) -> Option<&PhoneCall> {
        self.calls.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut PhoneCall> {
        self.calls.get_mut(id)
    }

    pub(crate) fn live(&self, number: &PhoneNumberId) -> usize {
        self.live.get(number).copied().unwrap_or(0)
    }

    /// The calls of a user, oldest first.
    pub(crate) fn of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a PhoneCall> {
        let ids = self.of_user.get(user).into_iter().flatten();
        ids.filter_map(|id| self.calls.get(id))
    }

    /// Whether the two have a call that is not over.
    pub(crate) fn busy(&self, number: &PhoneNumberId, user: &str) -> bool {
        self.live(number) > 0
            && self
                .of(user)
                .any(|call| call.number == *number && call.progress != Progress::Over)
    }

    /// Keeps a new call under an id made for it.
    pub(crate) fn add(&mut self, seed: u64, mut call: PhoneCall) -> String {
        self.made += 1;
        let unique = mix(seed, 220, self.made);
        let text = format!("\u{18}{}:{unique:016X}", call.user);
        call.id = format!("wacid.{}", STANDARD.encode(text));
        *self.live.entry(call.number.clone()).or_default() += 1;
        let id = call.id.clone();
        self.order.push_back(id.clone());
        let own = self.of_user.entry(Key::clone(&call.user)).or_default();
        own.push_back(id.clone());
        self.calls.insert(id.clone(), call);
        // Calls that are not over stay: there are at most 1000 per number.
        while self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            let Some(gone) = self.calls.remove(&oldest) else {
                continue;
            };
            if let Some(own) = self.of_user.get_mut(&gone.user) {
                own.pop_front();
                if own.is_empty() {
                    self.of_user.remove(&gone.user);
                }
            }
            if gone.progress != Progress::Over {
                self.ended(&gone.number);
            }
        }
        id
    }

    fn ended(&mut self, number: &PhoneNumberId) {
        if let Some(live) = self.live.get_mut(number) {
            *live = live.saturating_sub(1);
        }
    }

    /// The permission of a number to call a user.
    pub(crate) fn permission(&mut self, number: &PhoneNumberId, user: &Key) -> &mut Permission {
        if self.permissions.len() >= MOST {
            self.permissions
                .retain(|_, permission| !permission.is_nothing());
        }
        let pair = (number.clone(), Key::clone(user));
        self.permissions.entry(pair).or_default()
    }
}

/// What a user's phone or Meta's relay offers; `unique` tells calls apart.
pub(crate) fn sdp(setup: &str, unique: u64) -> String {
    format!(
        "v=0\r\no=- {unique} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-lite\r\n\
         m=audio 3482 UDP/TLS/RTP/SAVPF 111 126\r\nc=IN IP4 127.0.0.1\r\n\
         a=rtcp:9 IN IP4 0.0.0.0\r\n\
         a=candidate:1 1 udp 2113937151 127.0.0.1 3482 typ host generation 0\r\n\
         a=ice-ufrag:{:08x}\r\na=ice-pwd:{unique:032x}\r\n\
         a=fingerprint:sha-256 46:14:2B:31:B1:9D:AF:15:81:E2:EF:45:B1:2B:96:3D:64:0E:63:F1:CC:9A:BD:88:D6:32:8F:E9:2A:13:3A:38\r\n\
         a=setup:{setup}\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
         a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:126 telephone-event/8000\r\n",
        unique & 0xffff_ffff,
    )
}

/// Begins to ring: sooner or later nobody answers.
pub(crate) fn begin(core: &Core, id: &str, by_business: bool, unique: u64) {
    // The business has between 30 and 60 seconds.
    let wait = if by_business {
        RINGS
    } else {
        Duration::from_secs(30 + mix(core.settings.seed, 221, unique) % 31)
    };
    later::after(core, wait, Step::CallTimedOut(id.to_owned()));
}

/// Nobody answered in time.
pub(crate) fn timed_out(core: &Arc<Core>, id: &str) {
    let mut world = lock(&core.world);
    let revoked = {
        let mut book = lock(&core.calls);
        let Some(call) = book.get(id).cloned() else {
            return;
        };
        if !matches!(call.progress, Progress::Ringing | Progress::PreAccepted) {
            return;
        }
        end(core, &world, &mut book, &call, Some(138_007));
        call.by_business
            && book
                .permission(&call.number, &call.user)
                .unanswered(core.clock.now())
    };
    if revoked {
        permission::revoked(core, &mut world, id);
    }
}

/// Ends a call and tells it; `error` is why it failed.
pub(crate) fn end(
    core: &Arc<Core>,
    world: &World,
    book: &mut CallBook,
    call: &PhoneCall,
    error: Option<i64>,
) -> Option<Emitted> {
    if call.progress == Progress::Over {
        return None;
    }
    let now = core.clock.now();
    if let Some(known) = book.get_mut(&call.id) {
        known.progress = Progress::Over;
        known.end.at = Some(now);
        if let Progress::Talking(since) = call.progress {
            known.end.seconds = Some(now.as_second() - since.as_second());
        }
    }
    book.ended(&call.number);
    live::changed(core, Some(&call.user), &Wamid::from(call.id.as_str()));
    live::user_changed(core, &call.user);
    let mut value = json!({"event": "terminate"});
    match call.progress {
        Progress::Talking(since) if error.is_none() => {
            let now = now.as_second();
            count(core, world, call, now - since.as_second());
            value["status"] = json!("COMPLETED");
            value["start_time"] = json!(since.as_second().to_string());
            value["end_time"] = json!(now.to_string());
            value["duration"] = json!(now - since.as_second());
        }
        _ => value["status"] = json!("FAILED"),
    }
    tell::event(core, world, call, value, error)
}

/// Counts a call that was answered, for `call_analytics`.
fn count(core: &Core, world: &World, call: &PhoneCall, seconds: i64) {
    let country = world.user(&call.user).map_or("XX", country::of_person);
    let line = CallLine {
        phone: call.number.clone(),
        country,
        direction: call.direction(),
    };
    let seconds = seconds.max(0).unsigned_abs();
    lock(&core.tally).call(line, seconds, core.clock.now());
}
