//! Every refusal of a send, with its code, status and details.
#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "one refusal after another, each a line that hands over its body"
)]

use serde_json::{Value, json};
use simulator::{Template, TemplateStatus};

use crate::kit::{PHONE, Stage, USER, WABA, text};

/// Sends `body` and checks the refusal; `details` is a part of `error_data.details`.
async fn refused(stage: &Stage, body: &Value, http: u16, code: i64, details: &str) {
    let (status, answer) = stage.send(body).await;
    let error = &answer["error"];
    assert_eq!(
        (status, &error["code"]),
        (http, &json!(code)),
        "{body} {answer}"
    );
    let said = error["error_data"]["details"].as_str().unwrap_or_default();
    assert!(
        said.contains(details),
        "{said:?} lacks {details:?} for {body}"
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with(&format!("(#{code}) ")),
        "{answer}"
    );
    assert_eq!(error["type"], "OAuthException");
    assert_eq!(error["error_data"]["messaging_product"], "whatsapp");
    assert!(error["fbtrace_id"].as_str().unwrap().len() > 10);
}

/// A send of `kind` with this content.
fn of(kind: &str, content: Value) -> Value {
    let mut body = json!({"messaging_product": "whatsapp", "to": USER, "type": kind});
    body[kind] = content;
    body
}

/// A text with one field changed; null removes it.
fn with(name: &str, value: Value) -> Value {
    let mut body = text("hi");
    if value.is_null() {
        body.as_object_mut().unwrap().remove(name);
    } else {
        body[name] = value;
    }
    body
}

fn long(n: usize) -> String {
    "é".repeat(n)
}

#[tokio::test]
async fn the_envelope_is_checked() {
    let stage = Stage::new().await;
    let check = async |body: Value, code: i64, details: &str| {
        refused(&stage, &body, 400, code, details).await;
    };
    check(json!([]), 100, "must be a JSON object").await;
    check(
        with("messaging_product", Value::Null),
        131_008,
        "messaging_product",
    )
    .await;
    check(
        with("messaging_product", json!("sms")),
        100,
        "messaging_product",
    )
    .await;
    check(with("to", Value::Null), 131_008, "to is required").await;
    check(
        with("to", json!("call me")),
        131_009,
        "to must be a phone number",
    )
    .await;
    check(
        with("to", json!(16_505_551_234_u64)),
        100,
        "to must be a string",
    )
    .await;
    check(with("to", json!("+15550783881")), 131_021, "").await;
    check(with("type", json!("poll")), 131_051, "poll").await;
    check(with("type", json!("image")), 100, "Unexpected key \"text\"").await;
    check(with("txet", json!({})), 100, "Unexpected key \"txet\"").await;
    check(
        with("recipient_type", json!("crowd")),
        131_009,
        "recipient_type",
    )
    .await;
    check(with("recipient_type", json!("group")), 131_009, "group ID").await;
    check(
        with("biz_opaque_callback_data", json!(long(513))),
        100,
        "at most 512",
    )
    .await;
    check(with("context", json!({})), 131_008, "context.message_id").await;
    let mut bsuid = with("to", Value::Null);
    bsuid["recipient"] = json!("16505551234");
    check(bsuid, 131_009, "business-scoped").await;
    let mut group = of("location", json!({"latitude": 1, "longitude": 1}));
    group["recipient_type"] = json!("group");
    group["to"] = json!("Y2FwaV9ncm91cDox");
    check(group, 131_009, "cannot be sent to a group").await;
    stage.end().await;
}

