//! The variables of a template's text.

/// A variable of a text: `{{1}}` or `{{first_name}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    /// What stands between the braces.
    pub(super) name: &'a str,
    /// Where the opening braces stand, in bytes.
    pub(super) start: usize,
    /// Where the closing braces end, in bytes.
    pub(super) end: usize,
}

/// The different variables of a text, in order of their first use.
///
/// Braces that hold anything but a number or a name of small letters, digits and underscores are
/// text.
pub(super) fn variables(text: &str) -> Vec<Variable<'_>> {
    let mut found: Vec<Variable<'_>> = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find("{{")) {
        let start = from + open;
        // One brace on, so that the last two of several are found too.
        from = start + 1;
        let inside = text.get(start + 2..).unwrap_or_default();
        let length = inside
            .bytes()
            .take_while(|byte| is_name_byte(*byte))
            .count();
        let (name, rest) = inside.split_at_checked(length).unwrap_or_default();
        if length == 0 || !rest.starts_with("}}") {
            continue;
        }
        from = start + length + 4;
        if found.iter().all(|earlier| earlier.name != name) {
            found.push(Variable {
                name,
                start,
                end: from,
            });
        }
    }
    found
}

/// Whether a variable is one of `{{1}}`, `{{2}}` and so on.
pub(super) fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_found_once_each_and_only_where_they_hold_a_name() {
        let names = |text| {
            variables(text)
                .into_iter()
                .map(|found| found.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("Hi {{1}}, {{2}} and {{1}}"), ["1", "2"]);
        assert_eq!(names("{{first_name}}{{b2}}"), ["first_name", "b2"]);
        assert_eq!(names("{{A}} {{}} {{ 1 }} {{"), [""; 0]);
        assert_eq!(names("{{{{1}}}} {{{2}}} {{3}"), ["1", "2"]);
        assert_eq!(names("ü{{a}}ü{{é}}{{"), ["a"]);
        let found = variables("ü {{1}}.");
        assert_eq!((found[0].start, found[0].end), (3, 8));
    }
}
