//! The face of a message: what of it is drawn, in one shape for all kinds.
//!
//! A face has any of: `media`, `title`, `text`, `footer`, `location`, `contacts`, `buttons`,
//! `list`, `products`, `bill`, `order`, `response`, `cards`, `notice`, `unknown`.

use serde_json::{Map, Value, json};

/// The kinds of message that are a file.
const FILES: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// The face of a message that is no template: `kind` is its type, `content` what stands under it.
pub(crate) fn face(kind: &str, content: &Value) -> Value {
    let text = |pointer: &str| content.pointer(pointer).cloned().unwrap_or_default();
    let face = match kind {
        "text" => json!({"text": text("/body")}),
        "button" => json!({"text": text("/text")}),
        "location" => json!({ "location": content }),
        "contacts" => json!({ "contacts": content }),
        "order" => json!({"order": content, "text": text("/text")}),
        "interactive" => interactive(content),
        "system" => json!({"notice": text("/body")}),
        "request_welcome" => json!({"notice": "Chat opened for the first time"}),
        "pin" => json!({"notice": "A message was pinned"}),
        _ if FILES.contains(&kind) => {
            json!({"media": media(kind, content), "text": text("/caption")})
        }
        _ => unknown(kind, content),
    };
    without_nulls(face)
}

/// A card that shows what could not be drawn.
pub(crate) fn unknown(kind: &str, content: &Value) -> Value {
    json!({"unknown": {"kind": kind, "content": content}})
}

/// A file: from the simulator if it has an id, otherwise only named by its link.
pub(crate) fn media(kind: &str, content: &Value) -> Value {
    let src = content["id"]
        .as_str()
        .map(|id| format!("/sim/v1/media/{id}"));
    let name = content["filename"].as_str().map(str::to_owned);
    let named = name.or_else(|| {
        let link = content["link"].as_str()?;
        let path = link.split(['?', '#']).next()?;
        path.rsplit('/').next().map(str::to_owned)
    });
    without_nulls(json!({
        "type": kind,
        "src": src,
        "link": content["link"],
        "mime_type": content["mime_type"],
        "filename": named,
        "voice": content["voice"],
    }))
}

/// Drops what is null or an empty text, so that only what is drawn is sent.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null() && *value != "");
    }
    value
}

fn interactive(content: &Value) -> Value {
    let kind = content["type"].as_str().unwrap_or_default();
    match kind {
        "button_reply" | "list_reply" => {
            let reply = &content[kind];
            return json!({"text": reply["title"], "footer": reply["description"]});
        }
        "nfm_reply" => return json!({"response": response(&content[kind])}),
        "call_permission_reply" => {
            let answer = content[kind]["response"].as_str();
            let text = match answer {
                Some("accept") => "Calls allowed",
                _ => "Calls declined",
            };
            return json!({"text": text});
        }
        _ => {}
    }
    let mut face = header(&content["header"]);
    let action = &content["action"];
    for (name, value) in [("text", &content["body"]), ("footer", &content["footer"])] {
        face.insert(name.to_owned(), value["text"].clone());
    }
    for (name, value) in extras(kind, content, action) {
        face.insert(name.to_owned(), value);
    }
    Value::Object(face)
}

/// What a kind of interactive message has besides header, text and footer.
fn extras(kind: &str, content: &Value, action: &Value) -> Vec<(&'static str, Value)> {
    let parameters = &action["parameters"];
    let one = |kind: &str, text: &str| ("buttons", json!([{"type": kind, "text": text}]));
    let named = |name: &str, usual: &str| parameters[name].as_str().unwrap_or(usual).to_owned();
    match kind {
        "button" => vec![("buttons", replies(action))],
        "list" => vec![
            (
                "list",
                json!({"title": action["button"], "sections": action["sections"]}),
            ),
            (
                "buttons",
                json!([{"type": "list", "text": action["button"]}]),
            ),
        ],
        "cta_url" => vec![("buttons", json!([link(parameters)]))],
        "flow" => {
            let text = named("flow_cta", "Open");
            vec![("buttons", json!([{"type": "flow", "text": text}]))]
        }
        "location_request_message" => vec![one("location_request", "Send location")],
        "address_message" => vec![one("address", "Provide address")],
        "request_contact_info" => vec![one("contact_request", "Share contact info")],
        "call_permission_request" => vec![one("call_permission", "Choose preference")],
        "voice_call" => {
            let text = named("display_text", "Call now");
            let button = json!({"type": "call", "text": text, "payload": parameters["payload"]});
            vec![("buttons", json!([without_nulls(button)]))]
        }
        "catalog_message" => vec![
            (
                "products",
                json!([{"items": [parameters["thumbnail_product_retailer_id"]]}]),
            ),
            one("catalog", "View catalog"),
        ],
        "product" => vec![
            (
                "products",
                json!([{"items": [action["product_retailer_id"]]}]),
            ),
            one("product", "View"),
        ],
        "product_list" => vec![
            ("products", sections(&action["sections"])),
            one("products", "View items"),
        ],
        "order_details" => vec![("bill", parameters.clone()), one("pay", "Review and pay")],
        "order_status" => vec![("bill", parameters.clone())],
        "carousel" => vec![("cards", cards(action))],
        _ => vec![("unknown", json!({"kind": kind, "content": content}))],
    }
}

