//! Configuration: shown without secrets, checked with advice.

use std::fs;

use crate::binary::{run, succeed, wharf};

const CONFIG: &str = "
[cloud]
app_secrets = [\"file:app-secret\"]
verify_token = \"env:TEST_VERIFY_TOKEN\"
";

#[test]
fn the_default_is_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let default = succeed(folder.path(), &["config", "default"]);
    fs::write(folder.path().join("wharf.toml"), &default).unwrap();
    let from_file = succeed(folder.path(), &["config", "show", "--config", "wharf.toml"]);
    assert_eq!(from_file, succeed(folder.path(), &["config", "show"]));
    assert!(
        default.lines().any(|line| line.starts_with('#')),
        "it is not commented"
    );
}

#[test]
fn show_and_check_never_show_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("wharf.toml"), CONFIG).unwrap();
    fs::write(folder.path().join("app-secret"), "canary-app-secret\n").unwrap();
    for command in ["show", "check"] {
        let mut command = wharf(
            folder.path(),
            &["config", command, "--config", "wharf.toml"],
        );
        let ended = run(command.env("TEST_VERIFY_TOKEN", "canary-verify-token"));
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains("file:app-secret"), "{ended:?}");
        assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
    }
}

#[test]
fn check_reports_each_finding_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("{CONFIG}\n[deliver]\nallow_networks = [\"10.0.0.0/40\"]\n");
    fs::write(folder.path().join("wharf.toml"), config).unwrap();
    let check = ["config", "check", "--config", "wharf.toml", "--json"];
    let ended = run(&mut wharf(folder.path(), &check));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let findings: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    let failed = findings
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "fail");
    let failed: Vec<_> = failed
        .map(|finding| finding["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        failed,
        ["app secret", "verify token", "networks"],
        "{findings:#}"
    );
    for finding in findings.as_array().unwrap() {
        assert_eq!(
            finding["todo"].is_null(),
            finding["level"] == "ok",
            "{finding}"
        );
    }
}

#[test]
fn a_bad_configuration_is_one_line_that_quotes_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--config", "wharf.toml", "--listen", "127.0.0.1:0"];
    for (text, part) in [
        ("[cloud]\nverify_token = \"canary\"\n", "cloud.verify_token"),
        (
            "[cloud]\napp_secrets = [\"env:TEST_IS_NOT_SET\"]\n",
            "env:TEST_IS_NOT_SET",
        ),
        ("[server]\nlissen = 1\n", "server.lissen"),
    ] {
        fs::write(folder.path().join("wharf.toml"), text).unwrap();
        let ended = run(&mut wharf(folder.path(), &serve));
        assert_eq!(
            (ended.code, ended.err.lines().count()),
            (Some(1), 1),
            "{ended:?}"
        );
        assert!(
            ended.err.contains(part) && !ended.err.contains("canary"),
            "{ended:?}"
        );
    }
    assert!(
        !folder.path().join("wharf-data").exists(),
        "something was made all the same"
    );
}
