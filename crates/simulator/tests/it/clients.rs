//! Clients that others wrote, from their registries, against the simulator.

use std::path::Path;

use serde_json::{Value, json};
use simulator::Settings;
use test_servers::packages;
use tokio::process::Command;

use crate::kit::{APP, PHONE, Stage, TOKEN, USER, WABA};

/// The clients with their versions, so that they stay the ones that were tried.
const PYTHON: [&str; 4] = [
    "pywa==4.5.0",
    "fastapi==0.165.0",
    "uvicorn==0.51.0",
    "httpx==0.28.1",
];
const NODE: [&str; 2] = ["whatsapp-api-js@6.3.0", "@kapso/whatsapp-cloud-api@0.3.0"];

/// Runs a client's program against a simulator of its own; each of its steps has to be well.
async fn run(mut program: Command) {
    let stage = Stage::with(Settings::default()).await;
    let app = &stage.simulator().settings().app;
    let given = json!({
        "base_url": stage.running.base_url,
        "token": TOKEN,
        "phone": PHONE,
        "waba": WABA,
        "app": APP,
        "app_secret": app.secret.expose(),
        "verify_token": app.verify_token.expose(),
        "user": USER.trim_start_matches('+'),
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
    let steps: Value =
        serde_json::from_str(last).unwrap_or_else(|_| panic!("no result: {printed}\n{errors}"));
    let steps = steps.as_object().unwrap();
    let failed: Vec<_> = steps.iter().filter(|(_, how)| *how != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}\n{errors}");
    assert!(steps.len() > 8, "few steps: {steps:?}");
    let refused: Vec<_> = stage
        .simulator()
        .deliveries()
        .into_iter()
        .filter(|delivery| {
            delivery
                .attempts
                .iter()
                // What comes after the client has ended finds nobody.
                .any(|attempt| attempt.status.is_some_and(|status| status != 200))
        })
        .collect();
    assert!(refused.is_empty(), "webhooks were refused: {refused:?}");
    stage.end().await;
}

fn here() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients"))
}

#[tokio::test]
async fn pywa_sends_manages_and_hears() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut program = Command::new(packages::python(folder, &PYTHON).unwrap());
    program.arg(here().join("pywa_client.py"));
    run(program).await;
}

#[tokio::test]
async fn whatsapp_api_js_sends_manages_and_hears() {
    run(node("whatsapp_api_js.mjs")).await;
}

#[tokio::test]
async fn kapso_sends_manages_and_hears() {
    run(node("kapso.mjs")).await;
}

fn node(script: &str) -> Command {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let packages = packages::node(folder, &NODE).unwrap();
    // Node looks for packages from where the script lies.
    for file in ["kit.mjs", script] {
        std::fs::copy(here().join(file), packages.join(file)).unwrap();
    }
    let mut program = Command::new("node");
    program.arg(packages.join(script));
    program
}
