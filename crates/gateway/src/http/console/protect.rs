//! What browsers are told of every answer, so that none does more than it should.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Marks an answer as a file of the console, which a browser may show, run and keep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page;

/// Only what comes from here, and nothing written into a page.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// An answer of the API is no page: should a file of a user's be opened as one, it can do nothing.
const DATA: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox";

/// Sets the headers.
pub(in crate::http) fn protect(response: &mut Response) {
    let (policy, caching) = match response.extensions_mut().remove::<Page>() {
        Some(Page) => (PAGE, "no-cache"),
        None => (DATA, "no-store"),
    };
    for (name, value) in [
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (OPENER_POLICY, "same-origin"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
}

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
