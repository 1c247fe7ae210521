//! The customer service window: when a message that is no template may be sent.
//!
//! See [Cloud API/Send messages]: it opens, and opens anew, for 24 hours with each message or call of
//! the user. Free entry points (72 hours after an advertisement) make messages free and open nothing.

use crate::clock::Millis;

/// How long a window stays open.
pub(crate) const WINDOW: Millis = 24 * 3600 * 1000;

/// What is known of one contact, or group, on one channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// When they last wrote or called.
    pub(crate) last_inbound_at: Option<Millis>,
    /// Since when we would have heard of it; none if nothing ever came in on the channel.
    pub(crate) since: Option<Millis>,
}

/// Whether a message that is no template may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Open,
    /// They may have written before we listened: the carrier decides.
    Unknown,
    Closed {
        /// None if they never wrote.
        at: Option<Millis>,
    },
}

impl Heard {
    /// Looks at the window `margin` ahead, because a message takes a while to arrive.
    pub(crate) fn window(self, margin: Millis, now: Millis) -> Window {
        let ahead = now.saturating_add(margin);
        let closes_at = self.last_inbound_at.map(|last| last.saturating_add(WINDOW));
        if closes_at.is_some_and(|at| ahead < at) {
            return Window::Open;
        }
        // After so long, whoever wrote before we listened has a closed window too.
        match self.since.map(|since| since.saturating_add(WINDOW)) {
            Some(known_at) if known_at <= ahead => Window::Closed { at: closes_at },
            _ => Window::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARGIN: Millis = 60_000;

    fn at(last: Option<Millis>, since: Option<Millis>, now: Millis) -> Window {
        let heard = Heard {
            last_inbound_at: last,
            since,
        };
        heard.window(MARGIN, now)
    }

    #[test]
    fn it_is_open_for_a_day_less_the_margin() {
        let edge = WINDOW - MARGIN;
        assert_eq!(at(Some(0), Some(-WINDOW), edge - 1), Window::Open);
        let closed = Window::Closed { at: Some(WINDOW) };
        assert_eq!(at(Some(0), Some(-WINDOW), edge), closed);
        assert_eq!(at(None, Some(0), 5 * WINDOW), Window::Closed { at: None });
    }

    #[test]
    fn who_may_have_written_before_we_listened_is_left_to_the_carrier() {
        assert_eq!(at(None, None, 9 * WINDOW), Window::Unknown);
        assert_eq!(at(None, Some(0), WINDOW / 2), Window::Unknown);
        assert_eq!(at(Some(-WINDOW), Some(0), WINDOW / 2), Window::Unknown);
    }
}
