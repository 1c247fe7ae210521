//! The terminal: whether there is one, how wide it is, whether it wants colours, and typing unseen.

use std::io::IsTerminal;
use std::sync::OnceLock;

use crate::environment;

/// When output is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere only if `CLICOLOR_FORCE` is
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

static CHOSEN: OnceLock<Color> = OnceLock::new();

/// What `--color` says; it is said once, before anything is printed.
pub(crate) fn choose(color: Color) {
    // Only a second call could fail, and there is none.
    let _ = CHOSEN.set(color);
}

/// Whether standard output is coloured.
pub(crate) fn is_coloured() -> bool {
    let set = |name| environment::variable(name).filter(|value| !value.is_empty());
    match CHOSEN.get().copied().unwrap_or_default() {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => {
            let dumb = set("TERM").is_some_and(|term| term == "dumb");
            let unwanted = set("CLICOLOR").is_some_and(|value| value == "0");
            std::io::stdout().is_terminal() && !dumb && !unwanted
        }
    }
}

/// The columns of the terminal that standard output is; `None` if it is a file or a pipe.
pub(crate) fn width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    let told = environment::variable("COLUMNS").and_then(|text| text.parse().ok());
    let width = told.filter(|width| *width > 0).or_else(measured);
    Some(width.unwrap_or(80))
}

#[cfg(unix)]
fn measured() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn measured() -> Option<usize> {
    None
}

/// Keeps the terminal from showing what is typed, for as long as it lives.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Unseen(rustix::termios::Termios);

#[cfg(unix)]
impl Unseen {
    pub(crate) fn begin() -> std::io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut unseen = before.clone();
        unseen.local_modes -= LocalModes::ECHO;
        unseen.local_modes |= LocalModes::ECHONL;
        tcsetattr(&stdin, OptionalActions::Now, &unseen)?;
        Ok(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Unseen {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // Nobody can be told that the terminal is gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// There is no way to hide what is typed here, so that nothing is asked for.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Unseen;

#[cfg(not(unix))]
impl Unseen {
    pub(crate) fn begin() -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
