//! `wharf templates`: what may be sent outside of the service window.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::send::body;
use crate::api::segment;
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List, create, edit and delete message templates
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf templates list --channel main --status APPROVED
  wharf templates get 1689556908129832
  wharf templates create --channel main --body-file template.json
  wharf templates refresh")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show templates as Meta told of them last
    #[command(after_help = "Example:\n  wharf templates list --channel main --status PAUSED")]
    List {
        /// Only of the WABA of this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Only of this WABA
        #[arg(long, value_name = "ID")]
        waba: Option<String>,
        /// Only with this name
        #[arg(long)]
        name: Option<String>,
        /// Only in this language, e.g. `en_US`
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
        /// Only with this status, e.g. APPROVED
        #[arg(long)]
        status: Option<String>,
        /// Only of this category, e.g. MARKETING
        #[arg(long)]
        category: Option<String>,
        #[command(flatten)]
        paging: super::Paging,
    },
    /// Show one template, by Meta's id
    #[command(
        visible_alias = "show",
        after_help = "Example:\n  wharf templates get 1689556908129832"
    )]
    Get { id: String },
    /// Create a template, which Meta reviews
    #[command(after_help = "\
Example:
  wharf templates create --channel main --body-file template.json

template.json is what Meta documents, e.g.
  {\"name\": \"order_sent\", \"language\": \"en_US\", \"category\": \"UTILITY\",
   \"components\": [{\"type\": \"BODY\", \"text\": \"Order {{1}} is sent.\",
                   \"example\": {\"body_text\": [[\"A-17\"]]}}]}")]
    Create {
        /// A channel of the WABA that it is for
        #[arg(long, value_name = "ID", required_unless_present = "waba")]
        channel: Option<String>,
        /// The WABA that it is for
        #[arg(long, value_name = "ID", conflicts_with = "channel")]
        waba: Option<String>,
        /// The template as JSON, from a file or, with -, from standard input
        #[arg(long, value_name = "FILE")]
        body_file: PathBuf,
    },
    /// Change a template; its components are replaced all together
    #[command(after_help = "\
Example:
  wharf templates edit 1689556908129832 --body-file changes.json")]
    Edit {
        id: String,
        /// What changes as JSON, from a file or, with -, from standard input
        #[arg(long, value_name = "FILE")]
        body_file: PathBuf,
    },
    /// Delete a template; its name cannot be used again for 30 days
    #[command(after_help = "Example:\n  wharf templates delete 1689556908129832 --all-languages")]
    Delete {
        id: String,
        /// Also the templates of its name in other languages
        #[arg(long)]
        all_languages: bool,
    },
    /// Fetch templates from Meta now
    #[command(after_help = "Example:\n  wharf templates refresh --channel main")]
    Refresh {
        /// Only those of the WABA of this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Only those of this WABA
        #[arg(long, value_name = "ID", conflicts_with = "channel")]
        waba: Option<String>,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/templates/{}", segment(id));
    let answer = match args.command {
        Command::List {
            channel,
            waba,
            name,
            language,
            status,
            category,
            paging,
        } => {
            let filters = [
                ("channel", channel),
                ("waba_id", waba),
                ("name", name),
                ("language", language),
                ("status", status),
                ("category", category),
            ];
            let list = paging.of(&api, "/api/v1/templates", filters);
            let head = ["ID", "NAME", "LANGUAGE", "STATUS", "CATEGORY", "QUALITY"];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Create {
            channel,
            waba,
            body_file,
        } => {
            let mut template = body::read(&body_file)?;
            for (key, id) in [("channel", channel), ("waba_id", waba)] {
                if let Some(id) = id {
                    template.insert(key.to_owned(), id.into());
                }
            }
            api.post("/api/v1/templates", &Value::Object(template))
                .await?
        }
        Command::Edit { id, body_file } => {
            let changes = body::read(&body_file)?;
            api.patch(&one(&id), &Value::Object(changes)).await?
        }
        Command::Delete { id, all_languages } => {
            let path = format!("{}?all_languages={all_languages}", one(&id));
            api.delete(&path).await?
        }
        Command::Refresh { channel, waba } => {
            let body = json!({"channel": channel, "waba_id": waba});
            api.post("/api/v1/templates/refresh", &body).await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(template: &Value) -> [String; 6] {
    ["id", "name", "language", "status", "category", "quality"].map(|field| plain(&template[field]))
}
