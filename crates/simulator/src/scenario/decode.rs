//! Reading a scenario file: every mistake is told with file, line and what is permitted.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::Trouble;
use crate::scenario::file::File;
use crate::scenario::step::{Act, Parallel, Repeat, WORDS};
use crate::scenario::tree::{Tree, join};
use crate::scenario::vars;
use crate::simulator::Simulator;

/// A scenario that was read and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file it was read from.
    pub(crate) path: String,
    /// The file's name without folder and extension.
    pub(crate) id: String,
    pub(crate) file: Arc<File>,
    tree: Arc<Tree>,
}

/// A mistake in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Invalid {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong and what is permitted, as a clause.
    pub reason: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

impl std::error::Error for Invalid {}

impl Scenario {
    /// Reads the text of a file; `path` is used in messages and gives the id.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Invalid>> {
        let invalid = |line, reason| Invalid {
            file: path.to_owned(),
            line,
            reason,
        };
        let tree = Tree::parse(text).map_err(|(line, reason)| vec![invalid(line, reason)])?;
        let wrong = |faults: Vec<Wrong>| {
            let faults = faults.into_iter();
            faults
                .map(|wrong| invalid(tree.line(&wrong.path), wrong.reason))
                .collect::<Vec<_>>()
        };
        let file: File = read("", &tree.value).map_err(|one| wrong(vec![one]))?;
        let mut faults = Vec::new();
        steps("steps", &file.steps.0, &mut faults);
        if file.steps.0.is_empty() {
            faults.push(Wrong::new("steps", "is empty; a scenario needs a step"));
        }
        names(&file, &mut faults);
        if !faults.is_empty() {
            return Err(wrong(faults));
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        Ok(Self {
            path: path.to_owned(),
            id: name.split('.').next().unwrap_or(name).to_owned(),
            file: Arc::new(file),
            tree: Arc::new(tree),
        })
    }

    /// The file's name without folder and extension.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its title.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// What it shows.
    pub fn shows(&self) -> &str {
        &self.file.shows
    }

    /// The line of the step at this path, such as `steps[2]`.
    pub(crate) fn line(&self, path: &str) -> u64 {
        self.tree.line(path)
    }
}

/// A mistake at a place of the tree.
#[derive(Debug)]
pub(crate) struct Wrong {
    path: String,
    pub(crate) reason: String,
}

impl Wrong {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

/// The word that tells what a step is.
fn word(path: &str, step: &Value) -> Result<&'static str, Wrong> {
    let Value::Object(step) = step else {
        return Err(Wrong::new(
            path,
            "a step is a word with its value, such as `says: Hello`",
        ));
    };
    let known: Vec<_> = WORDS
        .iter()
        .filter(|word| step.contains_key(**word))
        .collect();
    // A note and a number may stand beside another word: `repeat` and `parallel` have `steps`.
    match known.as_slice() {
        [word] => Ok(word),
        [] => {
            let first = step.keys().next().map_or("", String::as_str);
            let near = closest(first, WORDS.iter().copied());
            Err(Wrong::new(
                join(path, first),
                format!(
                    "`{first}` begins no step{near}; permitted: {}",
                    WORDS.join(", ")
                ),
            ))
        }
        [one, other, ..] => Err(Wrong::new(
            path,
            format!("`{one}` and `{other}` are two steps; begin the second with a dash of its own"),
        )),
    }
}

