//! Large files go through the binary without staying in its memory.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Delays, Settings, Simulator};

use crate::binary::{Beside, run, wharf};

const LENGTH: usize = 50 << 20;
const MOST_GROWTH_KB: u64 = 16 << 10;
const PATIENCE: Duration = Duration::from_mins(2);

/// A document as far as anybody looks, of which no two stretches are alike.
fn document(seed: u32) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = seed;
    while bytes.len() < LENGTH {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(LENGTH);
    bytes
}

/// The most memory that a process has had, in KiB.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test's own client, to loopback"
)]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

struct Api {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Api {
    fn call(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.url);
        let request = self.http.request(method.parse().unwrap(), url);
        request.bearer_auth(&self.key)
    }

    async fn json(&self, request: reqwest::RequestBuilder) -> Value {
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    async fn upload(&self, mime_type: &str, bytes: Vec<u8>) -> Value {
        let request = self.call("POST", "/api/v1/media");
        let request = request.header("content-type", mime_type).body(bytes);
        self.json(request).await
    }

    async fn send(&self, simulator: &Simulator, id: &Value, count: u64) {
        let message = json!({"channel": "main", "to": "+16505551234", "type": "document",
            "document": {"id": id}});
        let request = self.call("POST", "/api/v1/messages").json(&message);
        self.json(request).await;
        simulator.wait_for_accepted(count, PATIENCE).await.unwrap();
    }

    /// Waits until `count` files of users are here; the last one.
    async fn received(&self, count: usize) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let path = "/api/v1/media?direction=inbound&state=stored";
            let list = self.json(self.call("GET", path)).await;
            let files = list["data"].as_array().unwrap();
            if files.len() == count {
                return files[0].clone();
            }
            assert!(Instant::now() < end, "{list}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn content(&self, media: &Value) -> Vec<u8> {
        let path = format!("/api/v1/media/{}/content", media["id"].as_str().unwrap());
        let response = self.call("GET", &path).send().await.unwrap();
        response.bytes().await.unwrap().to_vec()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_megabytes_in_and_out_take_less_than_sixteen_of_memory() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        delays: Delays::NONE,
        ..Settings::default()
    };
    for (name, secret) in [
        ("app-secret", settings.app.secret.expose()),
        ("verify-token", settings.app.verify_token.expose()),
        ("access-token", settings.access_token.expose()),
    ] {
        fs::write(folder.path().join(name), secret).unwrap();
    }
    let number = settings.numbers[0].id.to_string();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph = format!("http://{}", listener.local_addr().unwrap());
    let platform = Simulator::start(settings, listener).unwrap();
    let simulator = platform.simulator.clone();
    let config = format!(
        "[cloud]\nbase_url = \"{graph}\"\napp_secrets = [\"file:app-secret\"]\n\
         verify_token = \"file:verify-token\"\n"
    );
    fs::write(folder.path().join("wharf.toml"), config).unwrap();
    let serve = ["serve", "--config", "wharf.toml", "--listen", "127.0.0.1:0"];
    let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
    let url = gateway.out.after("wharf listens on ");
    let mut create = wharf(
        folder.path(),
        &[
            "channels",
            "create",
            "--id",
            "main",
            "--name",
            "Main",
            "--phone-number-id",
            &number,
            "--access-token",
            "file:access-token",
        ],
    );
    let created = run(create.env("WHARF_URL", &url));
    assert_eq!(created.code, Some(0), "{created:?}");
    let hook = format!("{url}/webhooks/whatsapp");
    simulator.subscribe(&hook).await.unwrap();
    let key = fs::read_to_string(folder.path().join("wharf-data/api-key")).unwrap();
    let api = Api {
        http: client(),
        url,
        key: key.trim().to_owned(),
    };
    let user = simulator.user("+16505551234");

    // The same with small files first: what is loaded and cached once is no growth.
    for (count, length) in [(1, 300_000), (2, 2_000_000)] {
        let small = document(1)[..length].to_vec();
        let media = api.upload("application/pdf", small.clone()).await;
        api.send(&simulator, &media["id"], count).await;
        assert!(api.content(&media).await == small);
        user.sends_file("document", "application/pdf", small.clone())
            .await
            .unwrap();
        let came = api.received(usize::try_from(count).unwrap()).await;
        assert!(api.content(&came).await == small);
    }
    let before = peak(gateway.id());

    let out = document(2);
    let media = api.upload("application/pdf", out.clone()).await;
    assert_eq!(media["bytes"], LENGTH, "{media}");
    let after_upload = peak(gateway.id());
    api.send(&simulator, &media["id"], 3).await;
    let after_send = peak(gateway.id());
    assert!(api.content(&media).await == out);
    let come = document(3);
    user.sends_file("document", "application/pdf", come.clone())
        .await
        .unwrap();
    let received = api.received(3).await;
    assert!(api.content(&received).await == come);
    let after = peak(gateway.id());
    let told = format!(
        "peak before {before} KiB, after the upload {after_upload}, after the send {after_send}, \
         after all {after}"
    );
    // For whoever wants the figures: `cargo nextest run … --no-capture`.
    eprintln!("{told}");
    assert!(after - before < MOST_GROWTH_KB, "{told}");
}
