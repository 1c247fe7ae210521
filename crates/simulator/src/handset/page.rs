//! The page of the handsets: static files in the binary, under a policy that lets nothing else in.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;

/// Nothing from anywhere else, nothing inline; framed only by pages of this machine, as the demo's.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'self' http://127.0.0.1:* http://localhost:*";

macro_rules! files {
    ($($name:literal => $kind:literal,)*) => {
        [$(($name, $kind, include_str!(concat!("../../handsets/", $name)))),*]
    };
}

/// Name, type and text of each file.
const FILES: &[(&str, &str, &str)] = &files! {
    "index.html" => "text/html; charset=utf-8",
    "base.css" => "text/css; charset=utf-8",
    "phone.css" => "text/css; charset=utf-8",
    "flow.css" => "text/css; charset=utf-8",
    "call.css" => "text/css; charset=utf-8",
    "chat.css" => "text/css; charset=utf-8",
    "icon.svg" => "image/svg+xml",
    "api.js" => "text/javascript; charset=utf-8",
    "app.js" => "text/javascript; charset=utf-8",
    "bubble.js" => "text/javascript; charset=utf-8",
    "call.js" => "text/javascript; charset=utf-8",
    "chat.js" => "text/javascript; charset=utf-8",
    "composer.js" => "text/javascript; charset=utf-8",
    "dom.js" => "text/javascript; charset=utf-8",
    "fields.js" => "text/javascript; charset=utf-8",
    "flows.js" => "text/javascript; charset=utf-8",
    "format.js" => "text/javascript; charset=utf-8",
    "icons.js" => "text/javascript; charset=utf-8",
    "media.js" => "text/javascript; charset=utf-8",
    "phone.js" => "text/javascript; charset=utf-8",
    "picker.js" => "text/javascript; charset=utf-8",
    "press.js" => "text/javascript; charset=utf-8",
    "rich.js" => "text/javascript; charset=utf-8",
    "sheet.js" => "text/javascript; charset=utf-8",
};

/// `/` leads to `/handsets`; the files are below it.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/handsets") }))
        .route("/handsets", get(|| async { file("index.html") }))
        .route(
            "/handsets/{name}",
            get(|Path(name): Path<String>| async move { file(&name) }),
        )
}

fn file(name: &str) -> Response {
    let Some((_, kind, text)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, *text).into_response()
}
