//! What the steps of a run share: the simulator, the people, the way to the bot, what was seen.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::{PhoneNumberId, Wamid};
use crate::record::{Accepted, ChatLine};
use crate::scenario::chat::{Came, transcript};
use crate::scenario::decode::Scenario;
use crate::scenario::file::Person;
use crate::scenario::journal::{Call, Journal};
use crate::scenario::relay::Relay;
use crate::scenario::report::StepReport;
use crate::scenario::time::Time;
use crate::scenario::vars::{OF_NUMBER, OF_USER, Vars};
use crate::simulator::Simulator;
use crate::user::User;

/// The stage of one run.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) scenario: Scenario,
    pub(crate) simulator: Simulator,
    pub(crate) base_url: String,
    pub(crate) http: reqwest::Client,
    pub(crate) time: Time,
    pub(crate) journal: Arc<Journal>,
    pub(crate) relay: Relay,
    pub(crate) people: BTreeMap<String, Someone>,
    /// Everybody who took part, crowds included, for the transcript.
    pub(crate) cast: Mutex<Vec<Someone>>,
    pub(crate) seen: Mutex<Seen>,
    pub(crate) inbox: Mutex<Inbox>,
    pub(crate) steps: Mutex<Vec<StepReport>>,
}

/// What expectations have taken.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    messages: HashSet<Wamid>,
    calls: HashSet<u64>,
}

/// The accepted sends by recipient, so that many who wait do not each go through all of them.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    count: u64,
    by_recipient: HashMap<String, Vec<Accepted>>,
}

/// A user on the stage.
#[derive(Clone, Debug)]
pub(crate) struct Someone {
    /// The name in the file.
    pub(crate) name: String,
    pub(crate) user: User,
    /// How triggers and the admin API name them: a phone number, or `@username`.
    pub(crate) who: String,
    wa_id: Option<String>,
    bsuid: String,
}

/// One line of steps: who acts in it, and what it knows.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) label: String,
    pub(crate) someone: Someone,
    pub(crate) vars: Vars,
    /// Whether it is one of many alike.
    pub(crate) alike: bool,
}

impl Someone {
    /// Brings a user on the stage; `place` makes up a phone number where none is given.
    pub(crate) fn new(simulator: &Simulator, name: &str, person: &Person, place: usize) -> Self {
        let (user, who, wa_id) = match (&person.phone, &person.username) {
            (None, Some(username)) => (
                simulator.username_user(username),
                format!("@{username}"),
                None,
            ),
            (phone, username) => {
                let made_up = || format!("+1650555{:04}", 1234 + place);
                let phone = phone.clone().unwrap_or_else(made_up);
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                let user = simulator.user(&digits);
                if let Some(username) = username {
                    user.set_username(username);
                }
                (user, digits.clone(), Some(digits))
            }
        };
        user.set_name(person.name.as_deref().unwrap_or(name));
        if let Some(on) = person.auto_read {
            user.set_auto_read(on);
        }
        if person.undeliverable {
            user.set_undeliverable(true);
        }
        let bsuid = user.bsuid().as_str().to_owned();
        Self {
            name: name.to_owned(),
            user,
            who,
            wa_id,
            bsuid,
        }
    }

    /// Whether a send names this user.
    pub(crate) fn is(&self, recipient: &str) -> bool {
        self.wa_id.as_deref() == Some(recipient) || self.bsuid == recipient
    }

    /// The values of this user under `name`.
    pub(crate) fn describe(&self, name: &str, display: &str, vars: &mut Vars) {
        let wa_id = self.wa_id.clone().unwrap_or_default();
        let phone = self.wa_id.as_ref().map(|digits| format!("+{digits}"));
        let values = [
            phone.unwrap_or_default(),
            wa_id,
            self.bsuid.clone(),
            display.to_owned(),
        ];
        for (part, value) in OF_USER.into_iter().zip(values) {
            vars.set(format!("{name}.{part}"), value);
        }
    }
}

impl Stage {
    /// The first business number's values.
    pub(crate) fn describe_number(&self, vars: &mut Vars) {
        if let Some(number) = self.simulator.settings().numbers.first() {
            let values = [
                number.id.to_string(),
                number.display_phone_number.clone(),
                number.waba.to_string(),
            ];
            for (name, value) in OF_NUMBER.into_iter().zip(values) {
                vars.set(name, value);
            }
        }
    }

    /// The named user, or the one of the branch.
    pub(crate) fn someone<'a>(&'a self, branch: &'a Branch, name: Option<&str>) -> &'a Someone {
        name.and_then(|name| self.people.get(name))
            .unwrap_or(&branch.someone)
    }

    /// The bot's messages to a user, or to a group, oldest first.
    pub(crate) fn came(&self, to: &Someone, group: Option<&str>) -> Vec<Came> {
        let accepted = self.simulator.accepted();
        let fits = accepted.iter().filter(|accepted| match group {
            Some(group) => accepted.recipient == group,
            None => to.is(&accepted.recipient),
        });
        fits.map(Came::new).collect()
    }

