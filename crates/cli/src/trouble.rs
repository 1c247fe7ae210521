//! What went wrong, in words that do not repeat the code or status beside them.

use serde_json::Value;

use crate::output::plain;

/// The text of an error beside its code, with which Meta begins the text too: `(#132001) …`.
pub(crate) fn beside_code<'a>(text: &'a str, code: &Value) -> &'a str {
    let told = text.strip_prefix(&format!("(#{})", plain(code)));
    told.map_or(text, str::trim_start)
}

/// The text of an error beside the status of the answer: what it says more than the status.
pub(crate) fn beside_status<'a>(text: &'a str, status: &Value) -> &'a str {
    match text.strip_prefix(&format!("answered {}", plain(status))) {
        Some("") => "",
        Some(more) => more.strip_prefix(": ").unwrap_or(text),
        None => text,
    }
}

/// Code and text of an error as one clause; empty without either.
pub(crate) fn sentence(code: &Value, text: &str) -> String {
    let text = beside_code(text, code);
    if code.is_null() {
        return text.to_owned();
    }
    format!("{} {text}", plain(code)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let code = json!(132_001);
        assert_eq!(
            sentence(&code, "(#132001) Template does not exist"),
            "132001 Template does not exist"
        );
        assert_eq!(sentence(&code, "Other"), "132001 Other");
        assert_eq!(sentence(&Value::Null, "no answer"), "no answer");
        assert_eq!(sentence(&Value::Null, ""), "");
        let status = json!(500);
        assert_eq!(beside_status("answered 500", &status), "");
        assert_eq!(
            beside_status("answered 500: the endpoint was disabled", &status),
            "the endpoint was disabled"
        );
        assert_eq!(beside_status("answered 5000", &status), "answered 5000");
        assert_eq!(beside_status("timed out", &Value::Null), "timed out");
    }
}
