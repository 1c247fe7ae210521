//! The table of commands.

use clap::{Parser, Subcommand};

use crate::commands::{
    access_doc, channels, completions, config, dead_letters, demo, doctor, endpoints, events,
    events_doc, health, keys, listen, messages, migrate, openapi, scenario, send, serve, simulate,
    store, suppressions, templates, trigger,
};

/// Wharf: a self-hosted messaging gateway for WhatsApp.
#[derive(Debug, Parser)]
#[command(
    name = "wharf",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  wharf demo                                        see it work, without an account
  wharf simulate                                    a simulated WhatsApp to build against
  wharf serve --config wharf.toml                   run the gateway
  wharf send --channel main --to +15551234567 --text 'Hello'
  wharf listen --forward-to http://127.0.0.1:3000/events

Exit codes:
  0  done
  1  failed
  2  the command line is wrong
  3  the gateway, the simulator or a network could not be reached
  4  the gateway or the simulator refused
  5  what was waited for did not happen in time";

/// One file each, under `commands`.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Simulate(simulate::Args),
    Send(Box<send::Args>),
    Listen(listen::Args),
    Trigger(trigger::Args),
    Scenario(scenario::Args),
    Channels(channels::Args),
    Endpoints(endpoints::Args),
    Messages(messages::Args),
    Events(events::Args),
    DeadLetters(dead_letters::Args),
    Templates(templates::Args),
    Suppressions(suppressions::Args),
    Keys(keys::Args),
    Config(config::Args),
    Migrate(migrate::Args),
    Store(store::Args),
    Doctor(doctor::Args),
    Health(health::Args),
    Completions(completions::Args),
    Openapi(openapi::Args),
    #[command(hide = true)]
    EventsDoc(events_doc::Args),
    #[command(hide = true)]
    AccessDoc(access_doc::Args),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Simulate(args) => simulate::run(args).await,
            Command::Send(args) => send::run(*args).await,
            Command::Listen(args) => listen::run(args).await,
            Command::Trigger(args) => trigger::run(args).await,
            Command::Scenario(args) => scenario::run(args).await,
            Command::Channels(args) => channels::run(args).await,
            Command::Endpoints(args) => endpoints::run(args).await,
            Command::Messages(args) => messages::run(args).await,
            Command::Events(args) => events::run(args).await,
            Command::DeadLetters(args) => dead_letters::run(args).await,
            Command::Templates(args) => templates::run(args).await,
            Command::Suppressions(args) => suppressions::run(args).await,
            Command::Keys(args) => keys::run(args).await,
            Command::Config(args) => config::run(args),
            Command::Migrate(args) => migrate::run(args).await,
            Command::Store(args) => store::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Health(args) => health::run(args).await,
            Command::Completions(args) => completions::run(args),
            Command::Openapi(args) => openapi::run(args),
            Command::EventsDoc(args) => events_doc::run(args),
            Command::AccessDoc(args) => access_doc::run(args),
        }
    }
}
