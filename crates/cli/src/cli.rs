//! The table of commands.

use clap::{Parser, Subcommand};

use crate::commands::{
    access_doc, audit, channels, cli_doc, completions, config, contacts, conversations,
    dead_letters, deliveries, demo, doctor, endpoints, errors, events, events_doc, health, keys,
    listen, login, logs, man, messages, migrate, openapi, profiles, scenario, search, send, serve,
    simulate, store, suppressions, templates, trigger,
};
use crate::terminal::{self, Color};
use crate::topics;

/// Wharf: a self-hosted messaging gateway for WhatsApp.
#[derive(Debug, Parser)]
#[command(
    name = "wharf",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = topics::short(), after_long_help = topics::long())]
pub(crate) struct Cli {
    /// The gateway to use, of those that `wharf login` was told of; else `WHARF_PROFILE`
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Global options"
    )]
    profile: Option<String>,
    /// When to colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Global options",
        help = "When to colour the output: auto, always or never"
    )]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

/// One file each, under `commands`.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Simulate(simulate::Args),
    Login(login::Args),
    Logout(login::LogoutArgs),
    Profiles(profiles::Args),
    Send(Box<send::Args>),
    Listen(listen::Args),
    Trigger(trigger::Args),
    Scenario(scenario::Args),
    Search(search::Args),
    Messages(messages::Args),
    Conversations(conversations::Args),
    Contacts(contacts::Args),
    Channels(channels::Args),
    Templates(templates::Args),
    Suppressions(suppressions::Args),
    Events(events::Args),
    Endpoints(endpoints::Args),
    Deliveries(deliveries::Args),
    DeadLetters(dead_letters::Args),
    Errors(errors::Args),
    Keys(keys::Args),
    Audit(audit::Args),
    Logs(logs::Args),
    Config(config::Args),
    Migrate(migrate::Args),
    Store(store::Args),
    Doctor(doctor::Args),
    Health(health::Args),
    Completions(completions::Args),
    Man(man::Args),
    Openapi(openapi::Args),
    #[command(hide = true)]
    EventsDoc(events_doc::Args),
    #[command(hide = true)]
    CliDoc(cli_doc::Args),
    #[command(hide = true)]
    AccessDoc(access_doc::Args),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        terminal::choose(self.color);
        crate::profiles::name(self.profile);
        match self.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Simulate(args) => simulate::run(args).await,
            Command::Login(args) => login::run(args).await,
            Command::Logout(args) => login::logout(&args),
            Command::Profiles(args) => profiles::run(args),
            Command::Send(args) => send::run(*args).await,
            Command::Listen(args) => listen::run(args).await,
            Command::Trigger(args) => trigger::run(args).await,
            Command::Scenario(args) => scenario::run(args).await,
            Command::Search(args) => search::run(args).await,
            Command::Messages(args) => messages::run(args).await,
            Command::Conversations(args) => conversations::run(args).await,
            Command::Contacts(args) => contacts::run(args).await,
            Command::Channels(args) => channels::run(args).await,
            Command::Templates(args) => templates::run(args).await,
            Command::Suppressions(args) => suppressions::run(args).await,
            Command::Events(args) => events::run(args).await,
            Command::Endpoints(args) => endpoints::run(args).await,
            Command::Deliveries(args) => deliveries::run(args).await,
            Command::DeadLetters(args) => dead_letters::run(args).await,
            Command::Errors(args) => errors::run(args).await,
            Command::Keys(args) => keys::run(args).await,
            Command::Audit(args) => audit::run(args).await,
            Command::Logs(args) => logs::run(args).await,
            Command::Config(args) => config::run(args),
            Command::Migrate(args) => migrate::run(args).await,
            Command::Store(args) => store::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Health(args) => health::run(args).await,
            Command::Completions(args) => completions::run(args),
            Command::Man(args) => man::run(&args),
            Command::Openapi(args) => openapi::run(args),
            Command::EventsDoc(args) => events_doc::run(args),
            Command::CliDoc(args) => cli_doc::run(&args),
            Command::AccessDoc(args) => access_doc::run(args),
        }
    }
}
