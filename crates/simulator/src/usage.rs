//! How many management calls an app makes in an hour, and what it hears of it.
//! See [Cloud API/Rate limits] and [Graph API/Rate limits].

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::core::{Core, lock, read};
use crate::graph::GraphError;
use crate::ids::{AppId, WabaId};

/// Calls in an hour on a WABA that has no registered number, and on one that has.
const IDLE_WABA: u32 = 200;
const ACTIVE_WABA: u32 = 5000;
/// Calls in an hour of an app for each of its users.
const PER_USER: u32 = 200;
/// Calls before the headers come.
const UNTOLD: u32 = 10;
/// The window, in minutes.
const HOUR: i64 = 60;
/// Windows that are remembered.
const MOST: usize = 10_000;

/// Whose limit a call counts against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Meter {
    App,
    Waba(WabaId),
}

/// The calls of the last hour.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    windows: HashMap<(AppId, Meter), Window>,
}

/// Calls per minute, oldest first; never more than an hour of them.
#[derive(Debug, Default)]
struct Window {
    minutes: VecDeque<(i64, u32)>,
}

/// What became of a call.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// The header to send, with its name.
    pub(crate) header: Option<(&'static str, String)>,
    pub(crate) refused: Option<GraphError>,
}

impl Window {
    fn sum(&mut self, minute: i64) -> u32 {
        while self
            .minutes
            .front()
            .is_some_and(|(then, _)| *then <= minute - HOUR)
        {
            self.minutes.pop_front();
        }
        self.minutes.iter().map(|(_, calls)| calls).sum()
    }

    fn add(&mut self, minute: i64) {
        match self.minutes.back_mut() {
            Some((then, calls)) if *then == minute => *calls += 1,
            _ => self.minutes.push_back((minute, 1)),
        }
    }

    /// Minutes until the oldest calls no longer count.
    fn regain(&self, minute: i64) -> i64 {
        self.minutes
            .front()
            .map_or(0, |(then, _)| then + HOUR - minute)
    }
}

impl Usage {
    /// Counts a call unless the limit is reached: the calls so far, and the minutes to wait if so.
    fn count(&mut self, key: (AppId, Meter), limit: u32, now: Timestamp) -> (u32, Option<i64>) {
        let minute = now.as_second().div_euclid(60);
        if self.windows.len() >= MOST {
            self.windows.retain(|_, window| window.sum(minute) > 0);
        }
        if self.windows.len() >= MOST && !self.windows.contains_key(&key) {
            return (0, None);
        }
        let window = self.windows.entry(key).or_default();
        let calls = window.sum(minute);
        if calls >= limit {
            return (calls, Some(window.regain(minute)));
        }
        window.add(minute);
        (calls + 1, None)
    }
}

/// Counts a call of `app` if management calls are limited.
pub(crate) fn count(core: &Core, app: &AppId, meter: &Meter) -> Counted {
    if !core.knobs().limits.management {
        return Counted::default();
    }
    let limit = limit(core, app, meter);
    let key = (app.clone(), meter.clone());
    let (calls, wait) = lock(&core.usage).count(key, limit, core.clock.now());
    let percent = u64::from(calls) * 100 / u64::from(limit.max(1));
    let refused = wait.map(|_| match meter {
        Meter::App => GraphError::plain(400, 4, "(#4) Application request limit reached"),
        Meter::Waba(waba) => {
            let details = format!(
                "The app has made {limit} calls on the WhatsApp Business Account {waba} within an \
                 hour: wait for the minutes that X-Business-Use-Case-Usage names."
            );
            GraphError::new(80_007, details)
        }
    });
    let header = (calls >= UNTOLD).then(|| match meter {
        Meter::App => ("x-app-usage", told(percent).to_string()),
        Meter::Waba(waba) => {
            let mut usage = told(percent);
            usage["type"] = json!("whatsapp_business_management");
            usage["estimated_time_to_regain_access"] = json!(wait.unwrap_or(0));
            let mut all = json!({});
            all[waba.as_str()] = json!([usage]);
            ("x-business-use-case-usage", all.to_string())
        }
    });
    Counted { header, refused }
}

/// Time and processor keep behind the calls, as they mostly do.
fn told(percent: u64) -> Value {
    json!({
        "call_count": percent,
        "total_time": percent * 3 / 4,
        "total_cputime": percent / 2,
    })
}

fn limit(core: &Core, app: &AppId, meter: &Meter) -> u32 {
    match meter {
        Meter::Waba(waba) => {
            let active = read(&core.numbers)
                .iter()
                .any(|number| number.waba == *waba && number.onboarded);
            if active { ACTIVE_WABA } else { IDLE_WABA }
        }
        Meter::App => {
            let accounts = read(&core.accounts);
            let users: std::collections::HashSet<_> = accounts
                .tokens()
                .filter(|token| token.app == *app)
                .map(|token| token.user.as_str())
                .collect();
            PER_USER.saturating_mul(u32::try_from(users.len()).unwrap_or(u32::MAX).max(1))
        }
    }
}
