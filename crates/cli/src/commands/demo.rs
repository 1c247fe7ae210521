//! `wharf demo`: everything at once, on this machine alone, with a conversation to watch.

use std::path::PathBuf;

use crate::demo::folder::Folder;
use crate::demo::guide;
use crate::demo::page;
use crate::demo::play;
use crate::demo::stage::{Ports, Stage};
use crate::output;
use crate::signals::Signals;

/// See it work: simulator, gateway and a subscriber, playing a short conversation
#[derive(Debug, clap::Args)]
#[command(after_help = "\
No account, no configuration, no network: everything is on loopback addresses. Afterwards it keeps
running, prints what happens, and shows commands to try. Ctrl-C ends it and removes its folder.

Examples:
  wharf demo
  wharf demo --open                    with its page: the phone, and the events beside it
  wharf demo --data ./demo-data        keep what happened, and go on with it next time
  wharf demo --port 9080 --simulator-port 9081")]
pub(crate) struct Args {
    /// Keep everything in this folder instead of a temporary one
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Port of the gateway [default: 8080 if it is free]
    #[arg(long)]
    port: Option<u16>,
    /// Port of the simulator [default: 8081 if it is free]
    #[arg(long, value_name = "PORT")]
    simulator_port: Option<u16>,
    /// End after the conversation
    #[arg(long, visible_alias = "exit")]
    once: bool,
    /// Open the demo's page in the browser
    #[arg(long)]
    open: bool,
    /// Serve the console's files from this folder instead of those built in: for its development.
    #[arg(long, value_name = "DIR", hide = true)]
    console_dir: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let folder = Folder::open(args.data.as_deref())?;
    let ports = Ports {
        gateway: args.port,
        simulator: args.simulator_port,
    };
    let (once, open) = (args.once, args.open);
    // Short and bounded; a signal that comes meanwhile ends the play before its first line.
    let mut stage = Box::pin(Stage::set(&folder, ports, args.console_dir)).await?;
    if open && !page::open(stage.subscriber.page()) {
        output::note("wharf: no browser could be opened");
    }
    let played = tokio::select! {
        played = Box::pin(perform(&mut stage, &folder, once)) => played,
        () = signals.next() => Ok(()),
    };
    let swept = stage.strike(&mut signals).await;
    folder.close();
    played.and(swept)
}

/// The conversation, then, unless it is all, the guide and whatever the person does.
async fn perform(stage: &mut Stage, folder: &Folder, once: bool) -> anyhow::Result<()> {
    play::conversation(stage).await?;
    if once {
        return Ok(());
    }
    output::line(guide::text(stage, folder))?;
    play::watch(stage).await
}
