//! How `serve` begins, what it says then, and what stands in its way.

use std::net::TcpListener;

use crate::binary::{Beside, run, succeed, wharf};

#[test]
fn a_taken_address_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&mut wharf(folder.path(), &["serve", "--listen", &address]));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains(&address) && ended.err.contains("--listen"),
        "{ended:?}"
    );
    assert!(!folder.path().join("wharf-data").exists(), "{ended:?}");
}

#[test]
fn it_names_its_console_and_says_that_webhooks_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
    let url = gateway.out.after("wharf listens on ");
    let console = gateway.out.after("the console is at ");
    assert_eq!(console, format!("{url}/console/;"));
    gateway.err.next("about webhooks", |line| {
        line.contains("webhooks are refused") && line.contains("cloud.app_secrets")
    });
    std::fs::write(folder.path().join("app-secret"), "any").unwrap();
    let config = "[cloud]\napp_secrets = [\"file:app-secret\"]\n";
    std::fs::write(folder.path().join("wharf.toml"), config).unwrap();
    let serve = [&serve[..], &["--config", "wharf.toml", "--data", "other"]].concat();
    let mut with_secret = Beside::start(&mut wharf(folder.path(), &serve));
    with_secret.out.after("the console is at ");
    assert!(with_secret.terminate().0.success());
    let said = with_secret.err.rest().join("\n");
    assert!(!said.contains("webhooks are refused"), "{said}");
}

#[test]
fn doctor_tells_another_folders_gateway_from_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut gateway = Beside::start(&mut wharf(folder.path(), &serve));
    let address = gateway.out.after("wharf listens on http://");
    let port = |data: &str| {
        let doctor = ["doctor", "--listen", &address, "--data", data, "--json"];
        let ended = run(&mut wharf(folder.path(), &doctor));
        let findings: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        let mut findings = findings.as_array().unwrap().iter();
        let found = findings.find(|finding| finding["what"] == "port");
        found.unwrap()["level"].as_str().unwrap().to_owned()
    };
    assert_eq!(port("wharf-data"), "ok");
    assert_eq!(port("nowhere"), "warn");
    let other = ["demo", "--once", "--port", "0", "--simulator-port", "0"];
    succeed(folder.path(), &[&other[..], &["--data", "other"]].concat());
    assert_eq!(port("other"), "warn");
}
