//! Generated files are committed as the code makes them today.

use std::fs;

use super::Findings;
use crate::codegen::GENERATED;
use crate::workspace::root;

pub(crate) fn check(findings: &mut Findings) {
    for file in GENERATED {
        match file.make() {
            Err(error) => findings.error(format!("{error:#}")),
            Ok(wanted) if fs::read(root().join(file.path)).is_ok_and(|found| found == wanted) => {}
            Ok(_) => {
                findings.error(format!(
                    "{} is not up to date: `cargo xtask codegen`",
                    file.path
                ));
            }
        }
    }
}
