//! `cargo xtask codegen`: writes the committed files that are made from the code.

use std::fs;

use anyhow::{Context as _, Result};

use crate::coverage;
use crate::workspace::{cargo, output, root};

/// A committed file and how it is made.
pub(crate) struct Generated {
    pub(crate) path: &'static str,
    maker: Maker,
}

enum Maker {
    /// `wharf` prints it, with these arguments.
    Wharf(&'static [&'static str]),
    /// This tool makes it.
    Here(fn() -> Result<Vec<u8>>),
}

/// Every generated file. To add one: let `wharf` print it or make it here, name it here, run
/// `cargo xtask codegen`, commit it.
pub(crate) const GENERATED: &[Generated] = &[
    Generated {
        path: "docs/coverage.md",
        maker: Maker::Here(coverage::page),
    },
    Generated {
        path: "crates/wharf-client/tests/it/coverage.rs",
        maker: Maker::Here(coverage::test),
    },
    Generated {
        path: "docs/openapi.json",
        maker: Maker::Wharf(&["openapi"]),
    },
    Generated {
        path: "docs/events.md",
        maker: Maker::Wharf(&["events-doc"]),
    },
    Generated {
        path: "docs/access.md",
        maker: Maker::Wharf(&["access-doc"]),
    },
    Generated {
        path: "docs/scenario.schema.json",
        maker: Maker::Wharf(&["scenario", "schema"]),
    },
];

impl Generated {
    /// What the code says the file should hold.
    pub(crate) fn make(&self) -> Result<Vec<u8>> {
        let args = match self.maker {
            Maker::Wharf(args) => args,
            Maker::Here(make) => {
                return make().with_context(|| format!("{} cannot be made", self.path));
            }
        };
        let wharf = [
            "run",
            "--quiet",
            "--package",
            "wharf",
            "--bin",
            "wharf",
            "--",
        ];
        let command = cargo(&[wharf.as_slice(), args].concat());
        output(command).with_context(|| format!("{} cannot be made", self.path))
    }
}

pub(crate) fn run() -> Result<()> {
    for file in GENERATED {
        let wanted = file.make()?;
        let path = root().join(file.path);
        if fs::read(&path).is_ok_and(|found| found == wanted) {
            println!("unchanged  {}", file.path);
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{} is missing", file.path))?;
        }
        fs::write(&path, wanted).with_context(|| format!("{} cannot be written", file.path))?;
        println!("written    {}", file.path);
    }
    Ok(())
}
