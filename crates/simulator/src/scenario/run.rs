//! The runner: sets the stage, plays the steps, takes the stage down.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::core::lock;
use crate::scenario::bot::{Bot, Started};
use crate::scenario::decode::{self, Scenario};
use crate::scenario::file::{Person, Wait};
use crate::scenario::journal::Journal;
use crate::scenario::relay::Relay;
use crate::scenario::report::{Outcome, Report, StepReport};
use crate::scenario::setup::{connect, free_port, people, settings, variables};
use crate::scenario::stage::{Branch, Someone, Stage};
use crate::scenario::step::{Act, Parallel, Repeat, WORDS};
use crate::scenario::time::{Activity, Time};
use crate::scenario::tree::join;
use crate::scenario::vars::Vars;
use crate::scenario::{act, check};
use crate::simulator::{Running, Simulator};

/// The moment at which scenarios begin: a Saturday morning.
const BEGIN: Timestamp = Timestamp::constant(1_795_251_600, 0);
/// Real time for which the bot must be quiet before the clock jumps.
const SETTLE: Duration = Duration::from_millis(150);
/// Real time that an answer is waited for while the bot does nothing at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// How scenarios are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bot under test.
    pub bot: Bot,
    /// Instead of the seed of the file.
    pub seed: Option<u64>,
    /// Real time for which the bot must be quiet before the clock jumps, instead of the file's.
    pub settle: Option<Duration>,
    /// Real time that an answer is waited for while the bot does nothing, instead of the file's.
    pub patience: Option<Duration>,
    /// How long the bot may take to answer the webhook's challenge.
    pub start_timeout: Duration,
}

impl Options {
    /// The usual ones for this bot.
    pub const fn new(bot: Bot) -> Self {
        Self {
            bot,
            seed: None,
            settle: None,
            patience: None,
            start_timeout: Duration::from_secs(30),
        }
    }
}

/// Plays a scenario against a bot.
pub async fn run(scenario: &Scenario, options: &Options) -> Report {
    let began = Instant::now();
    let platform = &scenario.file.settings;
    let seed = options.seed.or(platform.seed).unwrap_or(1);
    let mut report = match play(scenario, options, seed).await {
        Ok(report) => report,
        Err(reason) => {
            let (id, name) = (scenario.id(), scenario.name());
            Report::unreachable(id, name, &scenario.path, seed, reason)
        }
    };
    report.real_seconds = began.elapsed().as_secs_f64();
    report
}

