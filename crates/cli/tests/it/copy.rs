//! `wharf store copy` and `wharf migrate`: killed and resumed, corrupted and found, refused in time.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use gateway::journal::{Journal, Options};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;
use serde_json::Value;
use test_servers::Database;

use crate::binary::{Beside, Ended, run, succeed, wharf};
use crate::siege::PATIENCE;

/// Rows of the largest table.
const EVENTS: usize = 20_000;

/// Notifications in the journal.
const NOTIFICATIONS: usize = 300;

/// How often a copy is killed.
const KILLS: usize = 12;

/// A file with rows in every table, and a journal beside it.
struct Source {
    folder: tempfile::TempDir,
    database: Database,
}

impl Source {
    async fn new(events: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        succeed(folder.path(), &["migrate", "--data", "data"]);
        let connection = Connection::open(folder.path().join("data/wharf.db")).unwrap();
        fill(&connection, events);
        let inbox = folder.path().join("data/inbox");
        let options = Options {
            segment_bytes: 4096,
            ..Options::default()
        };
        let (journal, _) = Journal::open(&inbox, &options).unwrap();
        for n in 0..NOTIFICATIONS {
            let mut body = format!("{{\"n\":{n}}}").into_bytes();
            body.extend([0, 0xff, 0x80]);
            journal.append(7, "app:1", body.into()).await.unwrap();
        }
        journal.close().await;
        Self {
            folder,
            database: Database::shared().unwrap(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn copy(&self, more: &[&str]) -> Ended {
        run(&mut self.command(more))
    }

    fn command(&self, more: &[&str]) -> std::process::Command {
        let url = self.database.url();
        let copy = ["store", "copy", "--from", "data/wharf.db", "--to", &url];
        wharf(self.path(), &[&copy[..], more].concat())
    }

    /// Runs SQL in the target; what the first column of the answers says.
    /// Rows that are copied so far.
    async fn reached(&self) -> u64 {
        let marked = "SELECT 1 FROM pg_tables WHERE tablename = 'store_copy'";
        if self.sql(marked).await.is_empty() {
            return 0;
        }
        let sum = "SELECT COALESCE(SUM(copied), 0) FROM store_copy";
        self.sql(sum).await[0].parse().unwrap()
    }

    async fn sql(&self, sql: &str) -> Vec<String> {
        let url = self.database.url();
        let connected = tokio_postgres::connect(&url, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap();
        let run = async {
            let answers = client.simple_query(sql).await.unwrap();
            drop(client);
            let rows = answers.iter().filter_map(|answer| match answer {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            rows.collect()
        };
        let (answers, _) = tokio::join!(run, connection);
        answers
    }

    /// `wharf serve` on the target, which must refuse.
    fn serve(&self) -> Ended {
        let config = format!(
            "store = \"{}\"\ndata_dir = \"other\"\n",
            self.database.url()
        );
        fs::write(self.path().join("wharf.toml"), config).unwrap();
        let serve = ["serve", "--config", "wharf.toml", "--listen", "127.0.0.1:0"];
        run(&mut wharf(self.path(), &serve))
    }
}

/// Rows in every table, with every kind of value that its columns may hold.
fn fill(connection: &Connection, events: usize) {
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('inbox', 'inbox_cursors', 'migrations', 'store_copy')")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    connection.execute_batch("BEGIN").unwrap();
    for table in &tables {
        let mut columns = connection
            .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)")
            .unwrap();
        let values: Vec<String> = columns
            .query_map([table], |row| {
                let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
                let is_null = row.get::<_, i64>(2)? == 0 && row.get::<_, i64>(3)? == 0;
                Ok(match (kind.as_str(), is_null) {
                    ("TEXT", false) if name == "state" => "'pending'".to_owned(),
                    ("TEXT", false) => format!("'{name} – ß😀\"''' || (i * 7919 % 1000003)"),
                    // No two rows have the same.
                    ("TEXT", true) if name == "old_hash" => {
                        "CASE i % 2 WHEN 0 THEN NULL ELSE 'é' || i END".to_owned()
                    }
                    ("TEXT", true) => {
                        "CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'é' || i END".to_owned()
                    }
                    (_, false) if name == "seq" => "i".to_owned(),
                    (_, false) => "9223372036854775807 - i".to_owned(),
                    (_, true) => "CASE i % 2 WHEN 0 THEN NULL ELSE -i END".to_owned(),
                })
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let rows = if table == "events" { events } else { 50 };
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             INSERT INTO \"{table}\" SELECT {} FROM n",
            values.join(", ")
        );
        connection.execute(&sql, []).unwrap();
    }
    let set = format!(
        "UPDATE counters SET value = {events} WHERE name = 'events'; \
         UPDATE leases SET expires_at = 1; COMMIT"
    );
    connection.execute_batch(&set).unwrap();
}

/// Rows and hash of each table in an answer with `--json`.
fn tables(ended: &Ended) -> Vec<(String, u64, String)> {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let tables = report["tables"].as_array().unwrap().iter();
    let tables = tables.map(|table| {
        let text = |field: &str| table[field].as_str().unwrap().to_owned();
        (text("table"), table["rows"].as_u64().unwrap(), text("hash"))
    });
    tables.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_killed_goes_on_and_doubles_nothing() {
    let source = Source::new(EVENTS).await;
    let mut random = StdRng::seed_from_u64(1);
    let (mut reached, mut in_the_middle) = (0, 0);
    for _ in 0..KILLS {
        let before = reached;
        let mut copying = Beside::start(&mut source.command(&[]));
        // About every second one is killed before it may have done anything.
        if random.random() {
            let begun = Instant::now();
            while source.reached().await <= before {
                assert!(begun.elapsed() < PATIENCE, "nothing is copied");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
        copying.kill();
        reached = source.reached().await;
        assert!(reached >= before, "{reached} after {before}");
        if reached == 0 {
            continue;
        }
        let counted: u64 = source.sql("SELECT COUNT(*) FROM events").await[0]
            .parse()
            .unwrap();
        let mark = "SELECT copied FROM store_copy WHERE name = 'events'";
        let marked = source.sql(mark).await;
        assert_eq!(
            counted,
            marked.first().map_or(0, |copied| copied.parse().unwrap())
        );
        if reached >= EVENTS as u64 {
            break;
        }
        in_the_middle += usize::from(reached > before);
    }
    assert!(
        in_the_middle > 1,
        "no kill came in the middle; it came to {reached}"
    );
    let refused = source.serve();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.err.contains("half copy") && refused.err.contains("wharf store copy"),
        "{refused:?}"
    );

    let copied = tables(&source.copy(&["--json"]));
    assert!(copied.len() > 20);
    for (table, rows, _) in &copied {
        let counted = source.sql(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(counted, [rows.to_string()], "{table}");
        let least = match table.as_str() {
            "events" => EVENTS as u64,
            "inbox" => NOTIFICATIONS as u64,
            "inbox_cursors" => 0,
            _ => 50,
        };
        assert!(*rows >= least, "{table} has {rows}");
    }
    let beyond = "SELECT value > (SELECT MAX(segment) FROM inbox) FROM counters WHERE name = 'inbox_segment'";
    assert_eq!(source.sql(beyond).await, ["t"]);
    assert_eq!(
        tables(&source.copy(&["--json"])),
        copied,
        "once more is no harm"
    );
    let restarted = source.copy(&["--restart"]);
    assert!(restarted.err.contains("whole copy"), "{restarted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_is_the_same() {
    let source = Source::new(500).await;
    let there = tables(&source.copy(&["--json"]));
    let url = source.database.url();
    let back = [
        "store",
        "copy",
        "--from",
        &url,
        "--to",
        "back/wharf.db",
        "--json",
    ];
    let refused = run(&mut wharf(source.path(), &back));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("300 notifications"), "{refused:?}");
    source
        .sql("INSERT INTO inbox_cursors SELECT 'ingest', MAX(segment) + 1, 0 FROM inbox")
        .await;
    let back = tables(&run(&mut wharf(source.path(), &back)));
    for (there, back) in there.iter().zip(&back) {
        match there.0.as_str() {
            "inbox" => assert_eq!(back.1, 0),
            "inbox_cursors" => assert_eq!(back.1, 1),
            _ => assert_eq!(there, back),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_not_the_same_is_found() {
    let source = Source::new(50).await;
    assert_eq!(source.copy(&[]).code, Some(0));
    let used = "UPDATE contacts SET name = name || '!' WHERE id = (SELECT MIN(id) FROM contacts)";
    source.sql(used).await;
    let changed = source.copy(&[]);
    assert_eq!(changed.code, Some(1), "{changed:?}");
    assert!(
        changed.err.contains("has been used since: table contacts"),
        "{changed:?}"
    );

    // As if the copy had been cut off before the end.
    for (damage, found) in [
        (
            "UPDATE events SET data = 'x' WHERE seq = 17",
            "table events differs, first at key 17;",
        ),
        (
            "DELETE FROM events WHERE seq = 9",
            "table events differs, first at key 9;",
        ),
        (
            "INSERT INTO inbox VALUES (999, 1, 1, 'app:1', '')",
            "table inbox differs, first at key 999/1;",
        ),
        (
            "UPDATE inbox SET body = 'x' WHERE (segment, byte_offset) = \
             (SELECT segment, byte_offset FROM inbox ORDER BY 1, 2 LIMIT 1)",
            "table inbox differs, first at key 1/",
        ),
        (
            "UPDATE contact_identities SET contact_id = 'other'",
            "table contact_identities differs, first at key kind – ß😀\"'",
        ),
    ] {
        source.sql("UPDATE store_copy SET done = 0").await;
        assert_eq!(source.copy(&["--restart"]).code, Some(0));
        source.sql("UPDATE store_copy SET done = 0").await;
        for (table, ..) in tables(&source.copy(&["--restart", "--json"])) {
            let mark = format!("INSERT INTO store_copy VALUES ('{table}', '', NULL, 0, 1)");
            source.sql(&mark).await;
        }
        source
            .sql("UPDATE store_copy SET done = 0 WHERE name = '*'")
            .await;
        source.sql(damage).await;
        let ended = source.copy(&[]);
        assert_eq!(ended.code, Some(1), "{damage}: {ended:?}");
        assert!(ended.err.contains(found), "{damage}: {ended:?}");
        assert!(
            !ended.err.contains("value –"),
            "a value of a row is shown: {ended:?}"
        );
        assert!(source.serve().err.contains("half copy"));
    }
    assert_eq!(source.copy(&["--restart"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_lose_or_mix_something_is_refused() {
    let source = Source::new(50).await;
    let url = source.database.url();
    let copy = |from: &str, to: &str, more: &[&str]| {
        let copy = ["store", "copy", "--from", from, "--to", to];
        run(&mut wharf(source.path(), &[&copy[..], more].concat()))
    };
    let refused = |ended: &Ended, code: i32, says: &str| {
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.err.contains(says), "{ended:?}");
    };
    let secret = url.replace("wharf@", "wharf:geheim@");
    let ended = copy("data/wharf.db", &secret, &[]);
    refused(&ended, 2, "--to-password");
    assert!(!format!("{ended:?}").contains("geheim"));
    let ended = copy("data/wharf.db", &url, &["--to-password", "geheim"]);
    refused(&ended, 2, "--to-password must say where the secret is");
    assert!(!format!("{ended:?}").contains("geheim"));
    refused(
        &copy("none.db", &url, &[]),
        1,
        "there is no database none.db",
    );
    assert!(!source.path().join("none.db").exists());
    refused(
        &copy("data/wharf.db", "sqlite:data/../data/wharf.db", &[]),
        1,
        "the same database",
    );
    refused(
        &copy("data/wharf.db", &url, &["--from-data", "elsewhere"]),
        1,
        "there is no inbox journal elsewhere/inbox",
    );
    refused(
        &copy("data/wharf.db", "sqlite:new/wharf.db", &[]),
        1,
        "300 notifications",
    );

    let used = wharf(source.path(), &["migrate", "--data", "used"])
        .status()
        .unwrap();
    assert!(used.success());
    let connection = Connection::open(source.path().join("used/wharf.db")).unwrap();
    fill(&connection, 1);
    drop(connection);
    refused(&copy(&url, "used/wharf.db", &[]), 1, "not of this version");
    let sql = |sql: &str| {
        let connection = Connection::open(source.path().join("data/wharf.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    };
    sql("UPDATE events SET occurred_at = 1.5 WHERE seq = 40");
    let ended = source.copy(&[]);
    refused(&ended, 1, "table events cannot be copied after key (none)");
    refused(&ended, 1, "occurred_at");
    sql("UPDATE events SET occurred_at = 1 WHERE seq = 40");

    assert_eq!(source.copy(&[]).code, Some(0));
    source.sql("DELETE FROM inbox").await;
    refused(
        &copy(&url, "used/wharf.db", &[]),
        1,
        "the target is not empty: table api_keys",
    );

    source
        .sql("UPDATE store_copy SET done = 0, source = 'sqlite:/other.db'")
        .await;
    refused(&source.copy(&[]), 1, "a half copy of sqlite:/other.db");
    refused(
        &copy(&url, "third.db", &[]),
        1,
        "the source is a half copy itself",
    );
    assert_eq!(source.copy(&["--restart"]).code, Some(0));
}

#[test]
fn migrate_tells_what_it_does_and_status_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let status = |word| succeed(folder.path(), &["migrate", "--data", "data", word]);
    assert!(status("--status").contains("0001_walking_house\tpending"));
    assert!(!folder.path().join("data").exists());
    let first = run(&mut wharf(folder.path(), &["migrate", "--data", "data"]));
    assert!(first.err.contains("0005_copy  applied in "), "{first:?}");
    let again = succeed(folder.path(), &["migrate", "--data", "data"]);
    assert!(again.contains("nothing to do"), "{again}");
    assert!(status("--dry-run").contains("0005_copy\tapplied"));

    // A newer wharf was here; it says that this one may run on, and then that it may not.
    let newer = |sql: &str| {
        let connection = Connection::open(folder.path().join("data/wharf.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    };
    newer("INSERT INTO migrations VALUES ('0999_later')");
    assert!(status("--status").contains("0999_later\tapplied by a newer wharf"));
    let mut serving = Beside::start(&mut wharf(
        folder.path(),
        &["serve", "--data", "data", "--listen", "127.0.0.1:0"],
    ));
    serving.out.after("wharf listens on ");
    assert!(serving.terminate().0.success());
    newer("UPDATE counters SET value = 999 WHERE name = 'schema_oldest'");
    let serve = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let refused = run(&mut wharf(folder.path(), &serve));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused
            .err
            .contains("a newer wharf has migrated the database (0999_later)"),
        "{refused:?}"
    );
}
