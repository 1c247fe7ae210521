//! Who exists and what was said: users, accepted sends, chats. Bounded; the oldest is forgotten.

pub(crate) mod coexist;
pub(crate) mod conduct;
mod group;
mod identity;
pub(crate) mod inbound;
mod kept;
pub(crate) mod order;
pub(crate) mod pace;
pub(crate) mod phone;
mod pin;
pub(crate) mod reach;
mod ring;
pub(crate) mod status;
pub(crate) mod system;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use crate::graph::check::message::Used;
use crate::ids::{Bsuid, Ids, PhoneNumberId, Wamid};
use crate::record::ChatLine;
use crate::settings::History;
use crate::world::conduct::Conduct;
use crate::world::conduct::price::{Entry, Price};
use crate::world::kept::Heard;
use crate::world::order::Orders;
use crate::world::pace::Pace;
use crate::world::ring::{Ring, make_room, short};

pub(crate) use crate::world::kept::{Rare, Sent};

/// Names a user inside the simulator: wa_id, `@username`, or a BSUID nobody knew before.
pub(crate) type Key = Arc<str>;

#[derive(Debug)]
pub(crate) struct World {
    history: History,
    users: HashMap<Key, Person>,
    user_order: VecDeque<Key>,
    by_bsuid: HashMap<Bsuid, Key>,
    messages: Ring<Message>,
    /// What the users wrote.
    received: Ring<Heard>,
    pub(crate) pace: Pace,
    pub(crate) orders: Orders,
    /// Messages that the business pinned, by group; the oldest drops out.
    pub(crate) pins: HashMap<String, VecDeque<Wamid>>,
    pub(crate) marks: phone::Marks,
    pub(crate) conduct: Conduct,
    circles: HashMap<String, group::Circle>,
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
    /// When they last wrote to each number; most know one.
    last_wrote: Vec<(PhoneNumberId, Timestamp)>,
}

/// A line of a chat: the place of its message, shifted, and in the lowest bit whether the user
/// wrote it.
#[derive(Clone, Copy, Debug)]
struct Line(u64);

impl Line {
    const fn from_user(place: u64) -> Self {
        Self(place << 1 | 1)
    }

    const fn to_user(place: u64) -> Self {
        Self(place << 1)
    }

    const fn is_from_user(self) -> bool {
        self.0 & 1 == 1
    }

    const fn place(self) -> u64 {
        self.0 >> 1
    }
}

/// A message of the business.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) accepted: Sent,
    pub(crate) to: Addressee,
    /// What it costs; decided when it leaves.
    pub(crate) price: Option<Price>,
}

impl Message {
    /// The template it was made from.
    pub(crate) fn template(&self) -> Option<Used> {
        self.accepted.rare().template
    }
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

impl World {
    pub(crate) fn new(history: History) -> Self {
        Self {
            history,
            users: HashMap::new(),
            user_order: VecDeque::new(),
            by_bsuid: HashMap::new(),
            messages: Ring::new(history.accepted),
            received: Ring::new(history.accepted),
            pace: Pace::default(),
            orders: Orders::default(),
            pins: HashMap::new(),
            marks: phone::Marks::default(),
            conduct: Conduct::default(),
            circles: HashMap::new(),
        }
    }

    /// The user of this phone number (digits), created on first use.
    pub(crate) fn by_phone(&mut self, ids: &Ids, wa_id: &str) -> &mut Person {
        self.person(
            wa_id,
            || ids.bsuid(wa_id),
            || (Some(wa_id.to_owned()), None, format!("User {wa_id}")),
        )
    }

    /// The user of this username, who shows no phone number, created on first use.
    pub(crate) fn by_username(&mut self, ids: &Ids, username: &str) -> &mut Person {
        let key = format!("@{username}");
        self.person(
            &key,
            || ids.bsuid(&key),
            || (None, Some(username.to_owned()), username.to_owned()),
        )
    }

    /// The user of this BSUID; one that nobody knew before becomes a user without phone number.
    pub(crate) fn by_bsuid(&mut self, bsuid: &Bsuid) -> &mut Person {
        let key = self
            .by_bsuid
            .get(bsuid)
            .cloned()
            .unwrap_or_else(|| bsuid.as_str().into());
        self.person(&key, || bsuid.clone(), || (None, None, "User".to_owned()))
    }

