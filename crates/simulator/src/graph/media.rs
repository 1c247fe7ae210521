//! Media: upload as multipart, look-up, download, deletion. See [Cloud API/Media].

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::fault::{Calls, Target};
use crate::graph::GraphError;
use crate::graph::ending::Ending;
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate, query};
use crate::ids::PhoneNumberId;
use crate::media::{Intake, Origin, Stored, sniff, url, url_is_good};
use crate::server::Wire;
use crate::settings::Number;

const MB: u64 = 1 << 20;
/// The most bytes of a sticker that does not move.
const STILL_STICKER: u64 = 100 << 10;

/// The MIME types that may be uploaded, the kind of message each is for, and the most bytes.
#[rustfmt::skip]
const TYPES: [(&str, &str, u64); 18] = [
    ("audio/aac", "audio", 16 * MB),
    ("audio/amr", "audio", 16 * MB),
    ("audio/mpeg", "audio", 16 * MB),
    ("audio/mp4", "audio", 16 * MB),
    ("audio/ogg", "audio", 16 * MB),
    ("image/jpeg", "image", 5 * MB),
    ("image/png", "image", 5 * MB),
    ("image/webp", "sticker", 500 << 10),
    ("video/mp4", "video", 16 * MB),
    ("video/3gpp", "video", 16 * MB),
    ("text/plain", "document", 100 * MB),
    ("application/pdf", "document", 100 * MB),
    ("application/msword", "document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document", 100 * MB),
    ("application/vnd.ms-excel", "document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", 100 * MB),
    ("application/vnd.ms-powerpoint", "document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "document", 100 * MB),
];

/// The kind of message that a file of this type is for.
pub(crate) fn kind_of(mime_type: &str) -> Option<&'static str> {
    row(mime_type).map(|(kind, _)| kind)
}

/// A parameter such as `; codecs=opus` does not matter.
fn row(mime_type: &str) -> Option<(&'static str, u64)> {
    let bare = mime_type.split(';').next().unwrap_or_default().trim();
    TYPES
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(bare))
        .map(|(_, kind, most)| (*kind, *most))
}

pub(super) async fn upload(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let entered = gate::enter(&core, &version, &headers, &uri)
        .and_then(|caller| gate::number(&core, &caller, &id));
    let number = match entered {
        Ok(number) => number,
        Err(error) => return error.into_response(&core),
    };
    let target = target(Calls::Upload, Some(&number.id), &uri);
    let ending = match gate::strike(&core, &wire, target).await {
        Fate::Proceed { ending, .. } => ending,
        Fate::Answered(response) => return response,
    };
    let answer = match form {
        Ok(form) => store(&core, &number, form, (&wire, ending)).await,
        Err(_) => Err(GraphError::new(
            100,
            "The request must be multipart/form-data.",
        )),
    };
    ending.finish(&wire, respond(&core, answer)).await
}

fn target<'a>(calls: Calls, number: Option<&'a PhoneNumberId>, uri: &'a Uri) -> Target<'a> {
    Target {
        calls,
        number,
        method: if calls == Calls::Upload {
            "POST"
        } else {
            "GET"
        },
        path: uri.path(),
        recipient: None,
        kind: None,
    }
}

async fn store(
    core: &Core,
    number: &Number,
    mut form: Multipart,
    fault: (&Wire, Ending),
) -> Result<Value, GraphError> {
    let broken = |_| GraphError::new(100, "The multipart body breaks off or is malformed.");
    let missing =
        |name: &str| GraphError::new(131_008, format!("The parameter {name} is required."));
    let (mut product, mut declared, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "messaging_product" => product = Some(field.text().await.map_err(broken)?),
            "type" => declared = Some(field.text().await.map_err(broken)?),
            "file" => {
                let mime_type = field.content_type().map(str::to_owned);
                file = Some((mime_type, receive(field, fault).await?));
            }
            other => {
                return Err(GraphError::new(100, format!("Unexpected key \"{other}\".")));
            }
        }
    }
    match product.as_deref() {
        Some("whatsapp") => {}
        Some(_) => {
            return Err(GraphError::new(
                100,
                "Param messaging_product must be whatsapp.",
            ));
        }
        None => return Err(missing("messaging_product")),
    }
    let (mime_type, intake) = file.ok_or_else(|| missing("file"))?;
    let mime_type = declared.or(mime_type).ok_or_else(|| missing("type"))?;
    let (_, most) = row(&mime_type).ok_or_else(|| {
        let known: Vec<_> = TYPES.iter().map(|(mime_type, ..)| *mime_type).collect();
        let known = known.join(", ");
        GraphError::new(
            100,
            format!(
                "Param file must be a file with one of the following types: {known}. Received file \
                 of type '{mime_type}'."
            ),
        )
    })?;
    if intake.size == 0 {
        return Err(GraphError::new(131_053, "The file is empty."));
    }
    if let Some(details) = fault_of(&mime_type, intake.size, most, &intake.chunks) {
        return Err(GraphError::new(131_053, details));
    }
    let stored = intake.store(core, &number.id, &mime_type, Origin::Uploaded, None);
    Ok(json!({"id": stored.id}))
}