#[tokio::test]
async fn each_content_is_checked() {
    let stage = Stage::new().await;
    let check = async |body: Value, code: i64, details: &str| {
        refused(&stage, &body, 400, code, details).await;
    };
    check(with("text", Value::Null), 131_008, "text is required").await;
    check(of("text", json!({})), 131_008, "text.body").await;
    check(of("text", json!({"body": " "})), 131_009, "text.body").await;
    check(of("text", json!({"body": long(4097)})), 100, "at most 4096").await;
    check(
        of("text", json!({"body": "hi", "preview": true})),
        100,
        "on param \"text\"",
    )
    .await;
    check(
        of("text", json!({"body": "hi", "preview_url": "yes"})),
        100,
        "boolean",
    )
    .await;
    let link = "https://www.luckyshrub.com/a.png";
    check(
        of("image", json!({})),
        131_008,
        "Either image.id or image.link",
    )
    .await;
    check(
        of("image", json!({"id": "1", "link": link})),
        131_009,
        "beside id",
    )
    .await;
    check(
        of("image", json!({"id": "1"})),
        131_009,
        "not the ID of an uploaded",
    )
    .await;
    check(
        of("image", json!({"link": "ftp://x/a"})),
        131_009,
        "http or https",
    )
    .await;
    check(
        of("image", json!({"link": link, "caption": long(1025)})),
        100,
        "at most 1024",
    )
    .await;
    check(
        of("audio", json!({"link": link, "caption": "hi"})),
        100,
        "caption",
    )
    .await;
    check(
        of("sticker", json!({"link": link, "filename": "a"})),
        100,
        "filename",
    )
    .await;
    check(
        of("location", json!({"longitude": 1})),
        131_008,
        "location.latitude",
    )
    .await;
    check(
        of("location", json!({"latitude": 91, "longitude": 1})),
        131_009,
        "between",
    )
    .await;
    check(
        of("location", json!({"latitude": "x", "longitude": 1})),
        131_009,
        "number",
    )
    .await;
    check(
        of("reaction", json!({"emoji": "👍"})),
        131_008,
        "reaction.message_id",
    )
    .await;
    check(
        of("reaction", json!({"message_id": "wamid.x"})),
        131_008,
        "reaction.emoji",
    )
    .await;
    check(
        of("reaction", json!({"message_id": "wamid.x", "emoji": "ok"})),
        131_009,
        "emoji",
    )
    .await;
    check(of("contacts", json!([])), 131_009, "between 1 and 257").await;
    check(of("contacts", json!([{}])), 131_008, "contacts[0].name").await;
    check(
        of("contacts", json!([{"name": {"formatted_name": "B"}}])),
        131_009,
        "another name",
    )
    .await;
    let named = json!({"formatted_name": "B", "first_name": "B"});
    check(
        of("contacts", json!([{"name": named, "birthday": "May"}])),
        131_009,
        "date",
    )
    .await;
    check(
        of("contacts", json!([{"name": named, "fax": []}])),
        100,
        "fax",
    )
    .await;
    let cards = vec![json!({"name": named}); 258];
    check(of("contacts", json!(cards)), 131_009, "between 1 and 257").await;
    stage.end().await;
}

fn interactive(kind: &str, action: Value) -> Value {
    of(
        "interactive",
        json!({"type": kind, "body": {"text": "Choose"}, "action": action}),
    )
}