/// Reads one step.
pub(crate) fn act(path: &str, step: &Value) -> Result<Act, Wrong> {
    Ok(match word(path, step)? {
        "says" => Act::Says(read(path, step)?),
        "sends" => Act::Sends(read(path, step)?),
        "shares" => Act::Shares(read(path, step)?),
        "shares_contact" => Act::SharesContact(read(path, step)?),
        "message" => Act::Message(read(path, step)?),
        "taps" => Act::Taps(read(path, step)?),
        "picks" => Act::Picks(read(path, step)?),
        "reacts" => Act::Reacts(read(path, step)?),
        "reads" => Act::Reads(read(path, step)?),
        "answers_flow" => Act::AnswersFlow(read(path, step)?),
        "phone" => Act::Phone(read(path, step)?),
        "blocks" => Act::Blocks(read(path, step)?),
        "opts_out" => Act::OptsOut(read(path, step)?),
        "silent" => Act::Silent(read(path, step)?),
        "clock" => Act::Clock(read(path, step)?),
        "trigger" => Act::Trigger(read(path, step)?),
        "webhook" => Act::Webhook(read(path, step)?),
        "webhook_trouble" => Act::WebhookTrouble(read(path, step)?),
        "fault" => Act::Fault(read(path, step)?),
        "clear_faults" => Act::ClearFaults(read(path, step)?),
        "expect" => Act::Expect(Box::new(read(path, step)?)),
        "expect_nothing" => Act::ExpectNothing(read(path, step)?),
        "expect_read" => Act::ExpectRead(read(path, step)?),
        "expect_typing" => Act::ExpectTyping(read(path, step)?),
        "expect_status" => Act::ExpectStatus(read(path, step)?),
        "expect_refused" => Act::ExpectRefused(read(path, step)?),
        "expect_call" => Act::ExpectCall(read(path, step)?),
        "repeat" => Act::Repeat(read::<Repeat>(path, step)?),
        "parallel" => Act::Parallel(read::<Parallel>(path, step)?),
        _ => Act::Note(read(path, step)?),
    })
}

/// Checks steps and what is inside of them.
fn steps(path: &str, list: &[Value], faults: &mut Vec<Wrong>) {
    for (index, step) in list.iter().enumerate() {
        let path = join(path, &format!("[{index}]"));
        match act(&path, step) {
            Err(wrong) => faults.push(wrong),
            Ok(act) => inside(&path, &act, faults),
        }
    }
}

fn inside(path: &str, act: &Act, faults: &mut Vec<Wrong>) {
    match act {
        Act::Repeat(repeat) => steps(&join(path, "steps"), &repeat.steps.0, faults),
        Act::Parallel(parallel) => {
            for (index, branch) in parallel.parallel.iter().enumerate() {
                let path = join(path, &format!("parallel[{index}].steps"));
                steps(&path, &branch.steps.0, faults);
            }
        }
        Act::Expect(expect) => {
            if let Some(pattern) = &expect.matches {
                pattern_is_good(&join(path, "matches"), pattern, faults);
            }
            for (name, how) in expect
                .capture
                .iter()
                .filter(|(_, how)| !how.starts_with('/'))
            {
                pattern_is_good(&join(path, &format!("capture.{name}")), how, faults);
            }
        }
        Act::ExpectCall(call) => {
            let path = join(path, "expect_call");
            match call.expect_call.split_once(' ') {
                Some((_, pattern)) => pattern_is_good(&path, pattern, faults),
                None => faults.push(Wrong::new(path, "write it as `GET /path`")),
            }
        }
        Act::Trigger(trigger) => {
            event(&join(path, "trigger"), &trigger.trigger, faults);
        }
        Act::Sends(sends) => {
            event(
                &join(path, "sends"),
                &format!("message.{}", sends.sends),
                faults,
            );
        }
        Act::Fault(order) => {
            if let Trouble::Http { status, .. } = &order.fault.trouble
                && !(100..600).contains(status)
            {
                faults.push(Wrong::new(join(path, "fault"), "status is no HTTP status"));
            }
        }
        _ => {}
    }
}

fn event(path: &str, name: &str, faults: &mut Vec<Wrong>) {
    let events = || Simulator::events().iter().map(|(event, _)| *event);
    if !name.contains("{{") && !events().any(|event| event == name) {
        let near = closest(name, events());
        let all: Vec<_> = events().collect();
        faults.push(Wrong::new(
            path,
            format!(
                "there is no event `{name}`{near}; permitted: {}",
                all.join(", ")
            ),
        ));
    }
}

