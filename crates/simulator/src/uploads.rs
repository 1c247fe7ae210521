//! Resumable uploads: sessions that take bytes, and the handles they end in.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;

use crate::chance::mix;
use crate::core::lock;

/// Sessions and handles that are remembered.
const MOST: usize = 1000;

/// A file that was uploaded in a session.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// Its name, as the upload was begun with.
    pub file_name: String,
    /// Its type, as the upload was begun with.
    pub mime_type: String,
    /// What came.
    pub bytes: Bytes,
}

/// A finished upload, as `example.header_handle[]` and `profile_picture_handle` name it.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub(crate) file_name: String,
    pub(crate) mime_type: String,
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) size: u64,
}

/// Every session and handle; the oldest go first.
#[derive(Debug)]
pub(crate) struct Uploads {
    seed: u64,
    most_bytes: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begun: u64,
    sessions: HashMap<String, Session>,
    handles: HashMap<String, Handle>,
    order: VecDeque<(String, String)>,
}

#[derive(Debug)]
struct Session {
    file: Handle,
    length: u64,
    handle: String,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Uploads {
    pub(crate) fn new(seed: u64, most_bytes: u64) -> Self {
        Self {
            seed,
            most_bytes,
            state: Mutex::default(),
        }
    }

    /// Opens a session; gives its id, `upload:…?sig=…`.
    pub(crate) fn begin(&self, file_name: &str, mime_type: &str, length: u64, app: &str) -> String {
        let mut state = lock(&self.state);
        state.begun += 1;
        let n = state.begun;
        let drawn = |purpose| format!("{:016x}", mix(self.seed, purpose, n));
        let session = STANDARD.encode(format!("1:attachment:{}{}", drawn(400), drawn(401)));
        let id = format!("upload:{session}?sig=AR{}", drawn(402));
        let (name, kind) = (
            URL_SAFE_NO_PAD.encode(file_name),
            URL_SAFE_NO_PAD.encode(mime_type),
        );
        let handle = format!("4:{name}:{kind}:AR{}:e:{app}:{}", drawn(403), drawn(404));
        state.order.push_back((id.clone(), handle.clone()));
        let file = Handle {
            file_name: file_name.to_owned(),
            mime_type: mime_type.to_owned(),
            chunks: Vec::new(),
            size: 0,
        };
        state.sessions.insert(
            id.clone(),
            Session {
                file,
                length,
                handle,
            },
        );
        state.bound(self.most_bytes);
        id
    }

    /// How much of a session has come.
    pub(crate) fn progress(&self, id: &str) -> Option<Progress> {
        let state = lock(&self.state);
        let session = state.sessions.get(id)?;
        Some(Progress {
            offset: session.file.size,
            length: session.length,
        })
    }

    /// Forgets the bytes of a session that begins again.
    pub(crate) fn restart(&self, id: &str) {
        if let Some(session) = lock(&self.state).sessions.get_mut(id) {
            session.file.chunks.clear();
            session.file.size = 0;
        }
    }

    /// Keeps bytes that came; false when they are more than were announced.
    pub(crate) fn push(&self, id: &str, chunk: Bytes) -> bool {
        let mut state = lock(&self.state);
        let Some(session) = state.sessions.get_mut(id) else {
            return false;
        };
        let size = session.file.size + chunk.len() as u64;
        if size > session.length {
            return false;
        }
        session.file.size = size;
        session.file.chunks.push(chunk);
        state.bound(self.most_bytes);
        true
    }

    /// The handle of a session whose bytes have all come.
    pub(crate) fn finish(&self, id: &str) -> Option<String> {
        let mut state = lock(&self.state);
        let session = state.sessions.get(id)?;
        if session.file.size < session.length {
            return None;
        }
        let (handle, file) = (session.handle.clone(), session.file.clone());
        state.handles.insert(handle.clone(), file);
        Some(handle)
    }

    /// The file behind a handle.
    pub(crate) fn handle(&self, handle: &str) -> Option<Handle> {
        lock(&self.state).handles.get(handle).cloned()
    }
}

impl State {
    fn bound(&mut self, most_bytes: u64) {
        let mut bytes: u64 = self.sessions.values().map(|kept| kept.file.size).sum();
        while self.order.len() > 1 && (self.order.len() > MOST || bytes > most_bytes) {
            if let Some((id, handle)) = self.order.pop_front() {
                let gone = self.sessions.remove(&id);
                bytes -= gone.map_or(0, |session| session.file.size);
                self.handles.remove(&handle);
            }
        }
    }
}
