//! What a user's phone shows and the business does not hear of: read marks, typing, what arrived.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::later;
use crate::ids::{PhoneNumberId, Wamid};
use crate::record::{ChatLine, MessageStatus};
use crate::world::kept::Heard;
use crate::world::{Key, Message, Person, World};

/// How long a typing indicator stays. See [Cloud API/Typing indicators].
pub(crate) const TYPING: Duration = Duration::from_secs(25);
/// Chats whose marks are remembered.
const CHATS: usize = 200_000;

/// The marks of all chats; those of the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    chats: HashMap<(Key, PhoneNumberId), Mark>,
    order: VecDeque<(Key, PhoneNumberId)>,
    /// Phones that are switched off.
    off: HashSet<Key>,
}

/// What happened to a chat on the side of the business.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    /// Up to when the business has read.
    pub(crate) seen: Option<Timestamp>,
    /// Until when it types.
    pub(crate) typing: Option<Timestamp>,
    /// Since when the user has blocked the number, and until when.
    blocked: Option<(Timestamp, Option<Timestamp>)>,
}

/// A line of a chat, as it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PhoneLine<'a> {
    FromUser(&'a Heard),
    ToUser(&'a Message),
}

impl PhoneLine<'_> {
    pub(crate) fn wamid(&self) -> &str {
        match self {
            Self::FromUser(line) => line.wamid(),
            Self::ToUser(message) => message.accepted.wamid(),
        }
    }

    pub(crate) fn number(&self) -> &PhoneNumberId {
        match self {
            Self::FromUser(line) => &line.phone_number_id,
            Self::ToUser(message) => &message.accepted.phone_number_id,
        }
    }

    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::FromUser(line) => line.kind(),
            Self::ToUser(message) => message.accepted.kind(),
        }
    }

    pub(crate) fn at(&self) -> Timestamp {
        match self {
            Self::FromUser(line) => line.at,
            Self::ToUser(message) => message.accepted.at,
        }
    }

    /// The same as tests and the admin API see it.
    pub(crate) fn kept(&self) -> ChatLine {
        match self {
            Self::FromUser(line) => line.line(),
            Self::ToUser(message) => message.accepted.line(),
        }
    }

    /// Whether it stands in the chat by itself, rather than changing another line.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.kind(), "reaction" | "edit" | "revoke")
    }
}

impl World {
    /// The lines of a user's chats, oldest first, without a copy.
    pub(crate) fn phone_lines<'a>(
        &'a self,
        person: &'a Person,
    ) -> impl DoubleEndedIterator<Item = PhoneLine<'a>> {
        person.chat.iter().filter_map(|line| {
            if line.is_from_user() {
                self.received.at(line.place()).map(PhoneLine::FromUser)
            } else {
                self.messages.at(line.place()).map(PhoneLine::ToUser)
            }
        })
    }

    pub(crate) fn mark(&self, key: &str, number: &PhoneNumberId) -> Mark {
        let chat = (Key::from(key), number.clone());
        self.marks.chats.get(&chat).copied().unwrap_or_default()
    }

    fn mark_mut(&mut self, chat: (Key, PhoneNumberId)) -> &mut Mark {
        let marks = &mut self.marks;
        if !marks.chats.contains_key(&chat) {
            marks.order.push_back(chat.clone());
            if marks.order.len() > CHATS
                && let Some(oldest) = marks.order.pop_front()
            {
                marks.chats.remove(&oldest);
            }
        }
        marks.chats.entry(chat).or_default()
    }

    /// The business has read a user's message; with `typing` it begins to answer.
    /// Gives the user, or nothing when nobody knows the message.
    pub(crate) fn business_reads(
        &mut self,
        wamid: &Wamid,
        number: &PhoneNumberId,
        now: Timestamp,
        typing: bool,
    ) -> Option<Key> {
        let received = self.received.get(wamid.as_str())?;
        let (key, at) = (Key::clone(&received.key), received.at);
        let mark = self.mark_mut((Key::clone(&key), number.clone()));
        mark.seen = mark.seen.max(Some(at));
        if typing {
            mark.typing = Some(later(now, TYPING));
        }
        Some(key)
    }

    /// A message of the business ends its typing.
    pub(crate) fn business_wrote(&mut self, key: &Key, number: &PhoneNumberId) {
        let chat = (Key::clone(key), number.clone());
        if let Some(mark) = self.marks.chats.get_mut(&chat) {
            mark.typing = None;
        }
    }

    pub(crate) fn is_blocked(&self, key: &str, number: &PhoneNumberId) -> bool {
        matches!(self.mark(key, number).blocked, Some((_, None)))
    }

    pub(crate) fn block(&mut self, key: &Key, number: &PhoneNumberId, on: bool, now: Timestamp) {
        let mark = self.mark_mut((Key::clone(key), number.clone()));
        mark.blocked = match (mark.blocked, on) {
            (Some((since, None)), false) => Some((since, Some(now))),
            (None | Some((_, Some(_))), true) => Some((now, None)),
            (as_it_is, _) => as_it_is,
        };
    }

    pub(crate) fn is_off(&self, key: &str) -> bool {
        self.marks.off.contains(key)
    }

    pub(crate) fn switch_off(&mut self, key: &Key, off: bool) {
        if off {
            self.marks.off.insert(Key::clone(key));
        } else {
            self.marks.off.remove(key);
        }
    }

    /// Whether messages of `number` wait before this phone: it is off, or has blocked the number.
    pub(crate) fn is_out_of_reach(&self, key: &str, number: &PhoneNumberId) -> bool {
        self.is_off(key) || self.is_blocked(key, number)
    }

    /// What waited while the phone was off, and is let through now.
    pub(crate) fn waiting(&self, key: &str) -> Vec<Wamid> {
        let Some(person) = self.user(key) else {
            return Vec::new();
        };
        let lines = self.phone_lines(person).filter_map(|line| match line {
            PhoneLine::ToUser(message) => Some(message),
            PhoneLine::FromUser(_) => None,
        });
        let waits = lines.filter(|message| {
            message.accepted.last() == Some(MessageStatus::Sent) && !self.was_blocked(key, message)
        });
        waits
            .map(|message| Wamid::from(message.accepted.wamid()))
            .collect()
    }

    /// Whether a message was sent while its number was blocked; it stays undelivered for ever.
    fn was_blocked(&self, key: &str, message: &Message) -> bool {
        let accepted = &message.accepted;
        let blocked = self.mark(key, &accepted.phone_number_id).blocked;
        blocked.is_some_and(|(since, until)| {
            accepted.at >= since && until.is_none_or(|until| accepted.at < until)
        })
    }

    /// The business's server has answered for this message. Gives the user who wrote it.
    pub(crate) fn arrived(&mut self, wamid: &Wamid) -> Option<Key> {
        let received = self.received.get_mut(wamid.as_str())?;
        received.arrived = true;
        Some(Key::clone(&received.key))
    }

    pub(crate) fn has_arrived(&self, wamid: &str) -> bool {
        self.received(wamid).is_some_and(|got| got.arrived)
    }
}
