//! Programs written for the Cloud API, from their registries: only base URL and token are ours.

use std::path::Path;

use serde_json::{Value, json};
use test_servers::packages;
use tokio::process::Command;

use crate::app::{CHANNEL, TestApp};

/// The clients with their versions, as they were tried.
const PYTHON: [&str; 1] = ["pywa==4.5.0"];
const NODE: [&str; 1] = ["whatsapp-api-js@6.3.0"];

/// Runs a client's program against the gateway; each of its steps has to be well, and each message
/// it sent has to be in the queue's records.
async fn run(mut program: Command) {
    let app = TestApp::start().await;
    let user = app.simulator.user("+16505551234");
    let inbound = user.says("hello").await.unwrap();
    let channel = app.get(&format!("/api/v1/channels/{CHANNEL}")).await;
    let given = json!({
        "graph": app.url("/graph"), "api": app.url("/api/v1"), "key": app.key,
        "phone": channel["phone_number_id"], "user": "16505551234", "inbound": inbound.to_string(),
    });
    let output = program
        .arg(given.to_string())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = printed.lines().last().unwrap_or_default();
    let told: Value =
        serde_json::from_str(last).unwrap_or_else(|_| panic!("no result: {printed}\n{errors}"));
    let steps = told["steps"].as_object().unwrap();
    let failed: Vec<_> = steps.iter().filter(|(_, how)| *how != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}\n{errors}");
    assert!(steps.len() >= 7, "few steps: {steps:?}");
    let wamids = told["wamids"].as_array().unwrap();
    assert!(wamids.len() >= 4, "{wamids:?}");
    let sent = app.simulator.accepted();
    for wamid in wamids.iter().map(|wamid| wamid.as_str().unwrap()) {
        assert!(
            sent.iter().any(|sent| sent.wamid.as_ref() == wamid),
            "{wamid}"
        );
        let timeline = app.get(&format!("/api/v1/messages/{wamid}/timeline")).await;
        assert_eq!(timeline["entries"][0]["door"], "graph");
        let attempted = timeline["entries"].as_array().unwrap().iter();
        assert!(attempted.clone().any(|entry| entry["what"] == "attempt"));
    }
}

fn here() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients"))
}

#[tokio::test(flavor = "multi_thread")]
async fn pywa_sends_through_the_gateway() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut program = Command::new(packages::python(folder, &PYTHON).unwrap());
    program.arg(here().join("pywa_graph.py"));
    Box::pin(run(program)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_api_js_sends_through_the_gateway() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let packages = packages::node(folder, &NODE).unwrap();
    // Node looks for packages from where the script lies.
    let script = packages.join("whatsapp_api_js_graph.mjs");
    std::fs::copy(here().join("whatsapp_api_js_graph.mjs"), &script).unwrap();
    let mut program = Command::new("node");
    program.arg(script);
    Box::pin(run(program)).await;
}