fn pattern_is_good(path: &str, pattern: &str, faults: &mut Vec<Wrong>) {
    if pattern.contains("{{") {
        return;
    }
    if let Err(error) = regex::Regex::new(pattern) {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim().to_owned();
        faults.push(Wrong::new(
            path,
            format!("is no regular expression: {reason}"),
        ));
    }
}

/// Checks that every user and every `{{name}}` is one that the file makes.
fn names(file: &File, faults: &mut Vec<Wrong>) {
    let users: BTreeSet<&str> = if file.users.is_empty() {
        BTreeSet::from(["user"])
    } else {
        file.users.keys().map(String::as_str).collect()
    };
    let mut made = BTreeSet::from(["i", "now"].map(str::to_owned));
    for user in users.iter().copied().chain(["user"]) {
        made.extend(vars::OF_USER.map(|part| format!("{user}.{part}")));
    }
    made.extend(vars::OF_NUMBER.map(str::to_owned));
    if let Some(user) = &file.user {
        user_is_known("user", user, &users, faults);
    }
    collect(&file.steps.0, &mut made);
    used("steps", &file.steps.0, &users, &made, faults);
}

fn collect(list: &[Value], made: &mut BTreeSet<String>) {
    for value in list {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(name)) = object.get("as") {
                    made.insert(name.clone());
                }
                if let Some(Value::Object(captures)) = object.get("capture") {
                    made.extend(captures.keys().cloned());
                }
                for inner in object.values() {
                    collect(std::slice::from_ref(inner), made);
                }
            }
            Value::Array(items) => collect(items, made),
            _ => {}
        }
    }
}

fn used(
    path: &str,
    list: &[Value],
    users: &BTreeSet<&str>,
    made: &BTreeSet<String>,
    faults: &mut Vec<Wrong>,
) {
    for (index, item) in list.iter().enumerate() {
        used_in(
            &join(path, &format!("[{index}]")),
            item,
            users,
            made,
            faults,
        );
    }
}

fn used_in(
    path: &str,
    value: &Value,
    users: &BTreeSet<&str>,
    made: &BTreeSet<String>,
    faults: &mut Vec<Wrong>,
) {
    match value {
        Value::String(text) => {
            for name in vars::names(text) {
                if !made.contains(name) {
                    let near = closest(name, made.iter().map(String::as_str));
                    let all: Vec<_> = made.iter().map(String::as_str).collect();
                    faults.push(Wrong::new(
                        path,
                        format!(
                            "nothing makes the value `{name}`{near}; there are: {}",
                            all.join(", ")
                        ),
                    ));
                }
            }
        }
        Value::Array(items) => used(path, items, users, made, faults),
        Value::Object(object) => {
            for (name, inner) in object {
                let path = join(path, name);
                match inner {
                    Value::String(user) if name == "user" && !path.contains(".with.") => {
                        user_is_known(&path, user, users, faults);
                    }
                    _ => used_in(&path, inner, users, made, faults),
                }
            }
        }
        _ => {}
    }
}

fn user_is_known(path: &str, user: &str, users: &BTreeSet<&str>, faults: &mut Vec<Wrong>) {
    if !users.contains(user) {
        let near = closest(user, users.iter().copied());
        let all: Vec<_> = users.iter().copied().collect();
        faults.push(Wrong::new(
            path,
            format!(
                "there is no user `{user}`{near}; there are: {}",
                all.join(", ")
            ),
        ));
    }
}

/// Reads a value; the path of a mistake is where it stands.
fn read<T: DeserializeOwned>(path: &str, value: &Value) -> Result<T, Wrong> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let inner = if inner == "." { String::new() } else { inner };
        let reason = error.inner().to_string();
        let place = join(path, &inner);
        let Some(key) = quoted_after(&reason, "unknown field `") else {
            return Wrong::new(place, reason.replace("invalid type: ", "wrong type: "));
        };
        // serde names the object or the key, depending on where it noticed.
        let place = if place.ends_with(key) {
            place.clone()
        } else {
            join(&place, key)
        };
        let permitted = reason
            .split_once(", expected ")
            .map_or("", |(_, permitted)| permitted)
            .trim_start_matches("one of ")
            .replace('`', "");
        let near = closest(key, permitted.split(", ").map(str::trim));
        Wrong::new(
            place,
            format!("unknown key `{key}`{near}; permitted: {permitted}"),
        )
    })
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once('`').map(|(key, _)| key)
}

