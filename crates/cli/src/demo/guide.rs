//! What the person can do next: URLs, the key, commands that work as printed.

use crate::demo::folder::Folder;
use crate::demo::stage::{CHANNEL, Stage, USER};
use crate::environment;

/// The guide, as printed after the conversation.
pub(crate) fn text(stage: &Stage, folder: &Folder) -> String {
    let (url, simulator, key) = (stage.url(), &stage.simulator.base_url, &stage.key);
    let page = stage.subscriber.page();
    let key_file = quoted(&format!("file:{}", folder.path().join("api-key").display()));
    // Flags are shown where the defaults would not do.
    let gateway = match url.as_str() {
        "http://127.0.0.1:8080" => format!("--api-key {key_file}"),
        _ => format!("--url {url} --api-key {key_file}"),
    };
    let at_simulator = match simulator.as_str() {
        "http://127.0.0.1:8081" => String::new(),
        _ => format!(" --simulator {simulator}"),
    };
    let program = quoted(&environment::program());
    let bearer = format!("-H 'Authorization: Bearer {key}'");
    let json = "-H 'Content-Type: application/json'";
    let body = format!(
        r#"{{"channel": "{CHANNEL}", "to": "+{USER}", "type": "text", "text": {{"body": "Hello from curl"}}}}"#
    );
    let fate = if folder.is_temporary() {
        " (removed at the end)"
    } else {
        ""
    };
    format!(
        r#"
  page       {page} shows the phone, and the events beside it
  console    {url}/console/ shows the gateway; sign in with the API key
  gateway    {url}, its API described at /openapi.json
  simulator  {simulator}, its own API listed at /sim/v1
  API key    {key}
  data       {}{fate}

Try in another terminal:

# send a message
curl -sS {url}/api/v1/messages {bearer} {json} -d '{body}'

# list the last events
curl -sS '{url}/api/v1/events?newest=5' {bearer}

# let the simulated user write
curl -sS {simulator}/sim/v1/users/{USER}/messages {json} -d '{{"text": "Hello, it is me again"}}'

or with this program:

{program} listen {gateway}
{program} send {gateway} --channel {CHANNEL} --to +{USER} --text 'Hello' --wait
{program} trigger message.image --user +{USER}{at_simulator}

What happens is shown here. Ctrl-C ends it.
"#,
        folder.path().display(),
    )
}

/// As a shell wants it: in quotes, if it has anything that could mean something else.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_blanks_or_quotes_is_quoted() {
        assert_eq!(quoted("file:/tmp/a-b/api-key"), "file:/tmp/a-b/api-key");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }
}
