//! What a run of a scenario tells.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::scenario::relay::Tally;

/// How a scenario or a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything expected came.
    Met,
    /// Something else came, or nothing.
    Missed,
    /// Not played, because of a miss before it.
    Skipped,
    /// The bot could not be reached, or the simulator could not be started.
    Unreachable,
}

/// The report of one scenario.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// The scenario's id: its file's name without extension.
    pub id: String,
    /// Its title.
    pub name: String,
    /// Its file.
    pub file: String,
    /// The seed it was played with.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, for a miss outside of the steps and for a bot that cannot be reached.
    pub reason: Option<String>,
    /// The steps, in the order in which they began.
    pub steps: Vec<StepReport>,
    /// At a miss: the chats, one after the other.
    pub transcript: Vec<String>,
    /// At a miss: what a started bot wrote last.
    pub bot_output: Vec<String>,
    /// Simulated seconds.
    pub simulated_seconds: f64,
    /// Real seconds.
    pub real_seconds: f64,
    /// How the bot answered its webhooks.
    pub(crate) webhooks: Tally,
}

/// The report of one step.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StepReport {
    /// The line in the file.
    pub line: u64,
    /// The branch or repetition it belongs to; empty for none.
    pub branch: String,
    /// What the step is, with values filled in.
    pub step: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What came.
    pub came: String,
    /// When it ended, by the simulated clock.
    pub at: jiff::Timestamp,
    /// How long it took, by the simulated clock, in milliseconds.
    pub took_ms: i64,
    /// One of many alike, which the text leaves out when it was met.
    #[serde(skip)]
    pub(crate) alike: bool,
}

impl Report {
    /// A report about a scenario that did not begin.
    pub(crate) fn unreachable(id: &str, name: &str, file: &str, seed: u64, reason: String) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            file: file.to_owned(),
            seed,
            outcome: Outcome::Unreachable,
            reason: Some(reason),
            steps: Vec::new(),
            transcript: Vec::new(),
            bot_output: Vec::new(),
            simulated_seconds: 0.0,
            real_seconds: 0.0,
            webhooks: Tally::default(),
        }
    }

    /// The first step that missed.
    pub fn miss(&self) -> Option<&StepReport> {
        self.steps
            .iter()
            .find(|step| step.outcome == Outcome::Missed)
    }

    /// The miss in a clause: what was expected where, and what came.
    pub fn why(&self) -> Option<String> {
        let place = |line| format!("{}:{line}", self.file);
        match (self.miss(), &self.reason) {
            (Some(step), _) => Some(format!(
                "{}: {}: {}",
                place(step.line),
                step.step,
                step.came
            )),
            (None, Some(reason)) => Some(format!("{}: {reason}", self.file)),
            (None, None) => None,
        }
    }

    /// The heading alone.
    pub fn heading(&self) -> String {
        let mark = match self.outcome {
            Outcome::Met => "met",
            Outcome::Missed => "MISSED",
            Outcome::Skipped => "skipped",
            Outcome::Unreachable => "UNREACHABLE",
        };
        let simulated = Duration::try_from_secs_f64(self.simulated_seconds).unwrap_or_default();
        format!(
            "{mark:<8} {}  {} ({} of simulated time in {:.1} s)",
            self.id,
            self.name,
            span(simulated),
            self.real_seconds
        )
    }
}

fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 86_400, seconds / 3600, seconds / 60) {
        (0, 0, 0) => format!("{:.1} s", time.as_secs_f64()),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}

/// The whole report as a person reads it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        for step in &self.steps {
            if step.alike && step.outcome == Outcome::Met {
                continue;
            }
            let mark = match step.outcome {
                Outcome::Met => "✓",
                Outcome::Missed => "✗",
                Outcome::Skipped | Outcome::Unreachable => "·",
            };
            let mut line = format!("  {mark} {:>3}  {}", step.line, step.step);
            if !step.branch.is_empty() {
                let _ = write!(line, "  ({})", step.branch);
            }
            writeln!(f, "{line}")?;
            if !step.came.is_empty() {
                writeln!(
                    f,
                    "         {} {}",
                    if step.outcome == Outcome::Missed {
                        "came:"
                    } else {
                        "→"
                    },
                    step.came
                )?;
            }
        }
        if let Some(reason) = &self.reason {
            writeln!(f, "  ✗      {reason}")?;
        }
        for (title, lines) in [
            ("the chats", &self.transcript),
            ("what the bot wrote last", &self.bot_output),
        ] {
            if !lines.is_empty() {
                writeln!(f, "\n    {title}:")?;
                for line in lines {
                    writeln!(f, "      {line}")?;
                }
            }
        }
        if self.outcome == Outcome::Missed && self.webhooks.refused + self.webhooks.unanswered > 0 {
            writeln!(
                f,
                "\n    of {} webhooks the bot answered {} with another status than 200, and {} not at all",
                self.webhooks.posts, self.webhooks.refused, self.webhooks.unanswered
            )?;
        }
        Ok(())
    }
}
