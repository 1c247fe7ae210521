//! Checks, generated files and benchmarks of this workspace: `cargo xtask --help`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for people at a terminal, who read what it prints"
)]

mod bench;
mod ci;
mod codegen;
mod coverage;
mod fuzz;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Checks, generated files and benchmarks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    /// Everything that CI checks, in its order, up to the first failure.
    Ci(ci::Args),
    /// Rules that no compiler knows: who depends on whom, what files look like.
    Tidy,
    /// Writes the files that are made from the code.
    Codegen,
    /// Each fuzz target for a while.
    Fuzz(fuzz::Args),
    /// Measure, against a bare handler in the same run.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let result = match Xtask::parse() {
        Xtask::Ci(args) => ci::run(&args),
        Xtask::Tidy => tidy::run(),
        Xtask::Codegen => codegen::run(),
        Xtask::Fuzz(args) => fuzz::run(&args),
        Xtask::Bench(bench) => bench.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
