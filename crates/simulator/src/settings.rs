//! What a simulated platform is made of: numbers, app, delays, webhook behaviour, limits of memory.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::accounts::{Business, Token};
use crate::clock::Clock;
use crate::ids::{AppId, PhoneNumberId, WabaId};
use crate::template::{Review, Template};

/// Everything that `Simulator::start` needs. `Settings::default()` is a working platform.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Decides every id and every draw: the same seed and calls give the same run.
    pub seed: u64,
    /// The platform's time; by default it runs from 21 November 2026.
    pub clock: Clock,
    /// The business phone numbers; the first one is the default of every call that names none.
    pub numbers: Vec<Number>,
    /// The first app: it sends, and webhooks go to it.
    pub app: App,
    /// The bearer token of the app: a system user with every permission for every WABA of the
    /// app's business.
    pub access_token: Secret,
    /// Businesses with their WABAs and apps. A WABA that `numbers` name and none of them has, and
    /// `app`, belong to the first; without any, to a business that is made for them.
    pub businesses: Vec<Business>,
    /// More tokens, for these apps and businesses.
    pub tokens: Vec<Token>,
    /// When the statuses of a sent message come.
    pub delays: Delays,
    /// Whether users read what they get unless told otherwise.
    pub auto_read: bool,
    /// Which of Meta's limits on when and how fast are enforced.
    pub limits: Limits,
    /// How notifications are sent.
    pub webhooks: Webhooks,
    /// How much is remembered.
    pub history: History,
    /// The templates of every WABA.
    pub templates: Vec<Template>,
    /// How new templates are reviewed.
    pub review: Review,
    /// Which links to media are fetched; a link that cannot be used fails with 131053.
    pub fetch_links: FetchLinks,
    /// Base of the URLs handed out for media; by default the listener's own address.
    pub public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            clock: Clock::running_from(Timestamp::constant(1_795_219_200, 0)),
            numbers: vec![Number::default()],
            app: App::default(),
            access_token: Secret::from("simulated-access-token"),
            businesses: Vec::new(),
            tokens: Vec::new(),
            delays: Delays::default(),
            auto_read: false,
            limits: Limits::NONE,
            webhooks: Webhooks::default(),
            history: History::default(),
            templates: Template::samples(),
            review: Review::default(),
            public_url: None,
            fetch_links: FetchLinks::Loopback,
        }
    }
}

/// Which links to media are fetched before a message goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchLinks {
    /// None: every link counts as good.
    Never,
    /// Those to this machine; others count as good and are not fetched.
    Loopback,
    /// All of them.
    Anywhere,
}

/// Limits on when and how fast a business may send. Those on what it sends are always enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each limit is switched on its own"
)]
pub struct Limits {
    /// Free-form messages outside the 24-hour window fail with 131047.
    pub service_window: bool,
    /// Sends beyond the throughput of their number are refused with 130429.
    pub throughput: bool,
    /// Sends that follow too soon on others to the same user are refused with 131056.
    pub pair: bool,
    /// Users reached outside the window count towards the messaging limit of the portfolio; what
    /// exceeds it waits.
    pub messaging: bool,
    /// Sends of new templates wait for what users say about the first ones.
    pub pacing: bool,
    /// Blocks and reports of users lower the quality of numbers and templates.
    pub quality: bool,
    /// Marketing templates to numbers that begin with 1 fail with 131049.
    pub us_marketing: bool,
    /// Management calls beyond those of an hour are refused with 80007 (WABA) and 4 (app).
    pub management: bool,
}

impl Limits {
    /// All of them, as Meta has them.
    pub const STRICT: Self = Self {
        service_window: true,
        throughput: true,
        pair: true,
        messaging: true,
        pacing: true,
        quality: true,
        us_marketing: true,
        management: true,
    };

    /// None of them, for tests that are about something else.
    pub const NONE: Self = Self {
        service_window: false,
        throughput: false,
        pair: false,
        messaging: false,
        pacing: false,
        quality: false,
        us_marketing: false,
        management: false,
    };
}

/// One business phone number.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Number {
    /// Its id in Graph paths.
    pub id: PhoneNumberId,
    /// The WABA it belongs to.
    pub waba: WabaId,
    /// The number itself, digits with country code.
    pub display_phone_number: String,
    /// The country calling code, put before a recipient that is given without `+`.
    pub calling_code: String,
    /// The name that users see.
    pub verified_name: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality_rating: String,
    /// `STANDARD` or `HIGH`.
    pub throughput: String,
    /// Whether it is verified and registered when it is added.
    pub onboarded: bool,
}

