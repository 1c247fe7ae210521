//! What a channel looks like in the API, and what is checked of a new or changed one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wharf_model::ErrorCode;

use super::json::Change;
use super::load::Load;
use super::problem::{Invalid, Problem};
use super::time::Time;
use crate::clock::Millis;
use crate::config::SecretRef;
use crate::ids::{Kind, Random};
use crate::store::channels;
use crate::store::pauses::CarrierPause;

/// Characters of an id at most. It becomes a token of subjects on the bus, so its alphabet is small.
const ID_LIMIT: usize = 64;
/// Characters of a name at most.
const NAME_LIMIT: usize = 100;
/// Digits of an id of Meta's at most.
const NUMBER_LIMIT: usize = 32;
/// Messages a second that a number may have at most: Meta's highest throughput.
const THROUGHPUT_LIMIT: u32 = 1000;

/// One sending identity on a carrier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "support", "name": "Support", "carrier": "cloud", "state": "active",
    "phone_number_id": "106540352242922", "waba_id": "102290129340398",
    "display_phone_number": null, "access_token": "env:WHATSAPP_TOKEN", "app_secret": null,
    "verify_token": null, "throughput": 80, "throughput_source": "learned", "paused_at": null, "pause_reason": null,
    "paused": null,
    "created_at": "2026-11-21T08:15:30.250Z", "updated_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Channel {
    /// Chosen by its maker, or `ch_…`. It is `session_id` in events.
    id: String,
    name: String,
    carrier: Carrier,
    state: ChannelState,
    /// Meta's id of the business phone number.
    phone_number_id: Option<String>,
    waba_id: Option<String>,
    /// Learned from webhooks.
    display_phone_number: Option<String>,
    /// Where the access token is: `env:NAME` or `file:PATH`.
    access_token: Option<String>,
    /// Where the app secret is, if it is not the gateway's.
    app_secret: Option<String>,
    /// Where the verify token is, if it is not the gateway's.
    verify_token: Option<String>,
    /// Messages a second at most: those that were set, else those that Meta permits the number.
    throughput: i64,
    /// Who says so.
    throughput_source: ThroughputSource,
    paused_at: Option<Time>,
    pause_reason: Option<String>,
    /// Null while messages are sent.
    paused: Option<PausedBy>,
    created_at: Time,
    updated_at: Time,
    /// How busy it is: only in a list that is asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) load: Option<Load>,
}

/// Who stopped a channel, and what lets it go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "by": "carrier", "since": "2026-11-21T08:15:30.250Z", "reason": "auth", "code": 190,
    "advice": "Replace the access token: it is expired, revoked or malformed.",
    "next_probe_at": "2026-11-21T08:16:30.250Z"
}))]
pub(super) struct PausedBy {
    by: Pauser,
    since: Time,
    /// The class of the carrier's refusal, or what the person said.
    reason: String,
    /// The carrier's code, if it gave one.
    code: Option<i64>,
    /// What to do; null for a person's pause.
    advice: Option<&'static str>,
    /// When the carrier is asked next whether the channel may send; null for a person's pause, which
    /// only a person ends.
    next_probe_at: Option<Time>,
}

/// Who stopped a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Pauser {
    /// Somebody, through the API. Only a person resumes it.
    Person,
    /// The carrier refuses it. It resumes by itself when a probe passes.
    Carrier,
}

/// Which network carries the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Carrier {
    /// The WhatsApp Cloud API.
    #[default]
    Cloud,
}

/// Where a channel's throughput comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ThroughputSource {
    /// A person has set it.
    Set,
    /// Meta has told it.
    Learned,
    /// Meta was not asked yet: it is what a usual number has.
    Usual,
}

/// Whether messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChannelState {
    /// Messages are sent and received.
    Active,
    /// Messages are received; those to be sent wait.
    Paused,
    /// There is no access token: messages are only received.
    ReceiveOnly,
}

/// A channel to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "support", "name": "Support", "phone_number_id": "106540352242922",
    "waba_id": "102290129340398", "access_token": "env:WHATSAPP_TOKEN"
}))]
pub(super) struct CreateChannel {
    /// 1 to 64 of A–Z, a–z, 0–9, `_` and `-`; made if absent.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    id: Option<String>,
    /// For people.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[serde(default)]
    carrier: Carrier,
    /// Meta's id of the business phone number: digits.
    #[schema(pattern = "^[0-9]{1,32}$")]
    phone_number_id: String,
    /// Digits.
    #[schema(pattern = "^[0-9]{1,32}$")]
    waba_id: Option<String>,
    /// `env:NAME` or `file:PATH`. Without it the channel only receives.
    #[schema(pattern = "^(env|file):.+$")]
    access_token: Option<String>,
    /// `env:NAME` or `file:PATH`, if the number belongs to another app than the gateway's.
    #[schema(pattern = "^(env|file):.+$")]
    app_secret: Option<String>,
    /// `env:NAME` or `file:PATH`.
    #[schema(pattern = "^(env|file):.+$")]
    verify_token: Option<String>,
    /// Messages a second to send at most, 1 to 1000. If absent, what Meta says of the number: it is
    /// asked once a day, and whenever it tells of an upgrade.
    #[schema(minimum = 1, maximum = 1000)]
    throughput: Option<u32>,
}