async fn play(scenario: &Scenario, options: &Options, seed: u64) -> Result<Report, String> {
    let platform = &scenario.file.settings;
    // Another part of the process may have installed a provider already; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| format!("no HTTP client: {error}"))?;
    let listen = match &options.bot {
        Bot::Running { listen, .. } => *listen,
        Bot::Command { .. } => SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let clock = Clock::fixed(platform.clock.unwrap_or(BEGIN));
    let activity = Activity::new();
    let journal = Journal::new(clock.clone(), activity.clone());
    let running = Simulator::start_with(settings(platform, seed, clock), listener, |graph| {
        journal.around(graph)
    })
    .map_err(|error| error.to_string())?;

    let played = with_bot(scenario, options, seed, &running, http, journal, activity).await;
    running.shutdown().await;
    played
}

/// Starts the bot if need be, connects it, plays, ends it.
async fn with_bot(
    scenario: &Scenario,
    options: &Options,
    seed: u64,
    running: &Running,
    http: reqwest::Client,
    journal: Arc<Journal>,
    activity: Activity,
) -> Result<Report, String> {
    let (webhook, mut started) = match &options.bot {
        Bot::Running { webhook, .. } => (webhook.clone(), None),
        Bot::Command { command, webhook } => {
            let port = free_port().await?;
            let variables = variables(running, port);
            let started = Started::new(command, &variables)
                .map_err(|error| format!("`{command}` cannot be started: {error}"))?;
            let webhook = webhook.replace("{port}", &port.to_string());
            (webhook, Some(started))
        }
    };
    let relay = Relay::start(&webhook, http.clone(), activity.clone())
        .await
        .map_err(|error| error.to_string())?;
    let simulator = running.simulator.clone();
    if let Err(reason) = connect(&simulator, &relay, started.as_mut(), options.start_timeout).await
    {
        relay.end().await;
        let lines = match started {
            Some(started) => started.end().await,
            None => Vec::new(),
        };
        let wrote = if lines.is_empty() {
            String::new()
        } else {
            format!("; it wrote:\n      {}", lines.join("\n      "))
        };
        return Err(format!("the bot at {webhook} {reason}{wrote}"));
    }
    let platform = &scenario.file.settings;
    let choose = |given: Option<Duration>, of_file: Option<Wait>, usual| {
        given.or(of_file.map(|wait| wait.0)).unwrap_or(usual)
    };
    let time = Time::new(
        Arc::clone(simulator.core()),
        Arc::clone(&journal),
        activity,
        choose(options.settle, platform.settle, SETTLE),
        choose(options.patience, platform.patience, PATIENCE),
    );
    let people = people(scenario, &simulator);
    let stage = Stage {
        scenario: scenario.clone(),
        base_url: running.base_url.clone(),
        http,
        time,
        journal,
        relay,
        cast: Mutex::new(people.values().cloned().collect()),
        people,
        simulator,
        seen: Mutex::default(),
        inbox: Mutex::default(),
        steps: Mutex::default(),
    };
    let mut report = on_stage(&stage, seed).await;
    let Stage { relay, .. } = stage;
    report.webhooks = relay.tally();
    relay.end().await;
    if let Some(started) = started {
        let lines = started.end().await;
        if report.outcome == Outcome::Missed {
            report.bot_output = lines;
        }
    }
    Ok(report)
}

/// Plays the steps and looks at what is left.
async fn on_stage(stage: &Stage, seed: u64) -> Report {
    let scenario = &stage.scenario;
    let file = &scenario.file;
    let begin = stage.time.now();
    let mut vars = Vars::default();
    stage.describe_number(&mut vars);
    for (name, someone) in &stage.people {
        let given = file.users.get(name).and_then(|person| person.name.clone());
        someone.describe(name, given.as_deref().unwrap_or(name), &mut vars);
    }
    let first = file.user.as_ref().and_then(|name| stage.people.get(name));
    let first = first.or_else(|| stage.people.values().next()).cloned();
    let mut report = Report::unreachable(
        scenario.id(),
        scenario.name(),
        &scenario.path,
        seed,
        String::new(),
    );
    report.reason = None;
    let Some(someone) = first else {
        return report;
    };
    let mut branch = Branch {
        label: String::new(),
        someone,
        vars,
        alike: false,
    };
    address(&mut branch);
    let met = tokio::select! {
        met = steps(stage, &mut branch, "steps".to_owned(), &file.steps.0) => met,
        () = stage.time.run() => false,
    };
    report.steps = std::mem::take(&mut *lock(&stage.steps));
    report.outcome = if met { Outcome::Met } else { Outcome::Missed };
    if met && !file.settings.extra_messages {
        // What the bot is about to send may come.
        let now = stage.time.now();
        tokio::select! {
            _ = stage.time.pass(now, || None::<()>) => {}
            () = stage.time.run() => {}
        }
        let left = stage.left();
        if !left.is_empty() {
            let left: Vec<_> = left
                .iter()
                .map(|(to, message)| {
                    let people = lock(&stage.cast);
                    let name = people
                        .iter()
                        .find(|one| one.is(to))
                        .map(|one| one.name.clone());
                    format!(
                        "{} to {}",
                        message.shown(),
                        name.unwrap_or_else(|| to.clone())
                    )
                })
                .collect();
            report.reason = Some(format!(
                "the bot sent more than was expected: {}",
                left.join(", ")
            ));
            report.outcome = Outcome::Missed;
        }
    }
    if report.outcome == Outcome::Missed {
        report.transcript = stage.transcript();
    }
    let took = stage.time.now().duration_since(begin);
    report.simulated_seconds = took.as_secs_f64();
    report
}

/// `{{user.…}}` means the user of the branch.
fn address(branch: &mut Branch) {
    let someone = branch.someone.clone();
    let name = branch.vars.get(&format!("{}.name", someone.name));
    let name = name.unwrap_or(&someone.name).to_owned();
    someone.describe("user", &name, &mut branch.vars);
}

/// Plays steps one after the other; tells whether all were met. What comes after a miss is skipped.
fn steps<'a>(
    stage: &'a Stage,
    branch: &'a mut Branch,
    path: String,
    list: &'a [Value],
) -> BoxFuture<'a, bool> {
    async move {
        let mut met = true;
        for (index, step) in list.iter().enumerate() {
            let path = join(&path, &format!("[{index}]"));
            if met {
                met = one(stage, branch, &path, step).await;
            } else if branch.label.is_empty() {
                note(
                    stage,
                    branch,
                    &path,
                    step,
                    Outcome::Skipped,
                    String::new(),
                    None,
                );
            }
        }
        met
    }
    .boxed()
}

