//! `wharf scenario run`: plays scenarios and reports.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use simulator::scenario::{self, Bot, Options, Outcome, Report, Scenario, junit, shipped};

use crate::commands::scenario::files;
use crate::failure::Failure;
use crate::output;
use crate::signals::Signals;

/// Play scenarios against a bot; the exit code tells whether it met them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --exec the bot is started anew for each scenario and ended afterwards. It finds in its
environment:
  WHATSAPP_BASE_URL              base URL of the Graph API, without a version
  WHATSAPP_API_VERSION           the version to put into paths, such as v24.0
  WHATSAPP_ACCESS_TOKEN          the bearer token of Graph calls
  WHATSAPP_PHONE_NUMBER_ID       the business phone number to send from
  WHATSAPP_BUSINESS_ACCOUNT_ID   its WhatsApp Business Account
  WHATSAPP_APP_ID                the app
  WHATSAPP_APP_SECRET            the key of webhook signatures
  WHATSAPP_VERIFY_TOKEN          the token of the webhook's GET challenge
  PORT                           the port on which to serve the webhook, at /webhook

With --bot-webhook alone the bot runs already: its base URL is that of --listen, and its secrets
are simulated-access-token, simulated-app-secret and simulated-verify-token.

Exit codes:
  0  every scenario was met
  1  one was missed
  2  a file is invalid, and nothing was played
  3  the bot could not be reached

Examples:
  wharf scenario run greeting.yaml --exec './my-bot'
  wharf scenario run scenarios/ --exec 'python bot.py' --keep-going --jobs 4 --junit report.xml
  wharf scenario run --shipped all --exec './my-bot' --keep-going
  wharf scenario run greeting.yaml --bot-webhook http://127.0.0.1:3000/hook")]
pub(super) struct Args {
    /// Files, or folders whose .yaml and .yml files are meant
    #[arg(value_name = "FILE", required_unless_present = "shipped")]
    files: Vec<PathBuf>,
    /// A scenario that comes with Wharf, by name, or `all`; repeat it for several
    #[arg(long, value_name = "NAME")]
    shipped: Vec<String>,
    /// The command that starts the bot
    #[arg(long, value_name = "COMMAND", required_unless_present = "bot_webhook")]
    exec: Option<String>,
    /// The bot's webhook; with --exec `{port}` stands for its port
    #[arg(long, value_name = "URL")]
    bot_webhook: Option<String>,
    /// Where the simulator listens for a bot that runs already; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Play with this seed instead of the one of the file
    #[arg(long)]
    seed: Option<u64>,
    /// Go on with other scenarios after a miss
    #[arg(long)]
    keep_going: bool,
    /// How many scenarios are played at once, with --exec
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// Show every step of every scenario, not only of one that missed
    #[arg(long)]
    steps: bool,
    /// Print the reports as JSON
    #[arg(long)]
    json: bool,
    /// Write the reports as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Real time for which the bot must be quiet before the clock jumps (150ms)
    #[arg(long, value_name = "TIME", value_parser = span)]
    settle: Option<Duration>,
    /// Real time that an answer is waited for while the bot does nothing at all (5s)
    #[arg(long, value_name = "TIME", value_parser = span)]
    patience: Option<Duration>,
    /// Real time that the bot may take to start
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "30s")]
    start_timeout: Duration,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let scenarios = scenarios(&args)?;
    let options = options(&args)?;
    let mut signals = Signals::listen()?;
    // Given up at a signal, a run ends its bot.
    let reports = tokio::select! {
        reports = play(&scenarios, &options, &args) => reports?,
        () = signals.next() => anyhow::bail!("given up at a signal"),
    };
    if let Some(file) = &args.junit {
        std::fs::write(file, junit(&reports))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if args.json {
        output::json(&json!({ "scenarios": reports }))?;
    }
    verdict(&reports, scenarios.len())
}

fn scenarios(args: &Args) -> anyhow::Result<Vec<Scenario>> {
    let mut scenarios = files::read(&args.files)?;
    for name in &args.shipped {
        let chosen = match name.as_str() {
            "all" => shipped(),
            name => std::slice::from_ref(files::shipped_one(name)?),
        };
        for one in chosen {
            scenarios.push(files::parse(&one.path(), one.text)?);
        }
    }
    if scenarios.is_empty() {
        return Err(Failure::Usage("there is no scenario file in that folder".to_owned()).into());
    }
    Ok(scenarios)
}

fn options(args: &Args) -> anyhow::Result<Options> {
    let bot = match (&args.exec, &args.bot_webhook) {
        (Some(command), None) => Bot::command(command),
        (Some(command), Some(webhook)) => Bot::Command {
            command: command.clone(),
            webhook: webhook.clone(),
        },
        (None, Some(webhook)) => Bot::Running {
            webhook: webhook.clone(),
            listen: args.listen,
        },
        (None, None) => {
            return Err(Failure::Usage("give --exec or --bot-webhook".to_owned()).into());
        }
    };
    Ok(Options {
        seed: args.seed,
        settle: args.settle,
        patience: args.patience,
        start_timeout: args.start_timeout,
        ..Options::new(bot)
    })
}

/// Plays one after the other, or several at once; tells each as soon as it ended.
async fn play(
    scenarios: &[Scenario],
    options: &Options,
    args: &Args,
) -> anyhow::Result<Vec<Report>> {
    let jobs = match options.bot {
        Bot::Command { .. } => usize::from(args.jobs),
        // A bot that runs already has one base URL, and so one simulator at a time.
        Bot::Running { .. } => 1,
    };
    if let Bot::Running { webhook, listen } = &options.bot {
        output::note(format_args!(
            "wharf: the bot at {webhook} is to call http://{listen}"
        ));
    }
    let mut ended = stream::iter(scenarios)
        .map(|one| scenario::run(one, options))
        .buffered(jobs);
    let mut reports = Vec::new();
    while let Some(report) = ended.next().await {
        let met = report.outcome == Outcome::Met;
        if !args.json {
            if met && !args.steps && scenarios.len() > 1 {
                output::line(report.heading())?;
            } else {
                output::line(&report)?;
            }
        }
        reports.push(report);
        if !met && !args.keep_going {
            break;
        }
    }
    Ok(reports)
}

/// The last line, and the exit code.
fn verdict(reports: &[Report], all: usize) -> anyhow::Result<()> {
    let count = |outcome| {
        let of = reports.iter().filter(|report| report.outcome == outcome);
        of.count()
    };
    let (met, missed) = (count(Outcome::Met), count(Outcome::Missed));
    let unreachable = count(Outcome::Unreachable);
    let left = match all - reports.len() {
        0 => String::new(),
        left => format!(", {left} not played (--keep-going plays them)"),
    };
    if unreachable > 0 {
        let told = format!("{met} met, {missed} missed, {unreachable} without a bot{left}");
        return Err(Failure::Unanswered(told).into());
    }
    if missed > 0 {
        anyhow::bail!("{met} met, {missed} missed{left}");
    }
    output::note(format_args!("wharf: {met} met"));
    Ok(())
}

fn span(text: &str) -> Result<Duration, String> {
    scenario::span(text).ok_or_else(|| "write a number and ms, s, m or h, such as 150ms".to_owned())
}
