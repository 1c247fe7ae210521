//! The Graph-compatible endpoint: Meta's paths, shapes and errors in front of our queue.
//!
//! A program that was written for the Cloud API changes its base URL to `…/graph` and its access
//! token to one of our API keys.

mod answer;
mod fault;
mod form;
pub(super) mod media;
pub(super) mod messages;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Gate;
use super::authenticate::{self, Caller};
use super::problem::Problem;
use crate::app::App;
use crate::store::channels;
pub(super) use fault::{GraphErrorBody, GraphFault};

/// Where all of it lies.
const ROOT: &str = "/graph/";

/// Lets a request pass that carries a valid API key; refusals have Meta's shape.
pub(super) async fn authenticate(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Result<Response, GraphFault> {
    if has_token(request.uri()) {
        return Err(GraphFault::token_in_url());
    }
    let caller = authenticate::identify(&gate, request.headers()).await?;
    check_version(request.uri())?;
    Ok(authenticate::admit::<GraphFault>(&gate, caller, request, next).await)
}

/// Whether a secret stands where logs keep it.
fn has_token(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default().as_bytes();
    url::form_urlencoded::parse(query).any(|(name, _)| name == "access_token")
}

/// Any version is taken, because programs name the one that they were written for; the carrier is
/// called with the configured one.
fn check_version(uri: &Uri) -> Result<(), GraphFault> {
    let path = uri.path().strip_prefix(ROOT).unwrap_or_default();
    let version = path.split('/').next().unwrap_or_default();
    let numbers = version
        .strip_prefix('v')
        .and_then(|text| text.split_once('.'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match numbers {
        Some((major, minor)) if is_number(major) && is_number(minor) => Ok(()),
        _ => Err(GraphFault::unknown_path()),
    }
}

/// What has no route: a call of the Graph API that is not offered here, or no route at all.
pub(super) async fn no_route(uri: Uri) -> Response {
    if uri.path().starts_with(ROOT) {
        GraphFault::not_offered().into_response()
    } else {
        Problem::NoRoute.into_response()
    }
}

/// As [`no_route`], for a method that the route does not take.
pub(super) async fn wrong_method(uri: Uri) -> Response {
    if uri.path().starts_with(ROOT) {
        GraphFault::not_offered().into_response()
    } else {
        Problem::WrongMethod.into_response()
    }
}

/// The channel that sends from a phone number, if the caller reaches it.
async fn channel_of(
    app: &App,
    caller: &Caller,
    number: &str,
    method: &Method,
) -> Result<String, GraphFault> {
    let id = number.to_owned();
    let channel = app
        .store
        .read(move |tx| channels::by_number(tx, "cloud", &id));
    channel
        .await?
        .filter(|channel| caller.scope().includes(channel))
        .ok_or_else(|| GraphFault::no_object(method, number))
}

/// An answer of the carrier's, as it came.
fn verbatim(status: StatusCode, json: String) -> Response {
    let kind = (
        axum::http::header::CONTENT_TYPE,
        "application/json; charset=UTF-8",
    );
    (status, [kind], json).into_response()
}
