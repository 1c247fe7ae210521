//! Power cuts: only what was synced is sure to be there; of the rest, any part may be.
//!
//! A tap records what the journal does to its files, and when it acknowledges. For any moment of
//! that record a cut machine's disk is laid out in a fresh folder: synced bytes and names whole, of
//! later writes any subset, torn at any byte or sector. The journal must open and have each
//! notification that was acknowledged before the moment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use gateway::journal::{Entry, Journal, Op, Options, Position, Sync};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use super::{append, body, read_all, records};

/// What happened, in order.
#[derive(Clone)]
enum Step {
    Create(u64),
    Write(u64, u64, Vec<u8>),
    Truncate(u64, u64),
    Sync(u64),
    Delete(u64),
    SyncDir,
    Acknowledged(Position, u64),
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    since: Vec<Step>,
}

/// A disk with its cache.
#[derive(Clone, Default)]
struct Machine {
    files: BTreeMap<u64, File>,
    /// Which names are sure to be there.
    names: BTreeMap<u64, bool>,
    names_since: Vec<(u64, bool)>,
    acknowledged: Vec<(Position, u64)>,
}

impl Machine {
    fn step(&mut self, step: &Step) {
        match *step {
            Step::Create(segment) => {
                self.files.insert(segment, File::default());
                self.names_since.push((segment, true));
            }
            Step::Delete(segment) => self.names_since.push((segment, false)),
            Step::SyncDir => self.names.extend(self.names_since.drain(..)),
            Step::Write(segment, ..) | Step::Truncate(segment, _) => {
                self.files
                    .entry(segment)
                    .or_default()
                    .since
                    .push(step.clone());
            }
            Step::Sync(segment) => {
                let file = self.files.entry(segment).or_default();
                for step in std::mem::take(&mut file.since) {
                    apply(&mut file.synced, &step, |_| true);
                }
            }
            Step::Acknowledged(at, number) => self.acknowledged.push((at, number)),
        }
    }

    /// The power goes: of what was not synced, chance decides. Leaves a disk without a cache.
    fn cut(&mut self, random: &mut StdRng) {
        for (segment, there) in std::mem::take(&mut self.names_since) {
            if random.random() {
                self.names.insert(segment, there);
            }
        }
        for file in self.files.values_mut() {
            for step in std::mem::take(&mut file.since) {
                let mut sectors = BTreeMap::new();
                let whole_from = random.random_range(0..4);
                let prefix = random.random_range(0..3000);
                apply(&mut file.synced, &step, |at| match whole_from {
                    0 => false,
                    1 => at < prefix,
                    2 => *sectors.entry(at / 512).or_insert_with(|| random.random()),
                    _ => true,
                });
            }
        }
        self.files
            .retain(|segment, _| self.names.get(segment) == Some(&true));
    }

    /// The files as a process sees them, cache and all.
    fn lay_out(&self, dir: &Path) {
        for (segment, file) in &self.files {
            let mut image = file.synced.clone();
            file.since
                .iter()
                .for_each(|step| apply(&mut image, step, |_| true));
            std::fs::write(dir.join(format!("{segment:016}.journal")), image).unwrap();
        }
    }
}

/// Changes the image by those bytes of a write that `reached` says got there.
fn apply(image: &mut Vec<u8>, step: &Step, mut reached: impl FnMut(usize) -> bool) {
    match step {
        Step::Write(_, offset, bytes) => {
            for (index, byte) in bytes
                .iter()
                .enumerate()
                .filter(|(index, _)| reached(*index))
            {
                let at = *offset as usize + index;
                image.resize(image.len().max(at + 1), 0);
                image[at] = *byte;
            }
        }
        Step::Truncate(_, len) if reached(0) => image.resize(*len as usize, 0),
        _ => {}
    }
}

