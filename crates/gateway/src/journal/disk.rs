//! The journal's folder: every change to a file goes through here, so that a test can watch it.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::JournalError;

const EXTENSION: &str = "journal";
const LOCK: &str = "journal.lock";
/// What is being overwritten: see [`super::rewrite`].
const REWRITE: &str = "rewrite";

/// Notifications are messages: for the owner's eyes only.
const PRIVATE: u32 = 0o600;

/// One change to the journal's files.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub enum Op<'a> {
    /// A new, empty segment; its name lasts from the next `SyncDir` on.
    Create { segment: u64 },
    /// Bytes at an offset; they last from the next `Sync` on.
    Write {
        segment: u64,
        offset: u64,
        bytes: &'a [u8],
    },
    /// The file is cut; lasts from the next `Sync` on.
    Truncate { segment: u64, len: u64 },
    /// All of a segment's changes are on disk.
    Sync { segment: u64 },
    /// The segment's name goes.
    Delete { segment: u64 },
    /// Creations and deletions are on disk.
    SyncDir,
}

/// Called before each change, with the right to refuse it.
#[doc(hidden)]
pub type Tap = Arc<dyn Fn(Op<'_>) -> io::Result<()> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Disk {
    dir: PathBuf,
    tap: Option<Tap>,
    // Held for its lock only.
    _lock: Arc<File>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl Disk {
    pub(super) fn open(dir: &Path, tap: Option<Tap>) -> Result<Self, JournalError> {
        create_folder(dir).map_err(JournalError::io("create the folder"))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(PRIVATE)
            .open(dir.join(LOCK))
            .map_err(JournalError::io("open the lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::Locked,
            TryLockError::Error(error) => JournalError::io("take the lock")(error),
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            tap,
            _lock: Arc::new(lock),
        })
    }

    /// The numbers of all segments, in order.
    pub(super) fn list(&self) -> io::Result<Vec<u64>> {
        let mut segments = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == EXTENSION)
                && let Some(number) = path
                    .file_stem()
                    .and_then(|stem| stem.to_str()?.parse().ok())
            {
                segments.push(number);
            }
        }
        segments.sort_unstable();
        Ok(segments)
    }

    pub(super) fn read(&self, segment: u64) -> io::Result<File> {
        File::open(self.path(segment))
    }

    pub(super) fn write(&self, segment: u64) -> io::Result<File> {
        OpenOptions::new().write(true).open(self.path(segment))
    }

    /// Anything left there by an earlier attempt that failed is dropped.
    pub(super) fn create(&self, segment: u64) -> io::Result<File> {
        self.tap(Op::Create { segment })?;
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(PRIVATE)
            .open(self.path(segment))
    }

    pub(super) fn write_at(
        &self,
        file: &File,
        segment: u64,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<()> {
        self.tap(Op::Write {
            segment,
            offset,
            bytes,
        })?;
        file.write_all_at(bytes, offset)
    }

    pub(super) fn truncate(&self, file: &File, segment: u64, len: u64) -> io::Result<()> {
        self.tap(Op::Truncate { segment, len })?;
        file.set_len(len)
    }

    /// `fdatasync`: the bytes, and the file's length where it changed.
    pub(super) fn sync(&self, file: &File, segment: u64) -> io::Result<()> {
        self.tap(Op::Sync { segment })?;
        file.sync_data()
    }

    pub(super) fn delete(&self, segment: u64) -> io::Result<()> {
        self.tap(Op::Delete { segment })?;
        std::fs::remove_file(self.path(segment))
    }

    pub(super) fn sync_dir(&self) -> io::Result<()> {
        self.tap(Op::SyncDir)?;
        File::open(&self.dir)?.sync_all()
    }

    /// Keeps what is about to be overwritten, synced.
    pub(super) fn keep_rewrite(&self, bytes: &[u8]) -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(PRIVATE)
            .open(self.dir.join(REWRITE))?;
        file.write_all_at(bytes, 0)?;
        file.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }

    /// What was kept, if anything was.
    pub(super) fn read_rewrite(&self) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.dir.join(REWRITE)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// It is overwritten.
    pub(super) fn drop_rewrite(&self) -> io::Result<()> {
        std::fs::remove_file(self.dir.join(REWRITE))?;
        File::open(&self.dir)?.sync_all()
    }

    fn tap(&self, op: Op<'_>) -> io::Result<()> {
        self.tap.as_ref().map_or(Ok(()), |tap| tap(op))
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.dir.join(format!("{segment:016}.{EXTENSION}"))
    }
}

/// Its own name must last too, or a power cut takes the whole journal.
fn create_folder(dir: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    let parent = dir.canonicalize()?;
    parent
        .parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
