//! The console: its files, who is signed in, and what browsers are told of every answer.

mod attempts;
mod built_in;
mod cookie;
mod files;
mod origin;
mod protect;
pub(super) mod session;

pub(super) use attempts::Attempts;
pub(super) use files::{docs, file, home, index};
pub(super) use protect::protect;
pub(super) use session::signed_in;
