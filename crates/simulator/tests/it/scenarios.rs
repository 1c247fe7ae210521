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
    run(scenario, &options(format!("BOT_MISTAKE={mistake} {}", bot()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_bot_meets_every_shipped_scenario() {
    assert!(shipped().len() >= 30, "only {}", shipped().len());
    let options = options(bot());
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let all = shipped().iter().filter(|one| one.id.contains(&wanted));
    let all: Vec<_> = all
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
