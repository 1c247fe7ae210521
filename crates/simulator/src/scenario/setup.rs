//! Before the first step: the platform's settings, the people, the bot and its webhook.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::ids::WabaId;
use crate::scenario::bot::Started;
use crate::scenario::decode::Scenario;
use crate::scenario::file::{self, Limits, Person, Platform, TemplateSpec, Wait};
use crate::scenario::relay::Relay;
use crate::scenario::stage::Someone;
use crate::settings::{self, Settings};
use crate::simulator::{Running, Simulator};
use crate::template::Template;

/// Registers the webhook, as soon as the bot is there to answer the challenge.
pub(crate) async fn connect(
    simulator: &Simulator,
    relay: &Relay,
    mut started: Option<&mut Started>,
    timeout: Duration,
) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let Err(error) = simulator.subscribe(&relay.url).await else {
            return Ok(());
        };
        if let Some(status) = started.as_mut().and_then(|started| started.ended()) {
            return Err(format!("ended at once ({status})"));
        }
        if began.elapsed() > timeout {
            let waited = Wait(timeout);
            return Err(format!(
                "did not answer the webhook's challenge within {waited}: {error}"
            ));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A port that nobody has at this moment.
pub(crate) async fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    listener
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no port is free: {error}"))
}

pub(crate) fn variables(running: &Running, port: u16) -> Vec<(&'static str, String)> {
    let settings = running.simulator.settings();
    let number = settings.numbers.first();
    vec![
        ("WHATSAPP_BASE_URL", running.base_url.clone()),
        ("WHATSAPP_API_VERSION", "v24.0".to_owned()),
        (
            "WHATSAPP_ACCESS_TOKEN",
            settings.access_token.expose().to_owned(),
        ),
        (
            "WHATSAPP_PHONE_NUMBER_ID",
            number
                .map(|number| number.id.to_string())
                .unwrap_or_default(),
        ),
        (
            "WHATSAPP_BUSINESS_ACCOUNT_ID",
            number
                .map(|number| number.waba.to_string())
                .unwrap_or_default(),
        ),
        ("WHATSAPP_APP_ID", settings.app.id.to_string()),
        (
            "WHATSAPP_APP_SECRET",
            settings.app.secret.expose().to_owned(),
        ),
        (
            "WHATSAPP_VERIFY_TOKEN",
            settings.app.verify_token.expose().to_owned(),
        ),
        ("PORT", port.to_string()),
    ]
}

pub(crate) fn people(scenario: &Scenario, simulator: &Simulator) -> BTreeMap<String, Someone> {
    let users = &scenario.file.users;
    if users.is_empty() {
        let someone = Someone::new(simulator, "user", &Person::default(), 0);
        return BTreeMap::from([("user".to_owned(), someone)]);
    }
    let users = users.iter().enumerate();
    users
        .map(|(place, (name, person))| (name.clone(), Someone::new(simulator, name, person, place)))
        .collect()
}

/// The simulator's settings from those of the file.
pub(crate) fn settings(platform: &Platform, seed: u64, clock: Clock) -> Settings {
    let mut settings = Settings {
        seed,
        clock,
        auto_read: platform.auto_read,
        limits: match platform.limits {
            Limits::Strict => settings::Limits::STRICT,
            Limits::None => settings::Limits::NONE,
            Limits::Window => settings::Limits {
                service_window: true,
                ..settings::Limits::NONE
            },
            Limits::Pace => settings::Limits {
                service_window: false,
                ..settings::Limits::STRICT
            },
        },
        ..Settings::default()
    };
    settings.history.chat = 5_000;
    if !platform.numbers.is_empty() {
        settings.numbers = platform.numbers.iter().map(number).collect();
    }
    let own = platform.templates.iter().map(TemplateSpec::template);
    let own: Vec<Template> = own.collect();
    settings.templates.retain(|sample| {
        !own.iter()
            .any(|own| own.name == sample.name && own.language == sample.language)
    });
    settings.templates.extend(own);
    let delays = platform.delays;
    let choose = |given: Option<Wait>, usual| given.map_or(usual, |wait| wait.0);
    settings.delays.sent = choose(delays.sent, settings.delays.sent);
    settings.delays.delivered = choose(delays.delivered, settings.delays.delivered);
    settings.delays.read = choose(delays.read, settings.delays.read);
    settings.webhooks.duplicated = platform.webhooks.duplicated;
    settings.webhooks.reordered = platform.webhooks.reordered;
    if let Some(most) = platform.webhooks.max_updates_per_post {
        settings.webhooks.max_updates_per_post = most;
    }
    settings
}

fn number(spec: &file::Number) -> settings::Number {
    let mut number = settings::Number::new(&spec.id, &spec.display_phone_number);
    if let Some(waba) = &spec.waba {
        number.waba = WabaId::from(waba.as_str());
    }
    if let Some(name) = &spec.verified_name {
        number.verified_name.clone_from(name);
    }
    number
}
