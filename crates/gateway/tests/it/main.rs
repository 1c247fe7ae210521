//! The gateway's tests, in one binary.

mod journal;
