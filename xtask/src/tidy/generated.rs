//! Generated files are committed as the code makes them today.

use std::fs;

use super::Findings;
use crate::codegen::GENERATED;
use crate::workspace::root;

pub(crate) fn check(findings: &mut Findings) {
    for file in GENERATED {
        let wanted = match file.make() {
            Ok(wanted) => wanted,
            // What keeps one file from being made keeps the others too, mostly a build error.
            Err(error) => return findings.error(format!("{error:#}")),
        };
        if fs::read(root().join(file.path)).is_ok_and(|found| found == wanted) {
            continue;
        }
        findings.error(format!(
            "{} is not up to date: `cargo xtask codegen`",
            file.path
        ));
    }
}
