//! Files, in and out: over the API, from the simulator and to it, in a folder and in S3.

mod fetched;
mod inbound;
mod s3;
mod voice;

use gateway::clock::Clock;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};

/// A day of 2026, on a clock that only the test moves.
const NOW: i64 = 1_795_219_200_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A picture as far as anybody looks.
pub(crate) fn png(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut state = 7_u32;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push(state.to_be_bytes()[0]);
    }
    bytes
}

impl TestApp {
    pub(crate) async fn upload(&self, mime_type: &str, bytes: Vec<u8>) -> Value {
        let request = self.call("POST", "/api/v1/media");
        let request = request.header(header::CONTENT_TYPE, mime_type).body(bytes);
        let (status, body) = answer(request).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }

    fn content(&self, id: &str) -> RequestBuilder {
        self.call("GET", &format!("/api/v1/media/{id}/content"))
    }

    /// Sends a message with a file and waits until the carrier has accepted `n` in all.
    async fn send_file(&self, kind: &str, file: Value, n: u64) -> Value {
        let mut message = json!({"channel": CHANNEL, "to": "+16505551234", "type": kind});
        message[kind] = file;
        let sent = self.post("/api/v1/messages", &message).await;
        until("it is accepted", async || {
            self.simulator.accepted_count() >= n
        })
        .await;
        sent
    }

    /// What the carrier was told of the file of the last message.
    fn last_file(&self, kind: &str) -> Value {
        let last = self.simulator.accepted().pop().unwrap();
        last.json()[kind].clone()
    }

    /// A call of the simulated Graph API.
    fn at_platform(&self, method: &str, path: &str) -> RequestBuilder {
        let token = std::fs::read_to_string(self.data().join("access-token")).unwrap();
        let url = format!("{}v26.0/{path}", self.config.cloud.base_url);
        let request = self.http.request(method.parse().unwrap(), url);
        request.bearer_auth(token)
    }

    /// The bytes that the carrier has under an id.
    async fn at_carrier(&self, id: &str) -> (Value, Vec<u8>) {
        let (status, told) = answer(self.at_platform("GET", id)).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let token = std::fs::read_to_string(self.data().join("access-token")).unwrap();
        let request = self.http.get(told["url"].as_str().unwrap());
        let response = request.bearer_auth(token).send().await.unwrap();
        let bytes = response.bytes().await.unwrap().to_vec();
        (told, bytes)
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_in_listed_served_in_stretches_and_removed() {
    let app = TestApp::start().await;
    let bytes = png(700_000);
    let made = app.upload("image/png", bytes.clone()).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["mime_type"], &made["bytes"], &made["state"]),
        (&json!("image/png"), &json!(700_000), &json!("stored"))
    );
    let sha256 = made["sha256"].as_str().unwrap().to_owned();
    assert_eq!(sha256.len(), 64);
    let shown = app.get(&format!("/api/v1/media/{id}")).await;
    assert_eq!(shown, made);
    let listed = app.get("/api/v1/media?direction=outbound").await;
    assert_eq!(listed["data"][0]["id"], *id);
    assert_eq!(
        app.get("/api/v1/media?state=failed").await["data"],
        json!([])
    );

    let whole = app.content(id).send().await.unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
    let etag = format!("\"{sha256}\"");
    for (name, value) in [
        ("etag", etag.as_str()),
        ("content-type", "image/png"),
        ("content-length", "700000"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", "inline"),
    ] {
        assert_eq!(header_of(&whole, name), value, "{name}");
    }
    // A stranger's file must not act in our name in a browser.
    let policy = header_of(&whole, "content-security-policy");
    assert!(policy.ends_with("; sandbox"), "{policy}");
    assert!(whole.bytes().await.unwrap() == bytes);

    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=299990-600000", 299_990, 600_001),
        ("bytes=-5", 699_995, 700_000),
    ] {
        let part = app.content(id).header("range", range).send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        let place = format!("bytes {from}-{}/700000", to - 1);
        assert_eq!(header_of(&part, "content-range"), place);
        assert!(part.bytes().await.unwrap() == bytes[from..to], "{range}");
    }
    let beyond = app.content(id).header("range", "bytes=700000-");
    let beyond = beyond.send().await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(header_of(&beyond, "content-range"), "bytes */700000");
    let known = app.content(id).header("if-none-match", &etag);
    let known = known.send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);

    let gone = app.call("DELETE", &format!("/api/v1/media/{id}"));
    assert_eq!(answer(gone).await.0, StatusCode::NO_CONTENT);
    assert_eq!(answer(app.content(id)).await.0, StatusCode::NOT_FOUND);
    let left: Vec<_> = files_in(&app.data().join("media"));
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        answer(app.http.get(app.url("/api/v1/media"))).await.0,
        StatusCode::UNAUTHORIZED
    );
}

fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_in(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_names_its_file_and_what_does_not_fit_is_refused_precisely() {
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.max_bytes = 1_000_000;
    })
    .await;
    let part = reqwest::multipart::Part::bytes(b"%PDF-1.7 ...".to_vec())
        .file_name("../../invoice\u{202e} 7.pdf")
        .mime_str("application/octet-stream")
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", part);
    let (status, made) = answer(app.call("POST", "/api/v1/media").multipart(form)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(
        (&made["mime_type"], &made["filename"]),
        (&json!("application/pdf"), &json!("invoice 7.pdf"))
    );
    let content = app.content(made["id"].as_str().unwrap());
    let content = content.send().await.unwrap();
    assert_eq!(
        header_of(&content, "content-disposition"),
        "attachment; filename*=UTF-8''invoice%207.pdf"
    );

    for (mime_type, bytes, word) in [
        ("image/jpeg", png(100), "image/png"),
        ("image/png", Vec::new(), "empty"),
        ("nonsense", b"words".to_vec(), "not a MIME type"),
        ("application/octet-stream", vec![0, 1, 2], "not known"),
    ] {
        let request = app.call("POST", "/api/v1/media");
        let request = request.header(header::CONTENT_TYPE, mime_type).body(bytes);
        let (status, problem) = answer(request).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], "/file");
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{detail}");
    }
    for length in [1_000_001, 1_200_000] {
        let request = app.call("POST", "/api/v1/media");
        let (status, _) = answer(request.body(png(length))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let listed = app.get("/api/v1/media").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(files_in(&app.data().join("media")).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_once_a_number_until_its_time_is_over_or_it_is_forgotten() {
    let clock = Clock::fixed(NOW);
    // A month passes, and with it every window.
    let change = |config: &mut gateway::config::Config| config.send.check_window = false;
    let app = TestApp::start_with(clock.clone(), settings(), change).await;
    let bytes = png(300_000);
    let made = app.upload("image/png", bytes.clone()).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let file = json!({"id": id, "caption": "look"});
    app.send_file("image", file.clone(), 1).await;
    let first = app.last_file("image");
    assert_eq!(first["caption"], "look");
    let first = first["id"].as_str().unwrap().to_owned();
    let (told, there) = app.at_carrier(&first).await;
    assert_eq!(
        (&told["mime_type"], &told["sha256"]),
        (&json!("image/png"), &made["sha256"])
    );
    assert!(there == bytes);
    // The same bytes under another name of ours are the same upload.
    let again = app.upload("image/png", bytes).await;
    app.send_file("image", json!({"id": again["id"]}), 2).await;
    assert_eq!(app.last_file("image")["id"], *first);

    // Meta's own ids and links go through untouched.
    let other = app.simulator.put_media("4711", "image/png", png(50));
    app.send_file("image", json!({"id": other.to_string()}), 3)
        .await;
    assert_eq!(app.last_file("image")["id"], "4711");

    // The carrier has forgotten it: it gets it again, in the same try.
    let deleted = answer(app.at_platform("DELETE", &first)).await;
    assert_eq!(deleted.0, StatusCode::OK);
    let sent = app.send_file("image", file.clone(), 4).await;
    let second = app.last_file("image")["id"].as_str().unwrap().to_owned();
    assert_ne!(second, first);
    let path = format!("/api/v1/messages/{}", sent["id"].as_str().unwrap());
    let message = app.get(&path).await;
    assert_eq!(
        (&message["attempts"], &message["error"]),
        (&json!(1), &Value::Null)
    );
    // What is stored is what was asked for.
    assert_eq!(message["content"]["image"]["id"], *id);

    clock.advance(28 * DAY);
    app.send_file("image", file.clone(), 5).await;
    assert_eq!(app.last_file("image")["id"], *second);
    clock.advance(2 * DAY);
    app.send_file("image", file.clone(), 6).await;
    assert_ne!(app.last_file("image")["id"], *second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_file_took_long_to_upload_anew_is_judged_again() {
    let change = |config: &mut gateway::config::Config| config.send.window_margin_seconds = 1;
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), change).await;
    let made = app.upload("image/png", png(300)).await;
    let file = json!({"id": made["id"]});
    app.send_file("image", file.clone(), 1).await;
    let first = app.last_file("image")["id"].as_str().unwrap().to_owned();
    let deleted = answer(app.at_platform("DELETE", &first)).await;
    assert_eq!(deleted.0, StatusCode::OK);
    let slow = Fault::new(Trouble::Latency { millis: 1_500 });
    app.simulator.fault(slow.calls(Calls::Upload).times(1));
    let sent = app.send_file("image", file, 2).await;
    let path = format!("/api/v1/messages/{}", sent["id"].as_str().unwrap());
    assert_eq!(app.get(&path).await["attempts"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_refused_whose_file_cannot_go_with_it() {
    let app = TestApp::start().await;
    let pdf = app.upload("application/pdf", b"%PDF-1.7".to_vec()).await["id"].clone();
    let large = app.upload("image/png", png(5 * 1024 * 1024 + 1)).await["id"].clone();
    for (kind, file, pointer, word) in [
        ("image", json!({"id": pdf}), "/image/id", "image/jpeg"),
        ("image", json!({"id": large}), "/image/id", "5242880"),
        ("image", json!({"id": "med_none"}), "/image/id", "no file"),
        ("image", json!({"data": "%%%"}), "/image/data", "base64"),
        (
            "image",
            json!({"data": "aGFsbG8=", "mime_type": "image/png"}),
            "/image/data",
            "image/png",
        ),
        (
            "image",
            json!({"data": "aGFsbG8=", "id": "1"}),
            "/image/id",
            "beside",
        ),
        ("image", json!({"fetch": true}), "/image/link", "required"),
    ] {
        let mut message = json!({"channel": CHANNEL, "to": "+16505551234", "type": kind});
        message[kind] = file;
        let request = app.call("POST", "/api/v1/messages").json(&message);
        let (status, problem) = answer(request).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{message}: {problem}"
        );
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{detail}");
    }
    assert_eq!(app.simulator.accepted_count(), 0);

    // As a document it may be anything, and base64 is a file like any other.
    app.send_file("document", json!({"id": pdf, "filename": "a.pdf"}), 1)
        .await;
    let data = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, png(2000));
    let sent = app.send_file("image", json!({"data": data}), 2).await;
    let ours = sent["content"]["image"]["id"].as_str().unwrap();
    assert!(ours.starts_with("med_"), "{sent}");
    let carriers = app.last_file("image")["id"].as_str().unwrap().to_owned();
    assert!(app.at_carrier(&carriers).await.1 == png(2000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_time_is_over_is_removed_and_its_row_says_so() {
    let clock = Clock::fixed(NOW);
    let mut app = TestApp::start_with(clock.clone(), settings(), |config| {
        config.retention.media_days = 10;
        config.media.channel_retention_days = vec!["archive=0".to_owned()];
    })
    .await;
    let old = app.upload("image/png", png(500)).await;
    let sent = app.upload("image/png", png(600)).await;
    let request = app.call("POST", "/api/v1/media?channel=archive");
    let kept = answer(request.body(png(700))).await.1;
    clock.advance(9 * DAY);
    app.send_file("image", json!({"id": sent["id"]}), 1).await;
    clock.advance(2 * DAY);
    // Upkeep looks when it begins.
    app.restart().await;
    let path = |media: &Value| format!("/api/v1/media/{}", media["id"].as_str().unwrap());
    until("the old file is removed", async || {
        app.get(&path(&old)).await["state"] == "expired"
            && files_in(&app.data().join("media")).len() == 2
    })
    .await;
    for media in [&sent, &kept] {
        assert_eq!(app.get(&path(media)).await["state"], "stored");
    }
    assert_eq!(kept["expires_at"], Value::Null);
    let gone = answer(app.content(old["id"].as_str().unwrap())).await;
    assert_eq!(gone.0, StatusCode::CONFLICT, "{}", gone.1);
}
