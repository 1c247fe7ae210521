//! `cargo xtask codegen`: writes the committed files that are made from the code.

use std::fs;

use anyhow::{Context as _, Result};

use crate::workspace::{cargo, output, root};

/// A committed file and the arguments of `wharf` that print it.
pub(crate) struct Generated {
    pub(crate) path: &'static str,
    args: &'static [&'static str],
}

/// Every generated file. To add one: let `wharf` print it, name it here, run
/// `cargo xtask codegen`, commit it.
pub(crate) const GENERATED: &[Generated] = &[
    Generated {
        path: "docs/openapi.json",
        args: &["openapi"],
    },
    Generated {
        path: "docs/events.md",
        args: &["events-doc"],
    },
];

impl Generated {
    /// What the code says the file should hold.
    pub(crate) fn make(&self) -> Result<Vec<u8>> {
        let wharf = [
            "run",
            "--quiet",
            "--package",
            "wharf",
            "--bin",
            "wharf",
            "--",
        ];
        let command = cargo(&[wharf.as_slice(), self.args].concat());
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
