//! `wharf events resend`: the same events again, by the gateway or from here.

use anyhow::Context;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use crate::api::{Api, segment};
use crate::failure::Failure;
use crate::forward::{Forwarder, signing};
use crate::list::Paging;
use crate::output::{self, Format, Paint, plain};
use crate::table;

/// Deliver events once more: to every endpoint that wants them, to one, or to a URL
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --endpoint and --forward-to the gateway delivers to each endpoint that is enabled and whose
filters let the event through. --forward-to sends from here, signed as `wharf listen` signs.

Examples:
  wharf events resend evt_…
  wharf events resend evt_… evt_… --endpoint ep_…
  wharf events resend evt_… --forward-to http://127.0.0.1:3000/events --secret env:SIGNING_SECRET")]
pub(super) struct Args {
    /// The events
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Only to this endpoint, whether or not its filters let the event through
    #[arg(long, value_name = "ID", conflicts_with = "forward_to")]
    endpoint: Option<String>,
    /// POST them to this URL from here
    #[arg(long, value_name = "URL")]
    forward_to: Option<Url>,
    /// Where the signing secret of --forward-to is, else `WHARF_FORWARD_SECRET`. Without it one is
    /// made and printed
    #[arg(long, requires = "forward_to", value_name = "env:NAME|file:PATH")]
    secret: Option<String>,
}

/// The envelope, with its data as the gateway wrote it.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    id: String,
    session_id: String,
    event: String,
    timestamp: i64,
    data: Box<RawValue>,
}

pub(super) async fn run(args: Args, api: &Api, format: Format) -> anyhow::Result<()> {
    match args.forward_to {
        Some(url) => {
            let forwarder = Forwarder::new(url, signing(args.secret.as_deref())?)?;
            forward(&args.ids, &forwarder, api, format).await
        }
        None => replay(&args.ids, args.endpoint, api, format).await,
    }
}

async fn forward(
    ids: &[String],
    forwarder: &Forwarder,
    api: &Api,
    format: Format,
) -> anyhow::Result<()> {
    let mut outcomes = Vec::new();
    let mut failed = 0;
    for id in ids {
        let request = api.request(Method::GET, &path(id))?;
        let text = api
            .send(request)
            .await?
            .text()
            .await
            .context("the event broke off")?;
        let envelope: Envelope =
            serde_json::from_str(&text).context("the gateway answered with something else")?;
        let body = serde_json::to_string(&envelope).context("the event cannot be written")?;
        let outcome = forwarder.forward(id, body).await;
        failed += usize::from(!outcome.is_taken());
        if format.json {
            outcomes.push(outcome.json(id));
        } else {
            output::line(format_args!("{id}{}", outcome.line(Paint::for_stdout())))?;
        }
    }
    if format.json {
        output::json(&json!({ "data": outcomes }))?;
    }
    if failed > 0 {
        anyhow::bail!("{failed} of {} were not taken", ids.len());
    }
    Ok(())
}

async fn replay(
    ids: &[String],
    endpoint: Option<String>,
    api: &Api,
    format: Format,
) -> anyhow::Result<()> {
    let all = match endpoint {
        Some(_) => Vec::new(),
        None => endpoints(api).await?,
    };
    let mut made = Vec::new();
    for id in ids {
        let to = match &endpoint {
            Some(endpoint) => vec![endpoint.clone()],
            None => wanting(&api.get(&path(id), &[]).await?, &all),
        };
        if to.is_empty() {
            let text = format!("no endpoint that is enabled wants {id}; name one with --endpoint");
            return Err(Failure::NothingFound(text).into());
        }
        for endpoint in to {
            let body = json!({ "endpoint": endpoint });
            made.push(api.post(&format!("{}/replay", path(id)), &body).await?);
        }
    }
    if format.json {
        return Ok(output::json(&json!({ "data": made }))?);
    }
    let rows: Vec<_> = made.iter().map(row).collect();
    Ok(table::print(["ID", "EVENT", "ENDPOINT", "STATE"], &rows)?)
}

fn row(delivery: &Value) -> [String; 4] {
    ["id", "event_id", "endpoint_id", "state"].map(|field| plain(&delivery[field]))
}

fn path(id: &str) -> String {
    format!("/api/v1/events/{}", segment(id))
}

async fn endpoints(api: &Api) -> anyhow::Result<Vec<Value>> {
    let mut list = Paging::everything().of(api, "/api/v1/endpoints", []);
    let mut all = Vec::new();
    while let Some(page) = list.next().await? {
        all.extend(page);
    }
    Ok(all)
}

/// The ids of the endpoints that are enabled and whose filters let the event through.
fn wanting(event: &Value, endpoints: &[Value]) -> Vec<String> {
    let lets = |filter: &Value, value: &Value| {
        filter
            .as_array()
            .is_none_or(|wanted| wanted.is_empty() || wanted.contains(value))
    };
    let wanting = endpoints.iter().filter(|endpoint| {
        endpoint["disabled_at"].is_null()
            && lets(&endpoint["event_types"], &event["event"])
            && lets(&endpoint["channels"], &event["session_id"])
    });
    wanting
        .map(|endpoint| output::plain(&endpoint["id"]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_goes_to_who_wants_it() {
        let endpoints = [
            json!({"id": "all", "event_types": [], "channels": [], "disabled_at": null}),
            json!({"id": "other type", "event_types": ["status"], "channels": []}),
            json!({"id": "other channel", "event_types": [], "channels": ["sales"]}),
            json!({"id": "disabled", "event_types": [], "channels": [], "disabled_at": "t"}),
            json!({"id": "both", "event_types": ["message"], "channels": ["main"]}),
        ];
        let event = json!({"event": "message", "session_id": "main"});
        assert_eq!(wanting(&event, &endpoints), ["all", "both"]);
    }
}
