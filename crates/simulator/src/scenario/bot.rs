//! The bot under test: one that runs already, or a command that is started for each scenario.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio_util::task::TaskTracker;

use crate::core::lock;

/// Lines of the bot's output that are kept for a report.
const LINES: usize = 30;
/// How long a bot may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// The variables that a started bot gets, each with what it holds.
pub const VARIABLES: [(&str, &str); 9] = [
    (
        "WHATSAPP_BASE_URL",
        "base URL of the Graph API, without a version",
    ),
    (
        "WHATSAPP_API_VERSION",
        "the version to put into paths, such as v24.0",
    ),
    ("WHATSAPP_ACCESS_TOKEN", "the bearer token of Graph calls"),
    (
        "WHATSAPP_PHONE_NUMBER_ID",
        "the business phone number to send from",
    ),
    (
        "WHATSAPP_BUSINESS_ACCOUNT_ID",
        "its WhatsApp Business Account",
    ),
    ("WHATSAPP_APP_ID", "the app"),
    ("WHATSAPP_APP_SECRET", "the key of webhook signatures"),
    (
        "WHATSAPP_VERIFY_TOKEN",
        "the token of the webhook's GET challenge",
    ),
    ("PORT", "the port on which to serve the webhook"),
];

/// The bot under test.
#[derive(Clone, Debug)]
pub enum Bot {
    /// It runs already, and calls a simulator at a fixed address.
    Running {
        /// Its webhook.
        webhook: String,
        /// Where the simulator listens: what the bot has as its base URL.
        listen: SocketAddr,
    },
    /// A shell command that is started anew for each scenario, with [`VARIABLES`] set.
    Command {
        /// The command.
        command: String,
        /// Its webhook; `{port}` stands for the port it is given.
        webhook: String,
    },
}

impl Bot {
    /// A command whose webhook is at `/webhook`.
    pub fn command(command: impl Into<String>) -> Self {
        Self::Command {
            command: command.into(),
            webhook: "http://127.0.0.1:{port}/webhook".to_owned(),
        }
    }
}

/// A started command.
#[derive(Debug)]
pub(crate) struct Started {
    child: Child,
    lines: Arc<Mutex<VecDeque<String>>>,
    readers: TaskTracker,
}

impl Started {
    /// Starts `command` in a process group of its own.
    pub(crate) fn new(command: &str, variables: &[(&str, String)]) -> std::io::Result<Self> {
        let mut shell = shell(command);
        shell
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = shell.spawn()?;
        let (lines, readers) = (Arc::default(), TaskTracker::new());
        if let Some(out) = child.stdout.take() {
            readers.spawn(keep(out, Arc::clone(&lines)));
        }
        if let Some(err) = child.stderr.take() {
            readers.spawn(keep(err, Arc::clone(&lines)));
        }
        readers.close();
        Ok(Self {
            child,
            lines,
            readers,
        })
    }

    /// Whether it has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(status.to_string())
    }

    /// The last lines that it wrote.
    pub(crate) fn lines(&self) -> Vec<String> {
        lock(&self.lines).iter().cloned().collect()
    }

    /// Ends it and what it started, by its process id: asks, waits, kills.
    pub(crate) async fn end(mut self) -> Vec<String> {
        #[cfg(unix)]
        if let Some(group) = self.group() {
            use rustix::process::{Signal, kill_process_group};
            // It may be gone already.
            let _ = kill_process_group(group, Signal::TERM);
            let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.kill().await;
        // A process that left the group may hold the pipes open.
        let _ = tokio::time::timeout(GRACE, self.readers.wait()).await;
        self.lines()
    }

    #[cfg(unix)]
    fn group(&self) -> Option<rustix::process::Pid> {
        let id = self.child.id()?;
        rustix::process::Pid::from_raw(i32::try_from(id).ok()?)
    }
}

impl Drop for Started {
    /// A run that is given up leaves nothing behind.
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group() {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).process_group(0);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(command);
    shell
}

async fn keep(from: impl AsyncRead + Unpin, lines: Arc<Mutex<VecDeque<String>>>) {
    let mut from = BufReader::new(from).lines();
    while let Ok(Some(line)) = from.next_line().await {
        let mut lines = lock(&lines);
        lines.push_back(line);
        while lines.len() > LINES {
            lines.pop_front();
        }
    }
}
