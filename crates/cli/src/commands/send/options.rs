//! What is asked for beside the message, from the arguments.

use anyhow::Context;
use serde_json::{Map, Value, json};

/// When, how urgently, and under which words. The gateway checks the limits.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sending")]
pub(crate) struct Options {
    /// Not before this time, such as 2027-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    send_at: Option<String>,
    /// Not after this time
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
    /// Which lane of the queue it waits in
    #[arg(long, value_parser = ["high", "normal", "low"])]
    priority: Option<String>,
    /// Only after the earlier messages to this user that were sent with --in-order
    #[arg(long)]
    in_order: bool,
    /// A word to find the message by; repeat it for each
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Data of your own, as a JSON object
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// A template, by name, that is sent instead when the service window is closed
    #[arg(long, value_name = "NAME")]
    fallback_template: Option<String>,
    /// The language of --fallback-template
    #[arg(
        long,
        default_value = "en_US",
        value_name = "CODE",
        requires = "fallback_template"
    )]
    fallback_language: String,
}

impl Options {
    /// Adds what is given to the request.
    pub(crate) fn add_to(self, request: &mut Map<String, Value>) -> anyhow::Result<()> {
        let mut add = |name: &str, value: Value| request.insert(name.to_owned(), value);
        for (name, value) in [
            ("send_at", self.send_at),
            ("expires_at", self.expires_at),
            ("priority", self.priority),
        ] {
            if let Some(value) = value {
                add(name, value.into());
            }
        }
        if self.in_order {
            add("in_order", true.into());
        }
        if !self.tags.is_empty() {
            add("tags", self.tags.into());
        }
        if let Some(metadata) = self.metadata {
            let metadata: Value =
                serde_json::from_str(&metadata).context("--metadata is not JSON")?;
            add("metadata", metadata);
        }
        if let Some(name) = self.fallback_template {
            let language = json!({ "code": self.fallback_language });
            let template = json!({ "name": name, "language": language });
            add("on_window_closed", json!({ "template": template }));
        }
        Ok(())
    }
}
