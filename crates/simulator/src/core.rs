//! What all parts share: the state behind short locks, the clock, the ids, the tasks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agenda::Agenda;
use crate::clock::Clock;
use crate::error::SimulatorError;
use crate::fault::Faults;
use crate::ids::{Ids, PhoneNumberId, WabaId};
use crate::media::MediaStore;
use crate::record::Triggered;
use crate::settings::{Delays, Limits, Number, Settings};
use crate::template::Template;
use crate::webhook::{Office, Subscriptions, Update, WebhookFaults, envelope, office};
use crate::world::World;

/// The whole simulator. No lock in it is held over an await; `world` is taken before any other.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) knobs: RwLock<Knobs>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) numbers: RwLock<Vec<Arc<Number>>>,
    pub(crate) templates: RwLock<Vec<Template>>,
    pub(crate) world: Mutex<World>,
    pub(crate) media: Mutex<MediaStore>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) subscriptions: Mutex<Subscriptions>,
    pub(crate) office: Office,
    pub(crate) agenda: Agenda,
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
                webhook_faults: WebhookFaults::of(&settings.webhooks),
            }),
            clock: settings.clock.clone(),
            ids: Ids::new(settings.seed),
            numbers: RwLock::new(settings.numbers.iter().cloned().map(Arc::new).collect()),
            templates: RwLock::new(settings.templates.clone()),
            world: Mutex::new(World::new(settings.history)),
            media: Mutex::new(MediaStore::new(settings.history.media_bytes)),
            faults: Mutex::new(Faults::new(settings.seed)),
            subscriptions: Mutex::default(),
            office: Office::new(settings.history)?,
            agenda: Agenda::default(),
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

    pub(crate) fn knobs(&self) -> Knobs {
        *read(&self.knobs)
    }

    /// Whether there is such a WABA.
    pub(crate) fn has_waba(&self, id: &str) -> bool {
        read(&self.numbers)
            .iter()
            .any(|number| number.waba.as_str() == id)
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
        self.post(Update {
            id: self.office.next_update(),
            waba: number.waba.clone(),
            number: Some(number.id.clone()),
            field,
            time: None,
            key,
            value: Update::value(value),
        })
    }

    /// Sends a change of an account or template field, whose entry carries the time.
    pub(crate) fn emit_for_waba(
        self: &Arc<Self>,
        waba: &WabaId,
        field: &'static str,
        value: &Value,
    ) -> Emitted {
        self.post(Update {
            id: self.office.next_update(),
            waba: waba.clone(),
            number: None,
            field,
            time: Some(self.clock.now().as_second()),
            key: 0,
            value: Update::value(value),
        })
    }

    fn post(self: &Arc<Self>, update: Update) -> Emitted {
        let copy = update.clone();
        let id = update.id;
        let sent = office::send(self, update);
        Emitted {
            id: sent.then_some(id),
            update: copy,
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
