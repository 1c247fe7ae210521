//! Checks, generated files and benchmarks of this workspace.
fn main() {}
