//! The picture of a group: a square JPEG of more than 192 pixels and at most 5 MB.

use std::collections::HashMap;

use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::graph::params::must_be;

const SIZE: usize = 5 << 20;
const LEAST: u16 = 192;

/// What a multipart form held.
#[derive(Default)]
pub(super) struct Form {
    pub(super) texts: HashMap<String, String>,
    pub(super) picture: Option<Picture>,
}

/// A picture that was read.
pub(super) struct Picture {
    /// As the notification shows it.
    pub(super) shown: Value,
    /// Why it was not taken.
    pub(super) fault: Option<i64>,
}

/// Reads the form, if the call is one.
pub(super) async fn read(call: &Call) -> Result<Form, GraphError> {
    let kind = call.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mut read = Form::default();
    if !kind.starts_with("multipart/form-data") {
        return Ok(read);
    }
    let broken = |_| GraphError::new(100, "The multipart form cannot be read.");
    let mut form = call.form().await?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" || name == "profile_picture_file" {
            let bytes = field.bytes().await.map_err(broken)?;
            read.picture = Some(check(&name, &bytes)?);
        } else if read.texts.len() < 16 {
            let text = field.text().await.map_err(broken)?;
            read.texts.insert(name, text);
        }
    }
    Ok(read)
}

fn check(name: &str, bytes: &Bytes) -> Result<Picture, GraphError> {
    if bytes.len() > SIZE {
        return Err(must_be(name, "at most 5 MB large"));
    }
    let (width, height) =
        measure(bytes).ok_or_else(|| must_be(name, "a JPEG picture (image/jpeg)"))?;
    let fault = if width != height {
        Some(131_209)
    } else if width <= LEAST {
        Some(131_210)
    } else {
        None
    };
    let shown = json!({
        "mime_type": "image/jpeg",
        "sha256": STANDARD.encode(sha2::Sha256::digest(bytes)),
        "update_successful": fault.is_none(),
    });
    Ok(Picture { shown, fault })
}

/// Width and height of a JPEG, from its frame header.
fn measure(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (&[0xff, marker, high, low], _) = rest.split_first_chunk()? else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if frame {
            let size = rest.get(5..9)?;
            let height = u16::from_be_bytes([size[0], size[1]]);
            let width = u16::from_be_bytes([size[2], size[3]]);
            return Some((width, height));
        }
        rest = rest.get(2 + length..)?;
    }
}
