//! What holds for every command, as the long help and docs/cli.md tell it.

use crate::exit;

/// A piece of the manual.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) title: &'static str,
    /// Paragraphs, and lists of two columns that begin with two blanks.
    pub(crate) text: &'static str,
}

/// All of it but the exit codes, which [`exit::list`] has.
pub(crate) const TOPICS: &[Topic] = &[
    Topic {
        title: "Which gateway",
        text: "\
A command that calls a gateway needs its address and a key. The first of these that says it counts:

  1  --url and --api-key, and the profile that --profile names
  2  WHARF_URL and WHARF_API_KEY
  3  the profile that WHARF_PROFILE names, or else the one chosen by `wharf profiles use`
  4  http://127.0.0.1:8080, with the key that a gateway or demo left in wharf-data/api-key

`wharf login` makes a profile: it asks for the key, tries it at the gateway, and keeps both in
$XDG_CONFIG_HOME/wharf/profiles.toml (or ~/.config/wharf), which only you can read. The key of a
profile is sent to the gateway of that profile only, and a key from wharf-data to this machine only.

No key and no secret is an argument, because arguments show in the list of processes: --api-key takes
env:NAME or file:PATH. In the environment a key may stand itself.",
    },
    Topic {
        title: "Output",
        text: "\
Data goes to standard output, remarks and errors to standard error. --json prints one JSON document,
as the API gave it, or one line for each event where there is no end (listen, logs --follow). A table
fits the terminal: times are shortened, wide columns are cut, marked by an ellipsis, and the last ones
are left out. Into a file or a pipe it goes uncut,
without colours, with a tab between columns. Times are UTC.

A terminal gets colours unless NO_COLOR is set; --color always and CLICOLOR_FORCE=1 give them to
pipes too. Lists show 50 items; --limit N shows more, --all shows everything.

Where a time is asked for, 2026-11-21T08:15:00Z, 2026-11-21 and how long ago (90s, 10m, 2h, 7d) will
do.",
    },
    Topic {
        title: "Developing a subscriber",
        text: "\
Three terminals in one folder: one that runs everything, one that hands events to a server under
development, and one to let things happen. The demo leaves its key in wharf-data, where the others
find it.

  wharf demo --data wharf-data
  wharf listen --forward-to http://127.0.0.1:3000/events
  wharf trigger message.text --user +15550100123 --text 'Hello'

`listen` signs what it forwards as the gateway signs deliveries to an endpoint (Standard Webhooks),
with the secret in WHARF_FORWARD_SECRET, or else with one that it makes and prints at its start, and
shows each answer. It forwards one event at a time, in
order, and each once: `wharf events resend ID --forward-to URL` does it again. To have events kept and
tried again, create an endpoint.",
    },
    Topic {
        title: "Signals",
        text: "\
`serve` finishes what is under way at Ctrl-C, SIGTERM or the end of its terminal, for
server.drain_seconds at most, and resumes the rest at its next start. A second signal ends it at once; nothing that was acknowledged is lost.
`listen` and `logs --follow` end with success at either.",
    },
];

const EXAMPLES: &str = "\
Examples:
  wharf demo                                        see it work, without an account
  wharf simulate                                    a simulated WhatsApp to build against
  wharf serve --config wharf.toml                   run the gateway
  wharf login --url https://wharf.example           use a gateway that runs elsewhere
  wharf send --channel main --to +15551234567 --text 'Hello'
  wharf listen --forward-to http://127.0.0.1:3000/events
  wharf search +15551234567                         find what belongs to a number or an id";

/// Below the short help.
pub(crate) fn short() -> String {
    format!("{}\n\n{EXAMPLES}", exit::list())
}

/// Columns of the help, which clap would break anywhere beyond.
const WIDTH: usize = 98;

/// Indented, with paragraphs as wide as the help is.
fn filled(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        if paragraph.starts_with("  ") {
            let lines = paragraph.lines().map(|line| format!("  {line}"));
            return lines.collect::<Vec<_>>().join("\n");
        }
        let (mut filled, mut used) = (String::from(" "), 1);
        for word in paragraph.split_whitespace() {
            if used + 1 + word.len() > WIDTH {
                filled.push_str("\n ");
                used = 1;
            }
            filled.push(' ');
            filled.push_str(word);
            used += 1 + word.len();
        }
        filled
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Below the long help.
pub(crate) fn long() -> String {
    let topics = TOPICS
        .iter()
        .map(|topic| format!("{}:\n{}", topic.title, filled(topic.text)));
    let parts: Vec<_> = topics.chain([exit::list(), EXAMPLES.to_owned()]).collect();
    parts.join("\n\n")
}
