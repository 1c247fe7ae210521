//! Which bytes of a file are asked for, and how a browser may show it.

use axum::http::{HeaderMap, header};

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// From, and up to, not including.
    Part(std::ops::Range<u64>),
    /// No byte lies in the range.
    Nothing,
}

/// Reads `Range` and `If-Range`. What is not one plain range of bytes is answered with everything, as
/// RFC 9110 allows.
pub(super) fn wanted(headers: &HeaderMap, etag: &str, length: u64) -> Wanted {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let Some(range) = text(header::RANGE) else {
        return Wanted::All;
    };
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Wanted::All;
    }
    let parts = range.strip_prefix("bytes=").map(str::trim);
    let Some((first, last)) = parts.and_then(|parts| parts.split_once('-')) else {
        return Wanted::All;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => return Wanted::All,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(0)) if first.is_empty() => return Wanted::Nothing,
        (None, Some(suffix)) if first.is_empty() => length.saturating_sub(suffix)..length,
        _ => return Wanted::All,
    };
    if range.start < range.end {
        Wanted::Part(range)
    } else {
        Wanted::Nothing
    }
}

/// `Content-Disposition`: what can only be seen or heard may be shown, all else is saved. RFC 6266.
pub(super) fn disposition(mime_type: &str, filename: Option<&str>) -> String {
    use std::fmt::Write as _;

    let shown = matches!(
        mime_type,
        "image/jpeg" | "image/png" | "image/webp" | "image/gif"
    ) || mime_type.starts_with("audio/")
        || mime_type.starts_with("video/");
    let mut text = String::from(if shown { "inline" } else { "attachment" });
    if let Some(filename) = filename {
        text.push_str("; filename*=UTF-8''");
        for byte in filename.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let wanted = |range: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            wanted(&headers, "\"e\"", 100)
        };
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=10-", Wanted::Part(10..100)),
            ("bytes=10-1000", Wanted::Part(10..100)),
            ("bytes=-5", Wanted::Part(95..100)),
            ("bytes=-500", Wanted::Part(0..100)),
            ("bytes=99999999999999999999-", Wanted::Nothing),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-4", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("lines=1-2", Wanted::All),
        ] {
            assert_eq!(wanted(range), expected, "{range}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-0"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"other\""));
        assert_eq!(super::wanted(&headers, "\"e\"", 100), Wanted::All);
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let told = disposition("text/html", Some("a\"; b=\u{e9}.html"));
        assert_eq!(
            told,
            "attachment; filename*=UTF-8''a%22%3B%20b%3D%C3%A9.html"
        );
        assert_eq!(disposition("image/png", None), "inline");
        assert_eq!(disposition("image/svg+xml", None), "attachment");
    }
}
