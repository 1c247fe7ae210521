//! Checks, generated files and benchmarks of this workspace.

mod bench;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "xtask", about)]
enum Xtask {
    /// Measure, against a bare handler in the same run.
    Bench(bench::Bench),
}

fn main() -> anyhow::Result<()> {
    match Xtask::parse() {
        Xtask::Bench(bench) => bench.run(),
    }
}
