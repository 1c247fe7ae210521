//! Profiles: the gateways that a person signed in to, in a file that only they can read.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::environment;
use crate::failure::Failure;
use crate::output::note;

/// The profile that `wharf login` makes if none is named.
pub(crate) const USUAL: &str = "default";

/// The file with all of them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Profiles {
    /// The one that counts when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<String>,
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// A gateway and a key for it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) url: Url,
    pub(crate) api_key: String,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

static NAMED: OnceLock<Option<String>> = OnceLock::new();

/// What `--profile` says; it is said once, before anything is called.
pub(crate) fn name(name: Option<String>) {
    // Only a second call could fail, and there is none.
    let _ = NAMED.set(name);
}

/// The profile that the command line names.
pub(crate) fn by_flag() -> Option<String> {
    NAMED.get().cloned().flatten()
}

/// The profile that the environment names.
pub(crate) fn by_variable() -> Option<String> {
    environment::variable("WHARF_PROFILE").filter(|name| !name.is_empty())
}

impl Profiles {
    /// Reads the file; without one there are no profiles.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let Some(path) = path() else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        warn_of_readers(&path);
        // What the parser says quotes the file, and with it keys.
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| {
                let before = text.get(..span.start).unwrap_or_default();
                before.lines().count().max(1)
            });
            anyhow::anyhow!(
                "{} is not a file of profiles (line {line}); correct it, or remove it and sign in again with `wharf login`",
                path.display()
            )
        })
    }

    /// Writes the file at once as a whole; only its owner can read it.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let path =
            path().context("there is no home folder to keep profiles in; set XDG_CONFIG_HOME")?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let text = toml::to_string(self).context("the profiles cannot be written down")?;
        let write = || {
            fs::create_dir_all(folder)?;
            // A new temporary file is its owner's alone.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }

    /// The profile of this name, or an error that says which there are.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<&Profile> {
        self.profiles.get(name).ok_or_else(|| {
            let names: Vec<_> = self.profiles.keys().map(String::as_str).collect();
            let known = if names.is_empty() {
                "there is none yet".to_owned()
            } else {
                format!("there are: {}", names.join(", "))
            };
            let text = format!(
                "there is no profile {name:?} ({known}); make it with `wharf login --profile {name} --url URL`"
            );
            Failure::Usage(text).into()
        })
    }
}

/// Where the file is.
pub(crate) fn path() -> Option<PathBuf> {
    let folder = |name| {
        let value = environment::variable(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    let config = folder("XDG_CONFIG_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".config")))
        .or_else(|| folder("APPDATA"))?;
    Some(config.join("wharf").join("profiles.toml"))
}

#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let others = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    if others {
        note(format_args!(
            "wharf: others can read {}, which has keys in it: chmod 600 it",
            path.display()
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}
