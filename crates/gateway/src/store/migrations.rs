//! The migrations folder, one set of texts for every database.

use std::time::{Duration, Instant};

use super::postgres::Session;
use super::sql::Link;
use super::{StoreError, Tx};

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
    ("0005_copy", include_str!("../../migrations/0005_copy.sql")),
    (
        "0006_send_options",
        include_str!("../../migrations/0006_send_options.sql"),
    ),
    (
        "0007_lanes",
        include_str!("../../migrations/0007_lanes.sql"),
    ),
    (
        "0008_policy",
        include_str!("../../migrations/0008_policy.sql"),
    ),
    (
        "0009_templates",
        include_str!("../../migrations/0009_templates.sql"),
    ),
    (
        "0010_media",
        include_str!("../../migrations/0010_media.sql"),
    ),
    (
        "0011_doors",
        include_str!("../../migrations/0011_doors.sql"),
    ),
    (
        "0012_deadlines",
        include_str!("../../migrations/0012_deadlines.sql"),
    ),
    (
        "0013_dead_letters",
        include_str!("../../migrations/0013_dead_letters.sql"),
    ),
    (
        "0014_access",
        include_str!("../../migrations/0014_access.sql"),
    ),
    (
        "0015_audit_via",
        include_str!("../../migrations/0015_audit_via.sql"),
    ),
    (
        "0016_screens",
        include_str!("../../migrations/0016_screens.sql"),
    ),
    (
        "0017_retention",
        include_str!("../../migrations/0017_retention.sql"),
    ),
    (
        "0018_expiry",
        include_str!("../../migrations/0018_expiry.sql"),
    ),
    (
        "0019_statuses_by_time",
        include_str!("../../migrations/0019_statuses_by_time.sql"),
    ),
    (
        "0020_errors",
        include_str!("../../migrations/0020_errors.sql"),
    ),
    (
        "0021_leftovers",
        include_str!("../../migrations/0021_leftovers.sql"),
    ),
    (
        "0022_messages_by_channel",
        include_str!("../../migrations/0022_messages_by_channel.sql"),
    ),
    (
        "0023_endpoint_failures",
        include_str!("../../migrations/0023_endpoint_failures.sql"),
    ),
    (
        "0024_sent_files",
        include_str!("../../migrations/0024_sent_files.sql"),
    ),
    (
        "0025_letters_of_jobs",
        include_str!("../../migrations/0025_letters_of_jobs.sql"),
    ),
];

/// Told of each migration as it is applied, and how long it took.
pub(super) type Tell<'a> = &'a mut dyn FnMut(&'static str, Duration);

/// Applies what the database has not seen yet, each file in a transaction of its own.
pub(super) fn run(connection: &mut rusqlite::Connection, tell: Tell<'_>) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
    )?;
    let applied = begun(&Tx::sqlite(connection))?;
    for (name, text) in pending(&applied) {
        let began = Instant::now();
        let tx = connection.transaction()?;
        tx.execute(ADD, [name])?;
        tx.execute_batch(&for_sqlite(text))?;
        tx.commit()?;
        tell(name, began.elapsed());
    }
    Ok(())
}

/// The same on PostgreSQL, all in one transaction. Nodes that start at once wait for each other.
pub(super) fn run_postgres(session: &Session, tell: Tell<'_>) -> Result<(), StoreError> {
    session.command("BEGIN; SET LOCAL statement_timeout = 0")?;
    session.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    session.command("CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY)")?;
    let applied = begun(&Tx::postgres(session))?;
    for (name, text) in pending(&applied) {
        let began = Instant::now();
        session.execute(ADD, &[name.into()])?;
        session.command(&for_postgres(text))?;
        tell(name, began.elapsed());
    }
    session.command("COMMIT")
}

/// Whoever migrates a PostgreSQL database holds this lock of it.
const LOCK: i64 = 0x0077_6861_7266;

const ADD: &str = "INSERT INTO migrations (name) VALUES ($1)";

/// What is applied, in a database that this version may work on.
fn begun(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    let applied = applied(tx)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let needed = if has_table(tx, "counters")? {
        let sql = "SELECT value FROM counters WHERE name = 'schema_oldest'";
        tx.first(sql, &[], |row| row.int(0))?
    } else {
        None
    };
    match needed {
        Some(needed) if needed > known => Err(StoreError::Newer {
            migration: applied.into_iter().last().unwrap_or_default(),
        }),
        _ => Ok(applied),
    }
}

