//! Waits until the rest of the machine is idle, so that a run measures Wharf and not a compiler.

use std::time::{Duration, Instant};

use anyhow::Context;

const LOOK: Duration = Duration::from_millis(50);

/// Returns once less than a tenth of the machine is busy, or after `patience`. Blocking.
pub(crate) fn wait(patience: Duration) -> anyhow::Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        let before = Times::read()?;
        std::thread::sleep(LOOK);
        let after = Times::read()?;
        let (busy, all) = (after.busy - before.busy, after.all - before.all);
        if busy * 10 <= all || Instant::now() >= deadline {
            return Ok(());
        }
    }
}

/// Ticks of all processors since the start of the machine.
struct Times {
    busy: u64,
    all: u64,
}

impl Times {
    fn read() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string("/proc/stat").context("read the machine's load")?;
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split_whitespace()
            .filter_map(|tick| tick.parse().ok())
            .collect();
        let all = ticks.iter().sum();
        // The fourth and fifth are idle and waiting for the disk.
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        Ok(Self {
            busy: all - idle,
            all,
        })
    }
}
