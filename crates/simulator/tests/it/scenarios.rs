//! Scenarios against the reference bot, good and bad: all shipped ones, and what a miss looks like.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt as _;
use simulator::scenario::{Bot, Options, Outcome, Report, Scenario, junit, run, schema, shipped};

/// The reference bot, which is built with these tests.
fn bot() -> String {
    let tests = std::env::current_exe().unwrap();
    let folder: PathBuf = tests.parent().unwrap().parent().unwrap().to_owned();
    let bot = folder.join("examples").join("scenario_bot");
    assert!(bot.exists(), "{} was not built", bot.display());
    format!("exec {}", bot.display())
}

fn options(command: String) -> Options {
    Options::new(Bot::command(command))
}

fn parse(text: &str) -> Scenario {
    Scenario::parse("test.yaml", text).unwrap()
}

fn shipped_one(id: &str) -> Scenario {
    let one = shipped().iter().find(|one| one.id == id).unwrap();
    Scenario::parse(&one.path(), one.text).unwrap()
}

async fn against(mistake: &str, scenario: &Scenario) -> Report {
    run(
        scenario,
        &options(format!("BOT_MISTAKE={mistake} {}", bot())),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_bot_meets_every_shipped_scenario() {
    assert!(shipped().len() >= 30, "only {}", shipped().len());
    let options = options(bot());
    let all: Vec<_> = shipped()
        .iter()
        .map(|one| Scenario::parse(&one.path(), one.text).unwrap())
        .collect();
    let reports: Vec<Report> = futures_util::stream::iter(&all)
        .map(|scenario| run(scenario, &options))
        .buffer_unordered(4)
        .collect()
        .await;
    let missed: Vec<_> = reports
        .iter()
        .filter(|report| report.outcome != Outcome::Met)
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_answers_twice_misses() {
    let report = against("twice", &shipped_one("greeting")).await;
    assert_eq!(report.outcome, Outcome::Missed, "{report}");
    let miss = report.miss().unwrap();
    assert!(miss.step.starts_with("expect_nothing"), "{report}");
    assert!(
        miss.came.contains("text “Good to see you again") || miss.came.contains("text “I did not"),
        "{report}"
    );
    let why = report.why().unwrap();
    assert!(
        why.starts_with("scenarios/greeting.yaml:13: expect_nothing: 10s: text"),
        "{why}"
    );
    let chat = report.transcript.join("\n");
    assert!(chat.contains("ann → bot  text “Hello”"), "{chat}");
    assert_eq!(chat.matches("bot → ann").count(), 2, "{chat}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_more_than_expected_at_the_end_misses() {
    let scenario = parse("name: x\nsteps:\n  - says: hours\n  - expect: text\n");
    let report = against("twice", &scenario).await;
    assert_eq!(report.outcome, Outcome::Missed, "{report}");
    let reason = report.reason.unwrap();
    assert!(
        reason.contains("more than was expected: text “We are open"),
        "{reason}"
    );
    let lenient = parse(
        "name: x\nsettings: { extra_messages: true }\nsteps:\n  - says: hours\n  - expect: text\n",
    );
    assert_eq!(against("twice", &lenient).await.outcome, Outcome::Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_ignores_the_opt_out_misses() {
    let report = against("forgets_stop", &shipped_one("opt-out-and-back")).await;
    assert_eq!(report.outcome, Outcome::Missed, "{report}");
    let miss = report.miss().unwrap();
    assert!(miss.step.starts_with("expect_nothing: 1m"), "{report}");
    assert!(
        miss.came.starts_with("interactive.button “What can I do"),
        "{report}"
    );
    let after = report
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::Skipped);
    assert!(after.count() >= 6, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_that_send_or_handle_twice_miss() {
    for (mistake, id) in [
        ("no_memory", "webhook-comes-twice"),
        ("no_memory", "webhook-answer-lost"),
        ("double_send", "connection-cut-after-acceptance"),
    ] {
        let report = against(mistake, &shipped_one(id)).await;
        assert_eq!(report.outcome, Outcome::Missed, "{mistake}: {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_bot_misses_and_is_not_waited_for_longer_than_its_time() {
    let began = std::time::Instant::now();
    let scenario = parse("name: x\nsteps:\n  - says: Hello\n  - expect: text\n    within: 10m\n");
    let report = against("mute", &scenario).await;
    let miss = report.miss().unwrap();
    assert_eq!(miss.came, "nothing within 10 min", "{report}");
    assert!(report.simulated_seconds >= 600.0, "{report}");
    assert!(
        began.elapsed() < Duration::from_mins(1),
        "{:?}",
        began.elapsed()
    );
    let xml = junit(&[report]);
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("<failure message=\"test.yaml:4: "),
        "{xml}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_not_there_is_told_from_a_miss() {
    let scenario = parse("name: x\nsteps:\n  - says: Hello\n");
    let report = run(&scenario, &options("echo no such luck; exit 3".to_owned())).await;
    assert_eq!(report.outcome, Outcome::Unreachable, "{report}");
    let reason = report.reason.unwrap();
    assert!(
        reason.contains("ended at once") && reason.contains("no such luck"),
        "{reason}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_run() {
    let scenario = shipped_one("order-from-a-list");
    let told = |report: &Report| -> Vec<(String, String, String, i64)> {
        let steps = report.steps.iter();
        steps
            .map(|step| {
                (
                    step.step.clone(),
                    step.came.clone(),
                    step.at.to_string(),
                    step.took_ms,
                )
            })
            .collect()
    };
    // So long that a busy machine does not set the clock going.
    let options = Options {
        settle: Some(Duration::from_secs(3)),
        ..options(bot())
    };
    let one = run(&scenario, &options).await;
    let other = run(&scenario, &options).await;
    assert_eq!(one.outcome, Outcome::Met, "{one}");
    assert_eq!(told(&one), told(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_take_seconds_and_everything_happens_at_its_own_time() {
    let scenario = parse(
        "name: x\nsettings: { delays: { delivered: 6h } }\nsteps:\n  - says: hours\n  - expect: text\n    as: answer\n  \
         - silent: 5h\n  - expect_status: sent\n    of: answer\n  - silent: 7d\n  - expect_status: delivered\n    of: answer\n",
    );
    let began = std::time::Instant::now();
    let report = run(&scenario, &options(bot())).await;
    assert_eq!(report.outcome, Outcome::Met, "{report}");
    assert!(report.simulated_seconds >= 7.0 * 86_400.0, "{report}");
    assert!(
        began.elapsed() < Duration::from_mins(1),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn the_schema_describes_every_step_and_every_shipped_file() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for one in shipped() {
        let file: serde_json::Value = serde_saphyr::from_str(one.text).unwrap();
        let wrong: Vec<_> = validator
            .iter_errors(&file)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", one.id);
    }
    let bad = serde_json::json!({"name": "x", "steps": [{"says": "a", "usr": "b"}]});
    assert!(!validator.is_valid(&bad));
}
