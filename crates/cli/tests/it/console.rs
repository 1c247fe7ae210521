//! The console in a real Chromium, on a gateway and a simulator that run.

mod away;
mod channels;
mod closing;
mod dead_letters;
pub(crate) mod desk;
mod docs;
mod endpoints;
mod figures;
mod frame;
mod hands;
mod inbox;
mod keyboard;
mod keys;
mod live;
mod looks;
mod many;
mod overview;
mod playback;
mod roles;
mod search;
mod sign_in;
mod tail;
mod templates;
mod timeline;
mod troubles;
mod unsent;
mod walk;
