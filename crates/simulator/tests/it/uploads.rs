//! Resumable uploads: begun, cut, resumed, and the handle at the end.

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::kit::{APP, Stage, TOKEN};

async fn begin(stage: &Stage, query: &str) -> (u16, Value) {
    let path = format!("/v24.0/{APP}/uploads?{query}");
    stage.call("POST", &path, None).await
}

async fn send(stage: &Stage, id: &str, offset: Option<usize>, bytes: &[u8]) -> (u16, Value) {
    let request = stage.http.post(stage.url(&format!("/v24.0/{id}")));
    let request = request.header("Authorization", format!("OAuth {TOKEN}"));
    let request = match offset {
        Some(offset) => request.header("file_offset", offset),
        None => request,
    };
    let answer = request.body(bytes.to_vec()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_broken_upload_is_resumed_where_it_stands() {
    let stage = Stage::new().await;
    let query = "file_name=a%20picture.png&file_length=200000&file_type=image/png";
    let (status, answer) = begin(&stage, query).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("upload:"), "{id}");
    let path = format!("/v24.0/{id}");
    assert_eq!(
        stage.get(&path).await,
        (200, json!({"id": id, "file_offset": 0}))
    );

    // The first attempt announces everything and breaks off.
    let address = stage.running.base_url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: OAuth {TOKEN}\r\nfile_offset: 0\r\n\
         content-length: 200000\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&[7; 1000]).await.unwrap();
    socket.flush().await.unwrap();
    let offset = loop {
        let (_, progress) = stage.get(&path).await;
        match progress["file_offset"].as_u64().unwrap() {
            0 => tokio::task::yield_now().await,
            offset => break usize::try_from(offset).unwrap(),
        }
    };
    drop(socket);

    let (status, answer) = send(&stage, &id, Some(offset + 1), &[7; 9]).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    let (status, answer) = send(&stage, &id, None, &[7; 9]).await;
    assert_eq!(status, 400, "{answer}");
    let (status, answer) = send(&stage, &id, Some(offset), &vec![7; 200_000 - offset]).await;
    assert_eq!(status, 200, "{answer}");
    let handle = answer["h"].as_str().unwrap();
    assert!(handle.starts_with("4:"), "{answer}");
    let file = stage.simulator().uploaded(handle).unwrap();
    assert_eq!(file.bytes, vec![7; 200_000]);
    assert_eq!(file.file_name, "a picture.png");
    assert_eq!(file.mime_type, "image/png");
    assert!(stage.simulator().uploaded("4:none").is_none());
    stage.end().await;
}

#[tokio::test]
async fn type_length_and_offset_are_checked() {
    let stage = Stage::new().await;
    for (query, said) in [
        ("file_length=1&file_type=image/gif", "file_type"),
        ("file_length=0&file_type=image/png", "file_length"),
        ("file_length=104857601&file_type=image/png", "file_length"),
        ("file_type=image/png", "file_length"),
        ("file_length=1", "file_type"),
    ] {
        let (status, answer) = begin(&stage, query).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(status == 400 && message.contains(said), "{query}: {answer}");
    }
    let (_, answer) = begin(&stage, "file_length=4&file_type=application/pdf").await;
    let id = answer["id"].as_str().unwrap();
    assert_eq!(send(&stage, id, Some(0), b"%PDF-").await.0, 400, "too long");
    let (status, answer) = send(&stage, id, Some(0), b"%P").await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(send(&stage, id, Some(2), b"DF").await.0, 200);
    let (_, answer) = stage.get("/v24.0/upload:none?sig=1").await;
    assert_eq!(answer["error"]["error_subcode"], 33);
    stage.end().await;
}