    fn person(
        &mut self,
        key: &str,
        bsuid: impl Fn() -> Bsuid,
        make: impl FnOnce() -> (Option<String>, Option<String>, String),
    ) -> &mut Person {
        let known = self.users.get_key_value(key);
        let known = known.map(|(key, _)| Arc::clone(key));
        let key = known.unwrap_or_else(|| {
            let new: Key = key.into();
            self.user_order.push_back(Arc::clone(&new));
            self.by_bsuid.insert(bsuid(), Arc::clone(&new));
            if self.user_order.len() > self.history.users
                && let Some(oldest) = self.user_order.pop_front()
                && let Some(gone) = self.users.remove(&oldest)
            {
                self.by_bsuid.remove(&gone.bsuid);
            }
            new
        });
        self.users.entry(key).or_insert_with_key(|key| {
            let (wa_id, username, name) = make();
            Person {
                key: Arc::clone(key),
                wa_id,
                username,
                bsuid: bsuid(),
                name,
                auto_read: None,
                undeliverable: false,
                stopped_marketing: false,
                marketing_capped: false,
                identity: 0,
                entries: HashMap::new(),
                chat: VecDeque::new(),
                last_wrote: Vec::new(),
            }
        })
    }

    pub(crate) fn user(&self, key: &str) -> Option<&Person> {
        self.users.get(key)
    }

    pub(crate) fn user_mut(&mut self, key: &str) -> Option<&mut Person> {
        self.users.get_mut(key)
    }

    pub(crate) fn user_count(&self) -> usize {
        self.users.len()
    }

    /// Users in the order in which they appeared.
    pub(crate) fn users(&self) -> impl Iterator<Item = &Person> {
        self.user_order.iter().filter_map(|key| self.users.get(key))
    }

    pub(crate) fn add_message(&mut self, message: Message) {
        let most = self.history.chat;
        let user = message.to.user().cloned();
        let short = short(message.accepted.wamid());
        let place = self.messages.push(short, message);
        if let Some(person) = user.and_then(|key| self.users.get_mut(&key)) {
            person.add(Line::to_user(place), most);
        }
    }

    fn add_received(&mut self, key: &str, line: &ChatLine, opens: bool) {
        let most = self.history.chat;
        let Some(person) = self.users.get_mut(key) else {
            return;
        };
        // What is said in a group opens the window of the group only.
        if opens {
            person.wrote(&line.phone_number_id, line.at);
        }
        let heard = Heard::new(line, Key::clone(&person.key));
        let place = self.received.push(short(line.wamid.as_str()), heard);
        person.add(Line::from_user(place), most);
    }

    /// A remembered message of a user.
    fn received(&self, wamid: &str) -> Option<&Heard> {
        self.received.get(wamid)
    }

    pub(crate) fn message(&self, wamid: &str) -> Option<&Message> {
        self.messages.get(wamid)
    }

    /// The remembered accepted sends, oldest first.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.messages.iter()
    }

    /// A user's chat with one number, or with all of them, oldest first.
    pub(crate) fn chat(&self, key: &str, number: Option<&PhoneNumberId>) -> Vec<ChatLine> {
        let Some(person) = self.users.get(key) else {
            return Vec::new();
        };
        let lines = self.phone_lines(person);
        let wanted = lines.filter(|line| number.is_none_or(|number| number == line.number()));
        wanted.map(|line| line.kept()).collect()
    }
}

impl Person {
    fn add(&mut self, line: Line, most: usize) {
        make_room(&mut self.chat, most);
        self.chat.push_back(line);
        while self.chat.len() > most {
            self.chat.pop_front();
        }
    }

    fn wrote(&mut self, to: &PhoneNumberId, at: Timestamp) {
        let mut known = self.last_wrote.iter_mut();
        if let Some((_, last)) = known.find(|(number, _)| number == to) {
            *last = at;
        } else {
            self.last_wrote.reserve_exact(1);
            self.last_wrote.push((to.clone(), at));
        }
    }
}