/// The names of the migrations that a database has seen, also of those that this version has not.
pub(super) fn applied(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    if !has_table(tx, "migrations")? {
        return Ok(Vec::new());
    }
    tx.all("SELECT name FROM migrations ORDER BY name", &[], |row| {
        row.text(0)
    })
}

/// What a database that has seen `applied` has not seen yet.
pub(super) fn pending(
    applied: &[String],
) -> impl Iterator<Item = (&'static str, &'static str)> + use<'_> {
    let all = MIGRATIONS.iter().copied();
    all.filter(|(name, _)| applied.iter().all(|applied| applied != name))
}

pub(super) fn is_known(applied: &str) -> bool {
    MIGRATIONS.iter().any(|(name, _)| *name == applied)
}

/// Whether all that a database has seen is known here, and the other way round.
pub(super) fn is_current(applied: &[String]) -> bool {
    applied.len() == MIGRATIONS.len() && pending(applied).next().is_none()
}

/// Whether the database has a table of this name.
pub(super) fn has_table(tx: &Tx<'_>, name: &str) -> Result<bool, StoreError> {
    let sql = match tx.link() {
        Link::Sqlite(_) => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
        Link::Postgres(_) => {
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    Ok(tx.first(sql, &[name.into()], |_| Ok(()))?.is_some())
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{lanes, sessions};

    fn migrated() -> rusqlite::Connection {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        run(&mut connection, &mut |_, _| ()).unwrap();
        connection
    }

    /// A database that has seen only the migrations before this one.
    fn before(migration: &str) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let names = "CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID";
        connection.execute_batch(names).unwrap();
        for (name, text) in MIGRATIONS.iter().filter(|(name, _)| *name < migration) {
            connection.execute_batch(&for_sqlite(text)).unwrap();
            connection.execute(ADD, [name]).unwrap();
        }
        connection
    }

    #[test]
    fn each_migration_is_applied_once_and_told() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut told = Vec::new();
        run(&mut connection, &mut |name, _| told.push(name)).unwrap();
        run(&mut connection, &mut |name, _| told.push(name)).unwrap();
        assert_eq!(told.len(), MIGRATIONS.len());
        assert!(is_current(&applied(&Tx::sqlite(&connection)).unwrap()));
    }

    #[test]
    fn what_waited_in_the_queue_of_an_older_version_is_sent_in_its_order() {
        let mut connection = before("0007");
        let old = "INSERT INTO send_queue (channel_id, due_at, position, message_id) \
                   VALUES ('shop', 9, 4, 'third'), ('shop', 5, 3, 'second'), ('shop', 5, 2, 'first')";
        connection.execute_batch(old).unwrap();
        run(&mut connection, &mut |_, _| ()).unwrap();
        let tx = Tx::sqlite(&connection);
        lanes::promote(&tx, "shop", 100, 9).unwrap();
        let taken = lanes::take(&tx, "shop", 0, 100).unwrap();
        let ids: Vec<_> = taken.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(ids, ["first", "second", "third"]);
    }

    #[test]
    fn a_session_of_an_older_version_belongs_to_the_secret_that_it_ends_with() {
        let mut connection = before("0021");
        let old = "INSERT INTO api_keys (id, name, role, hash, created_at, old_hash, old_until) \
                   VALUES ('k', 'k', 'admin', 'newer', 1, 'older', 5); \
                   INSERT INTO sessions (hash, key_id, created_at, expires_at) \
                   VALUES ('a', 'k', 1, 5), ('b', 'k', 1, 9)";
        connection.execute_batch(old).unwrap();
        run(&mut connection, &mut |_, _| ()).unwrap();
        let tx = Tx::sqlite(&connection);
        let until = |hash, now| sessions::live(&tx, hash, now).unwrap().map(|(_, end)| end);
        assert_eq!((until("a", 4), until("b", 4)), (Some(5), Some(9)));
        assert_eq!((until("a", 5), until("b", 5)), (None, Some(9)));
    }

    #[test]
    fn a_newer_database_is_refused_only_when_its_migration_says_so() {
        let mut connection = migrated();
        connection.execute(ADD, ["9999_later"]).unwrap();
        run(&mut connection, &mut |_, _| ()).unwrap();
        let raise = "UPDATE counters SET value = 9999 WHERE name = 'schema_oldest'";
        connection.execute(raise, []).unwrap();
        let refused = run(&mut connection, &mut |_, _| ());
        assert!(
            matches!(&refused, Err(StoreError::Newer { migration }) if migration == "9999_later"),
            "{refused:?}"
        );
    }
}