fn reply(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

#[tokio::test]
async fn interactive_messages_are_checked() {
    let stage = Stage::new().await;
    let check = async |body: Value, code: i64, details: &str| {
        refused(&stage, &body, 400, code, details).await;
    };
    let buttons = |buttons: Value| interactive("button", json!({"buttons": buttons}));
    check(buttons(json!([])), 131_009, "between 1 and 3").await;
    let four = [
        reply("1", "a"),
        reply("2", "b"),
        reply("3", "c"),
        reply("4", "d"),
    ];
    check(buttons(json!(four)), 131_009, "between 1 and 3").await;
    check(
        buttons(json!([reply("1", "a"), reply("1", "b")])),
        131_009,
        "id must be unique",
    )
    .await;
    check(
        buttons(json!([reply("1", "a"), reply("2", "a")])),
        131_009,
        "title must be",
    )
    .await;
    check(buttons(json!([reply(&long(257), "a")])), 100, "at most 256").await;
    check(buttons(json!([reply("1", &long(21))])), 100, "at most 20").await;
    let with = |pointer: &str, value: Value| {
        let mut body = buttons(json!([reply("1", "a")]));
        body["interactive"][pointer] = value;
        body
    };
    check(
        with("body", json!({"text": long(1025)})),
        100,
        "at most 1024",
    )
    .await;
    check(with("body", Value::Null), 131_008, "interactive.body").await;
    check(with("footer", json!({"text": long(61)})), 100, "at most 60").await;
    check(
        with("header", json!({"type": "text", "text": long(61)})),
        100,
        "at most 60",
    )
    .await;
    check(
        with("header", json!({"type": "sticker", "sticker": {}})),
        131_009,
        "allowed",
    )
    .await;
    check(with("type", json!("dance")), 131_009, "interactive.type").await;

    let list = |sections: Value| interactive("list", json!({"button": "Go", "sections": sections}));
    let row = |id: &str| json!({"id": id, "title": "t"});
    let rows: Vec<_> = (0..6).map(|n| row(&n.to_string())).collect();
    let more: Vec<_> = (6..12).map(|n| row(&n.to_string())).collect();
    check(list(json!([])), 131_009, "between 1 and 10").await;
    check(
        list(json!([{"title": "a", "rows": rows}, {"title": "b", "rows": more}])),
        131_009,
        "at most 10 rows",
    )
    .await;
    check(
        list(json!([{"rows": [row("1")]}, {"rows": [row("2")]}])),
        131_008,
        "title",
    )
    .await;
    check(
        list(json!([{"rows": [row("1"), row("1")]}])),
        131_009,
        "unique",
    )
    .await;
    check(
        list(json!([{"title": long(25), "rows": [row("1")]}])),
        100,
        "at most 24",
    )
    .await;
    check(
        list(json!([{"rows": [row(&long(201))]}])),
        100,
        "at most 200",
    )
    .await;
    check(
        list(json!([{"rows": [{"id": "1", "title": long(25)}]}])),
        100,
        "at most 24",
    )
    .await;
    let described = json!({"id": "1", "title": "t", "description": long(73)});
    check(list(json!([{"rows": [described]}])), 100, "at most 72").await;
    let mut headed = list(json!([{"rows": [row("1")]}]));
    headed["interactive"]["header"] =
        json!({"type": "image", "image": {"link": "https://x.test/a"}});
    check(headed, 131_009, "header.type").await;

    let cta = |parameters: Value| {
        interactive(
            "cta_url",
            json!({"name": "cta_url", "parameters": parameters}),
        )
    };
    check(
        cta(json!({"display_text": "Go", "url": "tel:1"})),
        131_009,
        "http or https",
    )
    .await;
    check(
        cta(json!({"url": "https://x.test"})),
        131_008,
        "display_text",
    )
    .await;
    let long_label = json!({"display_text": long(21), "url": "https://x.test"});
    check(cta(long_label), 100, "at most 20").await;
    stage.end().await;
}

fn template(name: &str, language: &str, components: Value) -> Value {
    of(
        "template",
        json!({"name": name, "language": {"code": language}, "components": components}),
    )
}

#[tokio::test]
async fn templates_are_held_against_the_registry() {
    let stage = Stage::new().await;
    let check = async |body: Value, http: u16, code: i64, details: &str| {
        refused(&stage, &body, http, code, details).await;
    };
    check(
        template("hello_world", "en_GB", json!([])),
        404,
        132_001,
        "template name (hello_world) does not exist in en_GB",
    )
    .await;
    check(
        template("nobody", "en_US", json!([])),
        404,
        132_001,
        "nobody",
    )
    .await;
    check(
        of("template", json!({"name": "hello_world"})),
        400,
        131_008,
        "template.language",
    )
    .await;
    let words = |words: &[&str]| {
        let parameters: Vec<_> = words
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        json!([{"type": "body", "parameters": parameters}])
    };
    let order = |components| template("order_confirmation", "en", components);
    check(
        order(json!([])),
        400,
        132_000,
        "body: number of localizable_params (0) does not match the expected number of params (3)",
    )
    .await;
    check(order(words(&["a", "b\nc", "d"])), 400, 132_018, "new-line").await;
    check(
        order(words(&["a", "b     c", "d"])),
        400,
        132_018,
        "4 consecutive spaces",
    )
    .await;
    check(order(words(&["a", &long(1024), "d"])), 400, 132_005, "").await;
    let image = json!({"type": "image", "image": {"link": "https://x.test/a"}});
    check(
        order(json!([{"type": "body", "parameters": [image, image, image]}])),
        400,
        132_012,
        "image",
    )
    .await;
    let header = json!({"type": "header", "parameters": [image]});
    let two = words(&["a", "b"])[0].clone();
    check(
        template("order_confirmation", "en_US", json!([header, two])),
        400,
        132_012,
        "expected DOCUMENT, received IMAGE",
    )
    .await;
    let document = json!({"type": "header", "parameters": [
        {"type": "document", "document": {"link": "https://x.test/a.pdf"}}]});
    check(
        template("order_confirmation", "en_US", json!([document, two])),
        400,
        131_008,
        "Button at index 0",
    )
    .await;
    let quick = json!({"type": "button", "sub_type": "quick_reply", "index": 0,
                       "parameters": [{"type": "payload", "payload": "x"}]});
    check(
        template("order_confirmation", "en_US", json!([document, two, quick])),
        400,
        132_012,
        "quick_reply",
    )
    .await;
    let mut code = template("verification_code", "en_US", json!([]));
    code["to"] = Value::Null;
    code["recipient"] = json!("US.13491208655302741918");
    check(code, 400, 131_062, "BSUID").await;
    let mut paused = Template::samples().remove(0);
    for (status, http, code) in [
        (TemplateStatus::Paused, 400, 132_015),
        (TemplateStatus::Disabled, 400, 132_016),
        (TemplateStatus::Rejected, 404, 132_001),
    ] {
        paused.status = status;
        stage.simulator().put_template(paused.clone());
        check(template("hello_world", "en_US", json!([])), http, code, "").await;
    }
    stage.end().await;
}

#[tokio::test]
async fn what_is_not_simulated_says_so() {
    let stage = Stage::new().await;
    for path in [
        format!("/v24.0/{PHONE}/thread_control"),
        format!("/v24.0/{WABA}/solutions"),
    ] {
        let (status, answer) = stage.post(&path, &json!({})).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert_eq!(status, 400);
        assert!(message.contains("Not simulated"), "{message}");
    }
    stage.end().await;
}

#[tokio::test]
async fn version_token_and_number_are_checked() {
    let stage = Stage::new().await;
    let path = format!("/v24.0/{PHONE}/messages");
    let post = async |path: &str, token: Option<&str>| {
        let mut request = stage.http.post(stage.url(path)).json(&text("hi"));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (
            status,
            answer.json::<Value>().await.unwrap()["error"].clone(),
        )
    };
    let (status, error) = post(&path, None).await;
    assert_eq!((status, &error["code"]), (400, &json!(104)));
    for token in ["Bearer wrong", "OAuth wrong"] {
        let (status, error) = post(&path, Some(token)).await;
        assert_eq!((status, &error["code"]), (401, &json!(190)), "{error}");
        assert_eq!(error["type"], "OAuthException");
    }
    let (status, error) = post("/v99.0/1/messages", Some("Bearer wrong")).await;
    assert_eq!((status, &error["code"]), (400, &json!(2500)));
    assert_eq!(
        error["message"],
        "Unknown path components: /v99.0/1/messages"
    );
    let (status, answer) = stage.post("/v24.0/1/messages", &text("hi")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    assert_eq!(answer["error"]["error_subcode"], 33);
    assert_eq!(answer["error"]["type"], "GraphMethodException");
    for version in ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"] {
        let (status, _) = stage
            .post(&format!("/{version}/{PHONE}/messages"), &text("hi"))
            .await;
        assert_eq!(status, 200);
    }
    let answer = stage
        .http
        .post(stage.url(&path))
        .bearer_auth(crate::kit::TOKEN)
        .body("{not json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 100);
    stage.end().await;
}
