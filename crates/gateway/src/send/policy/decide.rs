//! The decision on one message, from facts alone.

use super::consent::{self, Purpose, Refusal};
use super::template::{Standing, Trouble, Use};
use super::window::{Heard, Window};
use crate::clock::Millis;

/// What decides on a message.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) channel_id: &'a str,
    pub(crate) draft: Judged,
    /// A template that may take its place when the window is closed.
    pub(crate) fallback: Option<Judged>,
    /// Its caller does not want it sent from this time on.
    pub(crate) expires_at: Option<Millis>,
    /// None if the window is not to be looked at.
    pub(crate) heard: Option<Heard>,
    pub(crate) refusals: &'a [Refusal],
}

/// A content as far as it decides something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    /// It is no template.
    pub(crate) free_form: bool,
    pub(crate) purpose: Purpose,
    /// How its template stands, if that is known.
    pub(crate) standing: Option<Standing>,
}

/// What is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision<'a> {
    Send,
    SendFallback,
    /// Its template is paused until then.
    Later(Millis),
    Expired,
    Suppressed(&'a Refusal),
    WindowClosed {
        at: Option<Millis>,
    },
    Template(Trouble),
}

impl<'a> Case<'a> {
    /// `margin`: how long it may take to arrive.
    pub(crate) fn decide(&self, margin: Millis, now: Millis) -> Decision<'a> {
        if self.expires_at.is_some_and(|at| at <= now) {
            return Decision::Expired;
        }
        if let Some(refusal) = self.forbids(&self.draft) {
            return Decision::Suppressed(refusal);
        }
        let window = self
            .heard
            .filter(|_| self.draft.free_form)
            .map(|heard| heard.window(margin, now));
        match (window, &self.fallback) {
            (Some(Window::Closed { at }), None) => Decision::WindowClosed { at },
            (Some(Window::Closed { .. }), Some(fallback)) => match self.forbids(fallback) {
                Some(refusal) => Decision::Suppressed(refusal),
                None => self.stands(fallback, Decision::SendFallback, now),
            },
            _ => self.stands(&self.draft, Decision::Send, now),
        }
    }

    fn forbids(&self, judged: &Judged) -> Option<&'a Refusal> {
        consent::forbidden(self.refusals, self.channel_id, judged.purpose)
    }

    fn stands(&self, judged: &Judged, send: Decision<'a>, now: Millis) -> Decision<'a> {
        let usable = judged
            .standing
            .as_ref()
            .map_or(Use::Send, |standing| standing.may_be_sent(now));
        match usable {
            Use::Send => send,
            Use::Wait(until) if self.expires_at.is_some_and(|at| at <= until) => {
                Decision::Template(Trouble::Paused)
            }
            Use::Wait(until) => Decision::Later(until),
            Use::Never(trouble) => Decision::Template(trouble),
        }
    }
}