impl Default for Number {
    fn default() -> Self {
        Self {
            id: PhoneNumberId::from("106540352242922"),
            waba: WabaId::from("102290129340398"),
            display_phone_number: "15550783881".to_owned(),
            calling_code: "1".to_owned(),
            verified_name: "Lucky Shrub".to_owned(),
            quality_rating: "GREEN".to_owned(),
            throughput: "STANDARD".to_owned(),
            onboarded: true,
        }
    }
}

impl Number {
    /// A number of the default WABA, with calling code 1.
    pub fn new(id: &str, display_phone_number: &str) -> Self {
        Self {
            id: PhoneNumberId::from(id),
            display_phone_number: display_phone_number.to_owned(),
            ..Self::default()
        }
    }
}

/// The app: who signs webhooks.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id in Graph paths.
    pub id: AppId,
    /// Its name, as `subscribed_apps` shows it.
    pub name: String,
    /// The key of webhook signatures.
    pub secret: Secret,
    /// The verify token that `Simulator::subscribe` offers to a callback.
    pub verify_token: Secret,
    /// Whether calls with its tokens must carry `appsecret_proof`.
    pub requires_proof: bool,
}

impl Default for App {
    fn default() -> Self {
        Self {
            id: AppId::from("670843887433847"),
            name: "Lucky Shrub".to_owned(),
            secret: Secret::from("simulated-app-secret"),
            verify_token: Secret::from("simulated-verify-token"),
            requires_proof: false,
        }
    }
}

/// When statuses come, each counted from the step before.
#[derive(Clone, Copy, Debug)]
pub struct Delays {
    /// From accepting to `sent`.
    pub sent: Duration,
    /// From `sent` to `delivered`.
    pub delivered: Duration,
    /// From `delivered` to `read`, for users who read by themselves.
    pub read: Duration,
}

impl Delays {
    /// No delay anywhere.
    pub const NONE: Self = Self {
        sent: Duration::ZERO,
        delivered: Duration::ZERO,
        read: Duration::ZERO,
    };
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            sent: Duration::ZERO,
            delivered: Duration::from_millis(50),
            read: Duration::from_millis(500),
        }
    }
}

/// How notifications are sent.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// Most updates in one POST; Meta goes up to 1000.
    pub max_updates_per_post: usize,
    /// POSTs in flight per subscription. Updates of one user keep their order.
    pub concurrency: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// When a notification that was not answered 200 is sent again.
    pub retries: RetrySchedule,
    /// Share of updates sent twice, 0 to 1.
    pub duplicated: f64,
    /// Share of updates held back for up to two seconds so that others overtake them, 0 to 1.
    pub reordered: f64,
    /// Updates waiting or scheduled at most; above it sends are refused with 131016.
    pub max_backlog: usize,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            max_updates_per_post: 1,
            concurrency: 16,
            timeout: Duration::from_secs(10),
            retries: RetrySchedule::meta(),
            duplicated: 0.0,
            reordered: 0.0,
            max_backlog: 500_000,
        }
    }
}

/// The waits between attempts of one notification; after the last it is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule(pub Vec<Duration>);

impl RetrySchedule {
    /// Growing waits up to seven days in all. See [Cloud API/Webhooks overview].
    ///
    /// [Cloud API/Webhooks overview]: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
    pub fn meta() -> Self {
        let minutes = [
            1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440, 1440, 1440, 1440, 1208,
        ];
        let mut waits = vec![
            Duration::ZERO,
            Duration::from_secs(10),
            Duration::from_secs(50),
        ];
        waits.extend(minutes.map(|minutes| Duration::from_secs(minutes * 60)));
        Self(waits)
    }

    /// The same wait, `times` over.
    pub fn every(wait: Duration, times: usize) -> Self {
        Self(vec![wait; times])
    }

    /// No second attempt.
    pub const fn never() -> Self {
        Self(Vec::new())
    }

    /// The same shape, `divisor` times faster.
    #[must_use]
    pub fn faster(self, divisor: u32) -> Self {
        Self(
            self.0
                .into_iter()
                .map(|wait| wait / divisor.max(1))
                .collect(),
        )
    }
}

/// How much is remembered; what is older is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct History {
    /// Accepted sends, with their bodies and statuses; and as many messages of users.
    pub accepted: usize,
    /// Webhook deliveries, with their bodies.
    pub deliveries: usize,
    /// Bytes of those bodies.
    pub delivery_bytes: usize,
    /// Messages per user.
    pub chat: usize,
    /// Users.
    pub users: usize,
    /// Bytes of media.
    pub media_bytes: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            accepted: 100_000,
            deliveries: 10_000,
            delivery_bytes: 64 << 20,
            chat: 200,
            users: 200_000,
            media_bytes: 256 << 20,
        }
    }
}

/// A token or secret that never shows itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret in clear, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
