//! The shapes that most calls share: read a node or an edge, write, remove.

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::{Body, Call, decode_json, decode_success};
use crate::client::Client;
use crate::error::RequestError;

/// Reads a node or an edge.
pub(crate) fn read<T: DeserializeOwned>(
    client: &Client,
    operation: &'static str,
    path: &[&str],
    query: &[(&str, &str)],
) -> Call<T> {
    let url = url(client, path, query);
    Call::new(
        client,
        operation,
        Method::GET,
        url,
        Ok(Body::Empty),
        decode_json,
    )
}

/// Writes JSON and reads the answer.
pub(crate) fn post<B: Serialize + ?Sized, T: DeserializeOwned>(
    client: &Client,
    operation: &'static str,
    path: &[&str],
    body: &B,
) -> Call<T> {
    let url = url(client, path, &[]);
    Call::new(
        client,
        operation,
        Method::POST,
        url,
        Body::json(body),
        decode_json,
    )
}

/// Writes JSON, where the answer says no more than that it was done.
pub(crate) fn set<B: Serialize + ?Sized>(
    client: &Client,
    operation: &'static str,
    path: &[&str],
    body: &B,
) -> Call<()> {
    checked(client, operation, path, Ok(()), body)
}

/// Writes JSON that was checked, where the answer says no more than that it was done.
pub(crate) fn checked<B: Serialize + ?Sized>(
    client: &Client,
    operation: &'static str,
    path: &[&str],
    check: Result<(), RequestError>,
    body: &B,
) -> Call<()> {
    let url = url(client, path, &[]);
    let body = check.and_then(|()| Body::json(body));
    Call::new(client, operation, Method::POST, url, body, decode_success)
}

/// Does something that needs no words, where the answer says no more than that it was done.
pub(crate) fn act(
    client: &Client,
    operation: &'static str,
    method: Method,
    path: &[&str],
    query: &[(&str, &str)],
) -> Call<()> {
    let url = url(client, path, query);
    Call::new(
        client,
        operation,
        method,
        url,
        Ok(Body::Empty),
        decode_success,
    )
}

/// The URL of a node or edge with a query.
pub(crate) fn url(
    client: &Client,
    path: &[&str],
    query: &[(&str, &str)],
) -> Result<Url, RequestError> {
    let mut url = client.url(path)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}
