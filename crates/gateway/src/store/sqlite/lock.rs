//! The database's folder and file as they are made, and the lock that keeps a second process out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Takes the database at `path` for this process, until the file returned is closed.
///
/// The lock is a file beside the database: SQLite lets several processes in, each of which would
/// apply the inbox and send the queue.
pub(super) fn take(path: &Path) -> Result<File, StoreError> {
    if let Some(folder) = path.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| StoreError::Folder {
            path: folder.to_owned(),
            source,
        })?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = open(&PathBuf::from(name))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::Locked {
            path: path.to_owned(),
        },
        TryLockError::Error(source) => StoreError::Folder {
            path: path.to_owned(),
            source,
        },
    })?;
    // SQLite gives its log the permissions of the file that it finds.
    open(path)?;
    Ok(lock)
}

fn open(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    options.open(path).map_err(|source| StoreError::Folder {
        path: path.to_owned(),
        source,
    })
}
