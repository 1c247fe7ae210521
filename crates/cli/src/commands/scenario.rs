//! `wharf scenario`: plays conversations against a bot, and tells where it misses.

mod files;
mod play;

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use simulator::scenario::{STARTER, schema, shipped};

use crate::failure::Failure;
use crate::output::{self, Format};
use crate::table;

/// Play conversations against a bot that speaks the Cloud API, in simulated time
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf scenario list
  wharf scenario run --shipped greeting --exec './my-bot'
  wharf scenario run scenarios/ --exec 'node bot.js' --keep-going --junit report.xml
  wharf scenario new scenarios/first.yaml")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(play::Args),
    Check(Check),
    List(List),
    New(New),
    Schema(Schema),
}

/// Read scenario files and tell every mistake, with line and what is permitted
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 all are good, 2 a file is invalid.

Examples:
  wharf scenario check scenarios/
  wharf scenario check first.yaml second.yaml")]
struct Check {
    /// Files, or folders whose .yaml and .yml files are meant
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// List the scenarios that come with Wharf
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf scenario list
  wharf scenario list --show window-closed      print the file, to begin one's own with it")]
struct List {
    /// Print the file of this one
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// Write a first scenario to begin with
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf scenario new scenarios/first.yaml")]
struct New {
    /// Where; a file that is there already is left alone
    file: PathBuf,
}

/// Print the JSON Schema of scenario files, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf scenario schema > scenario.schema.json

In an editor that has the YAML language server, a first line in the file is enough:
  # yaml-language-server: $schema=scenario.schema.json")]
struct Schema {}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Run(args) => play::run(args).await,
        Command::Check(args) => check(&args),
        Command::List(args) => list(&args),
        Command::New(args) => new(&args),
        Command::Schema(Schema {}) => Ok(output::json(&schema())?),
    }
}

fn check(args: &Check) -> anyhow::Result<()> {
    let scenarios = files::read(&args.files)?;
    for scenario in &scenarios {
        output::line(format_args!("good  {}  {}", scenario.id(), scenario.name()))?;
    }
    Ok(())
}

fn list(args: &List) -> anyhow::Result<()> {
    if let Some(name) = &args.show {
        let one = files::shipped_one(name)?;
        return Ok(output::line(one.text.trim_end())?);
    }
    let mut rows = Vec::new();
    for one in shipped() {
        let scenario = files::parse(&one.path(), one.text)?;
        rows.push([one.id.to_owned(), scenario.shows().to_owned()]);
    }
    if args.format.json {
        let rows = rows
            .iter()
            .map(|[name, shows]| serde_json::json!({"name": name, "shows": shows}));
        return Ok(output::json(&rows.collect())?);
    }
    Ok(table::print(["NAME", "WHAT IT SHOWS"], &rows)?)
}

fn new(args: &New) -> anyhow::Result<()> {
    let file = args.file.display();
    if args.file.exists() {
        let told = format!("{file} is there already; choose another name");
        return Err(Failure::Usage(told).into());
    }
    if let Some(folder) = args.file.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(&args.file, STARTER).with_context(|| format!("cannot write {file}"))?;
    Ok(output::line(format_args!(
        "written: {file}\nplay it: wharf scenario run {file} --exec 'COMMAND THAT STARTS THE BOT'"
    ))?)
}
