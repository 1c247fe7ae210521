//! A consumer as others write one, with Python's public client.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::Bench;
use crate::app::CHANNEL;

/// The client and its version, so that it stays the one that was tried.
const CLIENT: &str = "nats-py==2.11.0";

/// A Python that has the client: made once, below the build folder.
async fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(CLIENT.replace("==", "-"));
    let python = folder.join("bin/python");
    // Written last, so that what was begun and not finished is begun again.
    let done = folder.join("installed");
    if !done.exists() {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder))
        .await;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", CLIENT])).await;
        std::fs::write(done, "").unwrap();
    }
    python
}

async fn run(command: &mut Command) -> String {
    let output = command.kill_on_drop(true).output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_python_client_subscribes_sends_all_sixteen_commands_and_gets_its_results() {
    let python = python().await;
    let bench = Bench::start().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let printed = run(Command::new(python)
        .arg(here.join("tests/python/consumer.py"))
        .arg(bench.nats.url())
        .arg(CHANNEL)
        .arg(here.join("../../fixtures/nats-commands")))
    .await;
    let results: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(results.as_object().unwrap().len(), 16);
    assert_eq!(bench.app.simulator.accepted_count(), 13);
}
