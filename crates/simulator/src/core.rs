//! What all parts share: the state behind short locks, the clock, the ids, the tasks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::records::Records;
use crate::accounts::{Accounts, Grant, Token, Waba};
use crate::agenda::Agenda;
use crate::calls::CallBook;
use crate::clock::{Clock, later};
use crate::error::SimulatorError;
use crate::fault::Faults;
use crate::flow_runtime::OpenFlows;
use crate::flows::Flows;
use crate::groups::Groups;
use crate::handset::live::Live;
use crate::ids::{Ids, PhoneNumberId, WabaId};
use crate::links::Links;
use crate::media::MediaStore;
use crate::numbers::Numbers;
use crate::payments::Payments;
use crate::record::Triggered;
use crate::settings::{Delays, Limits, Number, Secret, Settings};
use crate::tally::Tally;
use crate::template::desk::Desk;
use crate::template::{Review, Template};
use crate::uploads::Uploads;
use crate::usage::Usage;
use crate::webhook::{Office, Subscriptions, Update, WebhookFaults, envelope, office};
use crate::world::World;

/// How long a code can be exchanged.
const CODE_LIFE: Duration = Duration::from_mins(10);

/// Numbers are kept up to this many.
const MOST_NUMBERS: usize = 10_000;

/// The whole simulator. No lock in it is held over an await; `world` is taken before any other.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) knobs: RwLock<Knobs>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    /// Businesses, WABAs, apps and tokens.
    pub(crate) accounts: RwLock<Accounts>,
    pub(crate) records: Mutex<Records>,
    pub(crate) usage: Mutex<Usage>,
    pub(crate) numbers: RwLock<Vec<Arc<Number>>>,
    pub(crate) numbers_state: Mutex<Numbers>,
    pub(crate) groups: Mutex<Groups>,
    pub(crate) calls: Mutex<CallBook>,
    pub(crate) payments: Mutex<Payments>,
    pub(crate) templates: RwLock<Vec<Template>>,
    /// Taken after `templates`.
    pub(crate) desk: Mutex<Desk>,
    pub(crate) tally: Mutex<Tally>,
    pub(crate) world: Mutex<World>,
    pub(crate) media: Mutex<MediaStore>,
    pub(crate) links: Links,
    pub(crate) uploads: Uploads,
    pub(crate) flows: Flows,
    pub(crate) open_flows: OpenFlows,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) subscriptions: Mutex<Subscriptions>,
    pub(crate) office: Office,
    pub(crate) agenda: Agenda,
    /// Tells the handsets what changes.
    pub(crate) live: Live,
    /// How many sends were accepted since the start.
    pub(crate) accepted: watch::Sender<u64>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// Base of the URLs handed out.
    pub(crate) base_url: String,
}

/// The settings that can be changed while it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knobs {
    pub(crate) delays: Delays,
    pub(crate) auto_read: bool,
    pub(crate) limits: Limits,
    pub(crate) review: Review,
    pub(crate) webhook_faults: WebhookFaults,
}

impl Core {
    pub(crate) fn new(settings: Settings, base_url: String) -> Result<Self, SimulatorError> {
        if settings.numbers.is_empty() {
            return Err(SimulatorError::Parameter {
                name: "numbers",
                reason: "is empty".to_owned(),
            });
        }
        Ok(Self {
            knobs: RwLock::new(Knobs {
                delays: settings.delays,
                auto_read: settings.auto_read,
                limits: settings.limits,
                review: settings.review,
                webhook_faults: WebhookFaults::of(&settings.webhooks),
            }),
            clock: settings.clock.clone(),
            ids: Ids::new(settings.seed),
            accounts: RwLock::new(Accounts::new(&settings, settings.clock.now())?),
            records: Mutex::default(),
            usage: Mutex::default(),
            numbers: RwLock::new(settings.numbers.iter().cloned().map(Arc::new).collect()),
            numbers_state: Mutex::default(),
            groups: Mutex::default(),
            calls: Mutex::default(),
            payments: Mutex::default(),
            templates: RwLock::new(settings.templates.clone()),
            desk: Mutex::default(),
            tally: Mutex::default(),
            world: Mutex::new(World::new(settings.history)),
            media: Mutex::new(MediaStore::new(settings.history.media_bytes)),
            links: Links::default(),
            uploads: Uploads::new(settings.seed, settings.history.media_bytes),
            flows: Flows::new(settings.seed, settings.numbers.first()),
            open_flows: OpenFlows::default(),
            faults: Mutex::new(Faults::new(settings.seed)),
            subscriptions: Mutex::default(),
            office: Office::new(settings.history)?,
            agenda: Agenda::default(),
            live: Live::default(),
            accepted: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            base_url,
            settings,
        })
    }

    pub(crate) fn number(&self, id: &str) -> Option<Arc<Number>> {
        read(&self.numbers)
            .iter()
            .find(|number| number.id.as_str() == id)
            .cloned()
    }

    /// The number of this id, or the first one when none is named.
    pub(crate) fn number_or_first(
        &self,
        id: Option<&PhoneNumberId>,
    ) -> Result<Arc<Number>, SimulatorError> {
        let numbers = read(&self.numbers);
        match id {
            Some(id) => numbers.iter().find(|number| number.id == *id),
            None => numbers.first(),
        }
        .cloned()
        .ok_or(SimulatorError::Unknown { kind: "number" })
    }

    /// Changes a number of the registry.
    pub(crate) fn change_number(&self, id: &PhoneNumberId, change: impl FnOnce(&mut Number)) {
        let mut numbers = write(&self.numbers);
        if let Some(known) = numbers.iter_mut().find(|known| known.id == *id) {
            change(Arc::make_mut(known));
        }
    }

