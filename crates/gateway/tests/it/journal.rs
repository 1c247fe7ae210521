//! The inbox journal on real files: what is read back, and what damage and full disks do to it.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of these tests are small"
)]

mod damage;
mod faults;
mod power_cut;

use std::path::Path;

use bytes::Bytes;
use gateway::journal::{Entry, Journal, Options, Position, Record};
use tokio::task::JoinSet;

fn open(dir: &Path, segment_bytes: u64) -> Journal {
    let options = Options {
        segment_bytes,
        ..Options::default()
    };
    Journal::open(dir, &options).unwrap().0
}

/// A body that tells its number and how long it must be.
fn body(number: u64, len: usize) -> Bytes {
    let mut body = format!("{number}:{len}:").into_bytes();
    body.resize(body.len() + len, b'a' + (number % 26) as u8);
    Bytes::from(body)
}

async fn append(journal: &Journal, number: u64) -> Position {
    journal
        .append(number as i64, "app:1", body(number, 40))
        .await
        .unwrap()
}

fn read_all(journal: &Journal, max_records: usize, max_bytes: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut from = Position::START;
    loop {
        let batch = journal.read_batch(from, max_records, max_bytes).unwrap();
        assert!(batch.entries.len() <= max_records + 1);
        assert!(batch.next >= from);
        if batch.entries.is_empty() {
            return entries;
        }
        entries.extend(batch.entries);
        from = batch.next;
    }
}

fn records(entries: &[Entry]) -> Vec<(Position, Record)> {
    let of = |entry: &Entry| match entry {
        Entry::Record { at, record } => Some((*at, record.clone())),
        Entry::Corrupt { .. } => None,
    };
    entries.iter().filter_map(of).collect()
}

#[tokio::test]
async fn what_was_appended_is_read_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 1 << 20);
    let mut wanted = Vec::new();
    for number in 0..100_u64 {
        let record = Record {
            received_at: -5 + number as i64,
            source: format!("channel:{number}"),
            body: body(number, number as usize * 37 % 500),
        };
        let at = journal
            .append(record.received_at, &record.source, record.body.clone())
            .await
            .unwrap();
        wanted.push((at, record));
    }
    assert!(wanted.is_sorted_by_key(|(at, _)| *at));
    for (max_records, max_bytes) in [(1000, 1 << 20), (1, 1 << 20), (7, 1), (1000, 3000)] {
        assert_eq!(records(&read_all(&journal, max_records, max_bytes)), wanted);
    }
    for (at, record) in &wanted {
        assert_eq!(journal.get(*at).unwrap().as_ref(), Some(record));
        let within = Position {
            offset: at.offset + 1,
            ..*at
        };
        assert_eq!(journal.get(within).unwrap(), None);
    }
}

#[tokio::test]
async fn a_reopened_journal_goes_on_where_it_ended() {
    let dir = tempfile::tempdir().unwrap();
    let mut wanted = Vec::new();
    for round in 0..4 {
        let journal = open(dir.path(), 1 << 20);
        for number in 0..5 {
            wanted.push(append(&journal, round * 5 + number).await);
        }
        journal.close().await;
    }
    let journal = open(dir.path(), 1 << 20);
    let found: Vec<Position> = records(&read_all(&journal, 3, 1 << 20))
        .into_iter()
        .map(|(at, _)| at)
        .collect();
    assert_eq!(found, wanted);
    assert!(found.is_sorted());
}

#[tokio::test]
async fn only_one_process_may_have_it_open() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 1 << 20);
    let second = Journal::open(dir.path(), &Options::default());
    assert!(matches!(
        second,
        Err(gateway::journal::JournalError::Locked)
    ));
    drop(journal);
    open(dir.path(), 1 << 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_appenders_share_it_and_close_drains() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 20_000);
    let mut appenders = JoinSet::new();
    for appender in 0..64_u64 {
        let journal = journal.clone();
        appenders.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0..20_u64 {
                let number = appender * 1000 + number;
                acknowledged.push((append(&journal, number).await, number as i64));
            }
            acknowledged
        });
    }
    let mut wanted: Vec<_> = appenders.join_all().await.into_iter().flatten().collect();
    wanted.sort_unstable();
    // The last ones are still under way when it is closed.
    let mut late = JoinSet::new();
    for number in 0..50 {
        let journal = journal.clone();
        late.spawn(async move { (journal.append(number, "app:2", body(0, 9)).await, number) });
    }
    tokio::task::yield_now().await;
    journal.clone().close().await;
    for (answer, number) in late.join_all().await {
        match answer {
            Ok(at) => wanted.push((at, number)),
            Err(error) => assert!(matches!(error, gateway::journal::JournalError::Closed)),
        }
    }
    assert!(journal.append(0, "app:1", body(0, 1)).await.is_err());
    drop(journal);
    let journal = open(dir.path(), 20_000);
    let mut found: Vec<_> = records(&read_all(&journal, 100, 10_000))
        .into_iter()
        .map(|(at, record)| (at, record.received_at))
        .collect();
    assert!(found.is_sorted());
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[tokio::test]
async fn the_durable_end_wakes_the_reader() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 300);
    let mut end = journal.durable_end();
    let mut from = Position::START;
    for number in 0..20 {
        let at = append(&journal, number).await;
        end.changed().await.unwrap();
        assert!(*end.borrow_and_update() > at);
        let batch = journal.read_batch(from, 10, 10_000).unwrap();
        assert_eq!(records(&batch.entries).first().map(|(at, _)| *at), Some(at));
        from = batch.next;
    }
    journal.close().await;
    assert!(end.changed().await.is_err());
}

