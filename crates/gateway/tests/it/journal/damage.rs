//! Damaged files: a torn tail is cut, damage elsewhere costs only what it hit.

use std::path::{Path, PathBuf};

use gateway::journal::{Entry, Journal, JournalError, Options, Position};

use super::{append, open, read_all, records};

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "journal")
        })
        .collect();
    paths.sort();
    paths
}

/// A closed journal of one segment, its file and where its notifications stand.
async fn written(dir: &Path, count: u64) -> (PathBuf, Vec<Position>) {
    let journal = open(dir, 1 << 20);
    let mut at = Vec::new();
    for number in 0..count {
        at.push(append(&journal, number).await);
    }
    journal.close().await;
    (segments(dir).remove(0), at)
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_cut_and_writing_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (file, at) = written(dir.path(), 4).await;
    let whole = std::fs::read(&file).unwrap();
    let last = at[3];
    for len in last.offset..whole.len() as u64 {
        for path in segments(dir.path()) {
            std::fs::remove_file(path).unwrap();
        }
        std::fs::write(&file, &whole[..len as usize]).unwrap();
        let (journal, recovery) = Journal::open(dir.path(), &Options::default()).unwrap();
        let torn = recovery.torn.map(|torn| (torn.from, torn.bytes));
        let bytes = len - last.offset;
        assert_eq!(torn, (bytes > 0).then_some((last, bytes)));
        assert_eq!(recovery.end, last);
        let new = append(&journal, 9).await;
        assert!(
            new > last,
            "a position that may have been given out is not used again"
        );
        let entries = read_all(&journal, 100, 1 << 20);
        let found: Vec<Position> = records(&entries).into_iter().map(|(at, _)| at).collect();
        assert_eq!(found, [at[0], at[1], at[2], new]);
        assert_eq!(entries.len(), 4, "a torn tail is not damage");
        journal.close().await;
    }
}

#[tokio::test]
async fn a_flipped_byte_costs_only_its_own_notification() {
    let dir = tempfile::tempdir().unwrap();
    let (file, at) = written(dir.path(), 5).await;
    let whole = std::fs::read(&file).unwrap();
    for offset in at[1].offset..at[3].offset {
        let mut damaged = whole.clone();
        damaged[offset as usize] ^= 0x10;
        std::fs::write(&file, damaged).unwrap();
        let (journal, recovery) = Journal::open(dir.path(), &Options::default()).unwrap();
        assert_eq!(recovery.torn, None);
        let hit = if offset < at[2].offset { 1 } else { 2 };
        let entries = read_all(&journal, 100, 1 << 20);
        assert_eq!(
            entries[hit],
            Entry::Corrupt {
                from: at[hit],
                to: at[hit + 1]
            }
        );
        assert_eq!(entries.len(), 5);
        assert_eq!(records(&entries).len(), 4);
        assert_eq!(journal.get(at[hit]).unwrap(), None);
    }
}

#[tokio::test]
async fn a_damaged_or_lost_segment_does_not_hide_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), 50);
    let mut at = Vec::new();
    for number in 0..6 {
        at.push(append(&journal, number).await);
    }
    journal.close().await;
    let files = segments(dir.path());
    let second = std::fs::read(&files[1]).unwrap();
    std::fs::write(&files[1], vec![0xF5; second.len()]).unwrap();
    std::fs::remove_file(&files[2]).unwrap();
    let journal = open(dir.path(), 50);
    let entries = read_all(&journal, 100, 1 << 20);
    let lost: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Corrupt { from, to } => Some((from.segment, to.segment)),
            Entry::Record { .. } => None,
        })
        .collect();
    assert_eq!(
        lost,
        [
            (at[1].segment, at[1].segment),
            (at[1].segment, at[3].segment)
        ]
    );
    assert_eq!(records(&entries).len(), 4);
}

#[tokio::test]
async fn a_frame_is_valid_only_where_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let (file, at) = written(dir.path(), 3).await;
    let whole = std::fs::read(&file).unwrap();
    let (start, end) = (at[1].offset as usize, at[2].offset as usize);
    // The second frame again, where the third one stood.
    let forged = [&whole[..end], &whole[start..end]].concat();
    std::fs::write(&file, forged).unwrap();
    let journal = open(dir.path(), 1 << 20);
    assert_eq!(records(&read_all(&journal, 100, 1 << 20)).len(), 2);
}

#[tokio::test]
async fn a_later_format_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = written(dir.path(), 1).await;
    let mut later = std::fs::read(&file).unwrap();
    later[8] = 9;
    std::fs::write(&file, &later).unwrap();
    let error = Journal::open(dir.path(), &Options::default()).unwrap_err();
    assert!(matches!(error, JournalError::Version { version: 9, .. }));
    assert_eq!(std::fs::read(&file).unwrap(), later);
}
