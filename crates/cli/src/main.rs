//! The one binary, `wharf`.
fn main() {}
