//! `wharf cli-doc`: writes `docs/cli.md` from the commands themselves.

use std::fmt::Write;

use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::cli::Cli;
use crate::exit::Exit;
use crate::output;
use crate::topics::TOPICS;

/// Print docs/cli.md
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf cli-doc > docs/cli.md")]
pub(crate) struct Args {}

const HEAD: &str = "\
# The command line

<!-- Printed from crates/cli by `cargo xtask codegen`. -->

One binary, `wharf`. Every command explains itself with examples: `wharf help`, `wharf send --help`. \
`wharf man` and `wharf completions` make manual pages and what a shell needs.
";

pub(crate) fn run(_: &Args) -> anyhow::Result<()> {
    let mut wharf = Cli::command();
    // Names every command in full.
    wharf.build();
    let mut text = HEAD.to_owned();
    topics(&mut text)?;
    index(&mut text, &wharf)?;
    shared(&mut text, &wharf)?;
    for command in visible(&wharf) {
        describe(&mut text, command, 2)?;
    }
    Ok(output::line(text.trim_end())?)
}

/// Commands that the help lists, in its order.
fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

fn topics(text: &mut String) -> std::fmt::Result {
    for topic in TOPICS {
        write!(text, "\n## {}\n\n{}\n", topic.title, paragraphs(topic.text))?;
    }
    text.push_str("\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
    for exit in Exit::ALL {
        writeln!(text, "| {} | {} |", exit.code(), exit.meaning())?;
    }
    Ok(())
}

/// Lines that begin with two blanks are code, the others between them are paragraphs.
fn paragraphs(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let kind = |line: &str| (line.is_empty(), line.starts_with("  "));
    let blocks = lines.chunk_by(|one, next| kind(one) == kind(next));
    let blocks = blocks.filter(|block| !block[0].is_empty());
    let blocks = blocks.map(|block| {
        if block[0].starts_with("  ") {
            let lines: Vec<_> = block.iter().map(|line| &line[2..]).collect();
            format!("```text\n{}\n```", lines.join("\n"))
        } else {
            literal(&block.join(" "))
        }
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// Angle brackets would be HTML.
fn literal(text: &str) -> String {
    text.replace('<', "\\<")
}

fn index(text: &mut String, wharf: &Command) -> std::fmt::Result {
    text.push_str("\n## Commands\n\n| Command | What it does |\n|---|---|\n");
    for command in visible(wharf) {
        let names: Vec<_> = visible(command).map(Command::get_name).collect();
        let verbs = if names.is_empty() {
            String::new()
        } else {
            format!(" `{}`", names.join("`, `"))
        };
        let name = command.get_name();
        writeln!(
            text,
            "| [`{name}`](#wharf-{name}){verbs} | {} |",
            about(command)
        )?;
    }
    Ok(())
}

/// What every command takes, or every command that calls a gateway.
fn shared(text: &mut String, wharf: &Command) -> std::fmt::Result {
    text.push_str("\n### Options of every command\n\n| Option | What |\n|---|---|\n");
    let own = wharf.get_arguments().filter(|arg| arg.is_global_set());
    let gateway = wharf.find_subcommand("channels").into_iter();
    let gateway = gateway
        .flat_map(Command::get_arguments)
        .filter(|arg| is_gateway(arg));
    for arg in own.chain(gateway) {
        option(text, arg)?;
    }
    text.push_str(
        "\n`--url`, `--api-key` and `--json` are options of the commands that call a gateway.\n",
    );
    Ok(())
}

const SHARED: [&str; 5] = ["url", "api_key", "json", "profile", "color"];

fn is_gateway(arg: &Arg) -> bool {
    ["url", "api_key", "json"].contains(&arg.get_id().as_str())
}

fn describe(text: &mut String, command: &Command, level: usize) -> std::fmt::Result {
    let path = command.get_bin_name().unwrap_or(command.get_name());
    write!(
        text,
        "\n{} {path}\n\n{}.\n",
        "#".repeat(level),
        about(command)
    )?;
    let aliases: Vec<_> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        write!(text, "\nAlso `{}`.\n", aliases.join("`, `"))?;
    }
    let after = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let (before, examples) = split(&after);
    if !before.is_empty() {
        write!(text, "\n{}\n", paragraphs(before))?;
    }
    let is_group = visible(command).next().is_some();
    if !is_group {
        let usage = command.clone().render_usage().to_string();
        write!(
            text,
            "\n```text\n{}\n```\n",
            usage.trim_start_matches("Usage: ").trim_end()
        )?;
    }
    let own: Vec<_> = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && arg.get_help().is_some() && is_own(arg, path))
        .collect();
    if !own.is_empty() {
        text.push_str("\n| Option | What |\n|---|---|\n");
        for arg in own {
            option(text, arg)?;
        }
    }
    if !examples.is_empty() {
        let lines = examples
            .lines()
            .map(|line| line.strip_prefix("  ").unwrap_or(line));
        let lines: Vec<_> = lines.collect();
        write!(text, "\n```sh\n{}\n```\n", lines.join("\n").trim())?;
    }
    for command in visible(command) {
        describe(text, command, level + 1)?;
    }
    Ok(())
}

/// Whether it is told here, and not once for all commands.
fn is_own(arg: &Arg, path: &str) -> bool {
    let id = arg.get_id().as_str();
    let own_url = path == "wharf login" && id == "url";
    let built_in = matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    own_url || !(built_in || SHARED.contains(&id))
}

fn option(text: &mut String, arg: &Arg) -> std::fmt::Result {
    let names = arg.get_value_names().unwrap_or_default();
    let value = names
        .iter()
        .map(|name| format!("{name}"))
        .collect::<Vec<_>>()
        .join(" ");
    let takes = arg.get_action().takes_values();
    let mut name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => String::new(),
    };
    if takes {
        if !name.is_empty() {
            name.push(' ');
        }
        write!(name, "{value}")?;
    }
    let mut what = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values = arg.get_possible_values();
    let values: Vec<_> = values
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if takes && !values.is_empty() && !arg.is_hide_possible_values_set() {
        write!(what, " ({})", values.join(", "))?;
    }
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if takes && !defaults.is_empty() {
        write!(what, " [default: {}]", defaults.join(", "))?;
    }
    if let Some(variable) = arg.get_env() {
        write!(what, " [env: {}]", variable.to_string_lossy())?;
    }
    let escape = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    writeln!(
        text,
        "| `{}` | {} |",
        escape(&name),
        escape(&literal(&what))
    )
}

fn about(command: &Command) -> String {
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    literal(&about)
}

/// What stands before the examples, and the examples.
fn split(after: &str) -> (&str, &str) {
    for mark in ["Examples:\n", "Example:\n"] {
        if let Some((before, examples)) = after.split_once(mark) {
            return (before.trim_end(), examples);
        }
    }
    (after.trim_end(), "")
}
