//! The same files in an object store that speaks S3: moto's, from `PyPI`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use gateway::clock::Clock;
use gateway::config::SecretRef;
use reqwest::StatusCode;
use serde_json::json;

use super::{answer, png};
use crate::app::{TestApp, settings, until};

/// The server and its version, so that it stays the one that was tried.
const SERVER: &str = "moto[s3,server]==5.2.5";

struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that listens, with a bucket.
async fn server() -> Server {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let python = tokio::task::spawn_blocking(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        test_servers::packages::python(folder, &[SERVER]).unwrap()
    });
    let python = python.await.unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let child = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .arg(python)
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
        .arg(port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server {
        child,
        url: format!("http://127.0.0.1:{port}"),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own client, to loopback"
    )]
    let http = reqwest::Client::new();
    until("the object store answers", async || {
        let bucket = http.put(format!("{}/bucket", server.url)).send().await;
        bucket.is_ok_and(|bucket| bucket.status().is_success())
    })
    .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn files_live_in_s3_too() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    let secret = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("the-{name}")).unwrap();
        SecretRef::File(path)
    };
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.store = "s3://bucket/some/prefix".to_owned();
        config.media.store_endpoint.clone_from(&server.url);
        config.media.store_key_id = secret("key-id");
        config.media.store_secret = secret("secret");
    })
    .await;
    // One that goes up in parts, and one that does not.
    for length in [12_345_678, 1000] {
        let bytes = png(length);
        let made = app.upload("image/png", bytes.clone()).await;
        let id = made["id"].as_str().unwrap();
        let whole = app.content(id).send().await.unwrap().bytes().await.unwrap();
        assert!(whole == bytes, "{length}");
        let part = app.content(id).header("range", "bytes=900-999");
        let part = part.send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert!(part.bytes().await.unwrap() == bytes[900..1000]);
        if length < 5_000_000 {
            app.send_file("image", json!({"id": id}), 1).await;
            let name = app.last_file("image")["id"].as_str().unwrap().to_owned();
            assert!(app.at_carrier(&name).await.1 == bytes);
        }
        let gone = app.call("DELETE", &format!("/api/v1/media/{id}"));
        assert_eq!(answer(gone).await.0, StatusCode::NO_CONTENT);
    }
    let user = app.simulator.user("+16505551234");
    user.sends_file("image", "image/png", png(6_000_000))
        .await
        .unwrap();
    until("the user's file is stored", async || {
        app.get("/api/v1/media?state=stored").await["data"]
            .as_array()
            .is_some_and(|files| files.len() == 1)
    })
    .await;
    let stored = app.get("/api/v1/media?state=stored").await["data"][0].clone();
    let content = app.call("GET", stored["url"].as_str().unwrap());
    assert!(content.send().await.unwrap().bytes().await.unwrap() == png(6_000_000));
    assert!(!app.data().join("media").exists());
}
