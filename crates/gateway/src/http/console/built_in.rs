//! The files of the folder `console`, built into the binary. A test sees that none is forgotten.

/// Each file: its path in the folder, and its bytes.
pub(super) const FILES: &[(&str, &[u8])] = &[
    ("api.js", include_bytes!("../../../../../console/api.js")),
    ("app.js", include_bytes!("../../../../../console/app.js")),
    ("docs/docs.css", include_bytes!("../../../../../console/docs/docs.css")),
    ("docs/docs.js", include_bytes!("../../../../../console/docs/docs.js")),
    ("docs/dom.js", include_bytes!("../../../../../console/docs/dom.js")),
    ("docs/index.html", include_bytes!("../../../../../console/docs/index.html")),
    ("docs/operation.js", include_bytes!("../../../../../console/docs/operation.js")),
    ("docs/schema.js", include_bytes!("../../../../../console/docs/schema.js")),
    ("icon.svg", include_bytes!("../../../../../console/icon.svg")),
    ("index.html", include_bytes!("../../../../../console/index.html")),
    ("router.js", include_bytes!("../../../../../console/router.js")),
    ("screens/chart.js", include_bytes!("../../../../../console/screens/chart.js")),
    ("screens/event-faces.js", include_bytes!("../../../../../console/screens/event-faces.js")),
    ("screens/inbox.css", include_bytes!("../../../../../console/screens/inbox.css")),
    ("screens/look.css", include_bytes!("../../../../../console/screens/look.css")),
    ("screens/manage.css", include_bytes!("../../../../../console/screens/manage.css")),
    ("screens/message.js", include_bytes!("../../../../../console/screens/message.js")),
    ("screens/messages.js", include_bytes!("../../../../../console/screens/messages.js")),
    ("screens/overview.js", include_bytes!("../../../../../console/screens/overview.js")),
    ("screens/search.js", include_bytes!("../../../../../console/screens/search.js")),
    ("screens/tail.js", include_bytes!("../../../../../console/screens/tail.js")),
    (
        "screens/timeline-words.js",
        include_bytes!("../../../../../console/screens/timeline-words.js"),
    ),
    ("shell/search-box.js", include_bytes!("../../../../../console/shell/search-box.js")),
    ("shell/search.js", include_bytes!("../../../../../console/shell/search.js")),
    ("shell/shortcuts.js", include_bytes!("../../../../../console/shell/shortcuts.js")),
    ("shell/side.js", include_bytes!("../../../../../console/shell/side.js")),
    ("shell/sign-in.js", include_bytes!("../../../../../console/shell/sign-in.js")),
    ("stream.js", include_bytes!("../../../../../console/stream.js")),
    ("style.css", include_bytes!("../../../../../console/style.css")),
    ("ui.js", include_bytes!("../../../../../console/ui.js")),
    ("ui/content.js", include_bytes!("../../../../../console/ui/content.js")),
    ("ui/dialog.js", include_bytes!("../../../../../console/ui/dialog.js")),
    ("ui/format.js", include_bytes!("../../../../../console/ui/format.js")),
    ("ui/icons.js", include_bytes!("../../../../../console/ui/icons.js")),
    ("ui/json.js", include_bytes!("../../../../../console/ui/json.js")),
    ("ui/list.js", include_bytes!("../../../../../console/ui/list.js")),
    ("ui/toast.js", include_bytes!("../../../../../console/ui/toast.js")),
    ("vendor/LICENSE-htm", include_bytes!("../../../../../console/vendor/LICENSE-htm")),
    ("vendor/LICENSE-preact", include_bytes!("../../../../../console/vendor/LICENSE-preact")),
    ("vendor/LICENSE-uplot", include_bytes!("../../../../../console/vendor/LICENSE-uplot")),
    ("vendor/README.md", include_bytes!("../../../../../console/vendor/README.md")),
    ("vendor/hooks.js", include_bytes!("../../../../../console/vendor/hooks.js")),
    ("vendor/htm.js", include_bytes!("../../../../../console/vendor/htm.js")),
    ("vendor/preact.js", include_bytes!("../../../../../console/vendor/preact.js")),
    ("vendor/uplot.css", include_bytes!("../../../../../console/vendor/uplot.css")),
    ("vendor/uplot.js", include_bytes!("../../../../../console/vendor/uplot.js")),
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