fn header(header: &Value) -> Map<String, Value> {
    let mut face = Map::new();
    match header["type"].as_str() {
        None => {}
        Some("text") => {
            face.insert("title".to_owned(), header["text"].clone());
        }
        Some(kind) => {
            face.insert("media".to_owned(), media(kind, &header[kind]));
        }
    }
    face
}

fn replies(action: &Value) -> Value {
    let buttons = action["buttons"].as_array().into_iter().flatten();
    let shown = buttons.map(|button| {
        let kind = button["type"].as_str().unwrap_or("reply");
        let reply = &button[kind];
        json!({"type": "reply", "text": reply["title"], "id": reply["id"]})
    });
    shown.collect()
}

fn link(parameters: &Value) -> Value {
    json!({"type": "url", "text": parameters["display_text"], "url": parameters["url"]})
}

fn cards(action: &Value) -> Value {
    let cards = action["cards"].as_array().into_iter().flatten();
    let shown = cards.map(|card| {
        let action = &card["action"];
        let mut face = header(&card["header"]);
        face.insert("text".to_owned(), card["body"]["text"].clone());
        if action["product_retailer_id"].is_string() {
            let items = json!([{"items": [action["product_retailer_id"]]}]);
            face.insert("products".to_owned(), items);
            let button = json!([{"type": "product", "text": "View"}]);
            face.insert("buttons".to_owned(), button);
        } else if action["buttons"].is_array() {
            face.insert("buttons".to_owned(), replies(action));
        } else {
            face.insert("buttons".to_owned(), json!([link(&action["parameters"])]));
        }
        without_nulls(Value::Object(face))
    });
    shown.collect()
}

/// Sections of products: their titles and the retailer ids.
pub(crate) fn sections(sections: &Value) -> Value {
    let sections = sections.as_array().into_iter().flatten();
    let shown = sections.map(|section| {
        let items = section["product_items"].as_array().into_iter().flatten();
        let items: Vec<_> = items
            .map(|item| item["product_retailer_id"].clone())
            .collect();
        without_nulls(json!({"title": section["title"], "items": items}))
    });
    shown.collect()
}

/// The answer to a flow or a form: what was filled in, without the token.
fn response(reply: &Value) -> Value {
    let given = reply["response_json"].as_str().unwrap_or("{}");
    let mut given: Value = serde_json::from_str(given).unwrap_or_default();
    let name = reply["name"].as_str().unwrap_or("flow");
    if name == "address_message" {
        return json!({"title": "Address sent", "text": reply["body"]});
    }
    if let Value::Object(fields) = &mut given {
        fields.remove("flow_token");
    }
    json!({"title": "Response sent", "fields": given})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_rows_and_a_button_that_opens_them() {
        let drawn = face(
            "interactive",
            &json!({"type": "list", "body": {"text": "Choose"},
                    "action": {"button": "Go", "sections": [{"rows": [{"id": "a", "title": "A"}]}]}}),
        );
        assert_eq!(
            drawn,
            json!({"text": "Choose", "buttons": [{"type": "list", "text": "Go"}],
                   "list": {"title": "Go", "sections": [{"rows": [{"id": "a", "title": "A"}]}]}})
        );
    }

    #[test]
    fn what_is_not_known_keeps_its_content() {
        let content = json!({"x": 1});
        assert_eq!(
            face("hologram", &content),
            json!({"unknown": {"kind": "hologram", "content": {"x": 1}}})
        );
        let drawn = face(
            "interactive",
            &json!({"type": "dance", "body": {"text": "hi"}}),
        );
        assert_eq!(drawn["unknown"]["kind"], "dance");
        assert_eq!(drawn["text"], "hi");
    }

    #[test]
    fn a_file_given_by_a_link_is_named_after_it() {
        let link = "https://shop.example/a/picture.png?size=2";
        assert_eq!(
            face("image", &json!({"link": link, "caption": "look"})),
            json!({"text": "look",
                   "media": {"type": "image", "link": link, "filename": "picture.png"}})
        );
    }
}