async fn one(stage: &Stage, branch: &mut Branch, path: &str, step: &Value) -> bool {
    branch
        .vars
        .set("now", stage.time.now().as_second().to_string());
    let nested = step.get("steps").is_some() || step.get("parallel").is_some();
    let filled = if nested {
        Ok(step.clone())
    } else {
        branch.vars.fill(step)
    };
    let began = stage.time.now();
    let filled = match filled {
        Ok(filled) => filled,
        Err(name) => {
            let reason = format!("the value `{name}` was not made so far");
            note(
                stage,
                branch,
                path,
                step,
                Outcome::Missed,
                reason,
                Some(began),
            );
            return false;
        }
    };
    let act = match decode::act(path, &filled) {
        Ok(act) => act,
        Err(wrong) => {
            note(
                stage,
                branch,
                path,
                &filled,
                Outcome::Missed,
                wrong.reason,
                Some(began),
            );
            return false;
        }
    };
    let done = match &act {
        Act::Repeat(inner) => return repeat(stage, branch, path, inner).await,
        Act::Parallel(inner) => return parallel(stage, branch, path, inner).await,
        Act::Expect(wish) => check::expect(stage, branch, wish).await,
        Act::ExpectNothing(wish) => check::expect_nothing(stage, branch, wish).await,
        Act::ExpectRead(wish) => check::expect_read(stage, branch, wish).await,
        Act::ExpectTyping(wish) => check::expect_typing(stage, branch, wish).await,
        Act::ExpectStatus(wish) => check::expect_status(stage, branch, wish).await,
        Act::ExpectRefused(wish) => check::expect_refused(stage, branch, wish).await,
        Act::ExpectCall(wish) => check::expect_call(stage, wish).await,
        other => act::act(stage, branch, other).await,
    };
    let met = done.is_ok();
    let outcome = if met { Outcome::Met } else { Outcome::Missed };
    let came = done.unwrap_or_else(|reason| reason);
    note(stage, branch, path, &filled, outcome, came, Some(began));
    met
}

async fn repeat(stage: &Stage, branch: &mut Branch, path: &str, repeat: &Repeat) -> bool {
    let (label, alike) = (branch.label.clone(), branch.alike);
    let mut met = true;
    for i in 1..=repeat.repeat {
        branch.vars.set("i", i.to_string());
        format!("{label} {i} of {}", repeat.repeat)
            .trim()
            .clone_into(&mut branch.label);
        branch.alike = alike || i > 1;
        met = steps(stage, branch, join(path, "steps"), &repeat.steps.0).await;
        if !met {
            break;
        }
    }
    (branch.label, branch.alike) = (label, alike);
    met
}

async fn parallel(stage: &Stage, branch: &mut Branch, path: &str, parallel: &Parallel) -> bool {
    let mut branches = Vec::new();
    for (index, wish) in parallel.parallel.iter().enumerate() {
        let path = join(path, &format!("parallel[{index}].steps"));
        let mut inner = branch.clone();
        if let Some(someone) = wish.user.as_ref().and_then(|name| stage.people.get(name)) {
            inner.someone = someone.clone();
            inner.label.clone_from(&someone.name);
            address(&mut inner);
        }
        match wish.crowd {
            None => branches.push((path, inner, wish, false)),
            Some(crowd) => {
                for i in 1..=crowd {
                    let mut inner = inner.clone();
                    let place = lock(&stage.cast).len() + 2000;
                    let name = format!("crowd {i}");
                    let someone = Someone::new(&stage.simulator, &name, &Person::default(), place);
                    lock(&stage.cast).push(someone.clone());
                    inner.someone = someone;
                    inner.label = name;
                    inner.alike = i > 1;
                    inner.vars.set("i", i.to_string());
                    address(&mut inner);
                    branches.push((path.clone(), inner, wish, true));
                }
            }
        }
    }
    stage.time.split(branches.len());
    stage.time.leave();
    let played = branches
        .into_iter()
        .map(|(path, mut inner, wish, crowd)| async move {
            let met = steps(stage, &mut inner, path, &wish.steps.0).await;
            stage.time.leave();
            (met, inner.vars, crowd)
        });
    let ended = join_all(played).await;
    stage.time.enter();
    let mut met = true;
    for (one, vars, crowd) in ended {
        met &= one;
        if !crowd {
            branch.vars.merge(vars);
        }
    }
    address(branch);
    met
}

/// Writes a step into the report.
fn note(
    stage: &Stage,
    branch: &Branch,
    path: &str,
    step: &Value,
    outcome: Outcome,
    came: String,
    began: Option<Timestamp>,
) {
    let at = stage.time.now();
    let took = began.map_or(0, |began| at.duration_since(began).as_millis());
    lock(&stage.steps).push(StepReport {
        line: stage.scenario.line(path),
        branch: branch.label.clone(),
        step: shown(step),
        outcome,
        came,
        at,
        took_ms: i64::try_from(took).unwrap_or(i64::MAX),
        alike: branch.alike,
    });
}

/// A step in a line: its word first.
fn shown(step: &Value) -> String {
    let Value::Object(members) = step else {
        return step.to_string();
    };
    let word = WORDS.iter().find(|word| members.contains_key(**word));
    let first = word.and_then(|word| members.get_key_value(*word));
    let rest = members
        .iter()
        .filter(|(name, _)| Some(&name.as_str()) != word && *name != "steps");
    let parts = first
        .into_iter()
        .chain(rest)
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}: {}", crate::scenario::chat::short(text)),
            Value::Array(_) if name == "parallel" => name.clone(),
            other => format!(
                "{name}: {}",
                crate::scenario::chat::short(&other.to_string())
            ),
        });
    parts.collect::<Vec<_>>().join(", ")
}
