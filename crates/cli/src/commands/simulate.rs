//! `wharf simulate`: a simulated WhatsApp, alone.

mod amounts;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use simulator::{Clock, Limits, Running, Secret, Settings, Simulator};
use tokio::net::TcpListener;
use url::Url;

use crate::connection::secret;
use crate::environment;
use crate::finding::causes;
use crate::output;
use crate::signals::Signals;

/// Run a simulated WhatsApp: the Graph API, signed webhooks, users who write and read
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing leaves the machine, and its tokens open nothing. With --callback the webhook is registered
through the same GET challenge that Meta makes, as soon as the gateway is there to answer it.

Examples:
  wharf simulate
  wharf simulate --listen 127.0.0.1:9000 --number 106540352242922:15550783881
  wharf simulate --callback http://127.0.0.1:8080/webhooks/whatsapp \\
      --verify-token file:verify-token --app-secret file:app-secret
  wharf simulate --webhook-batch 1000 --webhook-connections 4 --history-sends 1000000")]
pub(crate) struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8081", value_name = "ADDR")]
    listen: SocketAddr,
    /// The address that callers know it by, in the URLs of media and pages: behind a proxy, or in a
    /// container; without it, where it listens
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// The webhook to register
    #[arg(long, value_name = "URL")]
    callback: Option<Url>,
    /// The token offered in the challenge, or where it is (`env:NAME`, `file:PATH`)
    #[arg(long, default_value = "simulated-verify-token", value_name = "TOKEN")]
    verify_token: String,
    /// The key of webhook signatures, or where it is (`env:NAME`, `file:PATH`)
    #[arg(long, default_value = "simulated-app-secret", value_name = "SECRET")]
    app_secret: String,
    /// The token that Graph calls must carry, or where it is (`env:NAME`, `file:PATH`)
    #[arg(long, default_value = "simulated-access-token", value_name = "TOKEN")]
    access_token: String,
    /// A business phone number, by id and number; repeat it for several
    #[arg(long = "number", value_name = "ID:NUMBER", value_parser = number)]
    numbers: Vec<simulator::Number>,
    /// Users read what they get
    #[arg(long)]
    auto_read: bool,
    /// Enforce when and how fast one may call, as Meta does: the 24-hour window (131047), the
    /// throughput of a number (130429), the rate to one user (131056), messaging limits, quality
    /// and pacing of templates, requests for calls (138009), management calls (80007, 4), no
    /// marketing to the United States (131049)
    #[arg(long)]
    strict: bool,
    /// The same seed and calls give the same ids
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    amounts: amounts::Amounts,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let settings = settings(&args)?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another --listen", args.listen))?;
    let running = Simulator::start(settings.clone(), listener)?;
    describe(&running, &settings, &args)?;
    tokio::select! {
        registered = register(&running.simulator, args.callback.as_ref()) => registered?,
        () = signals.next() => {}
    }
    running.shutdown().await;
    Ok(())
}

/// Registers the webhook, as soon as the gateway is there to answer the challenge. Never returns
/// without an error, so that whoever selects it goes on until a signal.
async fn register(simulator: &Simulator, callback: Option<&Url>) -> anyhow::Result<()> {
    let mut told = String::new();
    while let Some(callback) = callback {
        let Err(error) = simulator.subscribe(callback.as_str()).await else {
            output::line(format_args!("webhook registered at {callback}"))?;
            break;
        };
        let reason = causes(&error);
        if reason != told {
            output::note(format_args!(
                "wharf: {callback}: {reason}; trying again every second"
            ));
        }
        told = reason;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    std::future::pending().await
}

fn settings(args: &Args) -> anyhow::Result<Settings> {
    let mut settings = Settings {
        public_url: args.public_url.as_ref().map(Url::to_string),
        seed: args.seed,
        clock: Clock::running_from(environment::timestamp()),
        access_token: Secret::from(secret(&args.access_token, "--access-token")?),
        auto_read: args.auto_read,
        limits: if args.strict {
            Limits::STRICT
        } else {
            Limits::NONE
        },
        history: args.amounts.history(),
        webhooks: args.amounts.webhooks(),
        ..Settings::default()
    };
    settings.app.secret = Secret::from(secret(&args.app_secret, "--app-secret")?);
    settings.app.verify_token = Secret::from(secret(&args.verify_token, "--verify-token")?);
    if !args.numbers.is_empty() {
        settings.numbers.clone_from(&args.numbers);
    }
    Ok(settings)
}

/// What a person needs to point a gateway here. A token given as a reference is shown as that.
fn describe(running: &Running, settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let base = &running.base_url;
    output::line(format_args!("simulated Graph API  {base}"))?;
    output::line(format_args!("handsets             {base}/handsets"))?;
    output::line(format_args!("admin API            {base}/sim/v1"))?;
    for number in &settings.numbers {
        output::line(format_args!(
            "phone number id      {} (+{}), WABA {}",
            number.id, number.display_phone_number, number.waba
        ))?;
    }
    output::line(format_args!("access token         {}", args.access_token))?;
    output::line(format_args!("app secret           {}", args.app_secret))?;
    output::line(format_args!("verify token         {}", args.verify_token))?;
    let number = settings
        .numbers
        .first()
        .map(|number| number.id.to_string())
        .unwrap_or_default();
    output::line(format_args!(
        "
To point a gateway here, put the three secrets into files and write into wharf.toml:

  [cloud]
  base_url = \"{base}\"
  app_secrets = [\"file:app-secret\"]
  verify_token = \"file:verify-token\"

then start it, make a channel, and register its webhook:

  wharf serve --config wharf.toml
  wharf channels create --id main --name Simulated --phone-number-id {number} \\
      --access-token file:access-token
  curl -X POST {base}/sim/v1/subscribe -H 'Content-Type: application/json' \\
      -d '{{\"callback_url\": \"http://127.0.0.1:8080/webhooks/whatsapp\"}}'
"
    ))?;
    Ok(())
}

fn number(text: &str) -> Result<simulator::Number, String> {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.split_once(':') {
        Some((id, number)) if all_digits(id) && all_digits(number.trim_start_matches('+')) => {
            Ok(simulator::Number::new(id, number.trim_start_matches('+')))
        }
        _ => Err("write it as ID:NUMBER, both digits".to_owned()),
    }
}
