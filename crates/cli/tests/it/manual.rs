//! What is generated from the commands: manual pages and docs/cli.md.

use std::fs;
use std::path::Path;

use crate::binary::{run, succeed, wharf};

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &["man", "--dir", "pages"]);
    let pages = folder.path().join("pages");
    let count = fs::read_dir(&pages).unwrap().count();
    assert!(count > 60, "only {count} pages");
    let listen = fs::read_to_string(pages.join("wharf-listen.1")).unwrap();
    for part in [".TH wharf\\-listen 1", "forward\\-to", "wharf listen"] {
        let plain = part.replace('\\', "");
        assert!(
            listen.contains(part) || listen.contains(&plain),
            "{part}: {listen}"
        );
    }
    assert!(succeed(folder.path(), &["man"]).contains("Exit codes"));
    fs::write(folder.path().join("file"), "").unwrap();
    let nowhere = run(&mut wharf(folder.path(), &["man", "--dir", "file/pages"]));
    assert_eq!(nowhere.code, Some(1), "{nowhere:?}");
}

#[test]
fn the_page_of_the_command_line_is_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    // Whatever is set here must not show in the page.
    let ended = run(wharf(folder.path(), &["cli-doc"]).env("WHARF_CONFIG", "canary"));
    assert!(!ended.out.contains("canary"));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        ended.out == page,
        "docs/cli.md is not up to date: `cargo xtask codegen`"
    );
}
