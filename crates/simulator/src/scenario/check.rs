//! Steps that expect something: they wait for it, and tell what came instead.

use regex::Regex;
use serde_json::Value;

use crate::clock::later;
use crate::record::{Accepted, MessageStatus};
use crate::scenario::act::WITHIN;
use crate::scenario::chat::{Came, short};
use crate::scenario::expect::{
    Expect, ExpectCall, ExpectNothing, ExpectRead, ExpectRefused, ExpectStatus, ExpectTyping,
    OneOrMany,
};
use crate::scenario::file::Wait;
use crate::scenario::journal::Call;
use crate::scenario::stage::{Branch, Someone, Stage};

/// Waits for the next message and compares it; tells what came either way.
pub(crate) async fn expect(
    stage: &Stage,
    branch: &mut Branch,
    expect: &Expect,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref()).clone();
    let group = expect.group.as_deref();
    let within = within(expect.within);
    let seen = stage
        .time
        .await_bot(within.0, || {
            let fresh = stage.fresh(&someone, group);
            let mut fresh = fresh.into_iter();
            if expect.anywhere {
                return fresh.find(|message| mismatches(branch, expect, message).is_empty());
            }
            fresh.next()
        })
        .await;
    let Some(message) = seen else {
        return Err(nothing(stage, &someone, group, within));
    };
    let wrong = mismatches(branch, expect, &message);
    stage.take(&message.wamid);
    if !wrong.is_empty() {
        return Err(format!("{}: {}", message.shown(), wrong.join("; ")));
    }
    capture(branch, expect, &message)?;
    if let Some(name) = &expect.name {
        branch.vars.set(name, message.wamid.as_str());
    }
    Ok(message.shown())
}

fn within(given: Option<Wait>) -> Wait {
    given.unwrap_or(Wait(WITHIN))
}

/// Says that nothing came, and what may explain it.
fn nothing(stage: &Stage, someone: &Someone, group: Option<&str>, within: Wait) -> String {
    let mut told = format!("nothing within {within}");
    let left: Vec<_> = stage
        .fresh(someone, group)
        .iter()
        .map(Came::shown)
        .collect();
    if !left.is_empty() {
        told = format!("nothing that fits within {within}, but {}", left.join(", "));
    }
    let calls = stage.journal.calls();
    let last = calls.iter().rev().find(|call| call.is_send());
    if let Some(code) = last.and_then(Call::refused) {
        let details = last.map_or("", |call| {
            let details = call.answer.pointer("/error/error_data/details");
            details.and_then(Value::as_str).unwrap_or_default()
        });
        told = format!("{told}; its last send was refused with {code} {details}");
    }
    told.trim_end().to_owned()
}

/// What of a message is not as expected; empty when all is.
fn mismatches(branch: &Branch, expect: &Expect, message: &Came) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, wanted: &str, found: &str| {
        if wanted != found {
            wrong.push(format!(
                "{what} is “{}” instead of “{}”",
                short(found),
                short(wanted)
            ));
        }
    };
    let kind = message.kind.as_str();
    if expect.expect != "message" && expect.expect != kind {
        let family = kind.split('.').next().unwrap_or_default();
        if expect.expect != family {
            differ("the kind", &expect.expect, kind);
        }
    }
    let content = message.content();
    let at = |place: &str| {
        let found = content.pointer(place).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let parts = [
        ("the text", &expect.text, message.text().to_owned()),
        ("the header", &expect.header, at("/header/text")),
        ("the footer", &expect.footer, at("/footer/text")),
        ("the template", &expect.template, at("/name")),
        ("the language", &expect.language, at("/language/code")),
        ("the emoji", &expect.emoji, at("/emoji")),
        ("the number", &expect.number, message.number.to_string()),
    ];
    for (what, wanted, found) in parts {
        if let Some(wanted) = wanted {
            differ(what, wanted, &found);
        }
    }
    if let Some(name) = &expect.replies_to {
        match Stage::named(branch, name) {
            Ok(wamid) if message.replies_to() == Some(wamid.as_str()) => {}
            Ok(_) if message.replies_to().is_none() => {
                wrong.push(format!("it quotes nothing instead of `{name}`"));
            }
            Ok(_) => wrong.push(format!("it quotes another message than `{name}`")),
            Err(reason) => wrong.push(reason),
        }
    }
    let text = message.text();
    for part in expect.contains.iter().flat_map(OneOrMany::iter) {
        if !text.contains(part) {
            wrong.push(format!("the text lacks “{part}”"));
        }
    }
    for part in expect.lacks.iter().flat_map(OneOrMany::iter) {
        if text.contains(part) {
            wrong.push(format!("the text contains “{part}”"));
        }
    }
    if let Some(pattern) = &expect.matches
        && !Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
    {
        wrong.push(format!("the text does not match /{pattern}/"));
    }
    let length = text.chars().count();
    if let Some(least) = expect.min_length.filter(|least| length < *least) {
        wrong.push(format!(
            "the text has {length} characters instead of {least}"
        ));
    }
    choices(
        "buttons",
        expect.buttons.as_deref(),
        &message.buttons(),
        &mut wrong,
    );
    choices("rows", expect.rows.as_deref(), &message.rows(), &mut wrong);
    if let Some(wanted) = expect.cards {
        let cards = content.pointer("/action/cards").and_then(Value::as_array);
        let found = cards.map_or(0, Vec::len);
        if found != wanted {
            wrong.push(format!("it has {found} cards instead of {wanted}"));
        }
    }
    if let Some(wanted) = &expect.parameters {
        let found = message.parameters();
        if *wanted != found {
            wrong.push(format!(
                "the parameters are {found:?} instead of {wanted:?}"
            ));
        }
    }
    if let Some(wanted) = &expect.content {
        part_of(wanted, content, "content", &mut wrong);
    }
    wrong
}

