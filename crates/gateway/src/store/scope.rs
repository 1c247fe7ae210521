//! Which channels somebody reaches: a condition of a SELECT, and a question about one row.

use super::page::Where;

/// Which channels somebody reaches: all, or those that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope(Option<Vec<String>>);

impl Scope {
    /// Those that are listed; all if there is no list.
    pub(crate) fn of(channels: Option<&[String]>) -> Self {
        Self(channels.map(<[String]>::to_vec))
    }

    /// The list, if there is one.
    pub(crate) fn channels(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    /// Whether there is a list.
    pub(crate) fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Whether this channel is reached.
    pub(crate) fn includes(&self, channel: &str) -> bool {
        let mut listed = self.0.iter().flatten();
        self.0.is_none() || listed.any(|listed| listed == channel)
    }

    /// As [`Scope::includes`]; what is of no channel is reached only by who reaches all.
    pub(crate) fn includes_maybe(&self, channel: Option<&str>) -> bool {
        match channel {
            Some(channel) => self.includes(channel),
            None => self.0.is_none(),
        }
    }

    /// The one channel, where it is one.
    pub(crate) fn only(&self) -> Option<&str> {
        match self.0.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        }
    }
}

impl<'a> Where<'a> {
    /// Narrows the SELECT to rows whose `column` names a channel of the scope.
    pub(crate) fn and_in(&mut self, column: &str, scope: &'a Scope) {
        self.and_in_nested(column, scope, "");
    }

    /// As [`Where::and_in`], where the list stands inside of a condition: `before` leads up to
    /// `IN`, and `after` follows it.
    pub(crate) fn and_in_nested(&mut self, before: &str, scope: &'a Scope, after: &str) {
        match scope.channels() {
            None => {}
            // A list without a channel reaches nothing.
            Some([]) => self.and("1 =", 0_i64),
            Some(channels) => self.and_list(before, channels, after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_no_channel_is_for_those_who_reach_all() {
        let all = Scope::default();
        let some = Scope::of(Some(&["a".to_owned(), "b".to_owned()]));
        let none = Scope::of(Some(&[]));
        assert!(all.includes("a") && all.includes_maybe(None) && !all.is_limited());
        assert!(some.includes("b") && !some.includes("c") && !some.includes_maybe(None));
        assert!(!none.includes("a") && !none.includes_maybe(None) && none.is_limited());
        assert_eq!(some.only(), None);
        assert_eq!(Scope::of(Some(&["a".to_owned()])).only(), Some("a"));
    }
}
