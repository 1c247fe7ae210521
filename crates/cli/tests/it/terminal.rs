//! What a terminal gets, and what a pipe gets, of the same lists.

use crate::binary::run;
use crate::pair::Pair;

#[test]
fn a_pipe_gets_everything_between_tabs_without_colours() {
    let pair = with_a_long_name();
    let list = pair.succeed(&["channels", "list"]);
    let (head, rows) = list.split_once('\n').unwrap();
    assert_eq!(head, "ID\tNAME\tNUMBER\tPHONE NUMBER ID\tSTATE");
    assert!(rows.contains(&"long ".repeat(19)), "{rows}");
    assert!(!list.contains('\u{1b}'), "{list}");
    let forced = run(pair.command(&["keys", "list"]).env("CLICOLOR_FORCE", "1"));
    assert_eq!(forced.code, Some(0), "{forced:?}");
    let coloured = pair.succeed(&["--color", "always", "events", "list"]);
    assert!(coloured.contains('\u{1b}'), "{coloured:?}");
    let unwanted = run(pair
        .command(&["events", "list"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1"));
    assert!(!unwanted.out.contains('\u{1b}'), "{unwanted:?}");
}

fn with_a_long_name() -> Pair {
    let pair = Pair::start();
    let name = "long ".repeat(20);
    pair.succeed(&["channels", "update", "main", "--name", name.trim()]);
    pair.succeed(&["trigger", "message.text", "--text", &"word ".repeat(60)]);
    pair.until(&["events", "list", "--type", "message"], |list| {
        !list["data"].as_array().unwrap().is_empty()
    });
    pair
}

/// Each line of it ends in an error, as on a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let pair = Pair::start();
    for command in [
        &["keys", "create", "q", "--role", "viewer"][..],
        &["keys", "list"],
        &["logs"],
        &["config", "default"],
        &["completions", "bash"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let ended = run(pair.command(command).stdout(full.unwrap()));
        assert_eq!(ended.code, Some(1), "{command:?}: {ended:?}");
        assert!(ended.err.contains("cannot be written"), "{ended:?}");
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::unix::ffi::OsStrExt;
    use std::process::{Command, Stdio};

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    use super::with_a_long_name;
    use crate::binary::wharf;

    /// Both sides of a terminal of this many columns.
    fn terminal(columns: u16) -> (File, File) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = File::options();
        let theirs = theirs
            .clone()
            .read(true)
            .write(true)
            .open(OsStr::from_bytes(name.to_bytes()));
        let theirs = theirs.unwrap();
        let size = Winsize {
            ws_row: 40,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&theirs, size).unwrap();
        (File::from(ours), theirs)
    }

    /// What the command writes on a terminal of this many columns.
    fn on_terminal(mut command: Command, columns: u16) -> String {
        let (mut ours, theirs) = terminal(columns);
        command.env("TERM", "xterm");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(theirs)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // With it goes our hold on the other side, so that the end is seen.
        drop(command);
        let mut bytes = Vec::new();
        // The end of a terminal is an error, after all that was written.
        let _ = ours.read_to_end(&mut bytes);
        assert!(child.wait().unwrap().success());
        String::from_utf8(bytes).unwrap()
    }

    /// The lines without their colours.
    fn lines(text: &str) -> Vec<String> {
        let mut parts = text.split('\u{1b}');
        let mut plain = parts.next().unwrap_or("").to_owned();
        for part in parts {
            plain.push_str(part.split_once('m').unwrap().1);
        }
        plain
            .lines()
            .map(|line| line.trim_end_matches('\r').to_owned())
            .collect()
    }

    #[test]
    fn a_terminal_gets_colours_and_lines_that_fit() {
        let pair = with_a_long_name();
        for columns in [50_u16, 80, 200] {
            for list in [
                ["channels", "list"],
                ["events", "list"],
                ["keys", "list"],
                ["messages", "list"],
                ["deliveries", "list"],
                ["conversations", "list"],
                ["audit", "list"],
            ] {
                let room = usize::from(columns);
                let seen = on_terminal(pair.command(&list), columns);
                assert!(seen.contains('\u{1b}'), "no colours: {seen:?}");
                for line in lines(&seen) {
                    let width = line.chars().count();
                    assert!(width <= room, "{width} of {columns} columns: {line}");
                }
            }
        }
        let mut messages = pair.command(&["messages", "list"]);
        messages.env("COLUMNS", "60");
        let narrow = lines(&on_terminal(messages, 200));
        let id = &pair.json(&["messages", "list"])["data"][0]["id"];
        assert!(
            narrow[1].starts_with(&format!("{}  received  ", id.as_str().unwrap())),
            "{narrow:?}"
        );
        let timeline = ["messages", "timeline", id.as_str().unwrap()];
        let timeline = on_terminal(pair.command(&timeline), 120);
        let first = &lines(&timeline)[2];
        let mut at = first.split_whitespace().take(2);
        assert!(at.any(|part| part.contains('.')), "{timeline}");
        let events = on_terminal(pair.command(&["trigger", "--list"]), 60);
        let events = lines(&events);
        assert_eq!(events[0], "message");
        assert!(
            events
                .iter()
                .any(|line| line.ends_with("[latitude, longitude, name, address]")),
            "{events:?}"
        );
        let narrow = on_terminal(pair.command(&["channels", "list"]), 60);
        assert!(narrow.contains('…') && narrow.contains("main"), "{narrow}");
        let mut plain = pair.command(&["channels", "list"]);
        plain.env("NO_COLOR", "1");
        assert!(!on_terminal(plain, 80).contains('\u{1b}'));
        let never = pair.command(&["channels", "list", "--color", "never"]);
        assert!(!on_terminal(never, 80).contains('\u{1b}'));
    }

    #[test]
    fn a_key_is_typed_unseen() {
        let pair = with_a_long_name();
        let key = std::fs::read_to_string(pair.path().join("wharf-data/api-key")).unwrap();
        let (mut ours, theirs) = terminal(80);
        let folder = tempfile::tempdir().unwrap();
        let mut command = wharf(folder.path(), &["login", "--url", &pair.url]);
        let mut login = command
            .stdin(theirs)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(command);
        let mut question = [0; 8];
        login
            .stderr
            .as_mut()
            .unwrap()
            .read_exact(&mut question)
            .unwrap();
        assert_eq!(&question, b"API key ");
        ours.write_all(format!("{}\n", key.trim()).as_bytes())
            .unwrap();
        assert!(login.wait().unwrap().success());
        let mut seen = Vec::new();
        let _ = ours.read_to_end(&mut seen);
        let seen = String::from_utf8_lossy(&seen);
        assert!(!seen.contains(key.trim()), "the key was shown: {seen:?}");
    }
}
