//! The next segment, prepared while this one fills: blank, allocated and synced.
//!
//! Writing over blocks that are already there leaves the file system nothing to record but the
//! bytes themselves, which about halves what `fdatasync` costs (`docs/design.md`).

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::disk::Disk;

/// At most one blank file, perhaps still being written by a thread of its own.
#[derive(Debug)]
pub(super) struct Spare {
    disk: Disk,
    bytes: u64,
    stop: Arc<AtomicBool>,
    preparing: Option<JoinHandle<io::Result<File>>>,
}

impl Spare {
    pub(super) fn new(disk: Disk, bytes: u64) -> Self {
        Self {
            disk,
            bytes,
            stop: Arc::default(),
            preparing: None,
        }
    }

    /// Begins to prepare a file, unless one is on its way.
    pub(super) fn want(&mut self) {
        if self.preparing.is_some() {
            return;
        }
        let (disk, bytes, stop) = (self.disk.clone(), self.bytes, Arc::clone(&self.stop));
        // Without the thread the next segment is a plain one, and slower: nothing worse.
        self.preparing = std::thread::Builder::new()
            .name("inbox-spare".to_owned())
            .spawn(move || disk.prepare_blank(bytes, || stop.load(Ordering::Relaxed)))
            .ok();
    }

    pub(super) fn is_ready(&self) -> bool {
        self.preparing.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// The file, once it is ready.
    pub(super) fn take(&mut self) -> Option<File> {
        let prepared = self.preparing.take_if(|thread| thread.is_finished())?;
        match prepared.join() {
            Ok(Ok(file)) => Some(file),
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot prepare a journal segment"
                );
                None
            }
            Err(_) => None,
        }
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.preparing.take() {
            // What it prepared is found again at the next start.
            let _ = thread.join();
        }
    }
}
