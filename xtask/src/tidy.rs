//! `cargo xtask tidy`: rules that no compiler knows, all of them checked, then reported.

mod dependencies;
mod generated;
mod sources;

use anyhow::{Result, bail};

/// What the checks found.
#[derive(Default)]
pub(crate) struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn error(&mut self, text: String) {
        self.errors.push(text);
    }

    fn warning(&mut self, text: String) {
        self.warnings.push(text);
    }
}

pub(crate) fn run() -> Result<()> {
    let mut findings = Findings::default();
    dependencies::check(&mut findings)?;
    sources::check(&mut findings)?;
    generated::check(&mut findings);
    for warning in &findings.warnings {
        println!("warning: {warning}");
    }
    for error in &findings.errors {
        println!("error: {error}");
    }
    match findings.errors.len() {
        0 => Ok(()),
        count => bail!(
            "tidy found {count} thing{}",
            if count == 1 { "" } else { "s" }
        ),
    }
}
