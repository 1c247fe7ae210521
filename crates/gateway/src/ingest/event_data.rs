//! The `data` of events made from updates.
