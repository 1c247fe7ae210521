//! A disk that refuses: nothing is acknowledged, nothing false is read, and it heals by itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use gateway::journal::{Journal, JournalError, Op, Options, Tap};
use tokio::task::JoinSet;

use super::{append, body, read_all, records};

/// Refuses the operations that `hits` while the switch is on.
fn refusing(
    kind: io::ErrorKind,
    hits: impl Fn(Op<'_>) -> bool + Send + Sync + 'static,
) -> (Arc<AtomicBool>, Tap) {
    let on = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&on);
    let tap = move |op: Op<'_>| {
        if on.load(Ordering::SeqCst) && hits(op) {
            Err(kind.into())
        } else {
            Ok(())
        }
    };
    (switch, Arc::new(tap))
}

async fn heals(kind: io::ErrorKind, hits: impl Fn(Op<'_>) -> bool + Send + Sync + 'static) {
    let dir = tempfile::tempdir().unwrap();
    let (broken, tap) = refusing(kind, hits);
    let options = Options {
        segment_bytes: 250,
        tap: Some(tap),
        ..Options::default()
    };
    let (journal, _) = Journal::open(dir.path(), &options).unwrap();
    let mut wanted = Vec::new();
    for round in 0..5_u64 {
        for number in 0..3 {
            wanted.push(append(&journal, round * 10 + number).await);
        }
        broken.store(true, Ordering::SeqCst);
        let mut failures = 0;
        // The last of them meets the end of a segment at the latest.
        for _ in 0..6 {
            match journal.append(-1, "app:1", body(round, 40)).await {
                Ok(at) => wanted.push(at),
                Err(error) => {
                    failures += 1;
                    assert!(matches!(error, JournalError::Io { .. }));
                    assert_eq!(error.is_disk_full(), kind == io::ErrorKind::StorageFull);
                }
            }
        }
        assert!(failures > 0);
        broken.store(false, Ordering::SeqCst);
        let healed = append(&journal, round * 10 + 9).await;
        assert!(
            healed.segment > wanted.last().unwrap().segment,
            "the old file is left for good"
        );
        wanted.push(healed);
    }
    wanted.push(append(&journal, 99).await);
    let check = |journal: &Journal| {
        let entries = read_all(journal, 100, 1 << 20);
        let found: Vec<_> = records(&entries).into_iter().map(|(at, _)| at).collect();
        assert_eq!(found, wanted);
        assert_eq!(
            entries.len(),
            found.len(),
            "a refused write leaves no damage behind"
        );
    };
    check(&journal);
    journal.close().await;
    check(&Journal::open(dir.path(), &Options::default()).unwrap().0);
}

#[tokio::test]
async fn a_full_disk_is_told_and_heals() {
    heals(io::ErrorKind::StorageFull, |op| {
        matches!(op, Op::Write { .. })
    })
    .await;
}

#[tokio::test]
async fn a_failed_sync_is_never_believed_later() {
    heals(io::ErrorKind::Other, |op| matches!(op, Op::Sync { .. })).await;
}

#[tokio::test]
async fn nothing_is_taken_until_a_failed_write_could_be_cut_off() {
    heals(io::ErrorKind::Other, |op| {
        matches!(op, Op::Sync { .. } | Op::Truncate { .. })
    })
    .await;
}

#[tokio::test]
async fn a_segment_that_cannot_be_begun_is_told_and_heals() {
    heals(io::ErrorKind::StorageFull, |op| {
        matches!(op, Op::Create { .. })
    })
    .await;
    heals(io::ErrorKind::StorageFull, |op| matches!(op, Op::SyncDir)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_disk_makes_it_busy_not_large() {
    let dir = tempfile::tempdir().unwrap();
    let (stalled, on_stall) = mpsc::channel();
    let (release, stall) = mpsc::channel::<()>();
    let stall = Mutex::new(stall);
    let tap: Tap = Arc::new(move |op: Op<'_>| {
        if matches!(op, Op::Sync { .. }) {
            // Both ends are gone once the test is over.
            let _ = stalled.send(());
            let _ = stall.lock().unwrap().recv();
        }
        Ok(())
    });
    let options = Options {
        max_pending_bytes: 1000,
        tap: Some(tap),
        ..Options::default()
    };
    let (journal, _) = Journal::open(dir.path(), &options).unwrap();
    let mut waiting = JoinSet::new();
    let first = journal.clone();
    waiting.spawn(async move { first.append(0, "app:1", body(0, 40)).await });
    on_stall.recv().unwrap();
    // The writer is in its sync: what comes now must wait, up to the limit.
    let appends: Vec<_> = (0..40)
        .map(|n| journal.append(n, "app:1", body(1, 40)))
        .collect();
    for append in futures_util::future::join_all(appends.into_iter().map(|append| async {
        tokio::select! { biased; done = append => Some(done), () = std::future::ready(()) => None }
    }))
    .await
    {
        assert!(matches!(append, None | Some(Err(JournalError::Busy))));
    }
    let over = journal.append(0, "app:1", body(1, 40)).await;
    assert!(matches!(over, Err(JournalError::Busy)));
    let never = journal.append(0, "app:1", body(1, 2000)).await;
    assert!(matches!(
        never,
        Err(JournalError::TooLarge { limit: 1000, .. })
    ));
    let mut end = journal.durable_end();
    drop(release);
    assert!(waiting.join_next().await.unwrap().unwrap().is_ok());
    while let Err(error) = journal.append(7, "app:1", body(7, 40)).await {
        assert!(matches!(error, JournalError::Busy));
        end.changed().await.unwrap();
    }
    let stored = records(&read_all(&journal, 1000, 1 << 20)).len();
    assert!(
        (5..20).contains(&stored),
        "{stored} stored: those that waited, though nobody asks now"
    );
}
