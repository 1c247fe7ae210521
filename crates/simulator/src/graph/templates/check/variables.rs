//! `{{1}}` and `{{name}}` in texts.

use crate::graph::GraphError;
use crate::graph::templates::refusal::refused;

/// The variables of a text, each once, in the order in which they first appear.
pub(super) fn read(
    field: &str,
    text: &str,
    named: bool,
    subcode: i64,
) -> Result<Vec<String>, GraphError> {
    let wrong = |message: String| refused(subcode, "Invalid variables", message);
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            return Err(wrong(format!(
                "{field} opens a variable with {{{{ and does not close it. Add }}}}."
            )));
        };
        if before.contains("}}") {
            return Err(wrong(format!(
                "{field} closes a variable that was not opened. Remove the }}}}."
            )));
        }
        let fits = if named { is_name(name) } else { is_place(name) };
        if !fits {
            let kind = if named {
                "named variables have lowercase letters, digits and underscores"
            } else {
                "positional variables are {{1}}, {{2}} and so on; for names set parameter_format to named"
            };
            return Err(wrong(format!(
                "{field} has the variable {{{{{name}}}}}: {kind}. Rename it."
            )));
        }
        if found.iter().any(|known| known == name) {
            if named {
                return Err(wrong(format!(
                    "{field} has the variable {{{{{name}}}}} twice. Names must be unique."
                )));
            }
        } else {
            found.push(name.to_owned());
        }
        rest = behind;
    }
    if rest.contains("}}") {
        return Err(wrong(format!(
            "{field} closes a variable that was not opened. Remove the }}}}."
        )));
    }
    if !named {
        let mut places: Vec<usize> = found.iter().filter_map(|name| name.parse().ok()).collect();
        places.sort_unstable();
        if !places.iter().copied().eq(1..=places.len()) {
            return Err(wrong(format!(
                "{field} must number its variables {{{{1}}}}, {{{{2}}}} and so on without a gap. \
                 Renumber them."
            )));
        }
    }
    Ok(found)
}

fn is_place(name: &str) -> bool {
    !name.is_empty() && name.len() <= 3 && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(plain) && name.bytes().any(|byte| byte.is_ascii_lowercase())
}
