//! A place in the journal, which is also the name of the notification that stands there.

use std::fmt;
use std::str::FromStr;

/// Where a notification stands, or reading goes on. Never given out twice, so it names one
/// notification for ever. Shown and parsed as `<segment>-<offset>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number of the segment; the first one is 1.
    pub segment: u64,
    /// The byte in the segment's file.
    pub offset: u64,
}

impl Position {
    /// Before the first notification.
    pub const START: Self = Self {
        segment: 0,
        offset: 0,
    };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.segment, self.offset)
    }
}

/// The text is not a [`Position`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a journal position is written <segment>-<offset>")]
pub struct ParsePositionError;

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (segment, offset) = text.split_once('-').ok_or(ParsePositionError)?;
        let position = Self {
            segment: segment.parse().map_err(|_| ParsePositionError)?,
            offset: offset.parse().map_err(|_| ParsePositionError)?,
        };
        // One spelling per position, because it becomes an id: no sign, no leading zeros.
        if position.to_string() == text {
            Ok(position)
        } else {
            Err(ParsePositionError)
        }
    }
}
