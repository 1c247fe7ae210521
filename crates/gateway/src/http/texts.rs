//! What a key without `shows_texts` does not see: what people write, the names of their files, and what
//! goes into a template.

use super::authenticate::Caller;
use super::problem::Problem;
use crate::envelope;

/// An answer that may hold texts.
pub(super) trait Texts {
    /// Takes them out, and says so in `content_hidden`.
    fn hide(&mut self);
}

impl Caller {
    /// Refuses who does not see texts what would show them, to the caller or to whom the caller names.
    pub(super) fn must_show_texts(&self) -> Result<(), Problem> {
        if self.shows_texts {
            Ok(())
        } else {
            Err(Problem::TextsHidden)
        }
    }

    /// The answer as this caller may see it.
    pub(super) fn show<T: Texts>(&self, mut answer: T) -> T {
        if !self.shows_texts {
            answer.hide();
        }
        answer
    }
}

/// JSON whose keys depend on what it is about, without what may be a text; the same if it has none.
pub(super) fn without_texts(json: &str) -> Option<Box<serde_json::value::RawValue>> {
    let bare = envelope::without_texts(json)?;
    serde_json::value::RawValue::from_string(bare).ok()
}
