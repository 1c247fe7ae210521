//! What source files look like: their first line, their length, what may not stand in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Findings;
use crate::workspace::root;

/// Longest file, unless its first line says why it is "long because".
const MAX_LINES: usize = 600;
/// Longest `lib.rs`, which is a map.
const MAX_MAP_LINES: usize = 80;

/// What may not stand in a source file, and why. Written in halves, so that this list does not
/// find itself.
const FORBIDDEN: &[(&str, &str)] = &[
    (
        concat!("#[", "ignore"),
        "a test that never runs proves nothing",
    ),
    (
        concat!("#[should", "_panic"),
        "test the error, not the panic",
    ),
    (
        concat!("#[", "allow("),
        "use `#[expect(…, reason = \"…\")]`",
    ),
    (
        concat!("#![", "allow("),
        "use `#![expect(…, reason = \"…\")]`",
    ),
    (concat!("to", "do!("), "finish it or leave it out"),
    (concat!("unimple", "mented!("), "finish it or leave it out"),
    (concat!("TO", "DO"), "finish it, or write an issue"),
    (concat!("FIX", "ME"), "finish it, or write an issue"),
];

/// Folders of people's machines; no file may depend on one.
const MACHINE_PATHS: &[&str] = &["work", "home", "Users", "root"];

pub(crate) fn check(findings: &mut Findings) -> Result<()> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask", "fuzz"] {
        let folder = root().join(folder);
        if folder.exists() {
            collect(&folder, &mut files)?;
        }
    }
    files.sort();
    for file in files {
        let name = file.strip_prefix(root()).unwrap_or(&file);
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", name.display()))?;
        check_shape(name, &text, findings);
        check_words(name, &text, findings);
    }
    Ok(())
}

/// Rust sources below a folder, build folders left out.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() {
            if !hidden && !path.ends_with("target") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn check_shape(name: &Path, text: &str, findings: &mut Findings) {
    let at = name.display();
    let first = text.lines().next().unwrap_or_default();
    if !first.starts_with("//! ") {
        findings.error(format!(
            "{at}: begin with one `//!` sentence that says what is in it"
        ));
    }
    if name.ends_with("mod.rs") {
        findings.error(format!(
            "{at}: name the file after its module, beside its folder"
        ));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES && !first.contains("long because") {
        findings.error(format!(
            "{at}: {lines} lines; split it, or say in its first line \"long because …\""
        ));
    }
    if name.ends_with("lib.rs") && lines > MAX_MAP_LINES {
        findings.warning(format!(
            "{at}: {lines} lines; a map has at most {MAX_MAP_LINES}"
        ));
    }
}

fn check_words(name: &Path, text: &str, findings: &mut Findings) {
    for (number, line) in (1..).zip(text.lines()) {
        let at = format!("{}:{number}", name.display());
        for (word, why) in FORBIDDEN {
            if line.contains(word) {
                findings.error(format!("{at}: `{word}`: {why}"));
            }
        }
        if names_a_machine(line) {
            findings.error(format!(
                "{at}: a path of one machine; take it as an argument"
            ));
        }
    }
}

/// True for an absolute path below a folder of [`MACHINE_PATHS`], false for a relative one.
fn names_a_machine(line: &str) -> bool {
    MACHINE_PATHS.iter().any(|folder| {
        let path = format!("/{folder}/");
        line.match_indices(&path).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            before.is_none_or(|before| "\"'` (=:".contains(before))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, errors: usize, warnings: usize) {
        let mut findings = Findings::default();
        check_shape(Path::new(name), text, &mut findings);
        check_words(Path::new(name), text, &mut findings);
        let found = (findings.errors.len(), findings.warnings.len());
        assert_eq!(found, (errors, warnings), "{:?}", findings.errors);
    }

    #[test]
    fn shape() {
        let lines = |count| "//! A file.\n".repeat(count);
        check("a.rs", &lines(600), 0, 0);
        check("a.rs", &lines(601), 1, 0);
        check(
            "a.rs",
            &format!("//! A table, long because of its rows.\n{}", lines(700)),
            0,
            0,
        );
        check("src/lib.rs", &lines(81), 0, 1);
        check("a.rs", "use std::fmt;\n", 1, 0);
        check("a.rs", "", 1, 0);
        check("a/mod.rs", "//! A module.\n", 1, 0);
    }

    #[test]
    fn words() {
        for (word, _) in FORBIDDEN {
            check("a.rs", &format!("//! A file.\n{word}\n"), 1, 0);
        }
        for folder in MACHINE_PATHS {
            check(
                "a.rs",
                &format!("//! A file.\nopen(\"/{folder}/x\")\n"),
                1,
                0,
            );
            check(
                "a.rs",
                &format!("//! A file.\nopen(\"docs/{folder}/x\")\n"),
                0,
                0,
            );
        }
        check(
            "a.rs",
            "//! A file.\n#[cfg_attr(test, expect(dead_code))]\n",
            0,
            0,
        );
    }
}
