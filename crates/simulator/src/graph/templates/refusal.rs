//! How template management refuses: code 100, a subcode where Meta documents one, words for people.

use crate::graph::GraphError;

/// `{{…}}` or brackets where none may be, or not as they must be.
pub(super) const BODY: i64 = 2_388_072;
pub(super) const HEADER: i64 = 2_388_047;
pub(super) const FOOTER: i64 = 2_388_073;
pub(super) const TOO_LONG: i64 = 2_388_040;
pub(super) const TOO_MANY_VARIABLES: i64 = 2_388_293;
pub(super) const VARIABLE_AT_EDGE: i64 = 2_388_299;
pub(super) const EXISTS: i64 = 2_388_024;
pub(super) const BEING_DELETED: i64 = 2_388_023;
pub(super) const FULL: i64 = 2_388_019;
pub(super) const WRONG_STATUS: i64 = 2_388_039;

/// A refusal whose subcode is documented. See [Cloud API/Error codes].
pub(super) fn refused(subcode: i64, title: &'static str, message: impl Into<String>) -> GraphError {
    invalid(title, message).subcode(subcode)
}

/// A refusal for which no subcode is documented.
pub(super) fn invalid(title: &'static str, message: impl Into<String>) -> GraphError {
    GraphError::plain(400, 100, "Invalid parameter").user(title, message)
}

/// Refuses a text that is longer than `most` characters.
pub(super) fn at_most(field: &str, text: &str, most: usize) -> Result<(), GraphError> {
    let length = text.chars().count();
    if length <= most {
        return Ok(());
    }
    Err(refused(
        TOO_LONG,
        "Message template field is too long",
        format!("{field} has {length} characters and may have at most {most}. Shorten it."),
    ))
}
