//! Packages of Python and Node from their registries, installed once below the build folder.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has `packages`, given as `name==version`.
pub fn python(folder: &Path, packages: &[&str]) -> io::Result<PathBuf> {
    let folder = installed(folder, "python", packages, |folder| {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder))?;
        run(Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(packages))
    })?;
    Ok(folder.join("bin/python"))
}

/// A folder whose `node_modules` has `packages`, given as `name@version`.
pub fn node(folder: &Path, packages: &[&str]) -> io::Result<PathBuf> {
    installed(folder, "node", packages, |folder| {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("package.json"), "{\"private\": true}")?;
        run(Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .args(packages)
            .current_dir(folder))
    })
}

/// A folder of its own for these packages, filled by the first who asks; others wait.
fn installed(
    folder: &Path,
    language: &str,
    packages: &[&str],
    install: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let mut hash = DefaultHasher::new();
    packages.hash(&mut hash);
    let name = format!("{language}-{:016x}", hash.finish());
    let lock = File::create(folder.join(format!("{name}.lock")))?;
    lock.lock()?;
    let folder = folder.join(name);
    // Written last, so that what was begun and not finished is begun again.
    let done = folder.join("installed");
    if !done.exists() {
        install(&folder)?;
        fs::write(done, "")?;
    }
    Ok(folder)
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::other(format!("{command:?} failed: {said}")))
}
