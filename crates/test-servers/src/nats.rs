//! A NATS server with JetStream.

use std::fmt::Write as _;
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use crate::process::{Process, free_port, program, until};

/// A `nats-server` in a temporary folder.
#[derive(Debug)]
pub struct Nats {
    folder: tempfile::TempDir,
    port: u16,
    process: Option<Process>,
}

impl Nats {
    /// Starts a server with JetStream and no authentication.
    pub fn start() -> io::Result<Self> {
        Self::start_with("")
    }

    /// Starts a server whose configuration file also says `settings`, e.g.
    /// `authorization { token: "…" }`.
    ///
    /// It may store up to 16 GB. Unless told, a server permits itself a part of what the disk has
    /// free, and on a disk that is nearly full refuses to make streams that would stay small.
    pub fn start_with(settings: &str) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let mut config = format!(
            "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\", max_file_store: 16GB }}\n",
            folder.path().join("jetstream").display()
        );
        let _ = writeln!(config, "{settings}");
        std::fs::write(folder.path().join("nats.conf"), config)?;
        let mut nats = Self {
            folder,
            port,
            process: None,
        };
        nats.resume()?;
        Ok(nats)
    }

    /// `nats://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The port, which stays the same over restarts.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its configuration and data, which is removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it as a package's update does. What it holds is there again after [`Nats::resume`].
    pub fn stop(&mut self) -> io::Result<()> {
        self.end(Signal::INT)
    }

    /// Kills it.
    pub fn kill(&mut self) -> io::Result<()> {
        self.end(Signal::KILL)
    }

    /// Starts it again on the same folder and port.
    pub fn resume(&mut self) -> io::Result<()> {
        let config = self.folder.path().join("nats.conf");
        let log = self.folder.path().join("nats.log");
        let arguments = [Path::new("-c"), &config];
        let server = program("nats-server", &[])?;
        let mut process = Process::start(&server, &arguments, None, &log)?;
        let port = self.port;
        until(&mut process, &log, || greets(port))?;
        self.process = Some(process);
        Ok(())
    }

    fn end(&mut self, signal: Signal) -> io::Result<()> {
        match self.process.take() {
            Some(mut process) => process.end(signal),
            None => Ok(()),
        }
    }
}

/// Whether a server says `INFO` on this port.
fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let mut greeting = [0; 4];
    let limited = stream.set_read_timeout(Some(Duration::from_secs(1)));
    limited.is_ok() && stream.read_exact(&mut greeting).is_ok() && &greeting == b"INFO"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_ends_and_starts_again() {
        let mut nats = Nats::start().unwrap();
        nats.kill().unwrap();
        assert!(!greets(nats.port()));
        nats.resume().unwrap();
        assert!(greets(nats.port()));
        nats.stop().unwrap();
    }
}
