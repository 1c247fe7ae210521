//! The messages that are remembered, by place and by wamid.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// A ring: what is oldest is forgotten.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    kept: VecDeque<T>,
    /// What stands for their wamids, which are long.
    shorts: VecDeque<u64>,
    /// Their places, found by `shorts`; of a place the lower half, as no more are kept at a time.
    places: HashTable<u32>,
    most: usize,
    forgotten: u64,
}

impl<T> Ring<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            shorts: VecDeque::new(),
            places: HashTable::new(),
            most: most.min(u32::MAX as usize),
            forgotten: 0,
        }
    }

    /// Keeps a message, with what stands for its wamid; gives its place, counted from 0 since the
    /// start.
    pub(crate) fn push(&mut self, short: u64, message: T) -> u64 {
        let place = self.forgotten + self.kept.len() as u64;
        make_room(&mut self.kept, self.most);
        make_room(&mut self.shorts, self.most);
        self.kept.push_back(message);
        self.shorts.push_back(short);
        let (shorts, first) = (&self.shorts, low(self.forgotten));
        let known = |place: &u32| shorts[index(*place, first)];
        let entry = self
            .places
            .entry(short, |place| known(place) == short, known);
        match entry {
            Entry::Occupied(mut same) => *same.get_mut() = low(place),
            Entry::Vacant(free) => _ = free.insert(low(place)),
        }
        while self.kept.len() > self.most {
            self.forget();
        }
        place
    }

    fn forget(&mut self) {
        self.kept.pop_front();
        if let Some(short) = self.shorts.pop_front() {
            let oldest = low(self.forgotten);
            if let Ok(entry) = self.places.find_entry(short, |place| *place == oldest) {
                entry.remove();
            }
        }
        self.forgotten += 1;
    }

    /// The message at a place, unless it is forgotten.
    pub(crate) fn at(&self, place: u64) -> Option<&T> {
        let index = usize::try_from(place.checked_sub(self.forgotten)?).ok()?;
        self.kept.get(index)
    }

    pub(crate) fn get(&self, wamid: &str) -> Option<&T> {
        self.kept.get(self.find(wamid)?)
    }

    pub(crate) fn get_mut(&mut self, wamid: &str) -> Option<&mut T> {
        let index = self.find(wamid)?;
        self.kept.get_mut(index)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.kept.iter()
    }

    fn find(&self, wamid: &str) -> Option<usize> {
        let (short, first) = (short(wamid), low(self.forgotten));
        let same = |place: &u32| self.shorts.get(index(*place, first)) == Some(&short);
        self.places
            .find(short, same)
            .map(|place| index(*place, first))
    }
}

fn low(place: u64) -> u32 {
    u32::try_from(place & u64::from(u32::MAX)).unwrap_or(0)
}

fn index(place: u32, first: u32) -> usize {
    place.wrapping_sub(first) as usize
}

/// Lets a list grow by an eighth, where it would double: it may hold a million.
pub(crate) fn make_room<T>(list: &mut VecDeque<T>, most: usize) {
    if list.len() == list.capacity() {
        let more = (list.len() / 8).max(4);
        list.reserve_exact(more.min(most.saturating_sub(list.len())).max(1));
    }
}

/// Eight bytes that stand for a wamid. Two in two million share them once in ten million runs.
pub(crate) fn short(wamid: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    wamid.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_found_and_the_others_forgotten() {
        let mut ring = Ring::new(100);
        // As if four billion had been forgotten: the lower half of the places turns over.
        ring.forgotten = u64::from(u32::MAX) - 1000;
        for number in 0..5000_u64 {
            let place = ring.push(short(&number.to_string()), number);
            assert_eq!(ring.at(place), Some(&number));
            assert_eq!(ring.get(&number.to_string()), Some(&number));
            let oldest = number.saturating_sub(99);
            assert_eq!(ring.get_mut(&oldest.to_string()), Some(&mut { oldest }));
            let gone = number.checked_sub(100);
            assert_eq!(gone.and_then(|gone| ring.get(&gone.to_string())), None);
        }
        assert_eq!((ring.places.len(), ring.iter().len()), (100, 100));
        ring.push(short("4950"), 1);
        assert_eq!(ring.get("4950"), Some(&1));
        assert!(ring.kept.capacity() < 120);
    }
}