/// Compares buttons or rows, each by title or id.
fn choices(what: &str, wanted: Option<&[String]>, found: &[[&str; 2]], wrong: &mut Vec<String>) {
    let Some(wanted) = wanted else { return };
    let same = wanted.len() == found.len()
        && wanted
            .iter()
            .zip(found)
            .all(|(wanted, [id, title])| wanted == id || wanted == title);
    if !same {
        let titles: Vec<_> = found.iter().map(|[_, title]| *title).collect();
        wrong.push(format!("the {what} are {titles:?} instead of {wanted:?}"));
    }
}

/// Whether everything wanted is found; objects may hold more.
fn part_of(wanted: &Value, found: &Value, path: &str, wrong: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (name, wanted) in wanted {
                let path = format!("{path}.{name}");
                match found.get(name) {
                    Some(found) => part_of(wanted, found, &path, wrong),
                    None => wrong.push(format!("{path} is missing")),
                }
            }
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                part_of(wanted, found, &format!("{path}[{index}]"), wrong);
            }
        }
        _ if wanted == found => {}
        _ => wrong.push(format!(
            "{path} is {} instead of {}",
            short(&found.to_string()),
            short(&wanted.to_string())
        )),
    }
}

fn capture(branch: &mut Branch, expect: &Expect, message: &Came) -> Result<(), String> {
    for (name, how) in &expect.capture {
        let value = if how.starts_with('/') {
            message.body.pointer(how).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        } else {
            let pattern =
                Regex::new(how).map_err(|_| format!("/{how}/ is no regular expression"))?;
            pattern.captures(message.text()).and_then(|found| {
                let group = found.get(1).or_else(|| found.get(0))?;
                Some(group.as_str().to_owned())
            })
        };
        let value = value.ok_or_else(|| {
            format!(
                "{}: `{name}` cannot be taken from it with {how}",
                message.shown()
            )
        })?;
        branch.vars.set(name, value);
    }
    Ok(())
}

pub(crate) async fn expect_nothing(
    stage: &Stage,
    branch: &Branch,
    expect: &ExpectNothing,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref());
    let until = later(stage.time.now(), expect.expect_nothing.0);
    let came = stage
        .time
        .pass(until, || stage.fresh(someone, None).into_iter().next())
        .await;
    match came {
        None => Ok(String::new()),
        Some(message) => {
            stage.take(&message.wamid);
            Err(message.shown())
        }
    }
}

pub(crate) async fn expect_read(
    stage: &Stage,
    branch: &Branch,
    expect: &ExpectRead,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref());
    let wamid = stage.of_user(branch, someone, &expect.expect_read)?;
    // Reading a message reads those before it.
    let later: Vec<String> = stage
        .written(someone)
        .iter()
        .map(|line| line.wamid.to_string())
        .skip_while(|other| *other != wamid)
        .collect();
    let within = within(expect.within);
    let read = stage.time.await_bot(within.0, || {
        let calls = stage.journal.calls();
        let mut reads = calls.iter().filter(|call| call.status == Some(200));
        reads
            .any(|call| {
                let id = call.request["message_id"].as_str();
                call.request["status"] == "read"
                    && id.is_some_and(|id| id == wamid || later.iter().any(|other| other == id))
            })
            .then_some(())
    });
    match read.await {
        Some(()) => Ok(String::new()),
        None => Err(format!("not read within {within}")),
    }
}

