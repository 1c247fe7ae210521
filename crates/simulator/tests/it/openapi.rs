//! What Meta's OpenAPI file calls invalid is refused, with an error that says what is wrong.

mod exception;
mod mutant;
mod sample;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kit::Stage;
use exception::{Case, EXCEPTIONS, SPECIFIC};
use mutant::{Fault, Mutant, mutants};
use sample::Sample;
use schema::{Document, Operation, overruled};

/// Codes of refusals whose details name the parameter.
const CODES: [i64; 3] = [100, 131_008, 131_009];
/// Samples of one operation and type that try the same fault at the same place.
const ALIKE: usize = 4;

/// What is wrong with the refusal of a mutant; nothing if it is as documented.
fn wrong(mutant: &Mutant, (status, answer): &(u16, Value)) -> Option<String> {
    let text = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let said = [
        text("/error/message"),
        text("/error/error_data/details"),
        text("/error/error_user_msg"),
    ]
    .join(" ");
    let code = answer["error"]["code"].as_i64().unwrap_or(0);
    let specific = (mutant.place(), mutant.fault);
    let specific = SPECIFIC
        .iter()
        .any(|(place, fault, known)| (*place, *fault, *known) == (&*specific.0, specific.1, code));
    match status {
        200..=299 => Some(format!("accepted with {status}")),
        400 if text("/error/type") != "OAuthException" => Some("another type".to_owned()),
        400 if said.trim().is_empty() || text("/error/fbtrace_id").is_empty() => {
            Some("not in the shape of an error".to_owned())
        }
        400 if specific => None,
        400 if !CODES.contains(&code) => Some(format!("another code: {said}")),
        400 if !said.contains(&mutant.name()) => Some(format!("names another place: {said}")),
        400 => None,
        _ => Some(format!("another status, {status}: {said}")),
    }
}

/// Every sample is valid, and those that need nothing else are accepted.
async fn control(document: &Document) -> BTreeMap<&'static str, Operation> {
    let (stage, _callback, samples) = sample::stage().await;
    let (mut operations, mut problems) = (BTreeMap::new(), Vec::new());
    let mut accepted = 0;
    for sample in &samples {
        let operation = operations
            .entry(sample.operation)
            .or_insert_with(|| document.operation(sample.operation));
        for error in operation.validator.iter_errors(&sample.body) {
            let place = error.instance_path().to_string();
            problems.push(format!("{} is invalid: {place} {error}", sample.name));
        }
        if sample.stands_alone {
            let (status, answer) = call(&stage, sample, &sample.body).await;
            accepted += 1;
            if status != 200 {
                problems.push(format!("{} is refused: {answer}", sample.name));
            }
        }
    }
    stage.end().await;
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(accepted >= 75, "only {accepted} samples are accepted");
    operations
}

async fn call(stage: &Stage, sample: &Sample, body: &Value) -> (u16, Value) {
    stage.call(sample.method(), &sample.path, Some(body)).await
}

/// Whether the mutant would be valid without what is wrong in it.
fn valid_without(operation: &Operation, mutant: &Mutant) -> bool {
    let mut body = mutant.body.clone();
    let Some((parent, name)) = mutant.pointer.rsplit_once('/') else {
        return false;
    };
    let Some(Value::Object(fields)) = body.pointer_mut(parent) else {
        return false;
    };
    fields.remove(name);
    operation.validator.is_valid(&body)
}

#[tokio::test]
async fn what_the_file_calls_invalid_is_refused() {
    let document = Document::read();
    let operations = control(&document).await;
    let (stage, _callback, samples) = sample::stage().await;
    let mut alike: BTreeMap<(&str, String, String, Fault), usize> = BTreeMap::new();
    let mut excepted = [0_usize; EXCEPTIONS.len()];
    let (mut problems, mut refused) = (BTreeMap::new(), 0_usize);
    for sample in &samples {
        let operation = &operations[sample.operation];
        for mutant in mutants(&operation.schema, &sample.body) {
            let kind = sample.body["type"].to_string();
            let key = (sample.operation, kind, mutant.place(), mutant.fault);
            let count = alike.get(&key).copied().unwrap_or(0);
            if count >= ALIKE || operation.validator.is_valid(&mutant.body) {
                continue;
            }
            alike.insert(key, count + 1);
            let answer = call(&stage, sample, &mutant.body).await;
            let Some(wrong) = wrong(&mutant, &answer) else {
                refused += 1;
                continue;
            };
            let case = Case {
                sample,
                mutant: &mutant,
                valid_without: valid_without(operation, &mutant),
            };
            if let Some(place) = EXCEPTIONS.iter().position(|known| (known.holds)(&case)) {
                excepted[place] += 1;
            } else {
                let (place, fault) = (mutant.place(), mutant.fault);
                let key = format!("{} {place} {fault:?}: {wrong}", sample.operation);
                problems.insert(key, sample.name.clone());
            }
        }
    }
    stage.end().await;
    let count = format!(
        "{refused} refused, {excepted:?} excepted, {} operations",
        operations.len()
    );
    let lines: Vec<_> = problems
        .iter()
        .map(|(key, name)| format!("{key} [{name}]"))
        .collect();
    assert!(problems.is_empty(), "{count}\n{}", lines.join("\n"));
    assert!(refused >= 3000 && operations.len() >= 30, "{count}");
    for (exception, count) in EXCEPTIONS.iter().zip(excepted) {
        assert!(count > 0, "{} is no longer needed", exception.name);
    }
}

/// Each place where the file is not followed is written down.
#[test]
fn what_is_not_followed_is_written_down() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/simulator.md");
    let text = std::fs::read_to_string(path).unwrap();
    let places = overruled();
    let places = places.iter().map(|place| (place.name, place.reason));
    let exceptions = EXCEPTIONS.iter().map(|known| (known.name, known.reason));
    for (name, reason) in places.chain(exceptions) {
        assert!(text.contains(&format!("| {name} | {reason} |")), "{name}");
    }
}
