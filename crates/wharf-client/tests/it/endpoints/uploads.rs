//! Resumable uploads: begin, send, and go on after the connection was cut.

use std::sync::{Arc, Mutex};

use futures_util::stream;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;
use wharf_client::upload::{FileHandle, UploadFile, UploadId};
use wharf_client::{AccessToken, Client, Error, Method};
use wharf_model::AppId;

use super::{check, refused};
use crate::desk::{Desk, fixture};

const SESSION: &str = "upload:MTphdHRhY2htZW50OjlkMm=?sig=ARZqkGCA_uQMxC8nHKI";
const SENT: &str = "/v26.0/upload:MTphdHRhY2htZW50OjlkMm=?sig=ARZqkGCA_uQMxC8nHKI";

fn app() -> AppId {
    "634974688087057".parse().unwrap()
}

/// What the vault does with the bytes of one attempt.
#[derive(Clone, Copy)]
enum Attempt {
    /// Keeps so many, at least those that come with them, and cuts the connection.
    CutAfter(usize),
    /// Keeps all, and cuts the connection instead of an answer.
    CutAnswer,
    /// Keeps all, and gives the handle.
    Finish,
    /// Refuses.
    Refuse,
}

/// A server that keeps what is uploaded, over connections that do not last.
struct Vault {
    url: Url,
    state: Arc<Mutex<State>>,
    /// Ends with the vault.
    _task: JoinSet<()>,
}

#[derive(Default)]
struct State {
    /// Of the attempts to come; the last is first.
    attempts: Vec<Attempt>,
    kept: Vec<u8>,
    /// Head lines of the requests.
    requests: Vec<Vec<String>>,
}

impl Vault {
    async fn open(attempts: &[Attempt]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let attempts = attempts.iter().rev().copied().collect();
        let state = State {
            attempts,
            ..State::default()
        };
        let state = Arc::new(Mutex::new(state));
        let mut task = JoinSet::new();
        let shared = Arc::clone(&state);
        task.spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                serve(socket, &shared).await;
            }
        });
        Self {
            url,
            state,
            _task: task,
        }
    }

    fn client(&self) -> Client {
        let builder = Client::builder(AccessToken::new("token").unwrap());
        let version = "v26.0".parse().unwrap();
        let builder = builder.base_url(self.url.clone()).api_version(version);
        builder.build().unwrap()
    }

    fn kept(&self) -> Vec<u8> {
        self.state.lock().unwrap().kept.clone()
    }

    /// The requests to the session: method and path, and the offset if there is one.
    fn attempts(&self) -> Vec<(String, Option<usize>)> {
        let state = self.state.lock().unwrap();
        let requests = state.requests.iter();
        let requests = requests.filter(|lines| lines[0].contains("upload:"));
        let requests = requests.map(|lines| (lines[0].clone(), header(lines, "file_offset")));
        requests.collect()
    }
}

fn header(lines: &[String], name: &str) -> Option<usize> {
    let prefix = format!("{name}: ");
    let value = lines.iter().find_map(|line| line.strip_prefix(&prefix))?;
    value.parse().ok()
}

