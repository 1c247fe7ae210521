//! Where the workspace is, and how its tools are run there.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The folder of the root `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// `cargo` with these arguments, in the root folder.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(args).current_dir(root());
    command
}

/// Runs a command and gives what it wrote to its standard output.
pub(crate) fn output(mut command: Command) -> Result<Vec<u8>> {
    let name = format!("{command:?}");
    let output = command
        .output()
        .with_context(|| format!("{name} did not start"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({}):\n{}", output.status, said.trim());
    }
    Ok(output.stdout)
}
