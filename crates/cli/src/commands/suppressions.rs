//! `wharf suppressions`: who wants no more of what.

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::send::body;
use crate::api::segment;
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List, add and lift suppressions: contacts who want no more messages
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf suppressions list
  wharf suppressions add +15551234567 --scope all --note 'asked by letter'
  wharf suppressions lift sup_…")]
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
    /// Show who wants no more of what, newest first
    #[command(after_help = "Example:\n  wharf suppressions list --contact cnt_… --lifted")]
    List {
        /// Only of this contact
        #[arg(long, value_name = "ID")]
        contact: Option<String>,
        /// Only those that name this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Only of this scope
        #[arg(long)]
        scope: Option<Scope>,
        /// Also those that do not hold any more
        #[arg(long)]
        lifted: bool,
        #[command(flatten)]
        paging: super::Paging,
    },
    /// Show one suppression
    #[command(after_help = "Example:\n  wharf suppressions get sup_…")]
    Get { id: String },
    /// Send a contact no more of something
    #[command(after_help = "\
Example:
  wharf suppressions add +15551234567 --scope marketing --channel main")]
    Add {
        /// A phone number, a business-scoped user id, or a contact's id
        #[arg(value_name = "WHO")]
        who: String,
        /// What is not sent any more
        #[arg(long)]
        scope: Scope,
        /// Only on this channel, else on all
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Why, for the people who look at it later
        #[arg(long)]
        note: Option<String>,
    },
    /// Let messages be sent again; it stays as proof
    #[command(after_help = "Example:\n  wharf suppressions lift sup_…")]
    Lift { id: String },
}

/// What is not sent.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scope {
    /// Marketing templates
    Marketing,
    /// Anything
    All,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::All => "all",
        }
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let answer = match args.command {
        Command::List {
            contact,
            channel,
            scope,
            lifted,
            paging,
        } => {
            let filters = [
                ("contact", contact),
                ("channel", channel),
                ("scope", scope.map(|scope| scope.as_str().to_owned())),
                ("lifted", lifted.then(|| "true".to_owned())),
            ];
            let list = paging.of(&api, "/api/v1/suppressions", filters);
            let head = [
                "ID", "CONTACT", "CHANNEL", "SCOPE", "SOURCE", "SINCE", "LIFTED",
            ];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => {
            let path = format!("/api/v1/suppressions/{}", segment(&id));
            api.get(&path, &[]).await?
        }
        Command::Add {
            who,
            scope,
            channel,
            note,
        } => {
            let (key, who) = if who.starts_with("cnt_") {
                ("contact", who)
            } else {
                body::recipient(who)
            };
            let mut suppression = json!({"scope": scope.as_str(), "source": "console"});
            suppression[key] = who.into();
            for (key, value) in [("channel", channel), ("note", note)] {
                if let Some(value) = value {
                    suppression[key] = value.into();
                }
            }
            api.post("/api/v1/suppressions", &suppression).await?
        }
        Command::Lift { id } => {
            api.delete(&format!("/api/v1/suppressions/{}", segment(&id)))
                .await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(suppression: &Value) -> [String; 7] {
    [
        "id",
        "contact_id",
        "channel",
        "scope",
        "source",
        "occurred_at",
        "lifted_at",
    ]
    .map(|field| plain(&suppression[field]))
}
