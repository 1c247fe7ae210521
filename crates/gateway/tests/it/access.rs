//! Who sees and may do what: roles, channels, texts, keys, how often; and ten thousand probes.

mod house;
mod keys;
mod limits;
mod probes;
mod scope;
mod table;
mod texts;
