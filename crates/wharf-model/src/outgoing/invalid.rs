//! Why a message, or a template to create, cannot be built.

/// Why a message, or a template to create, cannot be built: which field, which limit, by how much.
///
/// `field` is a JSON pointer into the message in Meta's shape, such as
/// `/interactive/action/buttons/0/reply/title`. A part that is built on its own, before it has a
/// place in a message, is named from its own top, such as `/reply/title`. No text of the message
/// itself appears.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMessage {
    /// A required part is absent, or a list without items.
    #[error("{field} is required")]
    Missing {
        /// JSON pointer to the part.
        field: String,
    },
    /// A text is there and has no characters.
    #[error("{field} must not be empty")]
    Empty {
        /// JSON pointer to the text.
        field: String,
    },
    /// A text has too many characters.
    #[error("{field} has {length} characters, at most {limit} are allowed")]
    TooLong {
        /// JSON pointer to the text.
        field: String,
        /// The most characters allowed.
        limit: usize,
        /// The characters that the text has.
        length: usize,
    },
    /// A list has too many items.
    #[error("{field} has {count} items, at most {limit} are allowed")]
    TooMany {
        /// JSON pointer to the list.
        field: String,
        /// The most items allowed.
        limit: usize,
        /// The items that the list has.
        count: usize,
    },
    /// A value is not of the form that Meta asks for.
    #[error("{field} is invalid: {reason}")]
    Invalid {
        /// JSON pointer to the value.
        field: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A kind of content that this version does not build.
    #[error("{field} names a kind that is not supported")]
    Unsupported {
        /// JSON pointer to the kind.
        field: String,
        /// The kind.
        kind: String,
    },
}

impl InvalidMessage {
    /// JSON pointer to the part at fault.
    pub fn field(&self) -> &str {
        match self {
            Self::Missing { field }
            | Self::Empty { field }
            | Self::TooLong { field, .. }
            | Self::TooMany { field, .. }
            | Self::Invalid { field, .. }
            | Self::Unsupported { field, .. } => field,
        }
    }

    /// The same fault, seen from the object that holds the part at `parent`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        match &mut self {
            Self::Missing { field }
            | Self::Empty { field }
            | Self::TooLong { field, .. }
            | Self::TooMany { field, .. }
            | Self::Invalid { field, .. }
            | Self::Unsupported { field, .. } => field.insert_str(0, parent),
        }
        self
    }

    pub(crate) fn missing(field: impl Into<String>) -> Self {
        Self::Missing {
            field: field.into(),
        }
    }

    pub(crate) fn invalid(field: impl Into<String>, reason: &'static str) -> Self {
        Self::Invalid {
            field: field.into(),
            reason,
        }
    }
}

/// Checks a text: at least one character, at most `limit`.
pub(crate) fn required(text: String, limit: usize, field: &str) -> Result<String, InvalidMessage> {
    if text.is_empty() {
        return Err(InvalidMessage::Empty {
            field: field.to_owned(),
        });
    }
    bounded(text, limit, field)
}

/// The same of a text that may be absent.
pub(crate) fn required_of(
    text: Option<&str>,
    limit: usize,
    field: &str,
) -> Result<String, InvalidMessage> {
    let text = text.ok_or_else(|| InvalidMessage::missing(field))?;
    required(text.to_owned(), limit, field)
}

/// Checks that a text has at most `limit` characters.
pub(crate) fn bounded(text: String, limit: usize, field: &str) -> Result<String, InvalidMessage> {
    // Bytes are never fewer than characters, so most texts need no count.
    if text.len() > limit {
        let length = text.chars().count();
        if length > limit {
            return Err(InvalidMessage::TooLong {
                field: field.to_owned(),
                limit,
                length,
            });
        }
    }
    Ok(text)
}

/// Checks that a list has from one to `limit` items.
pub(crate) fn counted(count: usize, limit: usize, field: &str) -> Result<(), InvalidMessage> {
    match count {
        0 => Err(InvalidMessage::missing(field)),
        _ if count > limit => Err(InvalidMessage::TooMany {
            field: field.to_owned(),
            limit,
            count,
        }),
        _ => Ok(()),
    }
}