/// What to change of a channel. Absent: stays. Null: cleared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Support, Berlin", "access_token": "file:/run/secrets/token"}))]
pub(super) struct PatchChannel {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[schema(pattern = "^[0-9]{1,32}$")]
    pub(super) phone_number_id: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,32}$")]
    waba_id: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(env|file):.+$")]
    access_token: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(env|file):.+$")]
    app_secret: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(env|file):.+$")]
    verify_token: Change<String>,
    /// Null: what Meta says of the number.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    throughput: Change<u32>,
}

impl CreateChannel {
    /// Whether the caller chose an id.
    pub(super) fn is_named(&self) -> bool {
        self.id.is_some()
    }

    /// The row of the new channel, if all of it is right.
    pub(super) fn into_row(
        self,
        random: &Random,
        now: Millis,
    ) -> Result<channels::Channel, Problem> {
        let mut faults = Vec::new();
        if let Some(id) = &self.id {
            check_id(id, &mut faults);
        }
        check_name(&self.name, &mut faults);
        check_digits("/phone_number_id", &self.phone_number_id, &mut faults);
        check_digits_of("/waba_id", self.waba_id.as_deref(), &mut faults);
        check_secret("/access_token", self.access_token.as_deref(), &mut faults);
        check_secret("/app_secret", self.app_secret.as_deref(), &mut faults);
        check_secret("/verify_token", self.verify_token.as_deref(), &mut faults);
        if let Some(throughput) = self.throughput {
            check_throughput(throughput, &mut faults);
        }
        if !faults.is_empty() {
            return Err(Problem::Invalid(faults));
        }
        Ok(channels::Channel {
            id: self.id.unwrap_or_else(|| random.id(Kind::Channel, now)),
            carrier: self.carrier.as_str().to_owned(),
            name: self.name,
            phone_number_id: Some(self.phone_number_id),
            waba_id: self.waba_id,
            display_phone_number: None,
            access_token: self.access_token,
            app_secret: self.app_secret,
            verify_token: self.verify_token,
            throughput: self.throughput.unwrap_or(0).into(),
            learned: None,
            paused: None,
            created_at: now,
            updated_at: now,
        })
    }
}

impl PatchChannel {
    /// Whether it changes whose number this is, or which secrets it is called with.
    pub(super) fn changes_identity(&self) -> bool {
        let changes = [
            &self.waba_id,
            &self.access_token,
            &self.app_secret,
            &self.verify_token,
        ];
        self.phone_number_id.is_some() || changes.iter().any(|change| **change != Change::Leave)
    }

    /// Whether all of it is right.
    pub(super) fn check(&self) -> Result<(), Problem> {
        let mut faults = Vec::new();
        if let Some(name) = &self.name {
            check_name(name, &mut faults);
        }
        check_digits_of(
            "/phone_number_id",
            self.phone_number_id.as_deref(),
            &mut faults,
        );
        check_digits_of("/waba_id", set(&self.waba_id), &mut faults);
        check_secret("/access_token", set(&self.access_token), &mut faults);
        check_secret("/app_secret", set(&self.app_secret), &mut faults);
        check_secret("/verify_token", set(&self.verify_token), &mut faults);
        if let Change::Set(throughput) = self.throughput {
            check_throughput(throughput, &mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Problem::Invalid(faults))
        }
    }

    /// Writes the changes into the row.
    pub(super) fn apply_to(self, channel: &mut channels::Channel) {
        if let Some(name) = self.name {
            channel.name = name;
        }
        if let Some(number) = self.phone_number_id {
            channel.phone_number_id = Some(number);
        }
        self.waba_id.apply_to(&mut channel.waba_id);
        self.access_token.apply_to(&mut channel.access_token);
        self.app_secret.apply_to(&mut channel.app_secret);
        self.verify_token.apply_to(&mut channel.verify_token);
        match self.throughput {
            Change::Leave => {}
            Change::Clear => channel.throughput = 0,
            Change::Set(throughput) => channel.throughput = throughput.into(),
        }
    }
}

fn set(change: &Change<String>) -> Option<&str> {
    match change {
        Change::Set(value) => Some(value),
        Change::Leave | Change::Clear => None,
    }
}

