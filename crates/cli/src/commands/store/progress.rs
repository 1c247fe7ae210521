//! How far a copy has come, for people: one line that changes on a terminal, else one a table.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use gateway::copy::{Progress, Step};

use crate::output;

/// How often the line changes.
const RATE: Duration = Duration::from_millis(100);

/// Standard error.
#[derive(Debug)]
pub(super) struct Screen {
    is_terminal: bool,
    step: Option<Begun>,
    shown_at: Option<Instant>,
}

/// What is being done since when.
#[derive(Debug)]
struct Begun {
    step: Step,
    at: Instant,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self {
            is_terminal: std::io::stderr().is_terminal(),
            step: None,
            shown_at: None,
        }
    }

    pub(super) fn show(&mut self, progress: &Progress<'_>) {
        let begun = match &mut self.step {
            Some(begun) if begun.step == progress.step => begun,
            other => other.insert(Begun {
                step: progress.step,
                at: Instant::now(),
            }),
        };
        let line = line(progress, begun.at.elapsed());
        if !self.is_terminal {
            if progress.is_whole && progress.rows > 0 {
                output::note(line);
            }
            return;
        }
        if self.shown_at.is_none_or(|at| at.elapsed() >= RATE) {
            self.shown_at = Some(Instant::now());
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "\r{line}\u{1b}[K").and_then(|()| out.flush());
        }
    }

    /// Leaves the line to what comes next.
    pub(super) fn end(&self) {
        if self.shown_at.is_some() {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

fn line(progress: &Progress<'_>, took: Duration) -> String {
    let word = match progress.step {
        Step::Copy => "copied",
        Step::Verify => "compared",
    };
    let rate = u128::from(progress.fresh) * 1000 / took.as_millis().max(1);
    format!(
        "{word} {}: {} rows; {} of {} in all, {rate} rows/s",
        progress.table, progress.rows, progress.done, progress.total
    )
}
