//! What `doctor` and `config check` find: one line each, with what to do.

use serde_json::{Value, json};

use crate::output::{self, Format, Paint, Style};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    level: Level,
    what: &'static str,
    seen: String,
    todo: Option<String>,
}

impl Finding {
    pub(crate) fn ok(what: &'static str, seen: impl Into<String>) -> Self {
        Self {
            level: Level::Ok,
            what,
            seen: seen.into(),
            todo: None,
        }
    }

    pub(crate) fn warn(
        what: &'static str,
        seen: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Warn,
            what,
            seen: seen.into(),
            todo: Some(todo.into()),
        }
    }

    pub(crate) fn fail(
        what: &'static str,
        seen: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Fail,
            what,
            seen: seen.into(),
            todo: Some(todo.into()),
        }
    }

    fn line(&self, paint: Paint) -> String {
        let (word, style) = match self.level {
            Level::Ok => ("ok  ", Style::Good),
            Level::Warn => ("warn", Style::Warning),
            Level::Fail => ("fail", Style::Bad),
        };
        let line = format!(
            "{}  {:<12}  {}",
            paint.paint(style, word),
            self.what,
            self.seen
        );
        match &self.todo {
            Some(todo) => format!(
                "{line}\n      {:<12}  {} {todo}",
                "",
                paint.paint(style, "→")
            ),
            None => line,
        }
    }

    fn json(&self) -> Value {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        };
        json!({"level": level, "what": self.what, "seen": self.seen, "todo": self.todo})
    }
}

/// Prints all findings; any failure among them makes the command fail.
pub(crate) fn report(findings: &[Finding], format: Format) -> anyhow::Result<()> {
    let count = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let (failures, warnings) = (count(Level::Fail), count(Level::Warn));
    if format.json {
        output::json(&findings.iter().map(Finding::json).collect())?;
    } else {
        let paint = Paint::for_stdout();
        for finding in findings {
            output::line(finding.line(paint))?;
        }
    }
    if failures > 0 {
        anyhow::bail!(
            "{failures} of {} checks failed, {warnings} warned",
            findings.len()
        );
    }
    Ok(())
}

/// The causes of an error, as one clause.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
