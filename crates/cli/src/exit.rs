//! The exit codes, and what each of them means.

use std::fmt::Write;

/// How a command ended. The numbers are a promise to scripts: none changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Unreachable = 3,
    Refused = 4,
    TimedOut = 5,
    NotFound = 6,
    Interrupted = 130,
}

impl Exit {
    /// Every one, in the order of their numbers.
    pub(crate) const ALL: [Self; 8] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Unreachable,
        Self::Refused,
        Self::TimedOut,
        Self::NotFound,
        Self::Interrupted,
    ];

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => {
                "failed: a bad configuration, a failed message, a check that found something"
            }
            Self::Usage => "the command line is wrong",
            Self::Unreachable => "the gateway, the simulator or a network could not be reached",
            Self::Refused => {
                "the gateway or the simulator refused: the key, its role, or what was asked for"
            }
            Self::TimedOut => "what was waited for did not happen in time",
            Self::NotFound => "there is no such thing, or it is not kept any more",
            Self::Interrupted => "Ctrl-C ended it before it was done",
        }
    }
}

/// The codes as the help shows them.
pub(crate) fn list() -> String {
    let mut text = "Exit codes:".to_owned();
    for exit in Exit::ALL {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {:<3}  {}", exit.code(), exit.meaning());
    }
    text
}