    /// Those that no expectation has taken.
    pub(crate) fn fresh(&self, to: &Someone, group: Option<&str>) -> Vec<Came> {
        let mut inbox = lock(&self.inbox);
        let count = self.simulator.accepted_count();
        if inbox.count != count {
            inbox.count = count;
            inbox.by_recipient.clear();
            for accepted in self.simulator.accepted() {
                let recipient = accepted.recipient.clone();
                inbox
                    .by_recipient
                    .entry(recipient)
                    .or_default()
                    .push(accepted);
            }
        }
        let names = match group {
            Some(group) => [Some(group), None],
            None => [to.wa_id.as_deref(), Some(to.bsuid.as_str())],
        };
        let seen = lock(&self.seen);
        let mut fresh: Vec<&Accepted> = names
            .into_iter()
            .flatten()
            .filter_map(|name| inbox.by_recipient.get(name))
            .flatten()
            .filter(|accepted| !seen.messages.contains(&accepted.wamid))
            .collect();
        fresh.sort_by_key(|accepted| accepted.at);
        fresh.into_iter().map(Came::new).collect()
    }

    /// The bot's messages that no expectation has taken, whoever got them.
    pub(crate) fn left(&self) -> Vec<(String, Came)> {
        let seen = lock(&self.seen);
        let accepted = self.simulator.accepted();
        let left = accepted
            .iter()
            .filter(|accepted| !seen.messages.contains(&accepted.wamid));
        left.map(|accepted| (accepted.recipient.clone(), Came::new(accepted)))
            .collect()
    }

    pub(crate) fn take(&self, wamid: &Wamid) {
        lock(&self.seen).messages.insert(wamid.clone());
    }

    /// The first call that fits and that no expectation has taken; it is taken.
    pub(crate) fn take_call(&self, fits: impl Fn(&Call) -> bool) -> Option<Call> {
        let calls = self.journal.calls();
        let mut seen = lock(&self.seen);
        let found = calls
            .into_iter()
            .find(|call| !seen.calls.contains(&call.id) && fits(call))?;
        seen.calls.insert(found.id);
        Some(found)
    }

    /// Whether a call is a send to this user.
    pub(crate) fn is_send_to(call: &Call, to: &Someone) -> bool {
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let phone = call.request["to"].as_str().map(digits);
        let bsuid = call.request["recipient"].as_str();
        call.is_send()
            && (phone.is_some_and(|phone| to.is(&phone)) || bsuid.is_some_and(|id| to.is(id)))
    }

    /// What a user wrote to any number, oldest first.
    pub(crate) fn written(&self, by: &Someone) -> Vec<ChatLine> {
        let numbers = &self.simulator.settings().numbers;
        let mut lines: Vec<ChatLine> = numbers
            .iter()
            .flat_map(|number| by.user.with(&number.id).chat())
            .filter(|line| line.from_user)
            .collect();
        lines.sort_by_key(|line| line.at);
        lines
    }

    /// The wamid that a step means by a name given with `as`, or a wamid itself.
    pub(crate) fn named(branch: &Branch, name: &str) -> Result<String, String> {
        if name.starts_with("wamid.") {
            return Ok(name.to_owned());
        }
        branch
            .vars
            .get(name)
            .map(str::to_owned)
            .ok_or_else(|| format!("no message is named `{name}` so far; name one with `as`"))
    }

    /// The message of the bot that a step means: a name, `last`, or nothing for the last.
    pub(crate) fn of_bot(
        &self,
        branch: &Branch,
        to: &Someone,
        name: Option<&str>,
    ) -> Result<String, String> {
        match name {
            None | Some("last") => self
                .came(to, None)
                .last()
                .map(|message| message.wamid.to_string())
                .ok_or_else(|| format!("the bot has sent nothing to {} so far", to.name)),
            Some(name) => Self::named(branch, name),
        }
    }

    /// The message of a user that a step means: a name, or `last`.
    pub(crate) fn of_user(
        &self,
        branch: &Branch,
        by: &Someone,
        name: &str,
    ) -> Result<String, String> {
        if name != "last" {
            return Self::named(branch, name);
        }
        self.written(by)
            .last()
            .map(|line| line.wamid.to_string())
            .ok_or_else(|| format!("{} has written nothing so far", by.name))
    }

    /// All chats, for a report.
    pub(crate) fn transcript(&self) -> Vec<String> {
        const MOST: usize = 60;
        let cast = lock(&self.cast).clone();
        let mut lines = Vec::new();
        let calls = self.journal.calls();
        for someone in &cast {
            let concerned: Vec<_> = calls
                .iter()
                .filter(|call| cast.len() == 1 || Self::is_send_to(call, someone))
                .cloned()
                .collect();
            let written = self.written(someone);
            let came = self.came(someone, None);
            lines.extend(transcript(&someone.name, &written, &came, &concerned));
        }
        let skipped = lines.len().saturating_sub(MOST);
        if skipped > 0 {
            lines.drain(..skipped);
            lines.insert(0, format!("… {skipped} lines before"));
        }
        lines
    }

    /// The user, chatting with this number.
    pub(crate) fn at_number(someone: &Someone, number: Option<&str>) -> User {
        match number {
            Some(number) => someone.user.with(PhoneNumberId::from(number)),
            None => someone.user.clone(),
        }
    }

    /// A change over the simulator's own admin API.
    pub(crate) async fn admin(&self, path: &str, body: &Value) -> Result<(), String> {
        let answer = self
            .http
            .patch(format!("{}/sim/v1{path}", self.base_url))
            .json(body)
            .send()
            .await
            .map_err(|_| "the simulator does not answer".to_owned())?;
        match answer.status().as_u16() {
            200 => Ok(()),
            404 | 405 => Err("this simulator cannot do that yet".to_owned()),
            status => Err(format!("the simulator refused with {status}")),
        }
    }
}

/// An error of the library as a miss.
pub(crate) fn told(error: &SimulatorError) -> String {
    error.to_string()
}
