//! Groups that are there from the start, for tests that only send to them.

use std::sync::Arc;

use crate::core::lock;
use crate::error::SimulatorError;
use crate::groups::{PARTICIPANTS, Plan};
use crate::ids::PhoneNumberId;
use crate::simulator::Simulator;

impl Simulator {
    /// Makes a group of the first number under a chosen id, with these users (phone numbers) in
    /// it, and tells nobody. Gives its invite link.
    pub fn put_group(&self, id: &str, users: &[&str]) -> Result<String, SimulatorError> {
        self.put_group_of(None, Some(id), "Group", users)
            .map(|(_, link)| link)
    }

    /// The same for a number, with a subject, and an id made for it when none is given.
    pub(crate) fn put_group_of(
        &self,
        number: Option<&PhoneNumberId>,
        id: Option<&str>,
        subject: &str,
        users: &[&str],
    ) -> Result<(String, String), SimulatorError> {
        let core = self.core();
        let number = core.number_or_first(number)?;
        if users.len() > PARTICIPANTS {
            return Err(SimulatorError::Parameter {
                name: "participants",
                reason: format!("names more than {PARTICIPANTS} users"),
            });
        }
        let digits = |phone: &&str| phone.chars().filter(char::is_ascii_digit).collect();
        let phones: Vec<String> = users.iter().map(digits).collect();
        let mut world = lock(&core.world);
        let keys = phones
            .iter()
            .map(|phone| Arc::clone(&world.by_phone(&core.ids, phone).key))
            .collect();
        let mut groups = lock(&core.groups);
        let plan = Plan {
            request_id: String::new(),
            subject: subject.to_owned(),
            description: None,
            by_approval: false,
        };
        let (seed, now) = (core.settings.seed, core.clock.now());
        let group = groups.add(seed, &number.id, id, plan, now);
        let group = group.ok_or_else(|| SimulatorError::Parameter {
            name: "group",
            reason: "is one too many".to_owned(),
        })?;
        group.participants = keys;
        group.share(&mut world);
        Ok((group.id.clone(), group.invite_link()))
    }
}
