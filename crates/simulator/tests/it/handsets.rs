//! The page of the handsets, in a real Chromium.

mod acts;
mod calls;
mod flows;
mod looks;
mod page;
mod pictures;
mod reach;
mod requests;
