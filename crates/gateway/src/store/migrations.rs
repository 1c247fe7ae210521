//! The migrations folder, one set of texts for every database.

use super::StoreError;
use super::postgres::Session;

/// Each file of `migrations/`, in order; a released one never changes.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_walking_house",
        include_str!("../../migrations/0001_walking_house.sql"),
    ),
    (
        "0002_inbox",
        include_str!("../../migrations/0002_inbox.sql"),
    ),
    (
        "0003_leases",
        include_str!("../../migrations/0003_leases.sql"),
    ),
    ("0004_bus", include_str!("../../migrations/0004_bus.sql")),
];

/// Applies what the database has not seen yet, each file in a transaction of its own.
pub(super) fn run(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
    )?;
    for (name, text) in MIGRATIONS {
        let tx = connection.transaction()?;
        let fresh = tx.execute(
            "INSERT INTO migrations (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
            [name],
        )?;
        if fresh == 1 {
            tx.execute_batch(&for_sqlite(text))?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// The same on PostgreSQL. Nodes that start at once wait for each other.
pub(super) fn run_postgres(session: &Session) -> Result<(), StoreError> {
    session.command("BEGIN")?;
    session.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    session.command("CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY)")?;
    for (name, text) in MIGRATIONS {
        let fresh = session.execute(
            "INSERT INTO migrations (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
            &[(*name).into()],
        )?;
        if fresh == 1 {
            session.command(&for_postgres(text))?;
        }
    }
    session.command("COMMIT")
}

/// Whoever migrates a PostgreSQL database holds this lock of it.
const LOCK: i64 = 0x0077_6861_7266;

/// The dialect hook: what SQLite and PostgreSQL cannot say in the same words.
fn for_sqlite(text: &str) -> String {
    text.replace("{{clustered}}", " WITHOUT ROWID")
        .replace("{{seq_key}}", "INTEGER PRIMARY KEY")
        .replace("{{bytes}}", "BLOB")
}

fn for_postgres(text: &str) -> String {
    text.replace("{{clustered}}", "")
        .replace("{{seq_key}}", "BIGINT NOT NULL PRIMARY KEY")
        .replace("{{bytes}}", "BYTEA")
}
