//! A few words of a message, for a list.

use serde_json::Value;

/// Characters of a preview at most.
const LENGTH: usize = 160;

/// What a message says, if it says anything in words. `content` is JSON in Meta's shape.
pub(super) fn preview(kind: &str, content: &str) -> Option<String> {
    let content: Value = serde_json::from_str(content).ok()?;
    let part = content.get(kind)?;
    let words = match kind {
        "text" => part.pointer("/body"),
        "image" | "video" | "document" => part
            .pointer("/caption")
            .or_else(|| part.pointer("/filename")),
        "reaction" => part.pointer("/emoji"),
        "button" => part.pointer("/text"),
        "template" => part.pointer("/name"),
        "location" => part.pointer("/name").or_else(|| part.pointer("/address")),
        "contacts" => part.pointer("/0/name/formatted_name"),
        "interactive" => [
            "/body/text",
            "/button_reply/title",
            "/list_reply/title",
            "/nfm_reply/body",
        ]
        .into_iter()
        .find_map(|pointer| part.pointer(pointer)),
        _ => None,
    };
    let words = words?.as_str()?.trim();
    let short: String = words.chars().take(LENGTH).collect();
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_each_kind_has_them() {
        let long = format!(r#"{{"text": {{"body": " {} "}}}}"#, "ä".repeat(500));
        for (kind, content, words) in [
            ("text", r#"{"text": {"body": "hi"}}"#, Some("hi")),
            ("text", r#"{"text": {"body": "  "}}"#, None),
            (
                "image",
                r#"{"image": {"id": "1", "caption": "here"}}"#,
                Some("here"),
            ),
            ("image", r#"{"image": {"id": "1"}}"#, None),
            (
                "template",
                r#"{"template": {"name": "hello_world"}}"#,
                Some("hello_world"),
            ),
            (
                "interactive",
                r#"{"interactive": {"button_reply": {"title": "Yes"}}}"#,
                Some("Yes"),
            ),
            ("novel", r#"{"novel": {"body": "x"}}"#, None),
            ("text", "none", None),
        ] {
            assert_eq!(preview(kind, content).as_deref(), words, "{content}");
        }
        assert_eq!(
            preview("text", &long).map(|words| words.chars().count()),
            Some(LENGTH)
        );
    }
}
