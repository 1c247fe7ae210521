//! Who exists and what was said: users, accepted sends, chats. Bounded; the oldest is forgotten.

pub(crate) mod coexist;
pub(crate) mod conduct;
mod group;
mod identity;
pub(crate) mod inbound;
pub(crate) mod order;
pub(crate) mod pace;
pub(crate) mod phone;
mod pin;
pub(crate) mod reach;
pub(crate) mod status;
pub(crate) mod system;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use crate::graph::check::message::Used;
use crate::ids::{Bsuid, Ids, PhoneNumberId, Wamid};
use crate::record::{Accepted, ChatLine};
use crate::settings::History;
use crate::world::conduct::Conduct;
use crate::world::conduct::price::{Entry, Price};
use crate::world::order::Orders;
use crate::world::pace::Pace;

/// Names a user inside the simulator: wa_id, `@username`, or a BSUID nobody knew before.
pub(crate) type Key = Arc<str>;

#[derive(Debug)]
pub(crate) struct World {
    history: History,
    users: HashMap<Key, Person>,
    user_order: VecDeque<Key>,
    by_bsuid: HashMap<Bsuid, Key>,
    messages: HashMap<Wamid, Message>,
    message_order: VecDeque<Wamid>,
    received: HashMap<Wamid, Received>,
    received_order: VecDeque<Wamid>,
    pub(crate) pace: Pace,
    pub(crate) orders: Orders,
    /// Messages that the business pinned, by group; the oldest drops out.
    pub(crate) pins: HashMap<String, VecDeque<Wamid>>,
    pub(crate) marks: phone::Marks,
    pub(crate) conduct: Conduct,
    members: HashMap<String, Vec<Key>>,
}

/// A user as the platform knows them.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) key: Key,
    pub(crate) wa_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) bsuid: Bsuid,
    pub(crate) name: String,
    pub(crate) auto_read: Option<bool>,
    pub(crate) undeliverable: bool,
    pub(crate) stopped_marketing: bool,
    /// Whether they got so much marketing that no more is delivered.
    pub(crate) marketing_capped: bool,
    /// How often their identity changed.
    pub(crate) identity: u32,
    pub(crate) entries: HashMap<PhoneNumberId, Entry>,
    chat: VecDeque<Line>,
    last_wrote: HashMap<PhoneNumberId, Timestamp>,
}

#[derive(Clone, Debug)]
enum Line {
    FromUser(Arc<ChatLine>),
    ToUser(Wamid),
}

/// A message of the business.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) accepted: Accepted,
    pub(crate) to: Addressee,
    /// The price category, such as `service` or `utility`.
    pub(crate) category: &'static str,
    /// The message that a reaction is for.
    pub(crate) reaction_to: Option<Wamid>,
    /// The code it will fail with, whatever the user is like.
    pub(crate) fails: Option<i64>,
    /// The code it failed with.
    pub(crate) failed: Option<i64>,
    /// The template it was made from.
    pub(crate) template: Option<Used>,
    /// The identity that the recipient must still have.
    pub(crate) identity: Option<String>,
    /// Whether its statuses carry a conversation, as before v24.0.
    pub(crate) with_conversation: bool,
    /// What it costs; decided when it leaves.
    pub(crate) price: Option<Price>,
}

/// Whom a send addressed, and how.
#[derive(Clone, Debug)]
pub(crate) enum Addressee {
    Phone(Key),
    Bsuid(Key),
    Group,
}

impl Addressee {
    pub(crate) fn user(&self) -> Option<&Key> {
        match self {
            Self::Phone(key) | Self::Bsuid(key) => Some(key),
            Self::Group => None,
        }
    }
}

#[derive(Clone, Debug)]
struct Received {
    at: Timestamp,
    is_reaction: bool,
    key: Key,
    arrived: bool,
}

impl World {
    pub(crate) fn new(history: History) -> Self {
        Self {
            history,
            users: HashMap::new(),
            user_order: VecDeque::new(),
            by_bsuid: HashMap::new(),
            messages: HashMap::new(),
            message_order: VecDeque::new(),
            received: HashMap::new(),
            received_order: VecDeque::new(),
            pace: Pace::default(),
            orders: Orders::default(),
            pins: HashMap::new(),
            marks: phone::Marks::default(),
            conduct: Conduct::default(),
            members: HashMap::new(),
        }
    }

    /// The user of this phone number (digits), created on first use.
    pub(crate) fn by_phone(&mut self, ids: &Ids, wa_id: &str) -> &mut Person {
        let bsuid = ids.bsuid(wa_id);
        self.person(wa_id, bsuid, || {
            (Some(wa_id.to_owned()), None, format!("User {wa_id}"))
        })
    }

    /// The user of this username, who shows no phone number, created on first use.
    pub(crate) fn by_username(&mut self, ids: &Ids, username: &str) -> &mut Person {
        let key = format!("@{username}");
        let bsuid = ids.bsuid(&key);
        self.person(&key, bsuid, || {
            (None, Some(username.to_owned()), username.to_owned())
        })
    }

