//! `wharf completions`: what the shell needs to complete our commands.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::output;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf completions bash > /etc/bash_completion.d/wharf
  wharf completions zsh > ~/.zfunc/_wharf
  wharf completions fish > ~/.config/fish/completions/wharf.fish")]
pub(crate) struct Args {
    shell: Shell,
}

pub(crate) fn run(Args { shell }: Args) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wharf", &mut script);
    output::line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(())
}
