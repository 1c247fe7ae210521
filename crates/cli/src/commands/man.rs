//! `wharf man`: manual pages, from the same place as the help.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;

use crate::cli::Cli;
use crate::output;

/// Write manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --dir the page of wharf itself is printed.

Examples:
  wharf man --dir /usr/local/share/man/man1
  wharf man | man -l -")]
pub(crate) struct Args {
    /// Write wharf.1, wharf-send.1 and so on into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command())
            .render(&mut page)
            .context("the page cannot be made")?;
        return Ok(output::line(String::from_utf8_lossy(&page).trim_end())?);
    };
    let write = || {
        std::fs::create_dir_all(dir)?;
        clap_mangen::generate_to(Cli::command(), dir)
    };
    write().with_context(|| format!("cannot write into {}", dir.display()))
}
