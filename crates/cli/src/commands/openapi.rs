//! `wharf openapi`: the description of the REST API.

use crate::output;

/// Print the OpenAPI 3.1 description of the gateway's API
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf openapi > openapi.json
  wharf openapi | jq '.paths | keys'")]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    output::line(gateway::openapi_json())?;
    Ok(())
}
