//! Reports as `JUnit` XML, which build servers show.

use std::fmt::Write as _;

use crate::scenario::report::{Outcome, Report};

/// One test suite with a test case per scenario.
pub fn junit(reports: &[Report]) -> String {
    let count = |outcome| {
        reports
            .iter()
            .filter(|report| report.outcome == outcome)
            .count()
    };
    let time: f64 = reports.iter().map(|report| report.real_seconds).sum();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"scenarios\" tests=\"{}\" \
         failures=\"{}\" errors=\"{}\" time=\"{time:.3}\">\n",
        reports.len(),
        count(Outcome::Missed),
        count(Outcome::Unreachable),
    );
    for report in reports {
        let _ = write!(
            xml,
            "<testcase classname=\"scenarios\" name=\"{}\" file=\"{}\" time=\"{:.3}\">",
            escaped(&report.id),
            escaped(&report.file),
            report.real_seconds
        );
        let tag = match report.outcome {
            Outcome::Missed => "failure",
            Outcome::Unreachable => "error",
            Outcome::Met | Outcome::Skipped => "",
        };
        if !tag.is_empty() {
            let _ = write!(
                xml,
                "\n<{tag} message=\"{}\">{}</{tag}>\n",
                escaped(&report.why().unwrap_or_default()),
                escaped(&report.to_string())
            );
        }
        xml.push_str("</testcase>\n");
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml
}

/// Text that may stand in elements and attributes; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_break_the_xml() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{0}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\n"
        );
    }
}