#[tokio::test]
async fn retention_removes_whole_segments_that_are_read_and_old() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 300);
    let mut at = Vec::new();
    for number in 0..40 {
        at.push(append(&journal, number).await);
    }
    let survivors = || {
        records(&read_all(&journal, 100, 1 << 20))
            .into_iter()
            .map(|(at, _)| at)
    };
    assert_eq!(
        journal
            .delete_before(Position::START, i64::MAX)
            .unwrap()
            .segments,
        0
    );
    assert_eq!(journal.delete_before(at[39], 0).unwrap().segments, 0);
    // Old enough, but the reader has not passed it.
    assert!(journal.delete_before(at[10], i64::MAX).unwrap().segments > 0);
    assert!(survivors().any(|survivor| survivor == at[10]));
    assert_eq!(journal.get(at[0]).unwrap(), None);
    // The reader has passed it, but it is not old enough.
    journal.delete_before(at[39], 20).unwrap();
    assert!(survivors().any(|survivor| survivor == at[20]));
    assert!(!survivors().any(|survivor| survivor == at[11]));
    journal
        .delete_before(
            Position {
                segment: u64::MAX,
                offset: 0,
            },
            i64::MAX,
        )
        .unwrap();
    let last = append(&journal, 40).await;
    journal.close().await;
    let journal = open(dir.path(), 300);
    assert!(
        append(&journal, 41).await > last,
        "numbers go on after retention"
    );
}

#[tokio::test]
async fn positions_are_not_given_out_twice_when_the_files_are_lost() {
    let dir = tempfile::tempdir().unwrap();
    let applied: Position = "7-4242".parse().unwrap();
    let options = Options {
        applied,
        ..Options::default()
    };
    let (journal, recovery) = Journal::open(dir.path(), &options).unwrap();
    assert_eq!(recovery.end, applied);
    assert_eq!(journal.read_batch(applied, 10, 1000).unwrap().entries, []);
    let at = append(&journal, 1).await;
    assert!(at.segment > 7);
    let batch = journal.read_batch(applied, 10, 1000).unwrap();
    assert_eq!(
        batch.entries[0],
        Entry::Corrupt {
            from: applied,
            to: at
        },
        "the loss is shown"
    );
    assert_eq!(records(&batch.entries)[0].0, at);
}

#[test]
fn a_position_has_one_spelling() {
    let position = Position {
        segment: 12,
        offset: 345,
    };
    assert_eq!(position.to_string(), "12-345");
    assert_eq!("12-345".parse(), Ok(position));
    for wrong in [
        "",
        "12",
        "12-",
        "-1-2",
        "+1-2",
        "01-2",
        "1-2-3",
        "1- 2",
        "99999999999999999999-1",
    ] {
        assert!(wrong.parse::<Position>().is_err(), "{wrong}");
    }
}

/// However little comes in.
#[tokio::test]
async fn a_segment_takes_in_for_a_day_so_that_retention_can_remove_it() {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 64 << 20);
    let mut at = Vec::new();
    for hour in [0, 8, 23, 24, 47, 48, 2400] {
        at.push(append(&journal, hour * DAY / 24).await);
    }
    let first = at[0].segment;
    let segments: Vec<u64> = at.iter().map(|at| at.segment - first).collect();
    assert_eq!(segments, [0, 0, 0, 1, 1, 2, 3]);
    let removed = |keep_from: usize, cutoff: u64| {
        let deleted = journal.delete_before(at[keep_from], cutoff as i64);
        deleted.unwrap().segments
    };
    // The first of the second day is old enough to tell that all of the first day is.
    assert_eq!(removed(5, DAY), 0);
    assert_eq!(removed(5, DAY + 1), 1);
    assert_eq!(removed(6, 4 * DAY), 1);
    // What came after the third day came much later; the day itself is old enough.
    assert_eq!(removed(5, 90 * DAY), 0);
    assert_eq!(removed(6, 90 * DAY), 1);
    assert_eq!(journal.get(at[5]).unwrap(), None);
    assert!(journal.get(at[6]).unwrap().is_some());
}