/// One request of one connection.
async fn serve(mut socket: TcpStream, state: &Mutex<State>) {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let lines: Vec<_> = head.split("\r\n").map(str::to_owned).collect();
    let mut body = bytes.split_off(end + 4);
    let length = header(&lines, "content-length").unwrap_or(0);
    let begins = lines[0].contains("/uploads?");
    let reads = lines[0].starts_with("GET ");
    state.lock().unwrap().requests.push(lines.clone());
    if begins {
        return answer(&mut socket, 200, &json!({"id": SESSION})).await;
    }
    if reads {
        let kept = state.lock().unwrap().kept.len();
        let progress = json!({"id": SESSION, "file_offset": kept.to_string()});
        return answer(&mut socket, 200, &progress).await;
    }
    assert!(
        lines.contains(&"authorization: OAuth token".to_owned()),
        "{lines:?}"
    );
    let attempt = state.lock().unwrap().attempts.pop().unwrap();
    let wanted = match attempt {
        Attempt::CutAfter(bytes) => bytes,
        Attempt::CutAnswer | Attempt::Finish | Attempt::Refuse => length,
    };
    while body.len() < wanted {
        assert_ne!(socket.read_buf(&mut body).await.unwrap(), 0);
    }
    body.truncate(wanted);
    let offset = header(&lines, "file_offset").unwrap();
    let kept = {
        let mut state = state.lock().unwrap();
        assert_eq!(state.kept.len(), offset, "bytes are missing or come twice");
        state.kept.extend(body);
        state.kept.len()
    };
    match attempt {
        Attempt::CutAfter(_) | Attempt::CutAnswer => {}
        Attempt::Finish => answer(&mut socket, 200, &json!({"h": format!("4:{kept}")})).await,
        Attempt::Refuse => {
            let refusal = json!({"error": {"message": "no", "code": 100}});
            answer(&mut socket, 400, &refusal).await;
        }
    }
}

async fn answer(socket: &mut TcpStream, status: u16, body: &Value) {
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
}

/// Bytes of which no two stretches are alike.
fn picture() -> Vec<u8> {
    (0..3_000_000_u32)
        .flat_map(|at| (at * 7).to_le_bytes())
        .collect()
}

