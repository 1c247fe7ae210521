//! `/{phone_number_id}/message_qrdls`: QR codes that open a chat. See [Cloud API/QR codes].

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::success;
use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::graph::routes::selected;
use crate::numbers::qr::{self, MOST, QrCode};
use crate::settings::Number;

const MESSAGE: usize = 140;

pub(super) fn codes(call: &Call, number: &Number) -> Answer {
    let code = match call.edge().1 {
        "" => call.params.text("code")?.unwrap_or_default(),
        code => code.to_owned(),
    };
    match (call.method.as_str(), code.as_str()) {
        ("GET", "") => {
            let mut numbers = lock(&call.core.numbers_state);
            let codes = &numbers.of(&number.id).qr_codes;
            let items: Vec<_> = codes
                .iter()
                .map(|known| shown(call, known, "SVG"))
                .collect();
            drop(numbers);
            page(call, &items, "code")
        }
        ("GET", code) => {
            let mut numbers = lock(&call.core.numbers_state);
            let known = numbers.of(&number.id).qr_codes.iter();
            let known = known.filter(|known| known.code == code);
            let data: Vec<_> = known.map(|known| shown(call, known, "SVG")).collect();
            let first = data.into_iter().next().ok_or_else(|| missing(code))?;
            drop(numbers);
            Ok(json!({"data": [selected(call, first)?]}))
        }
        ("POST", code) => put(call, number, code),
        (_, "") => Err(required("code")),
        (_, code) => {
            let mut numbers = lock(&call.core.numbers_state);
            let codes = &mut numbers.of(&number.id).qr_codes;
            let before = codes.len();
            codes.retain(|known| known.code != code);
            if codes.len() == before {
                return Err(missing(code));
            }
            Ok(success())
        }
    }
}

/// Creates a code, or changes the text of one.
fn put(call: &Call, number: &Number, code: &str) -> Answer {
    let text = call
        .params
        .short_text("prefilled_message", MESSAGE)?
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| required("prefilled_message"))?;
    // Clients write it in either case.
    let format = call.params.text("generate_qr_image")?;
    let format = format.map(|format| format.to_ascii_uppercase());
    if let Some(format) = &format
        && !["SVG", "PNG"].contains(&format.as_str())
    {
        return Err(must_be("generate_qr_image", "SVG or PNG"));
    }
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    if !code.is_empty() {
        let known = state.qr_codes.iter_mut().find(|known| known.code == code);
        let known = known.ok_or_else(|| missing(code))?;
        known.prefilled_message = text;
        return Ok(without_image(call, known));
    }
    if state.qr_codes.len() >= MOST {
        let details = "A phone number has at most 2000 QR codes: delete some first.";
        return Err(GraphError::new(100, details));
    }
    state.qr_made += 1;
    let code = QrCode {
        code: qr::code(call.core.settings.seed, number.id.as_str(), state.qr_made),
        prefilled_message: text,
        created: call.core.clock.now().as_second(),
    };
    let answer = match format {
        Some(format) => shown(call, &code, &format),
        None => without_image(call, &code),
    };
    state.qr_codes.push(code);
    Ok(answer)
}

fn without_image(call: &Call, code: &QrCode) -> Value {
    let mut node = shown(call, code, "SVG");
    if let Some(node) = node.as_object_mut() {
        node.remove("qr_image_url");
    }
    node
}

fn shown(call: &Call, code: &QrCode, format: &str) -> Value {
    let base = &call.core.base_url;
    json!({
        "code": code.code,
        "prefilled_message": code.prefilled_message,
        "deep_link_url": link(&code.code),
        "creation_time": code.created,
        "qr_image_url": format!("{base}/qr/{}.{}", code.code, format.to_lowercase()),
    })
}

fn link(code: &str) -> String {
    format!("https://wa.me/message/{code}")
}

fn missing(code: &str) -> GraphError {
    GraphError::new(
        100,
        format!("Param code {code} names no QR code of this phone number."),
    )
}

/// `GET /qr/{code}.{format}`: the picture; whoever has the address may see it, as at Meta.
pub(in crate::graph) async fn image(
    State(core): State<Arc<Core>>,
    Path(file): Path<String>,
) -> Response {
    let (name, format) = file.split_once('.').unwrap_or((&file, ""));
    let known = lock(&core.numbers_state)
        .iter()
        .any(|(_, state)| state.qr_codes.iter().any(|known| known.code == name));
    match (known, format) {
        (true, "svg") => match qr::svg(&link(name)) {
            Some(svg) => ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response(),
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        (true, "png") => match qr::png(&link(name)) {
            Some(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
