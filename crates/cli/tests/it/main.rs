//! Tests of the built binary: what a person types, and what comes back.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the parts that several tests share are not tests themselves"
)]

mod accept_once;
mod binary;
mod bulk;
mod canaries;
mod cluster;
mod config;
mod console;
mod copy;
mod crash;
mod demo;
mod help;
mod listening;
mod lists;
mod manual;
mod media;
mod moving;
mod pair;
mod profiles;
mod restore;
mod round_trip;
mod scenario;
mod screens;
mod serving;
mod siege;
mod signals;
mod terminal;
mod verbs;
mod waiting;
