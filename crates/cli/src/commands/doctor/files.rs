//! The database and the inbox journal of a gateway that does not run.

use gateway::config::Config;
use gateway::journal::{Journal, Options};
use gateway::{Place, Store, StoreError};

use crate::finding::{Finding, causes};

/// Opens both as a start would; what is not there yet is only said to come.
pub(crate) async fn findings(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(database(config).await);
    findings.push(journal(config).await);
    findings
}

async fn database(config: &Config) -> Option<Finding> {
    // A wrong setting is a finding of the configuration already.
    let place = config.store_place().ok()?;
    let shown = match &place {
        Place::Sqlite(path) if !path.exists() => {
            let path = path.display();
            return Some(Finding::ok(
                "database",
                format!("{path} will be made at the first start"),
            ));
        }
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(address, _) => address.to_string(),
    };
    let opened = tokio::task::spawn_blocking(move || Store::open_at(&place)).await;
    Some(match opened.unwrap_or(Err(StoreError::Closed)) {
        Ok(store) => {
            store.close().await;
            Finding::ok("database", format!("{shown} opens"))
        }
        Err(error) => Finding::fail(
            "database",
            format!("{shown} does not open: {}", causes(&error)),
            "start its server, restore it from a backup, or name another one with store",
        ),
    })
}

async fn journal(config: &Config) -> Finding {
    let folder = config.data_dir.join("inbox");
    let shown = folder.display();
    // An empty one is left alone: only a start knows from where on its positions are free.
    let holds_something = folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if !holds_something {
        return Finding::ok(
            "journal",
            format!("{shown} will be made at the first start"),
        );
    }
    match Journal::open(&folder, &Options::default()) {
        Ok((journal, recovery)) => {
            journal.close().await;
            match recovery.torn {
                None => Finding::ok(
                    "journal",
                    format!("{} segments are readable", recovery.segments),
                ),
                Some(torn) => Finding::warn(
                    "journal",
                    format!(
                        "{} bytes at its end were never complete, and are cut off",
                        torn.bytes
                    ),
                    "nothing: they were never acknowledged",
                ),
            }
        }
        Err(error) => Finding::fail(
            "journal",
            format!("{shown} is not readable: {}", causes(&error)),
            "do not delete it: it holds acknowledged webhooks; docs/design.md says what it is",
        ),
    }
}