#[tokio::test]
async fn an_upload_is_begun_asked_and_sent() {
    let desk = Desk::open().await;
    let file = UploadFile::from_bytes("header.jpg", "image/jpeg", &b"jpeg"[..]);
    let answer = fixture("response.upload-session");
    desk.answer(200, answer.clone());
    let id = desk.client().app(&app()).begin_upload(&file).await.unwrap();
    let path = "634974688087057/uploads?file_name=header.jpg&file_length=4&file_type=image%2Fjpeg";
    check(&desk, &Method::POST, path, &Value::Null);
    assert_eq!(json!(id.as_str()), answer["id"]);
    assert_eq!(format!("{id:?}"), "UploadId(…)");

    let upload = desk.client().upload(&SESSION.parse().unwrap());
    desk.answer(200, json!({"id": SESSION, "file_offset": 2}));
    assert_eq!(upload.progress().await.unwrap(), 2);
    let path = SENT.strip_prefix("/v26.0/").unwrap();
    check(&desk, &Method::GET, path, &Value::Null);

    desk.answer(200, fixture("response.upload-handle"));
    let handle = upload.send(&file, 2).await.unwrap();
    assert_eq!(handle.as_str(), "4::aW1hZ2UvanBlZw==:ARb...");
    let request = desk.last();
    assert_eq!((&request.method, &*request.path), (&Method::POST, path));
    assert_eq!(&request.body[..], b"eg");

    let error = upload.send(&file, 5).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    desk.answer(200, json!({"ok": true}));
    let error = upload.send(&file, 0).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn a_cut_upload_goes_on_at_the_offset_that_the_server_tells() {
    let cuts = [
        Attempt::CutAfter(1_000_000),
        Attempt::CutAfter(0),
        Attempt::CutAfter(5_000_001),
        Attempt::Finish,
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture");
    tokio::fs::write(&path, picture()).await.unwrap();
    let bytes = bytes::Bytes::from(picture());
    let length = bytes.len() as u64;
    let pieces = move |offset: u64| {
        let mut rest = bytes.slice(usize::try_from(offset).unwrap()..);
        stream::iter(std::iter::from_fn(move || {
            let piece = rest.split_to(rest.len().min(10_000));
            (!piece.is_empty()).then_some(Ok::<_, std::io::Error>(piece))
        }))
    };
    let files = [
        UploadFile::from_bytes("p.png", "image/png", picture()),
        UploadFile::from_path("p.png", "image/png", path)
            .await
            .unwrap(),
        UploadFile::from_stream("p.png", "image/png", length, pieces),
    ];
    for file in files {
        let vault = Vault::open(&cuts).await;
        let handle = vault.client().app(&app()).upload(&file).await.unwrap();
        assert_eq!(handle.as_str(), "4:12000000");
        assert!(
            vault.kept() == picture(),
            "what arrived is not what was sent"
        );
        let post = |offset| (format!("POST {SENT} HTTP/1.1"), Some(offset));
        let get = || (format!("GET {SENT} HTTP/1.1"), None);
        let expected = [
            post(0),
            get(),
            post(1_000_000),
            get(),
            post(1_000_000),
            get(),
            post(6_000_001),
        ];
        assert_eq!(vault.attempts(), expected);
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_another_process_goes_on() {
    let file = UploadFile::from_bytes("p.png", "image/png", picture());
    let vault = Vault::open(&[Attempt::CutAnswer, Attempt::Finish]).await;
    let handle = vault.client().app(&app()).upload(&file).await.unwrap();
    assert_eq!(handle.as_str(), "4:12000000");

    let vault = Vault::open(&[Attempt::CutAfter(77), Attempt::Finish]).await;
    let upload = vault.client().upload(&SESSION.parse().unwrap());
    let error = upload.send(&file, 0).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(_)), "{error:?}");
    upload.resume(&file).await.unwrap();
    assert!(vault.kept() == picture());
}

#[tokio::test]
async fn an_upload_without_progress_and_a_refused_one_end() {
    let file = UploadFile::from_bytes("p.png", "image/png", picture());
    let vault = Vault::open(&[Attempt::CutAfter(0); 4]).await;
    let error = vault.client().app(&app()).upload(&file).await;
    assert!(matches!(error, Err(Error::Unknown(_))), "{error:?}");
    assert_eq!(vault.state.lock().unwrap().attempts.len(), 1);

    let vault = Vault::open(&[Attempt::Refuse]).await;
    let error = vault.client().app(&app()).upload(&file).await;
    assert!(matches!(error, Err(Error::Graph(_))), "{error:?}");
    assert_eq!(vault.attempts().len(), 1);
}

#[tokio::test]
async fn a_file_that_became_shorter_or_went_away_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture");
    tokio::fs::write(&path, b"12345").await.unwrap();
    let file = UploadFile::from_path("p.png", "image/png", &path)
        .await
        .unwrap();
    tokio::fs::write(&path, b"12").await.unwrap();
    let vault = Vault::open(&[Attempt::CutAfter(2)]).await;
    let upload = vault.client().upload(&SESSION.parse().unwrap());
    let error = upload.send(&file, 0).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(_)), "{error:?}");

    tokio::fs::remove_file(&path).await.unwrap();
    let error = upload.send(&file, 0).await.unwrap_err();
    assert!(error.was_not_sent(), "{error:?}");
}

#[tokio::test]
async fn ids_lead_nowhere_else() {
    for id in [
        "",
        "upload:",
        "upload:?sig=a",
        "load:a",
        "upload:a/../b",
        "upload:a b",
        "upload:a#b",
        "upload:ä",
    ] {
        assert!(id.parse::<UploadId>().is_err(), "{id}");
        assert!(serde_json::from_value::<UploadId>(json!(id)).is_err());
    }
    let id: UploadId = serde_json::from_value(json!(SESSION)).unwrap();
    assert_eq!(serde_json::to_value(&id).unwrap(), json!(SESSION));
    let handle: FileHandle = serde_json::from_value(json!("4:x")).unwrap();
    assert_eq!(String::from(handle), "4:x");

    let desk = Desk::open().await;
    desk.answer(200, json!({"id": "https://elsewhere.example"}));
    let file = UploadFile::from_bytes("p.png", "image/png", picture());
    let begun = desk.client().app(&app()).begin_upload(&file);
    assert!(refused(begun).await.starts_with("not refused"));
}
