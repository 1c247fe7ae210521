//! The backup of a running gateway as docs/operations.md tells it, and the restore from it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::crash::Run;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_all_that_was_acknowledged_and_its_restore_sends_nothing_twice() {
    let mut run = Run::start(&[]).await;
    run.siege
        .until("there is load", async |siege| siege.has_load(50, 200))
        .await;
    let (acknowledged, accepted) = run.siege.promised();
    let copy = tempfile::tempdir().unwrap();
    back_up(run.data.path(), copy.path());
    // What comes after the backup is lost, but for what Meta and the callers repeat.
    run.siege
        .until("more load", async |siege| {
            siege.has_load(accepted.len() + 20, acknowledged.len() + 50)
        })
        .await;
    run.end();

    restore(copy.path(), run.data.path());
    run.begin(&["--role", "ingest,deliver"]).await;
    run.siege.end_load().await;
    run.siege.until_applied().await;
    let taken = run.simulator.accepted().len();
    assert!(taken > 0);
    let events = run.siege.list("events").await;
    let known = |wamid: &String| {
        events
            .iter()
            .any(|event| event["data"]["message_id"] == wamid.as_str())
    };
    assert_eq!(acknowledged.iter().find(|wamid| !known(wamid)), None);
    let messages = run.siege.list("messages?direction=outbound").await;
    let stored = |id: &String| messages.iter().any(|message| message["id"] == id.as_str());
    assert_eq!(accepted.iter().find(|id| !stored(id)), None);
    // Some of them were sent after the backup.
    for message in messages
        .iter()
        .filter(|message| message["state"] == "queued")
    {
        let id = message["id"].as_str().unwrap();
        run.siege
            .post(&format!("messages/{id}/cancel"), &Value::Null)
            .await;
    }
    assert_eq!(run.simulator.accepted().len(), taken);
    run.end();

    run.begin(&[]).await;
    let events = run.siege.rest(&run.simulator).await;
    let found = run.siege.compare(&run.simulator, &events).await;
    assert_eq!(
        (
            found.doubled_messages,
            found.repeated_events,
            found.undelivered_events
        ),
        (0, 0, 0)
    );
}

/// What docs/operations.md says of a gateway on SQLite that runs.
fn back_up(data: &Path, copy: &Path) {
    let to = copy.join("wharf.db");
    let done = Command::new("sqlite3")
        .arg(data.join("wharf.db"))
        .arg(format!("VACUUM INTO '{}'", to.display()))
        .status()
        .unwrap();
    assert!(done.success());
    copy_folder(&data.join("inbox"), &copy.join("inbox"));
}

fn restore(copy: &Path, data: &Path) {
    for file in ["wharf.db", "wharf.db-wal", "wharf.db-shm"] {
        let _ = std::fs::remove_file(data.join(file));
    }
    std::fs::remove_dir_all(data.join("inbox")).unwrap();
    std::fs::copy(copy.join("wharf.db"), data.join("wharf.db")).unwrap();
    copy_folder(&copy.join("inbox"), &data.join("inbox"));
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}
