//! A Flow's JSON as a file: upload, list, download.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::refused;
use crate::core::Core;
use crate::flows::{Flow, FlowStatus};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::gate::query;
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::webhook::sign::signature;

/// The most bytes of a Flow JSON.
pub(super) const MOST: usize = 10 << 20;

/// `POST /{flow}/assets`.
pub(in crate::graph) async fn upload(call: &Call, flow: &Flow) -> Answer {
    let mut form = call.form().await?;
    let broken = |_| GraphError::plain(400, 100, "(#100) The multipart body is malformed");
    let (mut name, mut kind, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "name" => name = Some(field.text().await.map_err(broken)?),
            "asset_type" => kind = Some(field.text().await.map_err(broken)?),
            "file" => {
                let mime_type = field.content_type().unwrap_or_default();
                if !mime_type.starts_with("application/json") {
                    return Err(must_be("file", "of type application/json"));
                }
                file = Some(field.bytes().await.map_err(broken)?);
            }
            _ => {}
        }
    }
    if name.ok_or_else(|| required("name"))? != "flow.json" {
        return Err(must_be("name", "flow.json"));
    }
    if kind.ok_or_else(|| required("asset_type"))? != "FLOW_JSON" {
        return Err(must_be("asset_type", "FLOW_JSON"));
    }
    let file = file.ok_or_else(|| required("file"))?;
    if file.len() > MOST {
        return Err(must_be("file", "at most 10 MB"));
    }
    if flow.status != FlowStatus::Draft {
        return Err(refused(
            139_001,
            "Flow can't be updated",
            "it is no longer a draft; clone it and publish the clone",
        ));
    }
    let text = String::from_utf8_lossy(&file);
    let errors = call.core.flows.change(&flow.id, |flow| {
        flow.set_text(&text);
        Arc::clone(&flow.errors)
    });
    Ok(json!({"success": true, "validation_errors": *errors.unwrap_or_default()}))
}

/// `GET /{flow}/assets`.
pub(in crate::graph) fn list(call: &Call, flow: &Flow) -> Answer {
    if flow.text.is_none() {
        return page(call, &[], "name");
    }
    let (base, id) = (&call.core.base_url, &flow.id);
    let hash = proof(&call.core, id);
    let asset = json!({
        "name": "flow.json",
        "asset_type": "FLOW_JSON",
        "download_url": format!("{base}/m1/v/flow.json?flow={id}&hash={hash}"),
    });
    page(call, &[asset], "name")
}

/// The JSON behind a `download_url`, which needs no token.
pub(in crate::graph) async fn download(State(core): State<Arc<Core>>, uri: Uri) -> Response {
    let id = query(&uri, "flow").unwrap_or_default();
    let good = query(&uri, "hash").is_some_and(|hash| hash == proof(&core, &id));
    let text = core.flows.get(&id).and_then(|flow| flow.text);
    match text.filter(|_| good) {
        Some(text) => {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (headers, text.to_string()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn proof(core: &Core, id: &str) -> String {
    let signed = signature(&core.settings.app.secret, format!("flow:{id}").as_bytes());
    signed
        .trim_start_matches("sha256=")
        .chars()
        .take(32)
        .collect()
}
