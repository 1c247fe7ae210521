//! Files: what was uploaded or received, how long it lives, and the addresses it is read from.

pub(crate) mod sniff;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::clock::later;
use crate::core::{Core, lock};
use crate::ids::{MediaId, PhoneNumberId};
use crate::webhook::sign::{push_hex, signature};

/// How long an address may be read from. See [Cloud API/Media].
const URL_LIFE: Duration = Duration::from_mins(5);
/// How long the id of an uploaded file is good.
const UPLOADED_LIFE: Duration = Duration::from_hours(30 * 24);
/// How long the id of a received file is good.
const RECEIVED_LIFE: Duration = Duration::from_hours(7 * 24);

/// A stored file.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: MediaId,
    pub(crate) number: PhoneNumberId,
    pub(crate) mime_type: String,
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) chunks: Vec<Bytes>,
    expires: Timestamp,
}

impl Stored {
    /// SHA-256 in hex, as the Graph API shows it.
    pub(crate) fn sha256_hex(&self) -> String {
        let mut text = String::with_capacity(64);
        push_hex(&mut text, &self.sha256);
        text
    }

    /// SHA-256 in base64, as webhooks show it.
    pub(crate) fn sha256_base64(&self) -> String {
        STANDARD.encode(self.sha256)
    }
}

/// All files, up to a sum of bytes; the oldest go first.
#[derive(Debug)]
pub(crate) struct MediaStore {
    files: HashMap<MediaId, Arc<Stored>>,
    order: VecDeque<MediaId>,
    bytes: u64,
    most: u64,
}

impl MediaStore {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            files: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            most,
        }
    }

    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Option<Arc<Stored>> {
        let file = self.files.get(&MediaId::from(id))?;
        (now < file.expires).then(|| Arc::clone(file))
    }

    pub(crate) fn remove(&mut self, id: &MediaId) -> bool {
        let Some(file) = self.files.remove(id) else {
            return false;
        };
        self.bytes -= file.size;
        self.order.retain(|kept| kept != id);
        true
    }

    fn insert(&mut self, file: Arc<Stored>) {
        self.remove(&file.id);
        self.bytes += file.size;
        self.order.push_back(file.id.clone());
        self.files.insert(file.id.clone(), file);
        while self.bytes > self.most && self.order.len() > 1 {
            if let Some(oldest) = self.order.front().cloned() {
                self.remove(&oldest);
            }
        }
    }
}

/// Where a file came from, which decides how long its id is good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    Uploaded,
    Received,
}

/// A file on its way in, hashed as it comes.
#[derive(Default)]
pub(crate) struct Intake {
    hash: Sha256,
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) size: u64,
}

impl Intake {
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.hash.update(&chunk);
        self.size += chunk.len() as u64;
        self.chunks.push(chunk);
    }

    /// Keeps the file, under `id` or a new one.
    pub(crate) fn store(
        self,
        core: &Core,
        number: &PhoneNumberId,
        mime_type: &str,
        origin: Origin,
        id: Option<MediaId>,
    ) -> Arc<Stored> {
        let life = match origin {
            Origin::Uploaded => UPLOADED_LIFE,
            Origin::Received => RECEIVED_LIFE,
        };
        let file = Arc::new(Stored {
            id: id.unwrap_or_else(|| core.ids.media()),
            number: number.clone(),
            mime_type: mime_type.to_owned(),
            size: self.size,
            sha256: self.hash.finalize().into(),
            chunks: self.chunks,
            expires: later(core.clock.now(), life),
        });
        lock(&core.media).insert(Arc::clone(&file));
        file
    }
}

/// An address that `file` can be read from for five minutes.
pub(crate) fn url(core: &Core, file: &Stored) -> String {
    let until = later(core.clock.now(), URL_LIFE).as_second();
    let hash = proof(core, file.id.as_str(), until);
    let (base, id) = (&core.base_url, &file.id);
    format!("{base}/whatsapp_business/attachments/?mid={id}&ext={until}&hash={hash}")
}

/// Whether an address was handed out here and is still good.
pub(crate) fn url_is_good(core: &Core, id: &str, until: i64, hash: &str) -> bool {
    core.clock.now().as_second() < until && proof(core, id, until) == hash
}

fn proof(core: &Core, id: &str, until: i64) -> String {
    let signed = signature(
        &core.settings.app.secret,
        format!("media:{id}:{until}").as_bytes(),
    );
    signed
        .trim_start_matches("sha256=")
        .chars()
        .take(32)
        .collect()
}
