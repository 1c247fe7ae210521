//! Who wants no more of what: refusals of contacts, and what lifts them. Decisions only, no store.
//!
//! Webhooks come in any order. What counts is when a contact said something, not when we heard of
//! it: a refusal that is older than a "yes, again" of the same kind counts for nothing.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// What a contact does not want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Marketing templates.
    Marketing,
    /// Anything.
    All,
}

/// How we learned of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Source {
    /// The contact wrote a word of the list.
    #[serde(rename = "keyword")]
    Keyword,
    /// The contact stopped marketing in WhatsApp.
    #[serde(rename = "user_preferences")]
    Preferences,
    /// The carrier refused a message with this code.
    #[serde(rename = "131050")]
    Refused,
    /// A caller of the API.
    #[serde(rename = "api")]
    Api,
    /// A person at the console.
    #[serde(rename = "console")]
    Console,
}

/// A refusal as far as it decides something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) id: String,
    /// Empty: on all channels.
    pub(crate) channel_id: String,
    pub(crate) scope: Scope,
    pub(crate) source: Source,
    /// When the contact, or whoever speaks for them, said so last.
    pub(crate) occurred_at: Millis,
    /// When it was taken back.
    pub(crate) lifted_at: Option<Millis>,
    /// Whether the contact took it back, and not somebody for them.
    pub(crate) lifted_by_contact: bool,
}

/// What is to be done with a refusal that has just been heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    New,
    /// The one of this id is in force, and this one is younger: it holds from now on.
    Again(&'a str),
    /// One that is not older is in force, or it was taken back before we heard of it.
    Nothing,
}

/// Whether a message is marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Marketing,
    /// A template whose category is not known.
    Unknown,
    Other,
}

impl Scope {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::All => "all",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Marketing, Self::All]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }

    /// Whether it forbids such a message. One that may be marketing counts as marketing.
    const fn forbids(self, purpose: Purpose) -> bool {
        match self {
            Self::All => true,
            Self::Marketing => matches!(purpose, Purpose::Marketing | Purpose::Unknown),
        }
    }
}

impl Source {
    const ALL: [Self; 5] = [
        Self::Keyword,
        Self::Preferences,
        Self::Refused,
        Self::Api,
        Self::Console,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Preferences => "user_preferences",
            Self::Refused => "131050",
            Self::Api => "api",
            Self::Console => "console",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// The sources that speak of the same choice of the contact's: what Meta keeps, the contact takes
    /// back at Meta; a word is taken back by a word. What people entered, people take back.
    pub(crate) const fn siblings(self) -> &'static [Self] {
        match self {
            Self::Keyword => &[Self::Keyword],
            Self::Preferences | Self::Refused => &[Self::Preferences, Self::Refused],
            Self::Api => &[Self::Api],
            Self::Console => &[Self::Console],
        }
    }
}

/// The refusal that forbids a message of this purpose on this channel, if there is one; the widest.
pub(crate) fn forbidden<'a>(
    refusals: &'a [Refusal],
    channel_id: &str,
    purpose: Purpose,
) -> Option<&'a Refusal> {
    refusals
        .iter()
        .filter(|refusal| refusal.lifted_at.is_none())
        .filter(|refusal| refusal.channel_id.is_empty() || refusal.channel_id == channel_id)
        .filter(|refusal| refusal.scope.forbids(purpose))
        .max_by_key(|refusal| refusal.scope)
}

/// Whether a refusal of this kind, said at `at`, is news to what is known of the contact.
pub(crate) fn hear<'a>(
    known: &'a [Refusal],
    channel_id: &str,
    scope: Scope,
    source: Source,
    at: Millis,
) -> Said<'a> {
    let same = |refusal: &&Refusal| refusal.channel_id == channel_id;
    let in_force = known.iter().filter(same).find(|refusal| {
        refusal.source == source && refusal.scope == scope && refusal.lifted_at.is_none()
    });
    match in_force {
        Some(refusal) if refusal.occurred_at < at => return Said::Again(&refusal.id),
        Some(_) => return Said::Nothing,
        None => {}
    }
    // Whoever lifted it for the contact had not heard of this one.
    let taken_back = known.iter().filter(same).any(|refusal| {
        source.siblings().contains(&refusal.source)
            && refusal.lifted_by_contact
            && refusal.lifted_at.is_some_and(|lifted| lifted > at)
    });
    if taken_back { Said::Nothing } else { Said::New }
}

/// The refusals in force that a contact takes back who wants messages again at `at`, by a word or at
/// Meta as `source` says: those of the same choice that are not younger.
pub(crate) fn taken_back<'a>(
    known: &'a [Refusal],
    channel_id: &str,
    source: Source,
    at: Millis,
) -> impl Iterator<Item = &'a Refusal> {
    known.iter().filter(move |refusal| {
        refusal.channel_id == channel_id
            && refusal.lifted_at.is_none()
            && refusal.occurred_at <= at
            && source.siblings().contains(&refusal.source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(scope: Scope, source: Source, at: Millis) -> Refusal {
        Refusal {
            id: format!("sup_{at}"),
            channel_id: "shop".to_owned(),
            scope,
            source,
            occurred_at: at,
            lifted_at: None,
            lifted_by_contact: false,
        }
    }

    #[test]
    fn a_scope_forbids_what_it_says_on_its_channel() {
        let marketing = [refusal(Scope::Marketing, Source::Keyword, 1)];
        for (purpose, forbids) in [
            (Purpose::Marketing, true),
            (Purpose::Unknown, true),
            (Purpose::Other, false),
        ] {
            assert_eq!(forbidden(&marketing, "shop", purpose).is_some(), forbids);
            assert_eq!(forbidden(&marketing, "desk", purpose), None);
        }
        let mut all = marketing.to_vec();
        all.push(refusal(Scope::All, Source::Api, 2));
        all[1].channel_id.clear();
        let widest = forbidden(&all, "desk", Purpose::Other).unwrap();
        assert_eq!(widest.scope, Scope::All);
        all[1].lifted_at = Some(3);
        assert_eq!(forbidden(&all, "desk", Purpose::Other), None);
    }

    #[test]
    fn what_comes_late_counts_by_when_it_was_said() {
        let (scope, source) = (Scope::Marketing, Source::Preferences);
        let mut known = vec![refusal(scope, Source::Refused, 10)];
        // A refusal in force is no news, unless it is younger; one of another kind is.
        let said = |known: &[Refusal], source, at| match hear(known, "shop", scope, source, at) {
            Said::New => "new",
            Said::Again(_) => "again",
            Said::Nothing => "nothing",
        };
        assert_eq!(said(&known, Source::Refused, 10), "nothing");
        assert_eq!(said(&known, Source::Refused, 12), "again");
        assert_eq!(said(&known, source, 12), "new");
        // A "yes, again" of before takes nothing back, one of after does.
        assert_eq!(taken_back(&known, "shop", source, 9).count(), 0);
        assert_eq!(taken_back(&known, "shop", Source::Keyword, 20).count(), 0);
        assert_eq!(taken_back(&known, "shop", source, 20).count(), 1);
        known[0].lifted_at = Some(20);
        // A person has lifted it, who did not know of the one that comes late.
        assert_eq!(said(&known, source, 15), "new");
        known[0].lifted_by_contact = true;
        assert_eq!(said(&known, source, 15), "nothing");
        assert_eq!(said(&known, source, 20), "new");
        assert_eq!(said(&known, Source::Keyword, 15), "new");
    }
}
