//! Where the demo keeps its data and its secrets.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use gateway::config::SecretRef;
use tempfile::TempDir;

/// A folder named by the person, or a temporary one that goes with the demo.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Folder {
    pub(crate) fn open(named: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = named {
            // Absolute, since it is printed for other terminals and kept in the channel.
            let path = std::path::absolute(path).context("the folder has no usable name")?;
            fs::create_dir_all(&path)
                .with_context(|| format!("cannot make the folder {}", path.display()))?;
            return Ok(Self {
                path,
                temporary: None,
            });
        }
        let made = tempfile::Builder::new().prefix("wharf-demo-").tempdir();
        let temporary = made.context("cannot make a temporary folder; name one with --data")?;
        Ok(Self {
            path: temporary.path().to_owned(),
            temporary: Some(temporary),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// The secret in the file `name`, made at the first use; only its owner can read it.
    pub(crate) fn secret(&self, name: &str) -> anyhow::Result<(String, SecretRef)> {
        let path = self.path.join(name);
        if !path.exists() {
            let secret = format!(
                "{:032x}{:032x}",
                rand::random::<u128>(),
                rand::random::<u128>()
            );
            write_private(&path, &secret)?;
        }
        let reference = SecretRef::File(path);
        Ok((reference.read()?, reference))
    }

    /// Removes a temporary folder.
    pub(crate) fn close(self) {
        if let Some(temporary) = self.temporary {
            let path = temporary.path().to_owned();
            if let Err(error) = temporary.close() {
                tracing::warn!(%error, path = %path.display(), "the demo's folder stays");
            }
        }
    }
}

/// Writes a file that only its owner can read, from its first byte on.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| writeln!(file, "{text}"));
    written.with_context(|| format!("cannot write {}", path.display()))
}
