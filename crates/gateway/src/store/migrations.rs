//! The migrations folder, one set of texts for every database.

use super::StoreError;

/// Each file of `migrations/`, in order; a released one never changes.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_walking_house",
        include_str!("../../migrations/0001_walking_house.sql"),
    ),
    (
        "0003_leases",
        include_str!("../../migrations/0003_leases.sql"),
    ),
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

/// The dialect hook: what SQLite and PostgreSQL cannot say in the same words.
fn for_sqlite(text: &str) -> String {
    text.replace("{{clustered}}", " WITHOUT ROWID")
        .replace("{{seq_key}}", "INTEGER PRIMARY KEY")
}