fn check_id(id: &str, faults: &mut Vec<Invalid>) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if id.is_empty() || !id.bytes().all(allowed) {
        faults.push(Invalid::at("/id", "must be of A-Z, a-z, 0-9, _ and -"));
    } else if id.len() > ID_LIMIT {
        faults.push(Invalid::at("/id", "is too long").over(ID_LIMIT, id.len()));
    }
}

fn check_name(name: &str, faults: &mut Vec<Invalid>) {
    let length = name.chars().count();
    if name.trim().is_empty() {
        faults.push(Invalid::at("/name", "must not be empty"));
    } else if length > NAME_LIMIT {
        faults.push(Invalid::at("/name", "is too long").over(NAME_LIMIT, length));
    }
}

fn check_digits(pointer: &str, id: &str, faults: &mut Vec<Invalid>) {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        faults.push(Invalid::at(
            pointer,
            "must be Meta's id, which is all digits",
        ));
    } else if id.len() > NUMBER_LIMIT {
        faults.push(Invalid::at(pointer, "is too long").over(NUMBER_LIMIT, id.len()));
    }
}

fn check_digits_of(pointer: &str, id: Option<&str>, faults: &mut Vec<Invalid>) {
    if let Some(id) = id {
        check_digits(pointer, id, faults);
    }
}

/// A reference must be one, and must lead to a secret now rather than when a message waits for it.
fn check_secret(pointer: &str, reference: Option<&str>, faults: &mut Vec<Invalid>) {
    let Some(reference) = reference else { return };
    match SecretRef::try_from(reference.to_owned()) {
        Ok(SecretRef::None) | Err(_) => {
            let detail = "must say where the secret is, not the secret itself: \
                use \"env:NAME\" or \"file:PATH\", as the gateway sees them";
            faults.push(Invalid::at(pointer, detail));
        }
        Ok(reference) => {
            if let Err(error) = reference.read() {
                // Whoever asks has an environment of their own, which they may think of first.
                let place = match reference {
                    SecretRef::Env(_) => " in the gateway's environment",
                    SecretRef::File(_) | SecretRef::None => "",
                };
                faults.push(Invalid::at(pointer, format!("{error}{place}")));
            }
        }
    }
}

fn check_throughput(throughput: u32, faults: &mut Vec<Invalid>) {
    if !(1..=THROUGHPUT_LIMIT).contains(&throughput) {
        faults.push(Invalid::at("/throughput", "must be from 1 to 1000"));
    }
}

impl Carrier {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
        }
    }
}

impl PausedBy {
    fn new(paused: &channels::Paused, pause: Option<CarrierPause>) -> Self {
        let since = Time(paused.at);
        match pause {
            Some(pause) => Self {
                by: Pauser::Carrier,
                since,
                reason: pause.class,
                code: pause.code,
                advice: Some(match pause.code {
                    Some(code) => ErrorCode(code).advice(),
                    None => "Check the access token and its permissions.",
                }),
                next_probe_at: Some(Time(pause.probe_at)),
            },
            None => Self {
                by: Pauser::Person,
                since,
                reason: paused.reason.clone(),
                code: None,
                advice: None,
                next_probe_at: None,
            },
        }
    }
}

/// Whether a channel's messages are sent.
pub(super) fn state_of(row: &channels::Channel) -> ChannelState {
    match (&row.paused, &row.access_token) {
        (Some(_), _) => ChannelState::Paused,
        (None, None) => ChannelState::ReceiveOnly,
        (None, Some(_)) => ChannelState::Active,
    }
}

impl From<(channels::Channel, Option<CarrierPause>)> for Channel {
    fn from((row, pause): (channels::Channel, Option<CarrierPause>)) -> Self {
        let state = state_of(&row);
        let throughput = row.rate();
        let throughput_source = match row.learned {
            _ if row.throughput > 0 => ThroughputSource::Set,
            Some(learned) if learned.throughput.is_some() => ThroughputSource::Learned,
            _ => ThroughputSource::Usual,
        };
        let paused = row
            .paused
            .as_ref()
            .map(|paused| PausedBy::new(paused, pause));
        let (paused_at, pause_reason) = match row.paused {
            Some(paused) => (Some(Time(paused.at)), Some(paused.reason)),
            None => (None, None),
        };
        Self {
            id: row.id,
            name: row.name,
            carrier: Carrier::Cloud,
            state,
            phone_number_id: row.phone_number_id,
            waba_id: row.waba_id,
            display_phone_number: row.display_phone_number,
            access_token: row.access_token,
            app_secret: row.app_secret,
            verify_token: row.verify_token,
            throughput,
            throughput_source,
            paused_at,
            pause_reason,
            paused,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            load: None,
        }
    }
}
