//! The gateway's tests, in one binary.

#[cfg(test)]
mod journal;
