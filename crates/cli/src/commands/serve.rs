//! `wharf serve`: the gateway itself, until a signal ends it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow};
use gateway::config::{Config, Role};
use gateway::{Environment, Running};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::finding::causes;
use crate::output;
use crate::settings::Settings;
use crate::signals::Signals;

/// Run the gateway
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It runs without any configuration: SQLite and the journal in wharf-data, on 127.0.0.1:8080. The
first start writes an API key to wharf-data/api-key. Ctrl-C or SIGTERM finishes what is under way
(server.drain_seconds) and ends; a second one ends at once, and loses nothing acknowledged.

Examples:
  wharf serve
  wharf config default > wharf.toml && wharf serve --config wharf.toml
  wharf serve --listen 0.0.0.0:8080 --data /var/lib/wharf
  wharf serve --config wharf.toml --role ingest,deliver    # others on the same PostgreSQL send")]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// What this node does besides the API and the webhooks, separated by commas: ingest, send,
    /// deliver, or none; instead of `cluster.roles`
    #[arg(long, value_name = "ROLES", value_parser = roles)]
    role: Option<Roles>,
    /// Serve the console's files from this folder instead of those built in: for its development.
    #[arg(long, value_name = "DIR", hide = true)]
    console_dir: Option<PathBuf>,
    /// Answer webhooks before they are stored: for the crash test, which must see it lose some.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true)]
    acknowledge_early: bool,
}

/// What a node does.
#[derive(Debug, Clone)]
struct Roles(Vec<Role>);

fn roles(text: &str) -> Result<Roles, String> {
    if text == "none" {
        return Ok(Roles(Vec::new()));
    }
    let roles = text.split(',').map(|role| role.trim().parse());
    roles.collect::<Result<_, _>>().map(Roles)
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut config = args
        .settings
        .load()
        .map_err(|error| anyhow!("{}; compare it with `wharf config default`", causes(&error)))?;
    if let Some(Roles(roles)) = args.role {
        config.cluster.roles = roles;
    }
    config.console.dir = args.console_dir;
    gateway::telemetry::init_logs(&config.log);
    check_secrets(&config)?;
    let mut signals = Signals::listen()?;
    // A gateway that cannot be reached must not have changed its store.
    let listener = bind(&config).await?;
    let data = config.data_dir.clone();
    let refuses_webhooks = config.cloud.app_secrets.is_empty();
    let environment = Environment {
        listener: Some(listener),
        #[cfg(debug_assertions)]
        acknowledge_early: args.acknowledge_early,
        ..Environment::default()
    };
    let running = Box::pin(Running::start(config, environment))
        .await
        .map_err(|error| anyhow!("{}; `wharf doctor` tells more", causes(&error)))?;
    tracing::info!(duration_ms = began.elapsed().as_millis(), "started");
    output::line(format_args!(
        "wharf listens on http://{} (started in {} ms)",
        running.address(),
        began.elapsed().as_millis()
    ))?;
    output::line(key_line(&running, &data))?;
    output::line(format_args!(
        "the console is at http://{}/console/; sign in with an API key",
        running.address()
    ))?;
    if refuses_webhooks {
        output::note(
            "wharf: webhooks are refused, but those of channels with an app secret of their own: \
             set cloud.app_secrets",
        );
    }
    signals.next().await;
    tracing::info!("shutdown begins; a second signal ends it at once");
    stop(running, &mut signals).await
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.server.listen;
    TcpListener::bind(address).await.map_err(|error| {
        anyhow!(
            "cannot listen on {address}: {error}; stop the program that has it, or choose another \
             address with --listen or server.listen"
        )
    })
}

/// A secret that is missing is told before anything is started, not at the first webhook.
fn check_secrets(config: &Config) -> anyhow::Result<()> {
    let secrets = config.cloud.app_secrets.iter();
    let all = secrets
        .chain([&config.cloud.verify_token])
        .filter(|secret| !secret.is_none());
    for secret in all {
        secret.read().map_err(|error| {
            anyhow!(
                "{}; put the secret there, or change the reference",
                causes(&error)
            )
        })?;
    }
    Ok(())
}

fn key_line(running: &Running, data: &Path) -> String {
    let file = data.join("api-key");
    match running.first_api_key() {
        Some(_) => format!("the first API key is in {}", file.display()),
        None if file.exists() => format!("an API key is in {}", file.display()),
        None => "API keys were made before".to_owned(),
    }
}

/// Drains; a second signal does not wait for it.
pub(crate) async fn stop(running: Running, signals: &mut Signals) -> anyhow::Result<()> {
    let tasks = TaskTracker::new();
    let stopping = tasks.spawn(running.stop());
    tokio::select! {
        drained = stopping => match drained {
            Ok(true) => Ok(()),
            Ok(false) => {
                output::note("wharf: not all work finished in time; it resumes at the next start");
                Ok(())
            }
            Err(error) => Err(error).context("the shutdown failed"),
        },
        () = signals.next() => anyhow::bail!("ended at once; open work resumes at the next start"),
    }
}