/// `, did you mean …?` when something permitted is close.
fn closest<'a>(word: &str, permitted: impl Iterator<Item = &'a str>) -> String {
    let near = permitted
        .map(|other| (distance(word, other), other))
        .min()
        .filter(|(distance, other)| *distance <= other.len() / 3 + 1 && *distance < word.len());
    near.map_or_else(String::new, |(_, other)| {
        format!(" (did you mean `{other}`?)")
    })
}

/// How many letters have to change.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let faults = Scenario::parse("a/b.yaml", text).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_what_is_permitted() {
        for (text, line, parts) in [
            (
                "name: x\nstep: []\n",
                2,
                &["unknown key `step`", "did you mean `steps`", "users"][..],
            ),
            ("name: x\nsteps: []\n", 2, &["needs a step"]),
            (
                "name: x\nsteps:\n  - sayz: hi\n",
                3,
                &[
                    "`sayz` begins no step",
                    "did you mean `says`",
                    "expect_nothing",
                ],
            ),
            (
                "name: x\nsteps:\n  - says: hi\n    usr: user\n",
                4,
                &["unknown key `usr`", "did you mean `user`", "replies_to"],
            ),
            (
                "name: x\nsteps:\n  - says: hi\n    user: bob\n",
                4,
                &["no user `bob`", "there are: user"],
            ),
            (
                "name: x\nsteps:\n  - says: 12\n",
                3,
                &["wrong type", "integer `12`", "string"],
            ),
            (
                "name: x\nsteps:\n  - silent: 25 hour s\n",
                3,
                &["no span of time", "`25h`"],
            ),
            (
                "name: x\nsteps:\n  - says: hi\n    taps: b\n",
                3,
                &["two steps"],
            ),
            (
                "name: x\nsteps:\n  - expect: text\n    matches: '(a'\n",
                4,
                &["regular expression"],
            ),
            (
                "name: x\nsteps:\n  - says: 'hi {{ordr}}'\n  - expect: text\n    capture: { order: x }\n",
                3,
                &["nothing makes the value `ordr`", "did you mean `order`"],
            ),
            (
                "name: x\nsteps:\n  - trigger: message.txt\n",
                3,
                &["no event `message.txt`", "did you mean `message.text`"],
            ),
            (
                "name: x\nsteps:\n  - repeat: 2\n    steps:\n      - says: a\n      - expekt: text\n",
                6,
                &["`expekt` begins no step"],
            ),
            (
                "name: x\nsteps:\n  - parallel:\n      - steps:\n          - expect: text\n            contain: a\n",
                6,
                &["unknown key `contain`", "did you mean `contains`"],
            ),
            (
                "name: x\nsettings:\n  limits: stric\nsteps:\n  - says: a\n",
                3,
                &["unknown variant `stric`", "`strict`"],
            ),
            (
                "name: x\nsettings:\n  webhooks:\n    duplicate: 1\nsteps:\n  - says: a\n",
                4,
                &["unknown key `duplicate`", "duplicated"],
            ),
        ] {
            let faults = faults(text);
            let start = format!("a/b.yaml:{line}: ");
            assert!(faults[0].starts_with(&start), "{text}\n{faults:?}");
            for part in parts {
                assert!(faults[0].contains(part), "no {part} in {faults:?}");
            }
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let faults = faults("name: x\nsteps:\n  - sayz: hi\n  - expect: text\n    buton: a\n");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn a_good_file_is_read() {
        let text = "name: Greeting\nshows: A bot greets.\nsteps:\n  - says: hi\n  - expect: text\n";
        let scenario = Scenario::parse("scenarios/greeting.yaml", text).unwrap();
        assert_eq!((scenario.id(), scenario.name()), ("greeting", "Greeting"));
        assert_eq!(scenario.line("steps[1]"), 5);
    }
}
