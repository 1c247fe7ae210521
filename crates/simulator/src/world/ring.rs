//! The accepted sends that are remembered, by place and by wamid.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use crate::world::Message;

/// A ring: the oldest messages are forgotten.
#[derive(Debug)]
pub(crate) struct Ring {
    kept: VecDeque<Message>,
    most: usize,
    forgotten: u64,
    /// Places by a hash of the wamid, which is long; the message itself tells whether it is the one.
    places: HashMap<u64, u64>,
}

impl Ring {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            most,
            forgotten: 0,
            places: HashMap::new(),
        }
    }

    /// Keeps a message; gives its place, counted from 0 since the start.
    pub(crate) fn push(&mut self, message: Message) -> u64 {
        let place = self.forgotten + self.kept.len() as u64;
        self.places.insert(short(message.accepted.wamid()), place);
        self.kept.push_back(message);
        while self.kept.len() > self.most
            && let Some(oldest) = self.kept.pop_front()
        {
            let short = short(oldest.accepted.wamid());
            if self.places.get(&short) == Some(&self.forgotten) {
                self.places.remove(&short);
            }
            self.forgotten += 1;
        }
        place
    }

    /// The message at a place, unless it is forgotten.
    pub(crate) fn at(&self, place: u64) -> Option<&Message> {
        self.kept.get(self.index(place)?)
    }

    pub(crate) fn get(&self, wamid: &str) -> Option<&Message> {
        let message = self.at(*self.places.get(&short(wamid))?)?;
        (message.accepted.wamid() == wamid).then_some(message)
    }

    pub(crate) fn get_mut(&mut self, wamid: &str) -> Option<&mut Message> {
        let index = self.index(*self.places.get(&short(wamid))?)?;
        let message = self.kept.get_mut(index)?;
        (message.accepted.wamid() == wamid).then_some(message)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.kept.iter()
    }

    fn index(&self, place: u64) -> Option<usize> {
        usize::try_from(place.checked_sub(self.forgotten)?).ok()
    }
}

/// Eight bytes that stand for a wamid. Two in two million share them once in ten million runs.
pub(crate) fn short(wamid: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    wamid.hash(&mut hasher);
    hasher.finish()
}
