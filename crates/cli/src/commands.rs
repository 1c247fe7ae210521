//! The commands, one file each.

pub(crate) mod access_doc;
pub(crate) mod audit;
pub(crate) mod channels;
pub(crate) mod cli_doc;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod dead_letters;
pub(crate) mod deliveries;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod events_doc;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod man;
pub(crate) mod messages;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod profiles;
pub(crate) mod scenario;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod store;
pub(crate) mod suppressions;
pub(crate) mod templates;
pub(crate) mod trigger;

pub(crate) use crate::list::Paging;
