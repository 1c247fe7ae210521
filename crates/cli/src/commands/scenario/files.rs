//! Scenario files: named, found in folders, read.

use std::path::{Path, PathBuf};

use anyhow::Context;
use simulator::scenario::{Scenario, Shipped, shipped};

use crate::failure::Failure;

/// Reads every file; all mistakes of all files are told at once, as exit code 2.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Scenario>> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let (mut scenarios, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        match Scenario::parse(&file.to_string_lossy(), &text) {
            Ok(scenario) => scenarios.push(scenario),
            Err(found) => mistakes.extend(found.iter().map(ToString::to_string)),
        }
    }
    if mistakes.is_empty() {
        Ok(scenarios)
    } else {
        Err(Failure::Usage(mistakes.join("\nwharf: ")).into())
    }
}

/// A file as it is; of a folder every .yaml and .yml file, by name.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let unreadable = || format!("cannot read {}", path.display());
    let entries = std::fs::read_dir(path).with_context(unreadable)?;
    let mut entries = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(unreadable)?;
    entries.sort();
    for entry in entries {
        let yaml = entry
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        if yaml || entry.is_dir() {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

/// One of the shipped scenarios.
pub(super) fn shipped_one(name: &str) -> anyhow::Result<&'static Shipped> {
    let found = shipped().iter().find(|one| one.id == name);
    found.ok_or_else(|| {
        let told = format!("no scenario {name} is shipped; wharf scenario list names them");
        Failure::Usage(told).into()
    })
}

/// The text of one file.
pub(super) fn parse(path: &str, text: &str) -> anyhow::Result<Scenario> {
    Scenario::parse(path, text).map_err(|found| {
        let told: Vec<_> = found.iter().map(ToString::to_string).collect();
        Failure::Usage(told.join("\nwharf: ")).into()
    })
}
