//! `wharf scenario` as a process: against a bot of this test, and its exit codes.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use crate::binary::{Ended, run, succeed, wharf};

const GREETING: &str = "name: Greeting\nsteps:\n  - says: Hello\n  - expect: text\n    text: Hi there\n  - expect_nothing: 1d\n";

/// A bot that answers a text so many times.
struct Bot {
    graph: SocketAddr,
    times: usize,
    http: reqwest::Client,
}

/// Starts the bot; gives its webhook, and where the simulator must listen.
async fn bot(times: usize) -> (String, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph = free.local_addr().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let webhook = format!("http://{}/hook", listener.local_addr().unwrap());
    let bot = Arc::new(Bot {
        graph,
        times,
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    });
    let router = Router::new()
        .route("/hook", get(challenge).post(answer))
        .with_state(bot);
    // Ends with the runtime of the test.
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    (webhook, graph.to_string())
}

async fn challenge(Query(query): Query<Vec<(String, String)>>) -> String {
    let wanted = query.into_iter().find(|(name, _)| name == "hub.challenge");
    wanted.unwrap().1
}

async fn answer(State(bot): State<Arc<Bot>>, Json(body): Json<Value>) {
    let message = &body["entry"][0]["changes"][0]["value"]["messages"][0];
    let Some(from) = message["from"].as_str() else {
        return;
    };
    for _ in 0..bot.times {
        let url = format!("http://{}/v24.0/106540352242922/messages", bot.graph);
        let text = json!({"messaging_product": "whatsapp", "to": format!("+{from}"),
                          "type": "text", "text": {"body": "Hi there"}});
        let sent = bot
            .http
            .post(url)
            .bearer_auth("simulated-access-token")
            .json(&text);
        assert_eq!(sent.send().await.unwrap().status(), 200);
    }
}

fn play(folder: &Path, webhook: &str, listen: &str, more: &[&str]) -> Ended {
    let arguments = [
        "scenario",
        "run",
        "greeting.yaml",
        "--bot-webhook",
        webhook,
        "--listen",
        listen,
    ];
    run(&mut wharf(folder, &[&arguments, more].concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_meets_a_scenario_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("greeting.yaml"), GREETING).unwrap();
    let (webhook, listen) = bot(1).await;
    let ended = play(folder.path(), &webhook, &listen, &["--junit", "report.xml"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended
            .out
            .starts_with("met      greeting  Greeting (1 d 0 h"),
        "{ended:?}"
    );
    assert!(ended.out.contains("→ text “Hi there”"), "{ended:?}");
    let xml = fs::read_to_string(folder.path().join("report.xml")).unwrap();
    assert!(
        xml.contains("tests=\"1\" failures=\"0\" errors=\"0\""),
        "{xml}"
    );
    let ended = play(folder.path(), &webhook, &listen, &["--json", "--seed", "7"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["scenarios"][0]["outcome"], "met", "{ended:?}");
    assert_eq!(report["scenarios"][0]["seed"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_miss_is_exit_code_1_with_the_chat() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("greeting.yaml"), GREETING).unwrap();
    let (webhook, listen) = bot(2).await;
    let ended = play(folder.path(), &webhook, &listen, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for part in [
        "MISSED   greeting",
        "✗   6  expect_nothing: 1d",
        "came: text “Hi there”",
        "09:00:00  user → bot  text “Hello”",
        "09:00:00  bot → user  text “Hi there”",
    ] {
        assert!(ended.out.contains(part), "no {part} in {}", ended.out);
    }
    assert!(ended.err.contains("0 met, 1 missed"), "{ended:?}");
}

#[test]
fn an_invalid_file_is_exit_code_2_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = "name: x\nsteps:\n  - says: Hello\n  - expect: text\n    contain: a\n  - tap: b\n";
    fs::create_dir(folder.path().join("all")).unwrap();
    fs::write(folder.path().join("all").join("bad.yaml"), file).unwrap();
    let wrong = [
        &["scenario", "check", "all"][..],
        &["scenario", "run", "all", "--exec", "false"],
    ];
    for arguments in wrong {
        let ended = run(&mut wharf(folder.path(), arguments));
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended.err.contains(
                "bad.yaml:5: unknown key `contain` (did you mean `contains`?); permitted:"
            ),
            "{ended:?}"
        );
        assert!(
            ended
                .err
                .contains("bad.yaml:6: `tap` begins no step (did you mean `taps`?)"),
            "{ended:?}"
        );
    }
}

#[test]
fn a_bot_that_does_not_start_is_exit_code_3() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("greeting.yaml"), GREETING).unwrap();
    let arguments = [
        "scenario",
        "run",
        "greeting.yaml",
        "--exec",
        "echo not today; exit 1",
    ];
    let ended = run(&mut wharf(folder.path(), &arguments));
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.out.contains("not today"), "{ended:?}");
}

#[test]
fn a_first_file_can_be_made_and_the_shipped_ones_are_good() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &["scenario", "new", "mine/first.yaml"]);
    succeed(folder.path(), &["scenario", "check", "mine"]);
    let again = run(&mut wharf(
        folder.path(),
        &["scenario", "new", "mine/first.yaml"],
    ));
    assert_eq!(again.code, Some(2), "{again:?}");
    let list = succeed(folder.path(), &["scenario", "list"]);
    assert!(list.lines().count() > 30, "{list}");
    let shown = succeed(
        folder.path(),
        &["scenario", "list", "--show", "window-closed"],
    );
    fs::write(folder.path().join("copy.yaml"), shown).unwrap();
    succeed(folder.path(), &["scenario", "check", "copy.yaml"]);
    let schema: Value =
        serde_json::from_str(&succeed(folder.path(), &["scenario", "schema"])).unwrap();
    assert!(schema["properties"]["steps"].is_object());
}
