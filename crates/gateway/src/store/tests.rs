//! What a change's answer promises when others in its group fail, on real files.

use std::os::unix::fs::PermissionsExt;

use super::{Store, StoreError, Tx};

fn put(tx: &Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO counters (name, value) VALUES ($1, $2)",
        &[name.into(), 0.into()],
    )?;
    Ok(())
}

async fn has(store: &Store, name: &'static str) -> bool {
    let found = store.read(move |tx| {
        let sql = "SELECT 1 FROM counters WHERE name = $1";
        tx.first(sql, &[name.into()], |_| Ok(()))
    });
    found.await.unwrap().is_some()
}

/// Lets the database grow by `pages` and no further, as a full disk would.
fn limit(tx: &Tx<'_>, pages: i64) -> Result<(), StoreError> {
    let now = tx.first("PRAGMA page_count", &[], |row| row.int(0))?;
    let limit = now.unwrap_or(0) + pages;
    tx.first(&format!("PRAGMA max_page_count = {limit}"), &[], |_| Ok(()))?;
    Ok(())
}

fn fill(tx: &Tx<'_>) -> Result<(), StoreError> {
    let large = "x".repeat(1 << 20);
    put(tx, &large)
}

#[tokio::test]
async fn what_is_answered_is_what_is_there_when_the_disk_fills_within_a_group() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wharf.db")).unwrap();
    store.write(|tx| limit(tx, 2)).await.unwrap();

    // The first holds the writer until all of them wait for one commit.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let before = store.submit(move |tx| {
        wait.recv().unwrap();
        put(tx, "before")
    });
    let large = store.submit(fill);
    let after = store.submit(|tx| put(tx, "after"));
    let later = store.submit(|tx| put(tx, "later"));
    go.send(()).unwrap();

    assert!(large.unwrap().await.unwrap().is_err());
    for (name, answer) in [("before", before), ("after", after), ("later", later)] {
        let answered = answer.unwrap().await.unwrap();
        assert_eq!(
            answered.is_ok(),
            has(&store, name).await,
            "{name}: {answered:?}"
        );
    }
    let alone = store.submit(fill).unwrap().await.unwrap();
    assert!(alone.is_err());
    store.write(|tx| limit(tx, 10_000)).await.unwrap();
    store.write(fill).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_panic_fails_its_own_change_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wharf.db")).unwrap();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = store.submit(move |tx| {
        wait.recv().unwrap();
        put(tx, "first")
    });
    let panics = store.submit(|tx| {
        put(tx, "panics")?;
        tx.savepoint(|| -> Result<(), StoreError> { panic!("an error of ours") })
    });
    let last = store.submit(|tx| put(tx, "last"));
    go.send(()).unwrap();
    first.unwrap().await.unwrap().unwrap();
    let panicked = panics.unwrap().await.unwrap().unwrap_err();
    assert!(panicked.is_lasting(), "{panicked}");
    last.unwrap().await.unwrap().unwrap();
    assert!(has(&store, "first").await && has(&store, "last").await);
    assert!(!has(&store, "panics").await);
    store.close().await;
}

#[tokio::test]
async fn one_process_has_the_database_and_nobody_else_may_read_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/wharf.db");
    let store = Store::open(&path).unwrap();
    store.write(|tx| put(tx, "one")).await.unwrap();
    assert!(matches!(
        Store::open(&path).unwrap_err(),
        StoreError::Locked { .. }
    ));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in path.parent().unwrap().read_dir().unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    store.close().await;
    Store::open(&path).unwrap().close().await;
}

#[tokio::test]
async fn who_misses_what_other_nodes_tell_looks_again() {
    if !test_servers::Folder::is_on_server() {
        return; // There are no other nodes.
    }
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let (mut deliveries, mut channels) = (store.deliveries(), store.channels());
    let looks = async {
        deliveries.changed().await.unwrap();
        channels.changed().await.unwrap();
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, looks).await.unwrap();
    store.close().await;
}
