//! Every command explains itself by an example, and completes.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::binary::{run, run_with, succeed, wharf};
use crate::manual::commands;

/// The commands that the help of `path` lists.
fn subcommands(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or("");
    let list = list.split("\n\n").next().unwrap_or("");
    let names = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let mut left = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = left.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = succeed(folder.path(), &arguments);
        assert!(help.contains("Example"), "{path:?} has no example:\n{help}");
        let example = ["wharf"].into_iter().chain(path.iter().map(String::as_str));
        let example = example.collect::<Vec<_>>().join(" ");
        let (_, examples) = help.rsplit_once("Example").unwrap();
        assert!(
            examples.contains(&example),
            "{path:?} shows no use of itself:\n{help}"
        );
        left.extend(
            subcommands(&help)
                .into_iter()
                .map(|name| [&path[..], &[name]].concat()),
        );
        seen += 1;
    }
    assert!(seen > 30, "only {seen} commands were looked at");
}

#[test]
fn completions_know_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = succeed(folder.path(), &["completions", shell]);
        let name = |command: &&String| script.contains(command.rsplit(' ').next().unwrap());
        let missing: Vec<_> = commands.iter().filter(|one| !name(one)).collect();
        assert!(missing.is_empty(), "{shell}: {missing:?}");
    }
}

#[test]
fn bash_offers_each_command_after_the_one_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let script = succeed(folder.path(), &["completions", "bash"]);
    fs::write(folder.path().join("completions"), script).unwrap();
    // What somebody gets who presses the tabulator behind each line.
    let ask = "source ./completions; while read -ra COMP_WORDS; do \
        above=\"${COMP_WORDS[*]}\"; COMP_CWORD=${#COMP_WORDS[@]}; COMP_WORDS+=(''); \
        _wharf wharf '' \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
        for one in \"${COMPREPLY[@]}\"; do echo \"$above $one\"; done; done";
    let commands = commands();
    let lines: Vec<_> = commands
        .iter()
        .map(String::as_str)
        .chain(["wharf"])
        .collect();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", ask]).current_dir(folder.path());
    let told = run_with(&mut bash, &(lines.join("\n") + "\n"));
    let offered: BTreeSet<_> = told.out.lines().map(str::to_owned).collect();
    let missing: Vec<_> = commands.difference(&offered).collect();
    assert!(missing.is_empty(), "{missing:?} of {told:?}");
}

#[test]
fn generated_documents_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let openapi: serde_json::Value =
        serde_json::from_str(&succeed(folder.path(), &["openapi"])).unwrap();
    assert!(openapi["paths"]["/api/v1/messages"]["post"].is_object());
    assert!(succeed(folder.path(), &["events-doc"]).contains("send_result"));
}

#[test]
fn the_help_names_every_exit_code_and_topic() {
    let folder = tempfile::tempdir().unwrap();
    let short = succeed(folder.path(), &["-h"]);
    let long = succeed(folder.path(), &["--help"]);
    for code in 0..=6 {
        assert!(short.contains(&format!("\n  {code}  ")), "{code}: {short}");
    }
    for topic in [
        "Which gateway:",
        "Output:",
        "Signals:",
        "WHARF_PROFILE",
        "NO_COLOR",
    ] {
        assert!(long.contains(topic), "{topic}: {long}");
    }
}

#[test]
fn exit_codes_tell_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago and has nobody on it.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("http://{free}");
    let send = [
        "send",
        "--channel",
        "main",
        "--to",
        "+15550100123",
        "--text",
        "Hi",
    ];
    let unreachable = run(wharf(folder.path(), &send).args(["--url", &nobody]));
    assert_eq!(unreachable.code, Some(3), "{unreachable:?}");
    assert!(unreachable.err.contains("wharf serve"), "{unreachable:?}");
    let trigger = run(&mut wharf(
        folder.path(),
        &["trigger", "message.text", "--simulator", &nobody],
    ));
    assert_eq!(trigger.code, Some(3), "{trigger:?}");
    assert_eq!(
        run(&mut wharf(folder.path(), &["send", "--text", "Hi"])).code,
        Some(2)
    );
    assert_eq!(
        run(&mut wharf(
            folder.path(),
            &["serve", "--config", "none.toml"]
        ))
        .code,
        Some(1)
    );
}