pub(crate) async fn expect_typing(
    stage: &Stage,
    branch: &Branch,
    expect: &ExpectTyping,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref());
    let wamid = stage.of_user(branch, someone, &expect.expect_typing)?;
    let within = within(expect.within);
    let typing = stage.time.await_bot(within.0, || {
        stage
            .take_call(|call| {
                call.request["message_id"] == wamid.as_str()
                    && call.request["typing_indicator"].is_object()
                    && call.status == Some(200)
            })
            .map(|_| ())
    });
    match typing.await {
        Some(()) => Ok(String::new()),
        None => Err(format!("no sign of typing within {within}")),
    }
}

pub(crate) async fn expect_status(
    stage: &Stage,
    branch: &Branch,
    expect: &ExpectStatus,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref());
    let wamid = stage.of_bot(branch, someone, expect.of.as_deref())?;
    let within = within(expect.within);
    let find = || -> Option<Accepted> {
        let accepted = stage.simulator.accepted();
        accepted.into_iter().find(|one| one.wamid.as_str() == wamid)
    };
    let until = later(stage.time.now(), within.0);
    let reached = stage.time.pass(until, || {
        let reached = find()?
            .statuses
            .iter()
            .any(|(status, _)| *status == expect.expect_status);
        reached.then_some(())
    });
    if reached.await.is_none() {
        let statuses = find().map(|one| one.statuses).unwrap_or_default();
        let statuses: Vec<_> = statuses.iter().map(|(status, _)| status.as_str()).collect();
        let code = failure(stage, &wamid).map_or(String::new(), |code| format!(" ({code})"));
        return Err(match statuses.as_slice() {
            [] => format!("no status within {within}"),
            statuses => format!("only {}{code} within {within}", statuses.join(", ")),
        });
    }
    match expect.code {
        Some(wanted) if expect.expect_status == MessageStatus::Failed => {
            // The code stands in the webhook, which is written after the status.
            let now = stage.time.now();
            stage.time.pass(now, || failure(stage, &wamid)).await;
            match failure(stage, &wamid) {
                Some(code) if code == wanted => Ok(String::new()),
                Some(code) => Err(format!("it failed with {code}")),
                None => Err("it failed without a code".to_owned()),
            }
        }
        _ => Ok(String::new()),
    }
}

/// The code of a message's `failed` status, as the bot was told.
fn failure(stage: &Stage, wamid: &str) -> Option<i64> {
    let deliveries = stage.simulator.deliveries();
    deliveries.iter().rev().find_map(|delivery| {
        let body: Value = serde_json::from_slice(&delivery.body).ok()?;
        let entries = body["entry"].as_array()?.iter();
        entries
            .flat_map(|entry| entry["changes"].as_array().into_iter().flatten())
            .flat_map(|change| change["value"]["statuses"].as_array().into_iter().flatten())
            .find(|status| status["id"] == wamid && status["status"] == "failed")?
            .pointer("/errors/0/code")?
            .as_i64()
    })
}

pub(crate) async fn expect_refused(
    stage: &Stage,
    branch: &Branch,
    expect: &ExpectRefused,
) -> Result<String, String> {
    let someone = stage.someone(branch, expect.user.as_deref());
    let within = within(expect.within);
    let refused = stage.time.await_bot(within.0, || {
        stage.take_call(|call| Stage::is_send_to(call, someone) && call.refused().is_some())
    });
    match refused.await {
        None => Err(format!("no send was refused within {within}")),
        Some(call) if call.refused() == Some(expect.expect_refused) => Ok(String::new()),
        Some(call) => Err(format!(
            "refused with {} instead",
            call.refused().unwrap_or_default()
        )),
    }
}

pub(crate) async fn expect_call(stage: &Stage, expect: &ExpectCall) -> Result<String, String> {
    let wanted = expect.status.unwrap_or(200);
    let within = within(expect.within);
    let (method, path) = expect
        .expect_call
        .split_once(' ')
        .ok_or("write it as `GET /path`")?;
    let path = Regex::new(&format!("^(?:{})$", path.trim()))
        .map_err(|_| "the path is no regular expression".to_owned())?;
    let called = stage.time.await_bot(within.0, || {
        stage.take_call(|call| {
            call.method.eq_ignore_ascii_case(method)
                && path.is_match(&call.path)
                && call.status == Some(wanted)
        })
    });
    if let Some(call) = called.await {
        return Ok(format!("{} {}", call.method, call.path));
    }
    let calls = stage.journal.calls();
    let last = calls.iter().rev().take(5).map(|call| {
        let status = call
            .status
            .map_or_else(|| "cut".to_owned(), |status| status.to_string());
        format!("{} {} {status}", call.method, call.path)
    });
    let last: Vec<_> = last.collect();
    Err(format!(
        "no such call within {within}; the last ones: {}",
        last.join(", ")
    ))
}
