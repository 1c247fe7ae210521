//! The text.

use super::example::{self, Keys};
use super::{Fields, text, variables};
use crate::graph::GraphError;
use crate::graph::templates::refusal::{
    BODY, TOO_MANY_VARIABLES, VARIABLE_AT_EDGE, at_most, refused,
};

pub(super) const MESSAGE: usize = 1024;
pub(super) const OFFER: usize = 600;
pub(super) const CARD: usize = 160;

/// Checks a body of at most `most` characters.
pub(super) fn check(
    body: &Fields,
    named: bool,
    field: &str,
    most: usize,
) -> Result<(), GraphError> {
    let text = text(body, "text").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(refused(
            BODY,
            "Message template body is empty",
            format!("{field} needs a text. Add it."),
        ));
    }
    at_most(&format!("{field} text"), text, most)?;
    let found = variables::read(field, text, named, BODY)?;
    let trimmed = text.trim();
    if !found.is_empty() && (trimmed.starts_with("{{") || trimmed.ends_with("}}")) {
        return Err(refused(
            VARIABLE_AT_EDGE,
            "Variable at the start or end of the text",
            format!("{field} text may not begin or end with a variable. Put words around it."),
        ));
    }
    let words = words(text);
    if words <= 2 * found.len() && !found.is_empty() {
        return Err(refused(
            TOO_MANY_VARIABLES,
            "Too many variables for the length of the text",
            format!(
                "{field} text has {} variables and {words} words beside them; it needs at least {}. \
                 Use fewer variables or more words.",
                found.len(),
                2 * found.len() + 1,
            ),
        ));
    }
    let keys = Keys {
        positional: &["body_text"],
        named: "body_text_named_params",
        subcode: BODY,
    };
    example::check(body, &found, &keys, named, field)
}

/// The words beside the variables.
///
/// Meta only says that their number must be in proportion; that there must be more than twice as
/// many words as variables is how this simulator reads it.
fn words(text: &str) -> usize {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        plain.push(' ');
        rest = after.split_once("}}").map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    let has_letter = |word: &&str| word.chars().any(char::is_alphanumeric);
    let words = plain.split_whitespace().filter(has_letter);
    // Scripts without spaces between words count by letters.
    words
        .map(|word| {
            let wide = word
                .chars()
                .filter(|letter| *letter >= '\u{0e00}' && letter.is_alphabetic());
            wide.count().max(1)
        })
        .sum()
}
