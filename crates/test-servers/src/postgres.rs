//! A PostgreSQL server.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;

use crate::process::{Process, User, free_port, program, until};

/// The server that all tests of a run share, if whoever runs them has started one: `host:port`.
const SHARED: &str = "WHARF_TEST_POSTGRES";

/// The database user, who may do everything and needs no password.
const USER: &str = "wharf";

/// Whether commits reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Only the page cache: survives a killed server, not a power cut. Quick, for tests.
    PageCache,
    /// As in production, for measuring.
    Disk,
}

/// A server in a temporary folder.
#[derive(Debug)]
pub struct Postgres {
    folder: tempfile::TempDir,
    user: Option<User>,
    programs: PathBuf,
    durability: Durability,
    port: u16,
    process: Option<Process>,
}

impl Postgres {
    /// Makes a new cluster and starts it.
    pub fn start(durability: Durability) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let user = User::unless_root(&["postgres", "nobody"])?;
        if let Some(user) = &user {
            std::os::unix::fs::chown(folder.path(), Some(user.uid), Some(user.gid))?;
        }
        let mut postgres = Self {
            user,
            programs: programs()?,
            durability,
            port: free_port()?,
            process: None,
            folder,
        };
        postgres.init()?;
        postgres.resume()?;
        Ok(postgres)
    }

    /// `host:port`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port, which stays the same over restarts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new, empty database.
    pub fn database(&self) -> io::Result<Database> {
        Database::create(&self.address())
    }

    /// Stops it as its package's update does: connections are cut, what is committed stays.
    pub fn stop(&mut self) -> io::Result<()> {
        self.end(Signal::INT)
    }

    /// Cuts all connections and ends at once; the next start recovers.
    pub fn kill(&mut self) -> io::Result<()> {
        self.end(Signal::QUIT)
    }

    /// Starts it again on the same folder and port.
    pub fn resume(&mut self) -> io::Result<()> {
        let log = self.folder.path().join("postgres.log");
        let data = self.folder.path().join("data");
        let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
        let mut set = |name: &str, value: &str| {
            arguments.push("-c".to_owned());
            arguments.push(format!("{name}={value}"));
        };
        set("port", &self.port.to_string());
        set("listen_addresses", "127.0.0.1");
        set("unix_socket_directories", "");
        set("max_connections", "300");
        set("shared_buffers", "128MB");
        if self.durability == Durability::PageCache {
            set("fsync", "off");
            set("full_page_writes", "off");
        }
        let server = self.programs.join("postgres");
        let mut process = Process::start(&server, &arguments, self.user.as_ref(), &log)?;
        let (ready, address) = (self.programs.join("pg_isready"), self.port.to_string());
        until(&mut process, &log, || {
            let mut command = Command::new(&ready);
            command.args([
                "-q",
                "-h",
                "127.0.0.1",
                "-U",
                USER,
                "-d",
                "postgres",
                "-p",
                &address,
            ]);
            command.status().is_ok_and(|status| status.success())
        })?;
        self.process = Some(process);
        Ok(())
    }

    fn init(&self) -> io::Result<()> {
        let data = self.folder.path().join("data");
        let mut command = Command::new("setpriv");
        if let Some(user) = &self.user {
            user.become_it(&mut command);
        }
        command
            .arg("--")
            .arg(self.programs.join("initdb"))
            .arg(data);
        command.args([
            "--no-sync",
            "--no-instructions",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]);
        command.args(["--locale=C.UTF-8", "-U", USER]);
        // It warns when it cannot go back to where it was started.
        run(command.current_dir("/"))
    }

    fn end(&mut self, signal: Signal) -> io::Result<()> {
        match self.process.take() {
            Some(mut process) => process.end(signal),
            None => Ok(()),
        }
    }
}

/// A database, dropped with this value unless its server is gone.
#[derive(Debug)]
pub struct Database {
    address: String,
    name: String,
}

impl Database {
    /// A new database on the server that all tests of this run share.
    ///
    /// That is the one whose `host:port` stands in `WHARF_TEST_POSTGRES`; else this process starts one.
    pub fn shared() -> io::Result<Self> {
        static OWN: OnceLock<Result<Postgres, String>> = OnceLock::new();
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told by whoever runs them"
        )]
        if let Ok(address) = std::env::var(SHARED) {
            return Self::create(&address);
        }
        let own = OWN.get_or_init(|| {
            Postgres::start(Durability::PageCache).map_err(|error| error.to_string())
        });
        match own {
            Ok(postgres) => postgres.database(),
            Err(error) => Err(io::Error::other(error.clone())),
        }
    }

    /// `postgres://wharf@host:port/name`
    pub fn url(&self) -> String {
        format!("postgres://{USER}@{}/{}", self.address, self.name)
    }

    /// Runs a statement; what it answers, a line a row.
    pub fn run(&self, sql: &str) -> io::Result<String> {
        let mut command = Command::new(programs()?.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        let output = command.arg(self.url()).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("psql: {said}")))
    }

    fn create(address: &str) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let database = Self {
            address: address.to_owned(),
            name: format!("wharf_{}_{count}", std::process::id()),
        };
        database.administer("createdb", &[])?;
        Ok(database)
    }

    fn administer(&self, name: &str, options: &[&str]) -> io::Result<()> {
        let (host, port) = self
            .address
            .rsplit_once(':')
            .unwrap_or((&self.address, "5432"));
        let mut command = Command::new(programs()?.join(name));
        command
            .args(["-h", host, "-p", port, "-U", USER])
            .args(options)
            .arg(&self.name);
        run(&mut command)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.administer("dropdb", &["--force", "--if-exists"]);
    }
}

/// The folder of the newest PostgreSQL that Debian's packages have installed, or that of the path.
fn programs() -> io::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let folders = versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("bin"));
    let mut folders: Vec<PathBuf> = folders
        .filter(|bin| bin.join("postgres").is_file())
        .collect();
    folders.sort();
    folders.reverse();
    let initdb = program("initdb", &folders)?;
    Ok(initdb.parent().unwrap_or(Path::new("/")).to_owned())
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!(
        "{}: {said}",
        command.get_program().display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_makes_databases_and_survives_a_kill() {
        let mut postgres = Postgres::start(Durability::PageCache).unwrap();
        let database = postgres.database().unwrap();
        assert!(database.url().starts_with("postgres://wharf@127.0.0.1:"));
        postgres.kill().unwrap();
        assert!(postgres.database().is_err());
        postgres.resume().unwrap();
        drop(postgres.database().unwrap());
    }
}
