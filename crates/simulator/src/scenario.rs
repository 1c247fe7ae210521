//! Scenarios: files of steps and expectations that are played against a bot that speaks the Cloud API.
//!
//! A scenario gets a simulator of its own. Its users write, tap, read and fall silent; the bot's
//! answers are compared with what is expected. Time is simulated: while an answer is awaited the
//! clock stands or runs with real time, and it jumps where nobody has anything to do.

mod decode;
mod expect;
mod file;
mod schema;
mod step;
mod tree;
mod vars;

pub use decode::{Invalid, Scenario};
pub use schema::schema;
