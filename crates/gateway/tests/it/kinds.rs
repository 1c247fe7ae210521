//! Every kind of message that Meta documents is taken by the API in Meta's own shape.

use serde_json::{Value, json};
use simulator::Simulator;

use crate::app::{CHANNEL, TestApp, until};

/// Messages that go on with what has to be made first: a Flow, an order, a message.
const GO_ON: [&str; 7] = [
    "interactive-flow-data_exchange",
    "interactive-flow-navigate",
    "interactive-order_status",
    "pin",
    "reaction",
    "reaction-remove",
    "template-order_status",
];

/// Bodies of `POST /{number}/messages`, by name, as requests of this API.
fn messages() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(name) = name
            .strip_prefix("request.")
            .and_then(|name| name.strip_suffix(".json"))
        else {
            continue;
        };
        let mut body: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        // What has no type is no message; marketing messages go to an address of their own.
        if body.get("type").is_none() || name.starts_with("marketing_messages") {
            continue;
        }
        body["channel"] = json!(CHANNEL);
        // Meta's page hides the digits of a number in India.
        if body["to"] == "+91xxxxxxxxxx" {
            body["to"] = json!("+910000000000");
        }
        // The page's order ended two years ago.
        let order = body.pointer_mut("/interactive/action/parameters/order/expiration/timestamp");
        if let Some(timestamp) = order {
            *timestamp = json!("1900000000");
        }
        // The gateway writes callback data of its own.
        if body
            .as_object_mut()
            .unwrap()
            .remove("biz_opaque_callback_data")
            .is_some()
        {
            body["biz_opaque_callback_data"] = json!("mine");
        }
        all.push((name.to_owned(), body));
    }
    all
}

/// The files that a message names: kind and id.
fn files(value: &Value) -> Vec<(&str, &str)> {
    let kinds = ["audio", "document", "image", "sticker", "video"];
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, part)| {
                let id = part.get("id").and_then(Value::as_str);
                let file = id.filter(|_| kinds.contains(&key.as_str()));
                let file = file.map(|id| (key.as_str(), id));
                file.into_iter().chain(files(part)).collect::<Vec<_>>()
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(files).collect(),
        _ => Vec::new(),
    }
}

/// Gives the platform the files and the group that a message names, and the message the hash of its
/// reader.
fn prepare(platform: &Simulator, body: &mut Value) {
    for (kind, id) in files(body) {
        let mime_type = match kind {
            "audio" => "audio/ogg",
            "document" => "application/pdf",
            "sticker" => "image/webp",
            "video" => "video/mp4",
            _ => "image/png",
        };
        platform.put_media(id, mime_type, "file");
    }
    if body["recipient_type"] == "group" {
        let id = body["to"].as_str().unwrap();
        platform.put_group(id, &["+16505551234"]).unwrap();
    }
    if body.get("recipient_identity_key_hash").is_some() {
        let user = platform.user(body["to"].as_str().unwrap());
        body["recipient_identity_key_hash"] = json!(user.identity_hash());
    }
}

/// The part of a message that says what is sent, without the spellings that Meta leaves open.
fn content(message: &Value) -> Value {
    let kind = message["type"].as_str().unwrap();
    let mut content = message[kind].clone();
    let components = content.get_mut("components").and_then(Value::as_array_mut);
    for component in components.into_iter().flatten() {
        if component["type"] == "button" {
            let index = component["index"].as_u64().map(|index| index.to_string());
            let index = index.or_else(|| component["index"].as_str().map(str::to_owned));
            component["index"] = json!(index.unwrap_or_else(|| "0".to_owned()));
            let kind = component["sub_type"].as_str().unwrap().to_lowercase();
            component["sub_type"] = json!(kind);
        }
    }
    json!({"type": kind, "content": content})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_message_is_taken_and_kept_in_metas_shape() {
    let app = TestApp::start().await;
    let all = messages();
    // So that an empty folder is no success.
    assert!(all.len() >= 55, "{}", all.len());
    for (name, body) in all {
        let told = app.post("/api/v1/messages", &body).await;
        assert_eq!(content(&told["content"]), content(&body), "{name}");
        assert_eq!(told["type"], body["type"], "{name}");
        for key in ["to", "recipient"] {
            let sent = body[key].as_str().map(|to| to.trim_start_matches('+'));
            let kept = told["content"][key].as_str();
            let kept = kept.map(|to| to.trim_start_matches('+'));
            assert_eq!(kept, sent, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_message_arrives_as_it_was_given() {
    let app = TestApp::start().await;
    let mut all = messages();
    all.retain(|(name, _)| !GO_ON.contains(&name.as_str()));
    let mut failed = Vec::new();
    for (name, body) in &mut all {
        prepare(&app.simulator, body);
        let told = app.post("/api/v1/messages", body).await;
        let path = format!("/api/v1/messages/{}", told["id"].as_str().unwrap());
        until(&format!("{name} is accepted or refused"), async || {
            let state = app.get(&path).await["state"].clone();
            state != "queued" && state != "sending"
        })
        .await;
        let message = app.get(&path).await;
        if message["error"] != Value::Null {
            failed.push(format!("{name}: {}", message["error"]));
            continue;
        }
        let arrived = app.simulator.accepted();
        let arrived = arrived.last().unwrap().json();
        assert_eq!(content(&arrived), content(body), "{name}");
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(app.simulator.accepted().len(), all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_names_field_limit_and_remedy() {
    let app = TestApp::start().await;
    let samples: std::collections::BTreeMap<_, _> = messages().into_iter().collect();
    let parameters = "/interactive/action/parameters";
    let cases = [
        (
            "interactive-flow-navigate",
            format!("{parameters}/flow_cta"),
            json!("x".repeat(31)),
            json!({"detail": "has 31 characters, at most 30 are allowed", "limit": 30, "length": 31}),
        ),
        (
            "interactive-product_list",
            "/interactive/action/sections/0/product_items".to_owned(),
            json!(vec![json!({"product_retailer_id": "a"}); 31]),
            json!({"detail": "has 31 items, at most 30 are allowed", "limit": 30, "length": 31}),
        ),
        (
            "pin",
            "/pin/expiration_days".to_owned(),
            json!(31),
            json!({"detail": "is invalid: not 1 to 30 days"}),
        ),
        (
            "interactive-order_details-in",
            format!("{parameters}/total_amount"),
            json!({"value": 1, "offset": 100}),
            json!({"detail": "is invalid: not subtotal, tax and shipping less the discount"}),
        ),
        (
            "template-media-carousel",
            "/template/components/1/cards/1/components/0/parameters/0/image".to_owned(),
            json!({}),
            json!({"detail": "is required"}),
        ),
        (
            "text",
            "/text/body".to_owned(),
            json!(""),
            json!({"detail": "must not be empty"}),
        ),
        (
            "interactive-button",
            "/interactive/type".to_owned(),
            json!("hologram"),
            json!({"detail":
                "names a kind that cannot be sent; the API's document lists the kinds that can"}),
        ),
    ];
    for (name, pointer, part, mut expected) in cases {
        let mut body = samples[name].clone();
        *body.pointer_mut(&pointer).unwrap() = part;
        let response = app.call("POST", "/api/v1/messages").json(&body);
        let response = response.send().await.unwrap();
        assert_eq!(response.status(), 422, "{name}");
        let problem: Value = response.json().await.unwrap();
        let at = if name == "template-media-carousel" {
            format!("{pointer}/id")
        } else {
            pointer
        };
        expected["pointer"] = json!(at);
        assert_eq!(problem["errors"], json!([expected]), "{name}");
    }
}