    pub(crate) fn knobs(&self) -> Knobs {
        *read(&self.knobs)
    }

    pub(crate) fn waba(&self, id: &str) -> Option<Arc<Waba>> {
        read(&self.accounts).waba(id).cloned()
    }

    /// The messaging limit of the portfolio that owns a WABA.
    pub(crate) fn messaging_limit(&self, waba: &WabaId) -> String {
        let accounts = read(&self.accounts);
        let owner = accounts.waba(waba.as_str()).map(|waba| waba.owner.clone());
        owner
            .and_then(|owner| accounts.business(owner.as_str()))
            .map_or_else(String::new, |business| business.messaging_limit.clone())
    }

    /// Adds a token, with a text and a user made for it when it has none.
    pub(crate) fn add_token(&self, mut token: Token) -> Result<Token, SimulatorError> {
        token.issued = self.clock.now();
        if token.secret.expose().is_empty() {
            token.secret = Secret::from(self.ids.secret("EAAG"));
        }
        if token.user.is_empty() {
            token.user = self.ids.account();
        }
        write(&self.accounts).add_token(token.clone())?;
        Ok(token)
    }

    /// Makes a code that `GET /oauth/access_token` exchanges once for `token`.
    pub(crate) fn add_code(
        &self,
        token: Token,
        redirect_uri: Option<String>,
    ) -> Result<String, SimulatorError> {
        let (code, now) = (self.ids.secret("AQ"), self.clock.now());
        let grant = Grant {
            token,
            until: later(now, CODE_LIFE),
            redirect_uri,
        };
        write(&self.accounts).add_code(code.clone(), grant, now)?;
        Ok(code)
    }

    /// Adds a number to a WABA that exists.
    pub(crate) fn add_number(&self, number: Number) -> Result<Arc<Number>, SimulatorError> {
        if self.waba(number.waba.as_str()).is_none() {
            return Err(SimulatorError::Unknown { kind: "waba" });
        }
        let mut numbers = write(&self.numbers);
        if numbers.len() >= MOST_NUMBERS || numbers.iter().any(|known| known.id == number.id) {
            let reason = "exists already, or is one too many".to_owned();
            return Err(SimulatorError::Parameter {
                name: "number",
                reason,
            });
        }
        let number = Arc::new(number);
        numbers.push(Arc::clone(&number));
        if !number.onboarded {
            lock(&self.numbers_state).added(&number.id);
        }
        Ok(number)
    }

    /// The public key (PEM) that requests to data endpoints of a number's Flows are encrypted with.
    pub(crate) fn flow_key(&self, number: &PhoneNumberId) -> Option<String> {
        let numbers = lock(&self.numbers_state);
        numbers.public_key(number).map(str::to_owned)
    }

    /// The numbers of a WABA, in the order in which they were added.
    pub(crate) fn numbers_of(&self, waba: &WabaId) -> Vec<Arc<Number>> {
        let numbers = read(&self.numbers);
        numbers
            .iter()
            .filter(|number| number.waba == *waba)
            .cloned()
            .collect()
    }

    /// Whether so much waits to be sent that sends are refused.
    pub(crate) fn is_full(&self) -> bool {
        self.office.pending() >= self.settings.webhooks.max_backlog
    }

    /// Sends a change of a message-like field of `number`; `key` keeps a user's updates in order.
    pub(crate) fn emit(
        self: &Arc<Self>,
        number: &Number,
        field: &'static str,
        key: u64,
        value: &Value,
    ) -> Emitted {
        self.emit_with(number, field, key, value, None)
    }

    /// The same with another value for who subscribed with a version before v24.0.
    pub(crate) fn emit_with(
        self: &Arc<Self>,
        number: &Number,
        field: &'static str,
        key: u64,
        value: &Value,
        older: Option<&Value>,
    ) -> Emitted {
        self.post(Update {
            id: self.office.next_update(),
            waba: number.waba.clone(),
            number: Some(number.id.clone()),
            field,
            time: None,
            key,
            value: Update::value(value),
            older: older.map(Update::value),
            is_older: false,
            entry: None,
        })
    }

    /// Sends a change of an account or template field, whose entry carries the time.
    pub(crate) fn emit_for_waba(
        self: &Arc<Self>,
        waba: &WabaId,
        field: &'static str,
        value: &Value,
    ) -> Emitted {
        self.emit_in(waba, None, field, value, None)
    }

    /// The same in an entry of another id than the WABA's, and with another value for who
    /// subscribed with a version before v24.0.
    pub(crate) fn emit_in(
        self: &Arc<Self>,
        waba: &WabaId,
        entry: Option<String>,
        field: &'static str,
        value: &Value,
        older: Option<&Value>,
    ) -> Emitted {
        self.post(Update {
            id: self.office.next_update(),
            waba: waba.clone(),
            number: None,
            field,
            time: Some(self.clock.now().as_second()),
            key: 0,
            value: Update::value(value),
            older: older.map(Update::value),
            is_older: false,
            entry,
        })
    }

    fn post(self: &Arc<Self>, update: Update) -> Emitted {
        let id = update.id;
        let sent = office::send(self, &update);
        Emitted {
            id: sent.then_some(id),
            update,
        }
    }
}

/// What became of a change.
#[derive(Debug)]
pub(crate) struct Emitted {
    id: Option<u64>,
    update: Update,
}

impl Emitted {
    /// The same as the answer of a trigger.
    pub(crate) fn triggered(self, event: &str, wamid: Option<crate::ids::Wamid>) -> Triggered {
        let body = envelope::notification(&[self.update]);
        Triggered {
            event: event.to_owned(),
            wamid,
            update: self.id,
            notification: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }
}

/// Locks, also after a panic elsewhere: every change behind these locks is a single step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
