//! Single HTTP/1.1 calls over loopback, for setting up and watching what is measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

/// GET; the body of a successful answer.
pub(super) fn get(address: SocketAddr, path: &str, bearer: &str) -> anyhow::Result<String> {
    call(address, "GET", path, bearer, "")
}

/// POST of JSON; the JSON of a successful answer.
pub(super) fn post(
    address: SocketAddr,
    path: &str,
    bearer: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let text = call(address, "POST", path, bearer, &body.to_string())?;
    Ok(serde_json::from_str(&text)?)
}

/// PATCH of JSON; the JSON of a successful answer.
pub(super) fn patch(
    address: SocketAddr,
    path: &str,
    bearer: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let text = call(address, "PATCH", path, bearer, &body.to_string())?;
    Ok(serde_json::from_str(&text)?)
}

fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    bearer: &str,
    body: &str,
) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nhost: {address}\r\nauthorization: Bearer {bearer}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    ensure!(status.starts_with('2'), "{method} {path}: {status} {body}");
    Ok(body.to_owned())
}