/// Runs appenders on the machine's disk and returns what was seen.
async fn live(machine: &Machine, seed: u64, sync: Sync) -> Vec<Step> {
    let dir = tempfile::tempdir().unwrap();
    machine.lay_out(dir.path());
    let steps = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&steps);
    let tap = move |op: Op<'_>| {
        record.lock().unwrap().push(match op {
            Op::Create { segment } => Step::Create(segment),
            Op::Write {
                segment,
                offset,
                bytes,
            } => Step::Write(segment, offset, bytes.to_vec()),
            Op::Truncate { segment, len } => Step::Truncate(segment, len),
            Op::Sync { segment } => Step::Sync(segment),
            Op::Delete { segment } => Step::Delete(segment),
            Op::SyncDir => Step::SyncDir,
        });
        Ok(())
    };
    let options = Options {
        segment_bytes: 6000,
        sync,
        tap: Some(Arc::new(tap)),
        ..Options::default()
    };
    let (journal, _) = Journal::open(dir.path(), &options).unwrap();
    // What a reader has seen may not go away either.
    for (at, record) in records(&read_all(&journal, 1000, 1 << 20)) {
        let number = record.received_at as u64;
        steps.lock().unwrap().push(Step::Acknowledged(at, number));
    }
    let mut appenders = JoinSet::new();
    for appender in 0..6_u64 {
        let (journal, steps) = (journal.clone(), Arc::clone(&steps));
        appenders.spawn(async move {
            let mut random = StdRng::seed_from_u64(seed * 100 + appender);
            for count in 0..12_u64 {
                let number = seed * 10_000 + appender * 100 + count;
                let body = body(number, random.random_range(0..1500));
                let at = journal.append(number as i64, "app:1", body).await.unwrap();
                steps.lock().unwrap().push(Step::Acknowledged(at, number));
            }
        });
    }
    appenders.join_all().await;
    journal.close().await;
    std::mem::take(&mut *steps.lock().unwrap())
}

/// How many acknowledged notifications the disk of a cut machine lacks.
async fn lost(machine: &Machine) -> usize {
    let dir = tempfile::tempdir().unwrap();
    machine.lay_out(dir.path());
    let (journal, _) = Journal::open(dir.path(), &Options::default()).unwrap();
    let entries = read_all(&journal, 1000, 1 << 20);
    let found: BTreeMap<Position, u64> = records(&entries)
        .into_iter()
        .map(|(at, record)| {
            let number = record.received_at as u64;
            let text = std::str::from_utf8(&record.body).unwrap();
            let mut parts = text.split(':');
            assert_eq!(
                parts.next().unwrap(),
                number.to_string(),
                "a record that nobody wrote"
            );
            let len: usize = parts.next().unwrap().parse().unwrap();
            assert_eq!(
                parts.next().unwrap().len(),
                len,
                "a record that is not whole"
            );
            (at, number)
        })
        .collect();
    assert!(entries.is_sorted_by_key(|entry| match entry {
        Entry::Record { at, .. } => *at,
        Entry::Corrupt { from, .. } => *from,
    }));
    let at = append(&journal, 1).await;
    assert!(
        machine
            .acknowledged
            .iter()
            .all(|(earlier, _)| *earlier < at)
    );
    assert!(journal.get(at).unwrap().is_some());
    machine
        .acknowledged
        .iter()
        .filter(|(at, number)| found.get(at) != Some(number))
        .count()
}

/// Cuts the power many times, some machines twice or after a SIGKILL; returns cuts, acknowledged and lost.
async fn cuts(seeds: std::ops::Range<u64>, sync: Sync) -> (usize, usize, usize) {
    let (mut cuts, mut acknowledged, mut missing) = (0, 0, 0);
    for seed in seeds {
        let mut random = StdRng::seed_from_u64(seed);
        let mut machine = Machine::default();
        for life in 0..2 {
            let steps = live(&machine, seed * 2 + life, sync).await;
            let mut kept = None;
            for _ in 0..20 {
                let mut cut = machine.clone();
                let moment = random.random_range(1..=steps.len());
                steps[..moment].iter().for_each(|step| cut.step(step));
                let killed = cut.clone();
                cut.cut(&mut random);
                cuts += 1;
                acknowledged += cut.acknowledged.len();
                missing += lost(&cut).await;
                kept = Some(if random.random() { killed } else { cut });
            }
            machine = kept.unwrap();
        }
    }
    (cuts, acknowledged, missing)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost() {
    let (cuts, acknowledged, lost) = cuts(1..11, Sync::Data).await;
    assert!(
        cuts >= 400 && acknowledged > 10_000,
        "{cuts} cuts, {acknowledged} acknowledged"
    );
    assert_eq!(lost, 0, "of {acknowledged} acknowledged in {cuts} cuts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_answers_before_the_sync_is_caught() {
    let (_, acknowledged, lost) = cuts(1..3, Sync::None).await;
    assert!(
        lost * 10 > acknowledged,
        "only {lost} of {acknowledged} seen as lost"
    );
}
