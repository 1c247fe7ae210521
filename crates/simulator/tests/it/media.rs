//! Media: upload, look-up, download within five minutes, deletion, and what is refused.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::{Clock, Settings};

use crate::kit::{PHONE, Stage, TOKEN, USER, hex, quick};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn form(mime_type: &str, bytes: Vec<u8>) -> Form {
    let part = Part::bytes(bytes)
        .file_name("file")
        .mime_str(mime_type)
        .unwrap();
    Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", part)
}

async fn upload(stage: &Stage, form: Form) -> (u16, Value) {
    let url = stage.url(&format!("/v24.0/{PHONE}/media"));
    let answer = stage
        .http
        .post(url)
        .bearer_auth(TOKEN)
        .multipart(form)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out() {
    let stage = Stage::new().await;
    let mut bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0] ^ 7).collect();
    bytes[..3].copy_from_slice(b"\xff\xd8\xff");
    let (status, answer) = upload(&stage, form("image/jpeg", bytes.clone())).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap().to_owned();
    let (_, node) = stage
        .get(&format!("/v24.0/{id}?phone_number_id={PHONE}"))
        .await;
    let sha256 = hex(&Sha256::digest(&bytes));
    assert_eq!(node["sha256"], sha256);
    assert_eq!(node["mime_type"], "image/jpeg");
    assert_eq!(node["file_size"], 3_000_000);
    assert_eq!(node["id"], json!(id));
    assert_eq!(node["messaging_product"], "whatsapp");
    let url = node["url"].as_str().unwrap();
    let answer = stage.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 401, "a download needs the token");
    let answer = stage.http.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(answer.headers()["content-length"], "3000000");
    assert_eq!(answer.bytes().await.unwrap(), bytes);

    let body = json!({"messaging_product": "whatsapp", "to": "+16505551234", "type": "image",
                      "image": {"id": id}});
    assert_eq!(stage.send(&body).await.0, 200);
    let (_, wrong) = stage.get(&format!("/v24.0/{id}?phone_number_id=1")).await;
    assert_eq!(wrong["error"]["error_subcode"], 33);
    let path = format!("/v24.0/{id}");
    assert_eq!(
        stage.call("DELETE", &path, None).await,
        (200, json!({"success": true}))
    );
    assert_eq!(stage.get(&path).await.1["error"]["error_subcode"], 33);
    assert_eq!(
        stage
            .http
            .get(url)
            .bearer_auth(TOKEN)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(stage.send(&body).await.1["error"]["code"], 131_009);
    stage.end().await;
}

#[tokio::test]
async fn addresses_live_five_minutes_and_ids_thirty_days() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let stage = Stage::with(Settings {
        clock: clock.clone(),
        ..quick()
    })
    .await;
    let (_, answer) = upload(&stage, form("application/pdf", b"%PDF".to_vec())).await;
    let path = format!("/v24.0/{}", answer["id"].as_str().unwrap());
    let url = stage.get(&path).await.1["url"].as_str().unwrap().to_owned();
    let status = async |url: &str| {
        stage
            .http
            .get(url)
            .bearer_auth(TOKEN)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    clock.advance(Duration::from_secs(299));
    assert_eq!(status(&url).await, 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!(status(&url).await, 404);
    let url = stage.get(&path).await.1["url"].as_str().unwrap().to_owned();
    assert_eq!(status(&url).await, 200);
    assert_eq!(
        status(&url.replace("&hash=", "&hash=0")).await,
        404,
        "a forged address"
    );
    clock.advance(Duration::from_hours(30 * 24));
    assert_eq!(stage.get(&path).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn type_size_and_parts_are_checked() {
    let stage = Stage::new().await;
    let check = async |form: Form, code: i64, details: &str| {
        let (status, answer) = upload(&stage, form).await;
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (400, &json!(code)), "{answer}");
        let said = error["error_data"]["details"].as_str().unwrap();
        assert!(said.contains(details), "{said}");
    };
    check(form("application/zip", vec![1]), 100, "application/zip").await;
    check(
        form("image/png", vec![0; (5 << 20) + 1]),
        131_053,
        "larger than 5242880",
    )
    .await;
    check(
        form("image/webp", vec![0; (500 << 10) + 1]),
        131_053,
        "larger",
    )
    .await;
    check(form("image/png", Vec::new()), 131_053, "empty").await;
    let part = || {
        Part::bytes(vec![1])
            .file_name("a")
            .mime_str("image/png")
            .unwrap()
    };
    check(
        Form::new().part("file", part()),
        131_008,
        "messaging_product",
    )
    .await;
    check(
        Form::new().text("messaging_product", "whatsapp"),
        131_008,
        "file",
    )
    .await;
    check(
        form("image/png", PNG.to_vec()).text("colour", "red"),
        100,
        "colour",
    )
    .await;
    let declared = form("application/octet-stream", PNG.to_vec()).text("type", "image/png");
    assert_eq!(
        upload(&stage, declared).await.0,
        200,
        "`type` counts before the part's own"
    );
    let (status, answer) = stage
        .post(&format!("/v24.0/{PHONE}/media"), &json!({"file": "x"}))
        .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    stage.end().await;
}

#[tokio::test]
async fn the_bytes_must_be_what_was_declared() {
    let stage = Stage::new().await;
    let webp = |flags: u8, size: usize| {
        let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0".to_vec();
        bytes.push(flags);
        bytes.resize(size, 0);
        bytes
    };
    for (mime_type, bytes) in [
        ("image/webp", webp(0, 100 << 10)),
        ("image/webp", webp(2, 500 << 10)),
        ("audio/ogg", b"OggS OpusHead".to_vec()),
        ("text/plain", b"hello".to_vec()),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04".to_vec(),
        ),
    ] {
        let (status, answer) = upload(&stage, form(mime_type, bytes)).await;
        assert_eq!(status, 200, "{mime_type}: {answer}");
    }
    for (mime_type, bytes, said) in [
        ("image/jpeg", b"\0\0\0\x18ftypheic".to_vec(), "image/heic"),
        ("image/png", b"hello".to_vec(), "no known type"),
        ("image/webp", webp(0, (100 << 10) + 1), "static sticker"),
        ("audio/ogg", b"OggS vorbis".to_vec(), "OPUS"),
    ] {
        let (status, answer) = upload(&stage, form(mime_type, bytes)).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(131_053)),
            "{answer}"
        );
        let details = answer["error"]["error_data"]["details"].as_str().unwrap();
        assert!(details.contains(said), "{details}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_received_file_lives_seven_days() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let stage = Stage::with(Settings {
        clock: clock.clone(),
        ..quick()
    })
    .await;
    let user = stage.simulator().user(USER);
    user.sends_file("image", "image/png", PNG).await.unwrap();
    let id = user.chat()[0].content["id"].as_str().unwrap().to_owned();
    clock.advance(Duration::from_hours(7 * 24) - Duration::from_secs(1));
    assert_eq!(stage.get(&format!("/v24.0/{id}")).await.0, 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!(stage.get(&format!("/v24.0/{id}")).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn the_oldest_files_go_when_there_are_too_many_bytes() {
    let mut settings = quick();
    settings.history.media_bytes = 2_500;
    let stage = Stage::with(settings).await;
    for id in ["91", "92", "93"] {
        stage.simulator().put_media(id, "image/png", vec![0; 1_000]);
    }
    assert_eq!(stage.get("/v24.0/91").await.0, 400);
    assert_eq!(stage.get("/v24.0/92").await.0, 200);
    assert_eq!(stage.get("/v24.0/93").await.0, 200);
    stage.end().await;
}
