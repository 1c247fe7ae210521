//! `serve`, `simulate`, `trigger`, `listen` and `send`, each in a process of its own.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::binary::{Beside, run};
use crate::pair::Pair;

#[test]
fn a_message_comes_in_and_one_goes_out() {
    let mut pair = Pair::start();
    let mut listening = pair.listen(&["--types", "message,status", "--channel", "main"]);
    let next = |listening: &mut Beside| -> Value {
        serde_json::from_str(&listening.out.next("with an event", |_| true)).unwrap()
    };
    pair.succeed(&[
        "trigger",
        "message.text",
        "--user",
        "+15550100123",
        "--text",
        "Hi there",
    ]);
    let event = next(&mut listening);
    assert_eq!(
        (&event["event"], &event["session_id"]),
        (&"message".into(), &"main".into())
    );
    assert_eq!(event["data"]["update"]["text"]["body"], "Hi there");

    let command = [
        "send",
        "--channel",
        "main",
        "--to",
        "+15550100123",
        "--text",
        "Hello",
        "--wait",
    ];
    let sent = pair.succeed(&command);
    assert!(sent.trim_end().ends_with("delivered"), "{sent}");
    assert_eq!(next(&mut listening)["data"]["status"], "sent");
    assert_eq!(next(&mut listening)["data"]["status"], "delivered");

    let id = sent.split_whitespace().next().unwrap();
    let message: Value =
        serde_json::from_str(&pair.succeed(&["messages", "get", id, "--json"])).unwrap();
    assert_eq!(message["state"], "delivered", "{message}");
    assert!(pair.succeed(&["messages", "list"]).contains(id));
    assert!(pair.succeed(&["channels", "list"]).contains("main"));
    assert!(pair.succeed(&["events", "list"]).contains("“Hi there”"));
    pair.succeed(&["dead-letters", "list"]);
    assert_eq!(pair.succeed(&["health"]).trim(), "ready");
    let findings = pair.succeed(&[
        "doctor",
        "--config",
        "wharf.toml",
        "--listen",
        pair.url.strip_prefix("http://").unwrap(),
    ]);
    assert!(
        findings.contains("the gateway can use its store"),
        "{findings}"
    );
    assert!(findings.contains("retention"), "{findings}");

    let (status, took) = pair.gateway.terminate();
    assert!(
        status.success() && took < Duration::from_secs(10),
        "{status} after {took:?}"
    );
    assert_eq!(run(&mut pair.command(&["health"])).code, Some(3));
    let told = [pair.gateway.out.rest(), pair.gateway.err.rest()]
        .concat()
        .join("\n");
    assert!(
        !told.contains("canary") && !told.contains("15550100123"),
        "{told}"
    );
    assert!(!told.contains("Hi there"), "{told}");
}

#[test]
fn refusals_say_which_field_and_never_the_key() {
    let pair = Pair::start();
    let long = "x".repeat(5000);
    let command = [
        "send",
        "--channel",
        "main",
        "--to",
        "+15550100123",
        "--text",
        &long,
    ];
    let refused = run(&mut pair.command(&command));
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.err.contains("/text/body"), "{refused:?}");
    let key = format!("wharf_{}", "canary".repeat(7));
    let wrong_key = run(pair
        .command(&["channels", "list"])
        .env("WHARF_API_KEY", &key));
    assert_eq!(wrong_key.code, Some(4), "{wrong_key:?}");
    assert!(wrong_key.err.contains("--api-key"), "{wrong_key:?}");
    assert!(
        !format!("{wrong_key:?}").contains("canary"),
        "{wrong_key:?}"
    );
}

#[test]
fn listen_goes_on_after_a_restart_of_the_gateway() {
    let mut pair = Pair::start();
    let mut listening = pair.listen(&["--types", "message"]);
    pair.succeed(&["trigger", "message.text", "--text", "before"]);
    listening
        .out
        .next("of the first message", |line| line.contains("before"));
    assert!(pair.gateway.terminate().0.success());
    listening.err.next("that the stream broke", |line| {
        line.contains("connecting again")
    });
    let address = pair.url.strip_prefix("http://").unwrap().to_owned();
    pair.start_again(&address);
    // At once, so that it most likely happens before the stream is back.
    pair.succeed(&["trigger", "message.text", "--text", "after"]);
    let line = listening.out.next("after the restart", |_| true);
    assert!(
        line.contains("after"),
        "the stream repeated something: {line}"
    );
}

#[test]
fn forwarded_events_are_signed_and_their_answers_shown() {
    let pair = Pair::start();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", server.local_addr().unwrap());
    let secret = format!("whsec_{}", STANDARD.encode(b"a secret of the test's own"));
    let forward = [
        "--forward-to",
        &url,
        "--secret",
        "file:signing-secret",
        "--event",
        "message",
        "--count",
        "1",
    ];
    std::fs::write(pair.path().join("signing-secret"), &secret).unwrap();
    let mut listening = pair.listen(&forward);
    pair.succeed(&["trigger", "message.text", "--text", "forward me"]);
    let first = answer(&server, "503 Service Unavailable");
    listening
        .err
        .next("of the answer", |line| line.contains("[503] in"));
    assert!(listening.wait().success());
    let told = listening.err.rest();
    assert!(
        told.iter()
            .any(|line| line.contains("1 event in") && line.contains("1 not taken")),
        "{told:?}"
    );

    // What was not taken is sent again from here, the same bytes under the same id.
    let id = first.header("webhook-id").to_owned();
    let mut resend = pair.command(&["events", "resend", &id, "--forward-to", &url]);
    let mut resending = Beside::start(resend.env("WHARF_FORWARD_SECRET", &secret));
    let second = answer(&server, "200 OK");
    assert_eq!(second.header("webhook-id"), id);
    assert_eq!(first.body, second.body);
    assert!(second.body.contains("forward me"), "{second:?}");
    second.is_signed_with(&secret);
    resending
        .out
        .next("of the answer", |line| line.contains("[200] in"));
    assert!(resending.wait().success());
}

#[derive(Debug)]
pub(crate) struct Request {
    head: String,
    pub(crate) body: String,
}

impl Request {
    /// By Standard Webhooks, with a `whsec_…`.
    pub(crate) fn is_signed_with(&self, secret: &str) {
        let signed = ["webhook-id", "webhook-timestamp"].map(|name| self.header(name));
        let signed = format!("{}.{}", signed.join("."), self.body);
        let key = secret.strip_prefix("whsec_").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
        mac.update(signed.as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(self.header("webhook-signature"), expected);
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        });
        line.unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}

/// Takes one request by hand, so that the test decides each answer.
pub(crate) fn answer(server: &TcpListener, status: &str) -> Request {
    let (mut stream, _) = server.accept().unwrap();
    let mut bytes = Vec::new();
    let head_end = loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the request ended early");
        bytes.extend_from_slice(&chunk[..read]);
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut request = Request {
        head,
        body: String::new(),
    };
    let length: usize = request.header("content-length").parse().unwrap();
    let mut body = bytes[head_end + 4..].to_vec();
    let mut rest = vec![0; length - body.len()];
    stream.read_exact(&mut rest).unwrap();
    body.extend(rest);
    request.body = String::from_utf8(body).unwrap();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).unwrap();
    request
}
