//! A key that does not show texts: no word that somebody wrote, in any answer; everything else stays.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::house::{House, answer};
use crate::app::CHANNEL;

/// Somebody who may do almost everything and sees no texts.
async fn blind(house: &House) -> String {
    house
        .key(json!({"name": "blind", "role": "operator", "shows_texts": false}))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_text_and_each_says_that_it_is_hidden() {
    let house = House::start().await;
    let blind = blind(&house).await;
    let texts = [&house.shop.texts[..], &house.vault.texts[..]].concat();
    // The words of a template are the business's own, and stand in the list of templates.
    let texts: Vec<_> = texts
        .iter()
        .filter(|text| !text.contains("template"))
        .collect();
    let mut hidden = 0;
    let mut paths = Vec::new();
    for list in [
        "messages",
        "media",
        "conversations",
        "contacts",
        "events",
        "deliveries",
        "dead-letters",
        "suppressions",
    ] {
        let path = format!("/api/v1/{list}?limit=500");
        let all = house.app.get(&path).await;
        for item in all["data"].as_array().unwrap() {
            paths.push(format!("/api/v1/{list}/{}", item["id"].as_str().unwrap()));
        }
        paths.push(path);
    }
    for message in house.shop.ids.iter().filter(|id| id.starts_with("msg_")) {
        paths.push(format!("/api/v1/messages/{message}/timeline"));
    }
    for path in &paths {
        let open = house.app.get(path).await;
        let (status, bare) = house.get(&blind, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let told = bare.to_string();
        for text in &texts {
            assert!(!told.contains(text.as_str()), "{path} tells {text}");
        }
        if texts
            .iter()
            .any(|text| open.to_string().contains(text.as_str()))
        {
            hidden += 1;
            assert!(told.contains("\"content_hidden\":true"), "{path}: {bare}");
        }
        assert!(!open.to_string().contains("content_hidden"), "{path}");
    }
    assert!(hidden > 20, "only {hidden} answers had a text to hide");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_types_states_and_times_stay() {
    let house = House::start().await;
    let blind = blind(&house).await;
    let path = format!("/api/v1/messages?channel={CHANNEL}&limit=500");
    let (open, bare) = (house.app.get(&path).await, house.get(&blind, &path).await.1);
    for (open, bare) in open["data"]
        .as_array()
        .unwrap()
        .iter()
        .zip(bare["data"].as_array().unwrap())
    {
        for (key, value) in open.as_object().unwrap() {
            let wanted = match key.as_str() {
                "content" => &Value::Null,
                "metadata" => continue,
                "media" => {
                    for key in ["id", "mime_type", "bytes", "state"] {
                        assert_eq!(bare["media"][key], value[key], "{key} of a file");
                    }
                    continue;
                }
                _ => value,
            };
            assert_eq!(&bare[key], wanted, "{key}");
        }
        assert_eq!(bare["content_hidden"], true);
        assert_eq!(bare["metadata"], Value::Null);
    }
    let path = format!("/api/v1/events?channel={CHANNEL}&type=message");
    let (open, bare) = (house.app.get(&path).await, house.get(&blind, &path).await.1);
    let (open, bare) = (&open["data"][0], &bare["data"][0]);
    for key in [
        "id",
        "message_id",
        "conversation_id",
        "contact_id",
        "from",
        "type",
        "waba_id",
    ] {
        assert!(open["data"][key].is_string(), "{key}");
        assert_eq!(bare["data"][key], open["data"][key], "{key}");
    }
    for key in ["update", "contacts"] {
        assert!(!open["data"][key].is_null(), "{key}");
        assert_eq!(bare["data"][key], Value::Null, "{key}");
    }
    assert_eq!(
        (&bare["id"], &bare["timestamp"]),
        (&open["id"], &open["timestamp"])
    );
    let path = format!("/api/v1/dead-letters/{}", house.shop.id("dl_"));
    let (open, bare) = (house.app.get(&path).await, house.get(&blind, &path).await.1);
    for key in ["code", "title", "class", "advice", "attempts"] {
        assert_eq!(bare["detail"][key], open["detail"][key], "{key}");
    }
    assert!(open["detail"]["answer"].is_object());
    assert_eq!(bare["detail"]["answer"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_refused_and_the_live_stream_is_silent_about_texts() {
    let house = House::start().await;
    let blind = blind(&house).await;
    let file = house
        .app
        .get(&format!(
            "/api/v1/media?channel={CHANNEL}&direction=inbound"
        ))
        .await;
    let url = file["data"][0]["url"].as_str().unwrap();
    let (status, problem) = house.get(&blind, url).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (403, &json!("texts_hidden"))
    );
    let path = format!("/graph/v26.0/media/{}/content", house.shop.file);
    let (status, fault) = house.get(&blind, &path).await;
    assert_eq!(
        (status.as_u16(), &fault["error"]["code"]),
        (403, &json!(10))
    );
    let seeing = house.call(&house.app.key, "GET", url).send().await.unwrap();
    let seeing = seeing.text().await.unwrap();
    assert!(seeing.ends_with(&house.shop.texts[5]), "{seeing}");

    let events = house.app.events().await;
    let last = events.last().unwrap()["id"].as_str().unwrap();
    let mut stream = house
        .call(&blind, "GET", "/api/v1/events/stream?since=start")
        .send()
        .await
        .unwrap();
    let mut text = String::new();
    while !text.contains(&format!("id: {last}\n")) {
        let chunk = stream.chunk().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    for canary in house.shop.texts.iter().chain(&house.vault.texts) {
        assert!(!text.contains(canary.as_str()), "{canary} is in the stream");
    }
    assert!(text.contains("\"content_hidden\":true") && text.contains(house.shop.id("msg_")));
}

#[tokio::test(flavor = "multi_thread")]
async fn not_even_what_the_caller_wrote_comes_back() {
    let house = House::start().await;
    let blind = blind(&house).await;
    let message = json!({"channel": CHANNEL, "to": format!("+{}", house.shop.user),
        "text": {"body": "a word of the caller"}});
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let call = house.call(&blind, "POST", "/api/v1/messages");
        let (status, sent) = answer(call.header("idempotency-key", "once").json(&message)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
        assert_eq!(
            (&sent["content"], &sent["content_hidden"]),
            (&Value::Null, &json!(true))
        );
        bodies.push(sent);
    }
    assert_eq!(bodies[0], bodies[1]);
    let id = bodies[0]["id"].as_str().unwrap();
    let shown = house.app.get(&format!("/api/v1/messages/{id}")).await;
    assert_eq!(shown["content"]["text"]["body"], "a word of the caller");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_texts_only_if_the_key_says_so() {
    let house = House::start().await;
    let path = format!("/api/v1/messages/{}", house.shop.id("msg_"));
    for (key, hidden) in [
        (json!({"name": "v", "role": "viewer"}), true),
        (
            json!({"name": "v", "role": "viewer", "shows_texts": true}),
            false,
        ),
        (json!({"name": "s", "role": "sender"}), false),
        (
            json!({"name": "s", "role": "sender", "shows_texts": false}),
            true,
        ),
    ] {
        let seen = house.get(&house.key(key.clone()).await, &path).await.1;
        assert_eq!(seen["content"].is_null(), hidden, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_no_texts_gives_them_to_nobody() {
    let house = House::start().await;
    let blind = json!({"name": "blind", "shows_texts": false});
    let blind = house.app.post("/api/v1/api-keys", &blind).await;
    let key = blind["key"].as_str().unwrap();
    let rotate = |id: &Value| format!("/api/v1/api-keys/{}/rotate", id.as_str().unwrap());
    let keys = house.app.get("/api/v1/api-keys").await;
    let mut keys = keys["data"].as_array().unwrap().iter();
    let first = keys.find(|key| key["name"] == "first").unwrap();
    let url = json!({"url": "https://example.com/mine"});
    let endpoint = format!("/api/v1/endpoints/{}", house.endpoint);
    for (method, path, body) in [
        ("POST", "/api/v1/api-keys".to_owned(), json!({"name": "n"})),
        ("POST", rotate(&first["id"]), json!({"overlap_seconds": 60})),
        ("POST", "/api/v1/endpoints".to_owned(), url.clone()),
        ("PATCH", endpoint.clone(), url),
    ] {
        let (status, problem) = answer(house.call(key, method, &path).json(&body)).await;
        let told = (status.as_u16(), &problem["code"]);
        assert_eq!(told, (403, &json!("texts_hidden")), "{method} {path}");
    }
    let kept = house.app.get(&endpoint).await;
    assert!(!kept.to_string().contains("mine"), "{kept}");
    for (method, path, body, status) in [
        (
            "POST",
            "/api/v1/api-keys".to_owned(),
            json!({"name": "n", "role": "viewer"}),
            201,
        ),
        (
            "POST",
            rotate(&blind["id"]),
            json!({"overlap_seconds": 60}),
            200,
        ),
        (
            "PATCH",
            endpoint,
            json!({"description": "theirs", "url": kept["url"]}),
            200,
        ),
    ] {
        let done = answer(house.call(key, method, &path).json(&body)).await;
        assert_eq!(done.0, status, "{method} {path}: {}", done.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_file_is_not_sent_on_by_who_may_not_see_it() {
    let house = House::start().await;
    let blind = blind(&house).await;
    let of = async |direction: &str| {
        let path = format!("/api/v1/media?channel={CHANNEL}&direction={direction}");
        house.app.get(&path).await["data"][0]["id"].clone()
    };
    let (theirs, ours) = (of("inbound").await, of("outbound").await);
    let to = format!("+{}", house.shop.user);
    let document = |id: &Value| json!({"to": to, "type": "document", "document": {"id": id}});
    let mut sent = document(&theirs);
    sent["channel"] = json!(CHANNEL);
    let mut inside = json!({"channel": CHANNEL, "to": to, "type": "interactive"});
    inside["interactive"] = json!({"type": "button", "body": {"text": "Look"},
        "header": {"type": "document", "document": {"id": theirs}},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "Yes"}}]}});
    let mut instead =
        json!({"channel": CHANNEL, "to": to, "type": "text", "text": {"body": "Look"}});
    instead["on_window_closed"] = json!({"template": {"name": "hello_world",
        "language": {"code": "en_US"}, "components": [{"type": "header",
            "parameters": [{"type": "document", "document": {"id": theirs}}]}]}});
    let retry = format!("/api/v1/dead-letters/{}/retry", house.shop.id("dl_"));
    for (path, body, pointer) in [
        (
            "/api/v1/messages",
            instead,
            "/on_window_closed/template/components/0/parameters/0/document/id",
        ),
        ("/api/v1/messages", sent.clone(), "/document/id"),
        (
            "/api/v1/messages",
            inside,
            "/interactive/header/document/id",
        ),
        (
            &*retry,
            json!({"message": document(&theirs)}),
            "/message/document/id",
        ),
    ] {
        let (status, problem) = answer(house.call(&blind, "POST", path).json(&body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {problem}");
        let fault = &problem["errors"][0];
        assert_eq!(fault["pointer"], pointer, "{path} {problem}");
        assert!(
            fault["detail"].to_string().contains("shows texts"),
            "{problem}"
        );
    }
    let mut graph = document(&theirs);
    graph["messaging_product"] = json!("whatsapp");
    let path = format!("/graph/v26.0/{}/messages", house.shop.number);
    let (status, fault) = answer(house.call(&blind, "POST", &path).json(&graph)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{fault}");

    // What was uploaded may be sent with any key, and by who sees texts all may.
    let image = json!({"channel": CHANNEL, "to": to, "type": "image", "image": {"id": ours}});
    for (key, body) in [(&blind, image), (&house.app.key, sent)] {
        let call = house.call(key, "POST", "/api/v1/messages").json(&body);
        let (status, sent) = answer(call).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    }
}
