//! The messaging limit: users that a portfolio reaches outside the window within 24 hours.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::core::{Core, read, write};
use crate::ids::WabaId;
use crate::later::{self, Step};
use crate::settings::Number;
use crate::world::conduct::{DAY, upgrade};
use crate::world::{Key, World};

/// The levels in order, with how many users each allows.
const TIERS: [(&str, usize); 6] = [
    ("TIER_50", 50),
    ("TIER_250", 250),
    ("TIER_2K", 2_000),
    ("TIER_10K", 10_000),
    ("TIER_100K", 100_000),
    ("TIER_UNLIMITED", usize::MAX),
];
/// Openings that are remembered per portfolio.
const MOST: usize = 250_000;
/// Users that a high throughput is given for.
const FOR_UPGRADE: usize = 100_000;
/// Users within 30 days that lift the lowest levels.
const FOR_SECOND: usize = 2_000;
/// When a business that used half of its limit is lifted.
const LIFT: Duration = Duration::from_hours(6);

/// Whom a portfolio reached outside the window lately.
#[derive(Debug, Default)]
pub(crate) struct Portfolio {
    opened: VecDeque<(i64, Key)>,
    last: HashMap<Key, i64>,
    lifting: bool,
}

impl Portfolio {
    /// Users within the last `seconds`.
    fn within(&self, seconds: i64, now: i64) -> usize {
        let first = self.opened.partition_point(|(at, _)| now - at >= seconds);
        self.opened.len() - first
    }

    fn add(&mut self, user: &Key, now: i64) {
        self.opened.push_back((now, Key::clone(user)));
        self.last.insert(Key::clone(user), now);
        while self.opened.len() > MOST
            || self
                .opened
                .front()
                .is_some_and(|(at, _)| now - at >= 30 * DAY)
        {
            if let Some((at, user)) = self.opened.pop_front()
                && self.last.get(&user) == Some(&at)
            {
                self.last.remove(&user);
            }
        }
    }
}

/// Counts a message that opens a conversation; gives when there is room for it, if not now.
/// See [Cloud API/Messaging limits].
pub(crate) fn open(
    core: &Arc<Core>,
    world: &mut World,
    number: &Number,
    user: &Key,
) -> Result<(), i64> {
    let now = core.clock.now().as_second();
    let Some(owner) = core
        .waba(number.waba.as_str())
        .map(|waba| waba.owner.clone())
    else {
        return Ok(());
    };
    let tier = core.messaging_limit(&number.waba);
    let limit = TIERS.iter().find(|(name, _)| *name == tier);
    let limit = limit.map_or(usize::MAX, |(_, limit)| *limit);
    let portfolio = world.conduct.portfolios.entry(owner).or_default();
    if portfolio.last.get(user).is_some_and(|at| now - at < DAY) {
        return Ok(());
    }
    let opened = portfolio.within(DAY, now);
    if opened >= limit {
        let place = portfolio.opened.len() - opened;
        let first = portfolio.opened.get(place).map_or(now, |(at, _)| *at);
        return Err(first + DAY);
    }
    portfolio.add(user, now);
    let good = number.quality_rating != "RED";
    let earned = match limit {
        usize::MAX => false,
        0..=250 => portfolio.within(30 * DAY, now) >= FOR_SECOND,
        limit => portfolio.within(7 * DAY, now) >= limit / 2,
    };
    if earned && good && !portfolio.lifting {
        portfolio.lifting = true;
        later::after(core, LIFT, Step::LimitRaised(number.waba.clone()));
    }
    if limit == usize::MAX && good && opened + 1 >= FOR_UPGRADE && number.throughput == "STANDARD" {
        upgrade::begin(core, world, number);
    }
    Ok(())
}

/// The portfolio may reach more users, and the business hears of it.
pub(crate) fn raised(core: &Arc<Core>, waba: &WabaId) {
    let Some(owner) = core.waba(waba.as_str()).map(|waba| waba.owner.clone()) else {
        return;
    };
    let tier = core.messaging_limit(waba);
    let place = TIERS.iter().position(|(name, _)| *name == tier);
    let next = place.and_then(|place| TIERS.get(place + 1).copied());
    if let Some(portfolio) = crate::core::lock(&core.world)
        .conduct
        .portfolios
        .get_mut(&owner)
    {
        portfolio.lifting = false;
    }
    if let Some((name, users)) = next {
        write(&core.accounts).change_business(owner.as_str(), |business| {
            name.clone_into(&mut business.messaging_limit);
        });
        tell(core, waba, users);
    }
}

/// What a business may do now. See [Cloud API/`business_capability_update`].
pub(crate) fn tell(core: &Arc<Core>, waba: &WabaId, users: usize) -> crate::core::Emitted {
    let users = i64::try_from(users)
        .ok()
        .filter(|users| *users < i64::from(i32::MAX));
    let numbers = {
        let accounts = read(&core.accounts);
        let owner = accounts.waba(waba.as_str()).map(|waba| &waba.owner);
        let business = owner.and_then(|owner| accounts.business(owner.as_str()));
        business.map(|business| business.max_numbers())
    };
    let (users, numbers) = (users.unwrap_or(-1), numbers.unwrap_or(2));
    let value = json!({
        "max_daily_conversations_per_business": users,
        "max_phone_numbers_per_waba": numbers,
    });
    let older = json!({
        "max_daily_conversation_per_phone": users,
        "max_phone_numbers_per_business": numbers,
    });
    let field = "business_capability_update";
    core.emit_in(waba, None, field, &value, Some(&older))
}
