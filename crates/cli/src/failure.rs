//! Why a command ends without success, and with which exit code.

use std::process::ExitCode;

use serde::Deserialize;

use crate::exit::Exit;
use crate::output;

/// A failure that has an exit code of its own; every other error is 1.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments do not go together in a way that clap cannot see.
    #[error("{0}")]
    Usage(String),
    /// Nobody answered.
    #[error("{what} does not answer at {url}; {todo}")]
    Unreachable {
        what: &'static str,
        url: String,
        todo: &'static str,
        #[source]
        source: Box<reqwest::Error>,
    },
    /// A bot under test did not answer.
    #[error("{0}")]
    Unanswered(String),
    /// The gateway or the simulator answered with an error.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A look for something found nothing.
    #[error("{0}")]
    NothingFound(String),
    /// What was waited for did not happen.
    #[error("{0}")]
    TimedOut(String),
    /// Somebody ended it.
    #[error("{0}")]
    Interrupted(String),
    /// The reader of our output went away; that is an end, not an error.
    #[error("the output was closed")]
    OutputClosed,
    /// What was to be printed is lost, though what was asked for may have been done.
    #[error("standard output cannot be written: {0}")]
    Unwritten(#[source] std::io::Error),
}

/// An error answer: problem+json from the gateway, or what could be made of another one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    title: String,
    /// The simulator says `error`, in one sentence.
    #[serde(alias = "error")]
    detail: String,
    errors: Vec<FieldError>,
    request_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldError {
    /// Where it stands in a body, or else which parameter it is.
    #[serde(alias = "parameter")]
    pointer: String,
    detail: String,
}

impl Refusal {
    /// Reads the body of an error answer, whatever it is.
    pub(crate) fn from_body(status: u16, body: &[u8]) -> Self {
        let mut refusal = serde_json::from_slice(body).unwrap_or_else(|_| Self {
            detail: String::from_utf8_lossy(body)
                .trim()
                .chars()
                .take(300)
                .collect(),
            ..Self::default()
        });
        refusal.status = status;
        refusal
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let title = if self.title.is_empty() {
            "refused"
        } else {
            &self.title
        };
        write!(f, "{title} ({})", self.status)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        for error in &self.errors {
            write!(f, "\n  {}: {}", error.pointer, error.detail)?;
        }
        let todo = match self.status {
            401 => {
                "sign in with `wharf login`, or say where the key is: --api-key env:NAME, \
                 --api-key file:PATH, WHARF_API_KEY"
            }
            404 | 405 if matches!(self.code.as_str(), "no_such_route" | "wrong_method") => {
                "the gateway does not know this yet: is it older than this program?"
            }
            _ => "",
        };
        if !todo.is_empty() {
            write!(f, "\n  {todo}")?;
        }
        if !self.request_id.is_empty() {
            write!(f, "\n  request {}", self.request_id)?;
        }
        Ok(())
    }
}

impl Refusal {
    /// Whether what was asked for is not there, or not any more.
    fn is_absence(&self) -> bool {
        matches!(self.status, 404 | 410) && self.code != "no_such_route"
    }
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Unreachable { .. } | Self::Unanswered(_) => Exit::Unreachable,
            Self::Refused(refusal) if refusal.is_absence() => Exit::NotFound,
            Self::Refused(_) => Exit::Refused,
            Self::NothingFound(_) => Exit::NotFound,
            Self::TimedOut(_) => Exit::TimedOut,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::OutputClosed => Exit::Done,
            Self::Unwritten(_) => Exit::Failed,
        }
    }
}

/// Whether it may go by itself: a gateway that restarts is not there, or answers 5xx for a moment.
pub(crate) fn is_passing(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<Failure>() {
        Some(Failure::Unreachable { .. }) => true,
        Some(Failure::Refused(refusal)) => refusal.status >= 500,
        _ => false,
    }
}

/// Tells the person what went wrong, once, and returns the exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let failure = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>());
    match failure {
        Some(Failure::OutputClosed) => {}
        // Its text is complete; the transport's own words add nothing that helps.
        Some(failure) => output::note(format_args!("wharf: {failure}")),
        None => output::note(format_args!("wharf: {error:#}")),
    }
    ExitCode::from(failure.map_or(Exit::Failed, Failure::exit).code())
}
