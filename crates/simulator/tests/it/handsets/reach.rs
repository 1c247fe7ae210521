//! The routes of the handsets without a browser: the page's policy, the stream, files.

use axum::http::header;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::kit::{PATIENCE, PHONE, Stage, USER, quick};

#[tokio::test]
async fn the_page_lets_nothing_else_in() {
    let stage = Stage::new().await;
    let page = stage.http.get(stage.url("/")).send().await.unwrap();
    assert_eq!(page.url().path(), "/handsets");
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"));
    let text = page.text().await.unwrap();
    for part in text
        .split('"')
        .filter(|part| part.starts_with("/handsets/"))
    {
        let file = stage.http.get(stage.url(part)).send().await.unwrap();
        assert_eq!(file.status(), 200, "{part}");
        assert_eq!(file.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    let (status, _) = stage.get("/handsets/../Cargo.toml").await;
    assert_ne!(status, 200);
    stage.end().await;
}

/// Reads events until `wanted` of them have come.
async fn events(
    stage: &Stage,
    query: &str,
    wanted: usize,
    act: impl AsyncFnOnce(),
) -> Vec<(String, Value)> {
    let answer = stage
        .http
        .get(stage.url(&format!("/sim/v1/stream?{query}")))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let mut bytes = answer.bytes_stream();
    let first = bytes.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: ready"));
    act().await;
    let mut text = String::new();
    let read = async {
        while text.matches("\n\n").count() < wanted {
            text += std::str::from_utf8(&bytes.next().await.unwrap().unwrap()).unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    let events = text.split("\n\n").filter(|event| !event.is_empty());
    let parts = events.map(|event| {
        let (name, data) = event.split_once('\n').unwrap();
        let data = data.strip_prefix("data: ").unwrap();
        (
            name.trim_start_matches("event: ").to_owned(),
            serde_json::from_str(data).unwrap(),
        )
    });
    parts.collect()
}

#[tokio::test]
async fn the_stream_has_the_lines_of_its_phones_alone() {
    let stage = Stage::new().await;
    let events = events(&stage, "user=16505551234", 4, async || {
        stage
            .simulator()
            .user("+16505550000")
            .says("not for them")
            .await
            .unwrap();
        stage.text("hi").await;
        stage.simulator().user(USER).says("hello").await.unwrap();
    })
    .await;
    let lines: Vec<_> = events
        .iter()
        .map(|(name, data)| {
            assert_eq!(
                (name.as_str(), &data["user"]),
                ("line", &json!("16505551234"))
            );
            (
                data["line"]["face"]["text"].clone(),
                data["line"]["from_user"].clone(),
            )
        })
        .collect();
    assert!(lines.contains(&(json!("hi"), json!(false))), "{lines:?}");
    assert!(lines.contains(&(json!("hello"), json!(true))), "{lines:?}");
    let (status, answer) = stage.get("/sim/v1/stream").await;
    assert_eq!(status, 400, "{answer}");
    stage.end().await;
}

#[tokio::test]
async fn who_reads_too_slowly_is_told_to_load_anew() {
    let mut settings = quick();
    settings.history.accepted = 20_000;
    let stage = Stage::with(settings).await;
    let user = stage.simulator().user(USER);
    let mut answer = stage
        .http
        .get(stage.url("/sim/v1/stream?user=16505551234"))
        .send()
        .await
        .unwrap();
    // More than the connection and the simulator hold back for a reader who does not read.
    let other = "x".repeat(3000);
    for _ in 0..6500 {
        user.says(&other).await.unwrap();
    }
    let mut text = Vec::new();
    let read = async {
        while let Some(chunk) = answer.chunk().await.unwrap() {
            text.extend(chunk);
            if text.windows(13).any(|part| part == b"event: resync") {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    drop(answer);
    stage.end().await;
}

#[tokio::test]
async fn a_part_of_a_file_can_be_read_and_nothing_in_it_runs() {
    let stage = Stage::new().await;
    stage.simulator().put_media("77", "audio/ogg", "0123456789");
    stage
        .simulator()
        .put_media("78", "text/html", "<script>alert(1)</script>");
    let get = |id: &str, range: &str| {
        stage
            .http
            .get(stage.url(&format!("/sim/v1/media/{id}")))
            .header(header::RANGE, range)
    };
    for (range, status, body, place) in [
        ("bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("bytes=7-", 206, "789", Some("bytes 7-9/10")),
        ("bytes=20-30", 200, "0123456789", None),
        ("lines=1-2", 200, "0123456789", None),
    ] {
        let answer = get("77", range).send().await.unwrap();
        let found = answer
            .headers()
            .get(header::CONTENT_RANGE)
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            (answer.status().as_u16(), found.as_deref()),
            (status, place),
            "{range}"
        );
        assert_eq!(answer.text().await.unwrap(), body, "{range}");
    }
    let page = get("78", "").send().await.unwrap();
    assert_eq!(page.headers()[header::CONTENT_SECURITY_POLICY], "sandbox");
    assert_eq!(page.headers()[header::CONTENT_DISPOSITION], "attachment");
    assert_eq!(get("79", "").send().await.unwrap().status(), 404);
    stage.end().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_is_refused() {
    let stage = Stage::new().await;
    let url = |query: &str| stage.url(&format!("/sim/v1/users/16505551234/files?{query}"));
    for (query, body, kind) in [
        ("kind=hologram", "x", Some("image/png")),
        ("kind=image", "", Some("image/png")),
        ("kind=image", "x", None),
    ] {
        let mut post = stage.http.post(url(query)).body(body);
        if let Some(kind) = kind {
            post = post.header(header::CONTENT_TYPE, kind);
        }
        assert_eq!(post.send().await.unwrap().status(), 400, "{query} {kind:?}");
    }
    let query = format!("kind=image&caption=look&phone_number_id={PHONE}");
    let post = stage
        .http
        .post(url(&query))
        .header(header::CONTENT_TYPE, "image/png");
    assert_eq!(post.body("png").send().await.unwrap().status(), 200);
    let (_, chat) = stage.get("/sim/v1/users/16505551234/handset/chat").await;
    assert_eq!(chat["data"][0]["face"]["text"], "look");
    stage.end().await;
}
