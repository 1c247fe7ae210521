//! Files that a user puts into a Flow: encrypted for the endpoint, as media for the answer.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::broken;
use crate::chance::mix;
use crate::clock::later;
use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::flows::cipher::{Drawn, seal_file};
use crate::user::User;

/// How long an uploaded file lies on the CDN.
const LIFE: Duration = Duration::from_hours(20 * 24);

/// Encrypted files by id, up to a sum of bytes; the oldest go first.
#[derive(Debug, Default)]
pub(super) struct Files {
    kept: HashMap<String, (Bytes, Timestamp)>,
    order: VecDeque<String>,
    bytes: u64,
}

impl Files {
    fn add(&mut self, id: String, file: Bytes, until: Timestamp, most: u64) {
        self.bytes += file.len() as u64;
        self.order.push_back(id.clone());
        self.kept.insert(id, (file, until));
        while self.bytes > most && self.order.len() > 1 {
            if let Some(oldest) = self.order.pop_front()
                && let Some((gone, _)) = self.kept.remove(&oldest)
            {
                self.bytes -= gone.len() as u64;
            }
        }
    }
}

/// What was picked, checked: a list of `{"file_name", "mime_type", "data"}`.
pub(super) fn check(component: &Value, picked: &Value) -> Result<(), SimulatorError> {
    let refuse = |reason: &str| Err(broken("value", reason));
    let Some(files) = picked.as_array() else {
        return refuse("is not a list of files");
    };
    let noun = if component["type"] == "PhotoPicker" {
        "photos"
    } else {
        "documents"
    };
    let most = component[format!("max-uploaded-{noun}")]
        .as_u64()
        .unwrap_or(30);
    if files.len() as u64 > most {
        return refuse("has more files than the component takes");
    }
    let most = component["max-file-size-kb"].as_u64().unwrap_or(25_600) * 1024;
    for file in files {
        let (Some(_), Some(mime_type), Some(bytes)) = (
            file["file_name"].as_str(),
            file["mime_type"].as_str(),
            bytes(file),
        ) else {
            return refuse("needs file_name, mime_type and data in base64");
        };
        if bytes.len() as u64 > most {
            return refuse("has a file that is larger than the component takes");
        }
        let allowed = component["allowed-mime-types"].as_array();
        if allowed.is_some_and(|allowed| !allowed.iter().any(|known| known == mime_type)) {
            return refuse("has a file of a type that the component does not take");
        }
    }
    Ok(())
}

fn bytes(file: &Value) -> Option<Bytes> {
    let data = file["data"].as_str()?;
    STANDARD.decode(data).ok().map(Bytes::from)
}

/// Whether a value is what a picker holds.
fn is_files(value: &Value) -> bool {
    value.as_array().is_some_and(|files| {
        let file = |file: &Value| file.get("file_name").is_some() && file.get("data").is_some();
        !files.is_empty() && files.iter().all(file)
    })
}

/// A payload for the endpoint: files are encrypted and put on the CDN.
pub(super) fn for_endpoint(core: &Core, payload: &mut Value) {
    each(payload, &mut |file| {
        let position = core.flows.draw();
        let seed = core.settings.seed;
        let clear = bytes(file).unwrap_or_default();
        let (sealed, metadata) = seal_file(&clear, Drawn::new(seed, 440, position));
        let (high, low) = (mix(seed, 441, position), mix(seed, 442, position));
        let id = uuid(high, low);
        let until = later(core.clock.now(), LIFE);
        let most = core.settings.history.media_bytes;
        let mut state = lock(&core.open_flows.0);
        state
            .files
            .add(id.clone(), Bytes::from(sealed), until, most);
        json!({
            "media_id": id,
            "cdn_url": format!("{}/v/t62/{id}", core.base_url),
            "file_name": file["file_name"],
            "encryption_metadata": metadata,
        })
    });
}

/// A payload for the answer in the chat: files become media.
pub(super) fn for_answer(user: &User, payload: &mut Value) -> Result<(), SimulatorError> {
    let mut failed = None;
    each(payload, &mut |file| {
        let mime_type = file["mime_type"].as_str().unwrap_or_default();
        let clear = bytes(file).unwrap_or_default();
        match user.file("document", mime_type, clear, Value::Null) {
            Ok(kept) => json!({
                "file_name": file["file_name"],
                "mime_type": mime_type,
                "sha256": kept["sha256"],
                "id": kept["id"],
            }),
            Err(error) => {
                failed = Some(error);
                Value::Null
            }
        }
    });
    failed.map_or(Ok(()), Err)
}

fn each(payload: &mut Value, change: &mut impl FnMut(&Value) -> Value) {
    for value in payload
        .as_object_mut()
        .into_iter()
        .flat_map(|fields| fields.values_mut())
    {
        if is_files(value) {
            for file in value.as_array_mut().into_iter().flatten() {
                *file = change(file);
            }
        }
    }
}

/// A random UUID of version 4.
fn uuid(high: u64, low: u64) -> String {
    let bits = (u128::from(high) << 64) | u128::from(low);
    let cleared = bits & !(0xf_u128 << 76) & !(0x3_u128 << 62);
    let bits = cleared | (0x4_u128 << 76) | (0x2_u128 << 62);
    let text = format!("{bits:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts = parts.map(|(from, to)| text.get(from..to).unwrap_or_default());
    parts.join("-")
}

/// The encrypted bytes behind a `cdn_url`, which needs no token.
pub(crate) async fn download(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Response {
    let now = core.clock.now();
    let state = lock(&core.open_flows.0);
    match state.files.kept.get(&id).filter(|(_, until)| now < *until) {
        Some((bytes, _)) => bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
