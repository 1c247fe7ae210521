//! The console's files as a browser asks for them: compressed, if it takes that.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Component, Path};
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::built_in::FILES;
use super::protect::Page;
use crate::http::Gate;
use crate::http::digest::sha256;
use crate::http::problem::Problem;

const INDEX: &str = "index.html";
const DOCS: &str = "docs/index.html";

/// A file and the name of its version.
#[derive(Debug, Clone)]
struct File {
    bytes: Cow<'static, [u8]>,
    /// The same in gzip.
    zipped: Vec<u8>,
    tag: String,
}

static BUILT_IN: LazyLock<HashMap<&'static str, File>> = LazyLock::new(|| {
    let file = |(name, bytes): &(&'static str, &'static [u8])| (*name, File::of(Cow::from(*bytes)));
    FILES.iter().map(file).collect()
});

/// Where people who know only the address are led.
pub(in crate::http) async fn home() -> Redirect {
    Redirect::temporary("/console/")
}

/// The console itself.
pub(in crate::http) async fn index(
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    serve(&gate, INDEX, &headers).await
}

/// One of its files. A path that names no file names a screen.
pub(in crate::http) async fn file(
    State(gate): State<Gate>,
    UrlPath(path): UrlPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let name = if last.contains('.') { &path } else { INDEX };
    serve(&gate, name, &headers).await
}

/// The pages that describe the API.
pub(in crate::http) async fn docs(
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    serve(&gate, DOCS, &headers).await
}

async fn serve(gate: &Gate, name: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let file = match &gate.app.config.console.dir {
        Some(folder) => File::read(folder, name).await,
        None => BUILT_IN.get(name).cloned(),
    };
    let (file, kind) = file.zip(kind(name)).ok_or(Problem::NoRoute)?;
    let asked = headers.get_all(header::IF_NONE_MATCH).iter();
    let is_known = asked
        .filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .any(|tag| tag.trim().trim_start_matches("W/") == file.tag.trim_start_matches("W/"));
    let tag = [(header::ETAG, file.tag)];
    let mut response = if is_known {
        (StatusCode::NOT_MODIFIED, tag).into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, kind)];
        if takes_gzip(headers) {
            let coding = [(header::CONTENT_ENCODING, "gzip")];
            (tag, kind, coding, Body::from(file.zipped)).into_response()
        } else {
            (tag, kind, Body::from(file.bytes.into_owned())).into_response()
        }
    };
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    response.extensions_mut().insert(Page);
    Ok(response)
}

/// Whether a browser says that it takes gzip. All do; `gzip;q=0` is what nobody says.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::ACCEPT_ENCODING).iter();
    codings
        .filter_map(|codings| codings.to_str().ok())
        .flat_map(|codings| codings.split(','))
        .any(|coding| coding.trim().split(';').next() == Some("gzip"))
}

/// What the name says that a file is; files of other kinds are not served.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

impl File {
    fn of(bytes: Cow<'static, [u8]>) -> Self {
        // Weak, because one name stands for the file and for its compressed form.
        let tag = format!("W/\"{}\"", &sha256(&bytes)[..32]);
        let mut zip = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        let zipped = zip.write_all(&bytes).and_then(|()| zip.finish());
        Self {
            zipped: zipped.unwrap_or_default(),
            bytes,
            tag,
        }
    }

    /// From a folder, for the console's development.
    async fn read(folder: &Path, name: &str) -> Option<Self> {
        let path = Path::new(name);
        let is_below = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_below {
            return None;
        }
        let bytes = tokio::fs::read(folder.join(path)).await.ok()?;
        Some(Self::of(Cow::from(bytes)))
    }
}
