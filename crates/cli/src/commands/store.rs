//! `wharf store`: the database as a whole.

mod copy;
mod progress;

use clap::Subcommand;

/// Move the store to another database
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  wharf store copy --from sqlite:wharf-data/wharf.db --to postgres://wharf@db.internal/wharf")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Copy(copy::Args),
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Copy(args) => copy::run(args).await,
    }
}
