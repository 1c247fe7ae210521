//! A folder for one test, and the database that its gateway uses: what `WHARF_TEST_STORE` names.

use std::io;
use std::path::Path;

use crate::Database;

/// `sqlite` (also when it is not set), `postgres`, or `cluster`: two gateways on one PostgreSQL.
const WHICH: &str = "WHARF_TEST_STORE";

/// A temporary folder and a database; both are gone when this value is.
#[derive(Debug)]
pub struct Folder {
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl Folder {
    /// A new folder with a file for the database in it, or with a database of its own on the
    /// PostgreSQL server of this run.
    pub fn new() -> io::Result<Self> {
        let database = match which().as_str() {
            "sqlite" => None,
            "postgres" | "cluster" => Some(Database::shared()?),
            other => return Err(io::Error::other(format!("{WHICH} is {other}"))),
        };
        Ok(Self {
            folder: tempfile::tempdir()?,
            database,
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The `store` setting.
    pub fn store(&self) -> String {
        match &self.database {
            Some(database) => database.url(),
            None => format!("sqlite:{}", self.path().join("wharf.db").display()),
        }
    }

    /// Whether the database is on a server, where changes run beside each other.
    pub fn is_on_server() -> bool {
        which() != "sqlite"
    }

    /// Whether two gateways are to share the database.
    pub fn is_for_cluster() -> bool {
        which() == "cluster"
    }
}

fn which() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by whoever runs them"
    )]
    std::env::var(WHICH).unwrap_or_else(|_| "sqlite".to_owned())
}
