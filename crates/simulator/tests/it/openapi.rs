//! What Meta's OpenAPI file calls invalid is refused, with an error that says what is wrong.

mod mutant;
mod sample;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

use mutant::mutants;
use schema::Document;

/// What is wrong with the refusal of a mutant; nothing if it is as documented.
fn fault(name: &str, (status, answer): &(u16, Value)) -> Option<String> {
    let error = &answer["error"];
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
    if *status < 400 {
        return Some(format!("ACCEPTED {status}"));
    }
    if *status != 400 {
        return Some(format!("STATUS {status}: {said}"));
    }
    if !["OAuthException"].contains(&text("/error/type")) {
        return Some(format!("TYPE {}", error["type"]));
    }
    if text("/error/message").is_empty() || text("/error/fbtrace_id").is_empty() {
        return Some(format!("SHAPE {answer}"));
    }
    if ![100, 131_008, 131_009].contains(&error["code"].as_i64().unwrap_or(0)) {
        return Some(format!("CODE {}: {said}", error["code"]));
    }
    (!said.contains(name)).then(|| format!("UNNAMED {}: {said}", error["code"]))
}

#[tokio::test]
async fn sound_requests_are_valid_and_accepted() {
    let document = Document::read();
    let (stage, _callback, samples) = sample::stage().await;
    let mut problems = Vec::new();
    for sample in &samples {
        let operation = document.operation(sample.operation);
        for error in operation.validator.iter_errors(&sample.body) {
            problems.push(format!(
                "INVALID {}: {} {error}",
                sample.name,
                error.instance_path()
            ));
        }
        if sample.stands_alone {
            let (status, answer) = stage
                .call(sample.method(), &sample.path, Some(&sample.body))
                .await;
            if status != 200 {
                problems.push(format!("REFUSED {}: {status} {answer}", sample.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    stage.end().await;
}

#[tokio::test]
async fn what_the_file_calls_invalid_is_refused() {
    let document = Document::read();
    let (stage, _callback, samples) = sample::stage().await;
    let mut operations = BTreeMap::new();
    let mut problems: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut tried, mut valid) = (0_usize, 0_usize);
    for sample in &samples {
        let operation = operations
            .entry(sample.operation)
            .or_insert_with(|| document.operation(sample.operation));
        if !operation.validator.is_valid(&sample.body) {
            continue;
        }
        for mutant in mutants(&operation.schema, &sample.body) {
            if operation.validator.is_valid(&mutant.body) {
                valid += 1;
                continue;
            }
            tried += 1;
            let answer = stage
                .call(sample.method(), &sample.path, Some(&mutant.body))
                .await;
            if let Some(fault) = fault(&mutant.name(), &answer) {
                let key = format!(
                    "{} {} {:?} | {}",
                    sample.operation,
                    mutant.place(),
                    mutant.fault,
                    fault
                );
                let entry = problems.entry(key).or_insert((0, sample.name.clone()));
                entry.0 += 1;
            }
        }
    }
    let lines: Vec<_> = problems
        .iter()
        .map(|(key, (count, name))| format!("{count}x {key} [{name}]"))
        .collect();
    assert!(
        problems.is_empty(),
        "{tried} tried, {valid} valid, {} operations\n{}",
        operations.len(),
        lines.join("\n")
    );
    stage.end().await;
}
