//! The one binary, `wharf`: what a person types, and what it answers with.

mod api;
mod cli;
mod commands;
mod connection;
mod demo;
mod download;
mod environment;
mod event_line;
mod exit;
mod failure;
mod finding;
mod forward;
mod list;
mod output;
mod profiles;
mod settings;
mod signals;
mod signature;
mod stream;
mod table;
mod terminal;
mod time;
mod topics;
mod trouble;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // The process has one TLS provider; only a second call could fail, and there is none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&error.into()),
    };
    let done = runtime.block_on(Box::pin(cli.run()));
    // A blocking read of standard input must not hold up the end.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
