//! Whether an item is in the sources of the libraries.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::workspace::root;

/// The sources of the three libraries, file by file.
pub(super) struct Sources {
    files: Vec<(&'static str, String)>,
}

const LIBRARIES: &[(&str, &str)] = &[
    ("wharf_model", "wharf-model"),
    ("wharf_client", "wharf-client"),
    ("wharf_webhook", "wharf-webhook"),
];

impl Sources {
    pub(super) fn read() -> Result<Self> {
        let mut files = Vec::new();
        for (name, folder) in LIBRARIES {
            collect(
                name,
                &root().join("crates").join(folder).join("src"),
                &mut files,
            )?;
        }
        Ok(Self { files })
    }

    /// Whether the item that a path ends in is public somewhere in the path's crate. That the
    /// modules between are right is left to the compiler, in the generated test.
    pub(super) fn has(&self, path: &str) -> bool {
        let mut parts = path.split("::");
        let library = parts.next().unwrap_or_default();
        let parts: Vec<_> = parts.collect();
        let mut files = self.files.iter().filter(|(name, _)| *name == library);
        match parts.iter().position(|part| is_type(part)) {
            None => {
                let name = parts.last().copied().unwrap_or_default();
                files.any(|(_, text)| declares_function(text, name))
            }
            Some(index) => {
                let name = parts[index];
                match parts.get(index + 1) {
                    None => files.any(|(_, text)| declares_type(text, name)),
                    Some(variant) if is_type(variant) => {
                        files.any(|(_, text)| declares_variant(text, name, variant))
                    }
                    Some(method) => files
                        .any(|(_, text)| implements(text, name) && declares_function(text, method)),
                }
            }
        }
    }
}

/// What of a path a `use` can name: not the method of a type, but the type.
pub(super) fn nameable(path: &str) -> &str {
    match path.rsplit_once("::") {
        Some((owner, last)) if !is_type(last) && owner.rsplit("::").next().is_some_and(is_type) => {
            owner
        }
        _ => path,
    }
}

fn collect(
    name: &'static str,
    folder: &Path,
    files: &mut Vec<(&'static str, String)>,
) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(name, &path, files)?;
        } else {
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn is_type(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a line holds a phrase whose last word ends there.
fn holds(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(start, _)| {
        let rest = text.get(start + phrase.len()..).unwrap_or_default();
        !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn declares_type(text: &str, name: &str) -> bool {
    holds(text, &format!("pub struct {name}")) || holds(text, &format!("pub enum {name}"))
}

fn declares_function(text: &str, name: &str) -> bool {
    let forms = ["pub fn", "pub async fn", "pub const fn"];
    forms
        .iter()
        .any(|form| holds(text, &format!("{form} {name}")))
}

fn declares_variant(text: &str, name: &str, variant: &str) -> bool {
    let Some(start) = text.find(&format!("pub enum {name} {{")) else {
        return false;
    };
    let body = text.get(start..).unwrap_or_default();
    let body = body.split("\n}\n").next().unwrap_or_default();
    let mut lines = body.lines().map(str::trim_start);
    lines.any(|line| {
        line.strip_prefix(variant)
            .is_some_and(|rest| rest.starts_with(['(', ',', ' ']))
    })
}

fn implements(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let header = line.starts_with("impl") && line.ends_with('{') && !line.contains(" for ");
        header && holds(line, &format!(" {name}"))
    })
}
