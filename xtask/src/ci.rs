//! `cargo xtask ci`: the list of checks, each with its time, up to the first failure.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use test_servers::{Durability, Postgres};

use crate::workspace::cargo;
use crate::{fuzz, tidy};

/// Everything that CI checks, in its order, up to the first failure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these checks, by name; all of them if none is named.
    #[arg(value_parser = CHECKS.map(|check| check.name))]
    only: Vec<String>,
    /// Seconds for each fuzz target.
    #[arg(long, default_value_t = 60)]
    fuzz_seconds: u64,
}

struct Check {
    name: &'static str,
    what: What,
    /// What to do when it fails.
    remedy: &'static str,
}

enum What {
    Cargo(&'static [&'static str]),
    /// Tests, beside a PostgreSQL server that all of them share, with the gateway's store in one
    /// of its places: see `WHARF_TEST_STORE` in CONTRIBUTING.md.
    Tests {
        args: &'static [&'static str],
        store: &'static str,
    },
    /// The documentation of the workspace's own crates, each warning an error.
    Docs(&'static [&'static str]),
    Tidy,
    Fuzz,
}

const CHECKS: [Check; 10] = [
    Check {
        name: "fmt",
        what: What::Cargo(&["fmt", "--all", "--check"]),
        remedy: "run `cargo fmt --all`",
    },
    Check {
        name: "clippy",
        what: What::Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
        remedy: "fix what is reported above; an exception is `#[expect(…, reason = \"…\")]`",
    },
    Check {
        name: "test",
        what: What::Tests {
            args: &["nextest", "run", "--workspace"],
            store: "sqlite",
        },
        remedy: "repeat one test with `cargo nextest run -p CRATE NAME --no-capture`; if cargo does \
                 not know nextest, ./test installs it",
    },
    Check {
        name: "postgres",
        what: What::Tests {
            args: &["nextest", "run", "-p", "gateway"],
            store: "postgres",
        },
        remedy: "repeat one test with `WHARF_TEST_STORE=postgres cargo nextest run -p gateway NAME`",
    },
    Check {
        name: "cluster",
        what: What::Tests {
            args: &["nextest", "run", "-p", "gateway"],
            store: "cluster",
        },
        remedy: "repeat one test with `WHARF_TEST_STORE=cluster cargo nextest run -p gateway NAME`",
    },
    Check {
        name: "doctest",
        what: What::Cargo(&["test", "--workspace", "--doc", "--quiet"]),
        remedy: "an example in the documentation is wrong: repeat with `cargo test --doc -p CRATE`",
    },
    Check {
        name: "doc",
        what: What::Docs(&["doc", "--workspace", "--no-deps", "--quiet"]),
        remedy: "mend the links and texts reported above",
    },
    Check {
        name: "deny",
        what: What::Cargo(&[
            "deny",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ]),
        remedy: "drop the dependency, or argue for it in deny.toml with a reason; if cargo does \
                 not know deny, ./test installs it",
    },
    Check {
        name: "tidy",
        what: What::Tidy,
        remedy: "follow each line above; `cargo xtask tidy` repeats it alone",
    },
    Check {
        name: "fuzz",
        what: What::Fuzz,
        remedy: "make a test of the input that is named above, and mend what it shows; \
                 `cargo xtask fuzz TARGET` repeats it alone; if cargo does not know fuzz, ./test \
                 installs it",
    },
];

pub(crate) fn run(args: &Args) -> Result<()> {
    let chosen =
        |check: &&Check| args.only.is_empty() || args.only.iter().any(|name| name == check.name);
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for check in CHECKS.iter().filter(chosen) {
        println!("── {}: {}", check.name, check.what.command());
        let start = Instant::now();
        let result = check.what.run(args);
        let time = start.elapsed();
        times.push((check.name, time));
        if let Err(error) = result {
            println!(
                "── {}: FAILED after {:.1} s",
                check.name,
                time.as_secs_f64()
            );
            bail!("{}: {error:#}\n  what to do: {}", check.name, check.remedy);
        }
        println!("── {}: ok, {:.1} s\n", check.name, time.as_secs_f64());
    }
    println!("All passed:");
    for (name, time) in &times {
        println!("  {name:<8}{:>8.1} s", time.as_secs_f64());
    }
    Ok(())
}

impl What {
    fn command(&self) -> String {
        match self {
            Self::Cargo(args) => format!("cargo {}", args.join(" ")),
            Self::Tests { args, store } => {
                format!("WHARF_TEST_STORE={store} cargo {}", args.join(" "))
            }
            Self::Docs(args) => format!("RUSTDOCFLAGS=\"-D warnings\" cargo {}", args.join(" ")),
            Self::Tidy => "cargo xtask tidy".to_owned(),
            Self::Fuzz => "cargo xtask fuzz".to_owned(),
        }
    }

    fn run(&self, args: &Args) -> Result<()> {
        // Kept until the tests have ended.
        let mut _server = None;
        let mut command = match self {
            Self::Cargo(words) => cargo(words),
            Self::Tests { args: words, store } => {
                let server = Postgres::start(Durability::PageCache).context("PostgreSQL")?;
                let mut command = cargo(words);
                command.env("WHARF_TEST_STORE", store);
                command.env("WHARF_TEST_POSTGRES", server.address());
                _server = Some(server);
                command
            }
            Self::Docs(words) => {
                let mut command = cargo(words);
                command.env("RUSTDOCFLAGS", "-D warnings");
                command
            }
            Self::Tidy => return tidy::run(),
            Self::Fuzz => return fuzz::run(&fuzz::Args::all(args.fuzz_seconds)),
        };
        let status = command.status().context("cargo did not start")?;
        if !status.success() {
            bail!("{status}");
        }
        Ok(())
    }
}