/// Why a file of a known type cannot be sent: too large, or not what it is said to be.
fn fault_of(mime_type: &str, size: u64, most: u64, chunks: &[Bytes]) -> Option<String> {
    if size > most {
        return Some(format!(
            "The file has {size} bytes and is larger than {most} bytes, the most for {mime_type}. \
             Make it smaller."
        ));
    }
    if let Some(reason) = sniff::mismatch(mime_type, chunks) {
        return Some(reason);
    }
    if sniff::bare(mime_type) == "image/webp" && size > STILL_STICKER && !sniff::is_animated(chunks)
    {
        return Some(format!(
            "The sticker has {size} bytes and is larger than {STILL_STICKER} bytes, the most for a \
             static sticker; animated ones may have {most}. Make it smaller."
        ));
    }
    None
}

/// Why bytes that came from elsewhere cannot be sent as this kind of message.
pub(crate) fn refusal(kind: &str, mime_type: &str, size: u64, chunks: &[Bytes]) -> Option<String> {
    match row(mime_type) {
        Some((known, most)) if known == kind => fault_of(mime_type, size, most, chunks),
        _ => Some(unsupported(kind, mime_type)),
    }
}

/// Meta's words for a file of a type that the kind of message does not take.
pub(crate) fn unsupported(kind: &str, mime_type: &str) -> String {
    let mut name = kind.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let known: Vec<_> = TYPES
        .iter()
        .filter(|(_, of, _)| *of == kind)
        .map(|(mime_type, ..)| *mime_type)
        .collect();
    let (bare, known) = (sniff::bare(mime_type), known.join(", "));
    format!("Unsupported {name} mime type {bare}. Please use one of {known}.")
}

/// Takes the file chunk by chunk; more than the largest limit is refused before it is all read.
async fn receive(
    mut field: Field<'_>,
    (wire, ending): (&Wire, Ending),
) -> Result<Intake, GraphError> {
    let mut intake = Intake::default();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                ending.received(wire, chunk.len()).await;
                intake.push(chunk);
            }
            Ok(None) => return Ok(intake),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(GraphError::new(131_053, "The file is larger than 100 MB."));
            }
            Err(_) => {
                return Err(GraphError::new(
                    100,
                    "The multipart body breaks off or is malformed.",
                ));
            }
        }
        if intake.size > 100 * MB {
            return Err(GraphError::new(131_053, "The file is larger than 100 MB."));
        }
    }
}

/// The answer to `GET /{media_id}`.
pub(super) fn look_up(core: &Core, file: &Stored, uri: &Uri) -> Result<Value, GraphError> {
    owned(file, uri, "get")?;
    Ok(json!({
        "messaging_product": "whatsapp",
        "url": url(core, file),
        "mime_type": file.mime_type,
        "sha256": file.sha256_hex(),
        "file_size": file.size,
        "id": file.id,
    }))
}

/// The answer to `DELETE /{media_id}`.
pub(super) fn delete(core: &Core, file: &Stored, uri: &Uri) -> Result<Value, GraphError> {
    owned(file, uri, "delete")?;
    lock(&core.media).remove(&file.id);
    Ok(json!({"success": true}))
}

/// The optional `phone_number_id` must be the number that owns the file.
fn owned(file: &Stored, uri: &Uri, method: &str) -> Result<(), GraphError> {
    match query(uri, "phone_number_id") {
        Some(number) if number != file.number.as_str() => {
            Err(GraphError::no_object(method, file.id.as_str()))
        }
        _ => Ok(()),
    }
}

/// The bytes, for five minutes after the look-up and with the token; then 404.
pub(super) async fn download(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let caller = match gate::token(&core, &headers, &uri) {
        Ok(caller) => caller,
        Err(error) => {
            // A download without a token is simply not authorised, whatever the Graph says elsewhere.
            let mut response = error.into_response(&core);
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            return response;
        }
    };
    let target = target(Calls::Download, None, &uri);
    let ending = match gate::strike(&core, &wire, target).await {
        Fate::Proceed { ending, .. } => ending,
        Fate::Answered(response) => return response,
    };
    let id = query(&uri, "mid").unwrap_or_default();
    let until = query(&uri, "ext")
        .and_then(|until| until.parse().ok())
        .unwrap_or(0);
    let hash = query(&uri, "hash").unwrap_or_default();
    let good = url_is_good(&core, &id, until, &hash);
    let Some(file) = lock(&core.media)
        .get(&id, core.clock.now())
        .filter(|file| good && gate::number(&core, &caller, file.number.as_str()).is_ok())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let chunks: Vec<_> = file
        .chunks
        .iter()
        .cloned()
        .map(Ok::<_, std::io::Error>)
        .collect();
    let headers = [
        (header::CONTENT_TYPE, file.mime_type.clone()),
        (header::CONTENT_LENGTH, file.size.to_string()),
    ];
    let response = (headers, Body::from_stream(stream::iter(chunks))).into_response();
    ending.finish(&wire, response).await
}
