//! `wharf health`: whether a gateway takes work, as one line and an exit code.

use reqwest::Method;
use serde_json::json;

use crate::connection::Gateway;
use crate::output::{self, Format};

/// Ask a gateway whether it is ready, and say so with the exit code
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For health checks of containers and scripts; it needs no API key. 0 is ready, 3 is not there, 4 is
there and not ready.

Examples:
  wharf health
  wharf health --url http://127.0.0.1:9000
  wharf health --json")]
pub(crate) struct Args {
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let request = api.request(Method::GET, "/readyz")?;
    api.send(request.timeout(std::time::Duration::from_secs(5)))
        .await?;
    if args.format.json {
        return Ok(output::json(&json!({"ready": true}))?);
    }
    Ok(output::line("ready")?)
}
