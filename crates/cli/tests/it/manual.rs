//! What is generated from the commands: manual pages and docs/cli.md.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::binary::{run, succeed, wharf};

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    fs::read_to_string(page).unwrap()
}

/// Every command of `docs/cli.md`, e.g. `wharf keys list`.
pub(crate) fn commands() -> BTreeSet<String> {
    let page = page();
    let headings = page.lines().filter(|line| line.starts_with("##"));
    let names = headings.map(|line| line.trim_start_matches('#').trim_start());
    let names = names.filter(|name| name.starts_with("wharf "));
    let commands: BTreeSet<_> = names.map(str::to_owned).collect();
    assert!(commands.len() > 100, "only {commands:?}");
    commands
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &["man", "--dir", "pages"]);
    let pages = folder.path().join("pages");
    let files = fs::read_dir(&pages).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let wanted = commands().into_iter().map(|name| name.replace(' ', "-"));
    let wanted = wanted.chain(["wharf".to_owned()]);
    assert_eq!(
        files.collect::<BTreeSet<_>>(),
        wanted.map(|name| format!("{name}.1")).collect()
    );
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
    assert!(
        ended.out == page(),
        "docs/cli.md is not up to date: `cargo xtask codegen`"
    );
}
