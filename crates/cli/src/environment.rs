//! The process's surroundings: variables, arguments, time. The only file that asks for them.

use std::path::Path;

use gateway::clock::Clock;

/// An environment variable, if it is set and is text.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line reads the environment here"
    )]
    std::env::var(name).ok()
}

/// Every variable that is text; settings are among them.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// How the person called this program, so that a printed command can be pasted.
pub(crate) fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    if Path::new(&called).components().count() > 1 {
        called
    } else {
        "wharf".to_owned()
    }
}

/// Unix time in milliseconds.
pub(crate) fn now() -> i64 {
    Clock::system().now()
}

/// The time now, for the simulator's clock.
pub(crate) fn timestamp() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
