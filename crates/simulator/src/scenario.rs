//! Scenarios: files of steps and expectations that are played against a bot that speaks the Cloud API.
//!
//! A scenario gets a simulator of its own. Its users write, tap, read and fall silent; the bot's
//! answers are compared with what is expected. Time is simulated: while an answer is awaited the
//! clock stands or runs with real time, and it jumps where nobody has anything to do.

mod act;
mod bot;
mod chat;
mod check;
mod decode;
mod expect;
mod file;
mod journal;
mod junit;
mod relay;
mod report;
mod run;
mod schema;
mod setup;
mod shipped;
mod stage;
mod step;
mod time;
mod tree;
mod vars;

pub use bot::{Bot, VARIABLES};
pub use decode::{Invalid, Scenario};
pub use junit::junit;
pub use report::{Outcome, Report, StepReport};
pub use run::{Options, run};
pub use schema::schema;
pub use shipped::{STARTER, Shipped, shipped};

/// Reads a span of time as scenario files write it: `150ms`, `5s`, `25h`, `1h 30m`.
pub fn span(text: &str) -> Option<std::time::Duration> {
    file::Wait::parse(text).map(|wait| wait.0)
}
