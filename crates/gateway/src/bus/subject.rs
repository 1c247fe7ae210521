//! Subjects: `wa.events.{session}.{event}` and `wa.send.{session}`.

use std::fmt::Write;

/// What subjects of events begin with.
pub(super) const EVENTS: &str = "wa.events.";
/// What subjects of commands begin with.
pub(super) const SEND: &str = "wa.send.";

/// Where an event is published.
pub(super) fn of_event(session: &str, event: &str) -> String {
    format!("{EVENTS}{}.{event}", token(session))
}

/// The session of a command.
pub(super) fn session(subject: &str) -> &str {
    subject.strip_prefix(SEND).unwrap_or(subject)
}

/// A session as one token. Channel ids stand as they are; what may not stand in a subject, which only
/// the session of a refused command can hold, is written as `=` and two hex digits.
fn token(session: &str) -> String {
    let mut token = String::with_capacity(session.len());
    for byte in session.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') {
            token.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(token, "={byte:02x}");
        }
    }
    if token.is_empty() {
        token.push('=');
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_one_token_whatever_it_is() {
        assert_eq!(
            of_event("my-shop_1", "message"),
            "wa.events.my-shop_1.message"
        );
        assert_eq!(of_event("a.b *>", "x"), "wa.events.a=2eb=20=2a=3e.x");
        assert_eq!(of_event("", "x"), "wa.events.=.x");
        assert_eq!(session("wa.send.a.b"), "a.b");
    }
}
