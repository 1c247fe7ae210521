//! Writes objects key by key, leaving out what is absent.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use jiff::Timestamp;

/// An object that is being written.
pub(super) struct Written<M>(M);

impl<M: SerializeMap> Written<M> {
    /// Begins an object.
    pub(super) fn begin<S>(serializer: S) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M>,
    {
        serializer.serialize_map(None).map(Self)
    }

    pub(super) fn entry<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), M::Error> {
        self.0.serialize_entry(key, value)
    }

    pub(super) fn optional<T: Serialize>(
        &mut self,
        key: &str,
        value: Option<&T>,
    ) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.entry(key, value))
    }

    pub(super) fn list<T: Serialize>(&mut self, key: &str, items: &[T]) -> Result<(), M::Error> {
        if items.is_empty() {
            return Ok(());
        }
        self.entry(key, items)
    }

    pub(super) fn time(&mut self, key: &str, time: Option<Timestamp>) -> Result<(), M::Error> {
        let seconds = time.map(|time| time.as_second().to_string());
        self.optional(key, seconds.as_ref())
    }

    pub(super) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}
