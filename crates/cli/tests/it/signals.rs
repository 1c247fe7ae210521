//! How `serve` and `login` end.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use crate::binary::{Beside, succeed, wharf};

#[test]
fn one_signal_is_enough_when_nothing_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
    gateway.out.after("wharf listens on ");
    let key_line = gateway.out.next("about the key", |_| true);
    assert!(key_line.contains("wharf-data/api-key"), "{key_line}");
    let (status, took) = gateway.terminate();
    assert!(
        status.success() && took < Duration::from_secs(10),
        "{status} after {took:?}"
    );
    succeed(folder.path(), &["config", "check"]);
}

#[test]
fn a_second_signal_does_not_wait_for_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app-secret"), "any").unwrap();
    let config = "[cloud]\napp_secrets = [\"file:app-secret\"]\n[server]\ndrain_seconds = 600\n";
    fs::write(folder.path().join("wharf.toml"), config).unwrap();
    let serve = ["serve", "--config", "wharf.toml", "--listen", "127.0.0.1:0"];
    let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
    let address = gateway.out.after("wharf listens on http://");
    let mut slow = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /webhooks/whatsapp HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\
         expect: 100-continue\r\nx-hub-signature-256: sha256={}\r\n\r\n",
        "0".repeat(64)
    );
    slow.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(
        &answer, b"HTTP/1.1 100",
        "the gateway does not wait for the body"
    );
    gateway.signal();
    gateway.err.next("about the shutdown", |line| {
        line.contains("shutdown begins")
    });
    let (status, took) = gateway.terminate();
    assert_eq!(status.code(), Some(1));
    assert!(took < Duration::from_secs(10), "it ended after {took:?}");
}

#[test]
fn a_login_that_nobody_answers_ends_at_once_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    fs::write(
        folder.path().join("key"),
        format!("wharf_{}", "x".repeat(43)),
    )
    .unwrap();
    let key = fs::File::open(folder.path().join("key")).unwrap();
    let mut login = wharf(folder.path(), &["login", "--url", &url]);
    let mut login = Beside::start(login.stdin(Stdio::from(key)));
    let (mut asked, _) = silent.accept().unwrap();
    let mut head = [0; 4];
    asked.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"GET ");
    login.signal_with("INT");
    assert_eq!(login.wait().code(), Some(130));
    let told = login.err.rest().join("\n");
    assert!(told.contains("nothing was kept"), "{told}");
    assert!(!folder.path().join("config").exists());
}
