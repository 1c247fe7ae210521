//! The console in a real Chromium, on a gateway and a simulator that run.

mod desk;
mod frame;
mod inbox;
mod looks;
mod overview;
mod search;
mod sign_in;
mod tail;
mod templates;
mod timeline;
