//! A server process that ends with the process that started it.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to answer, or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running child.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Keeps the thread alive that started the child: the kernel sends the death signal when it ends.
    _parent: std::sync::mpsc::Sender<()>,
}

impl Process {
    /// Starts `program` with everything it prints in the file `log`, as `user` if it is given.
    pub(crate) fn start(
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
        user: Option<&User>,
        log: &Path,
    ) -> io::Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = user {
            user.become_it(&mut command);
        }
        command.arg("--").arg(program).args(arguments);
        let log = File::options().create(true).append(true).open(log)?;
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let (started, child) = std::sync::mpsc::channel();
        let (parent, end) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            let _ = started.send(command.spawn());
            let _ = end.recv();
        });
        let child = child.recv().map_err(io::Error::other)??;
        Ok(Self {
            child,
            _parent: parent,
        })
    }

    /// Sends `signal` and waits for the end.
    pub(crate) fn end(&mut self, signal: Signal) -> io::Result<()> {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(pid, signal)?;
        }
        self.child.wait().map(drop)
    }

    /// Whether it has ended by itself.
    pub(crate) fn is_dead(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whom a server runs as, when the tests run as root and it refuses to.
#[derive(Debug, Clone)]
pub(crate) struct User {
    name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl User {
    /// The first of `names` that the system knows, if this process is root.
    pub(crate) fn unless_root(names: &[&str]) -> io::Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let known = std::fs::read_to_string("/etc/passwd")?;
        let found = names.iter().find_map(|name| {
            let line = known
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let mut ids = line.split(':').skip(2).map_while(|id| id.parse().ok());
            Some(Self {
                name: (*name).to_owned(),
                uid: ids.next()?,
                gid: ids.next()?,
            })
        });
        found.map(Some).ok_or_else(|| {
            io::Error::other("no user to run the server as: install the package postgresql")
        })
    }

    /// Has `setpriv` change to this user.
    pub(crate) fn become_it(&self, command: &mut Command) {
        command
            .args(["--reuid", &self.name, "--regid"])
            .arg(self.gid.to_string())
            .arg("--clear-groups");
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Waits until `ready` says so; fails, with what the server printed, when it ended or takes too long.
pub(crate) fn until(
    process: &mut Process,
    log: &Path,
    mut ready: impl FnMut() -> bool,
) -> io::Result<()> {
    let begun = Instant::now();
    while !ready() {
        if process.is_dead() || begun.elapsed() > PATIENCE {
            let printed = std::fs::read_to_string(log).unwrap_or_default();
            return Err(io::Error::other(format!(
                "the server did not start: {printed}"
            )));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Looks `name` up in `folders` and then in the usual ones.
pub(crate) fn program(name: &str, folders: &[PathBuf]) -> io::Result<PathBuf> {
    let usual = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/usr/local/sbin"];
    let folders = folders.iter().cloned().chain(usual.map(PathBuf::from));
    let mut found = folders.map(|folder| folder.join(name));
    found.find(|path| path.is_file()).ok_or_else(|| {
        io::Error::other(format!(
            "{name} is missing: install its Debian package, or run ./test, which does"
        ))
    })
}
