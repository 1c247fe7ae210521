//! The files of the folder `console`, built into the binary. A test sees that none is forgotten.

/// Each file: its path in the folder, and its bytes.
pub(super) const FILES: &[(&str, &[u8])] = &[
    ("app.js", include_bytes!("../../../../../console/app.js")),
    (
        "docs/docs.css",
        include_bytes!("../../../../../console/docs/docs.css"),
    ),
    (
        "docs/docs.js",
        include_bytes!("../../../../../console/docs/docs.js"),
    ),
    (
        "docs/dom.js",
        include_bytes!("../../../../../console/docs/dom.js"),
    ),
    (
        "docs/index.html",
        include_bytes!("../../../../../console/docs/index.html"),
    ),
    (
        "docs/operation.js",
        include_bytes!("../../../../../console/docs/operation.js"),
    ),
    (
        "docs/schema.js",
        include_bytes!("../../../../../console/docs/schema.js"),
    ),
    (
        "index.html",
        include_bytes!("../../../../../console/index.html"),
    ),
];

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_below(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console");
        let mut found = Vec::new();
        files_below(&folder, &mut found);
        let mut found: Vec<_> = found
            .iter()
            .map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap())
            .collect();
        found.sort_unstable();
        let listed: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            listed, found,
            "list them in this file, in the order of their names"
        );
    }
}
