//! `wharf store copy`: everything from one database into an empty one, proven to be the same.

use std::path::{Path, PathBuf};

use gateway::Place;
use gateway::config::Config;
use gateway::copy::{self, Order, Report};
use serde_json::json;

use super::progress::Screen;
use crate::failure::Failure;
use crate::finding::causes;
use crate::output::{self, Format};
use crate::table;

/// Copy everything into an empty database, and compare the two
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Stop the gateway first, and start it with the new `store` afterwards. If the copy is cut off, the same
command goes on where it stopped; until it is whole, `wharf serve` refuses the new database. A copy
from SQLite takes the inbox journal along; one into SQLite wants all notifications to be applied.

Examples:
  wharf store copy --from sqlite:wharf-data/wharf.db --to postgres://wharf@db.internal/wharf \\
    --to-password env:WHARF_POSTGRES_PASSWORD
  wharf store copy --from postgres://wharf@db.internal/wharf --to sqlite:new/wharf.db")]
pub(crate) struct Args {
    /// The database to read: `sqlite:PATH`, a path, or `postgres://user@host/database`
    #[arg(long, value_name = "STORE")]
    from: String,
    /// The database to fill, written in the same way
    #[arg(long, value_name = "STORE")]
    to: String,
    /// The password of --from: `env:NAME` or `file:PATH`
    #[arg(
        long,
        value_name = "REF",
        default_value = "",
        hide_default_value = true
    )]
    from_password: String,
    /// The password of --to: `env:NAME` or `file:PATH`
    #[arg(
        long,
        value_name = "REF",
        default_value = "",
        hide_default_value = true
    )]
    to_password: String,
    /// The `data_dir` of the gateway that is copied, if it is not the folder of its SQLite database
    #[arg(long, value_name = "DIR")]
    from_data: Option<PathBuf>,
    /// Empty a half copy and begin anew
    #[arg(long)]
    restart: bool,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let from = place("--from", &args.from, &args.from_password)?;
    let to = place("--to", &args.to, &args.to_password)?;
    let data = args.from_data.unwrap_or_else(|| match &from {
        Place::Sqlite(path) => path.parent().unwrap_or(Path::new("")).to_owned(),
        Place::Postgres(..) => PathBuf::new(),
    });
    let order = Order {
        from,
        journal: data.join("inbox"),
        to,
        restart: args.restart,
    };
    // Not on the runtime: each connection has one of its own.
    let copied = tokio::task::spawn_blocking(move || {
        let mut screen = Screen::new();
        let copied = copy::run(&order, &mut |progress| screen.show(&progress));
        screen.end();
        copied
    });
    print(&copied.await??, args.format)?;
    Ok(())
}

/// What an argument names, by the rules of the setting `store`.
fn place(argument: &str, store: &str, password: &str) -> Result<Place, Failure> {
    let is_path = ["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .all(|scheme| !store.starts_with(scheme));
    let store = if is_path {
        format!("sqlite:{store}")
    } else {
        store.to_owned()
    };
    let settings = [
        ("WHARF_STORE".to_owned(), store),
        ("WHARF_STORE_PASSWORD".to_owned(), password.to_owned()),
    ];
    Config::load(None, settings.into_iter())
        .and_then(|config| config.store_place())
        .map_err(|error| {
            let why = causes(&error).replace("store_password", &format!("{argument}-password"));
            let why = why.replace("store must", "it must");
            Failure::Usage(format!("{argument}: {why}"))
        })
}

fn print(report: &Report, format: Format) -> Result<(), Failure> {
    if format.json {
        let tables = report.tables.iter().map(|copied| {
            json!({"table": copied.table, "rows": copied.rows, "hash": copied.hash.to_string()})
        });
        return output::json(&json!({
            "tables": tables.collect::<Vec<_>>(),
            "damaged": report.damaged,
            "left_behind": report.left_behind,
        }));
    }
    let rows = report.tables.iter().map(|copied| {
        [
            copied.table.clone(),
            copied.rows.to_string(),
            copied.hash.to_string(),
        ]
    });
    table::print(["TABLE", "ROWS", "HASH"], &rows.collect::<Vec<_>>())?;
    if report.damaged > 0 {
        output::note(format_args!(
            "the journal has {} damaged stretches, which cannot be copied",
            report.damaged
        ));
    }
    if report.left_behind > 0 {
        output::note(format_args!(
            "{} notifications that were applied stay with the source",
            report.left_behind
        ));
    }
    output::line("the copy is whole: both sides are the same")
}