    /// The user of this BSUID; one that nobody knew before becomes a user without phone number.
    pub(crate) fn by_bsuid(&mut self, bsuid: &Bsuid) -> &mut Person {
        let key = self
            .by_bsuid
            .get(bsuid)
            .cloned()
            .unwrap_or_else(|| bsuid.as_str().into());
        self.person(&key, bsuid.clone(), || (None, None, "User".to_owned()))
    }

    fn person(
        &mut self,
        key: &str,
        bsuid: Bsuid,
        make: impl FnOnce() -> (Option<String>, Option<String>, String),
    ) -> &mut Person {
        if !self.users.contains_key(key) {
            let shared: Key = key.into();
            self.user_order.push_back(Arc::clone(&shared));
            self.by_bsuid.insert(bsuid.clone(), Arc::clone(&shared));
            if self.user_order.len() > self.history.users
                && let Some(oldest) = self.user_order.pop_front()
                && let Some(gone) = self.users.remove(&oldest)
            {
                self.by_bsuid.remove(&gone.bsuid);
            }
        }
        self.users.entry(key.into()).or_insert_with_key(|key| {
            let (wa_id, username, name) = make();
            Person {
                key: Arc::clone(key),
                wa_id,
                username,
                bsuid,
                name,
                auto_read: None,
                undeliverable: false,
                stopped_marketing: false,
                marketing_capped: false,
                identity: 0,
                entries: HashMap::new(),
                chat: VecDeque::new(),
                last_wrote: HashMap::new(),
            }
        })
    }

    pub(crate) fn user(&self, key: &str) -> Option<&Person> {
        self.users.get(key)
    }

    pub(crate) fn user_mut(&mut self, key: &str) -> Option<&mut Person> {
        self.users.get_mut(key)
    }

    /// Users in the order in which they appeared.
    pub(crate) fn users(&self) -> impl Iterator<Item = &Person> {
        self.user_order.iter().filter_map(|key| self.users.get(key))
    }

    pub(crate) fn add_message(&mut self, message: Message) {
        let wamid = message.accepted.wamid.clone();
        let most = self.history.chat;
        if let Some(person) = message.to.user().and_then(|key| self.users.get_mut(key)) {
            person.add(Line::ToUser(wamid.clone()), most);
        }
        self.messages.insert(wamid.clone(), message);
        self.message_order.push_back(wamid);
        while self.message_order.len() > self.history.accepted {
            if let Some(oldest) = self.message_order.pop_front() {
                self.messages.remove(&oldest);
            }
        }
    }

    fn add_received(&mut self, key: &str, line: ChatLine, opens: bool) {
        let received = Received {
            at: line.at,
            is_reaction: line.kind == "reaction",
            key: key.into(),
            arrived: false,
        };
        self.received.insert(line.wamid.clone(), received);
        self.received_order.push_back(line.wamid.clone());
        while self.received_order.len() > self.history.accepted {
            if let Some(oldest) = self.received_order.pop_front() {
                self.received.remove(&oldest);
            }
        }
        let most = self.history.chat;
        if let Some(person) = self.users.get_mut(key) {
            // What is said in a group opens the window of the group only.
            if opens {
                let number = line.phone_number_id.clone();
                person.last_wrote.insert(number, line.at);
            }
            person.add(Line::FromUser(Arc::new(line)), most);
        }
    }

    pub(crate) fn message(&self, wamid: &str) -> Option<&Message> {
        self.messages.get(&Wamid::from(wamid))
    }

    /// The remembered accepted sends, oldest first.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.message_order
            .iter()
            .filter_map(|wamid| self.messages.get(wamid))
    }

    /// A user's chat with one number, or with all of them, oldest first.
    pub(crate) fn chat(&self, key: &str, number: Option<&PhoneNumberId>) -> Vec<ChatLine> {
        let Some(person) = self.users.get(key) else {
            return Vec::new();
        };
        let lines = person.chat.iter().filter_map(|line| match line {
            Line::FromUser(line) => Some(line.as_ref().clone()),
            Line::ToUser(wamid) => self.messages.get(wamid).map(Message::line),
        });
        lines
            .filter(|line| number.is_none_or(|number| line.phone_number_id == *number))
            .collect()
    }
}

impl Person {
    fn add(&mut self, line: Line, most: usize) {
        self.chat.push_back(line);
        while self.chat.len() > most {
            self.chat.pop_front();
        }
    }
}

impl Message {
    fn line(&self) -> ChatLine {
        let accepted = &self.accepted;
        let mut body = accepted.json();
        let content = body
            .get_mut(&accepted.kind)
            .map(serde_json::Value::take)
            .unwrap_or_default();
        let answered = body
            .pointer("/context/message_id")
            .and_then(serde_json::Value::as_str);
        ChatLine {
            wamid: accepted.wamid.clone(),
            phone_number_id: accepted.phone_number_id.clone(),
            from_user: false,
            kind: accepted.kind.clone(),
            content,
            context: answered.map(Wamid::from),
            at: accepted.at,
            status: accepted.statuses.last().map(|(status, _)| *status),
        }
    }
}
