//! Schemathesis reads the OpenAPI document and calls every operation with what it makes of it.

use std::path::Path;

use test_servers::packages;
use tokio::process::Command;

use crate::app::{CHANNEL, TestApp, until};

/// The program and its version, as it was tried.
const SCHEMATHESIS: [&str; 1] = ["schemathesis==4.32.5"];

/// What it must not find.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

/// What is left out: a stream without an end.
const LEFT_OUT: [&str; 1] = ["stream_events"];

#[tokio::test(flavor = "multi_thread")]
async fn it_finds_no_server_error_and_no_answer_that_is_not_documented() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let python = packages::python(folder, &SCHEMATHESIS).unwrap();
    let app = TestApp::start().await;
    app.simulator
        .user("+16505551234")
        .says("hello")
        .await
        .unwrap();
    until("there is something to find", async || {
        let page = app.get("/api/v1/messages").await;
        !page["data"].as_array().unwrap().is_empty()
    })
    .await;
    assert_eq!(app.get("/api/v1/channels").await["data"][0]["id"], CHANNEL);
    let mut program = Command::new(python.with_file_name("st"));
    program
        .arg("run")
        .arg(app.url("/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {}", app.key)])
        .args(["--checks", CHECKS, "--max-examples", "4", "--seed", "7"])
        .args(["--phases", "examples,coverage,fuzzing", "--workers", "1"])
        .args(["--no-color"])
        .current_dir(app.data());
    for operation in LEFT_OUT {
        program.args(["--exclude-operation-id", operation]);
    }
    let output = program.kill_on_drop(true).output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    println!("{printed}");
}
