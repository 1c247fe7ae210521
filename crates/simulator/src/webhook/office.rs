//! The queues of notifications: lanes per subscription, POSTs over kept connections, retries.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::agenda::Job;
use crate::clock::later;
use crate::core::{Core, lock, read};
use crate::error::SimulatorError;
use crate::handset::live;
use crate::ids::AppId;
use crate::record::{Attempt, DeliveryState};
use crate::settings::History;
use crate::webhook::Update;
use crate::webhook::envelope::notification;
use crate::webhook::faults::{Draw, WebhookFaults};
use crate::webhook::log::Log;
use crate::webhook::sign::signature;
use crate::webhook::subscriptions::Scope;

/// A POST is no larger, unless a single update is. See [Cloud API/Webhooks overview].
const POST_BYTES: usize = 3_000_000;

/// Everything that waits to be sent, and the client that sends it.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) client: reqwest::Client,
    pub(crate) log: Mutex<Log>,
    queues: Mutex<HashMap<Scope, Arc<Vec<Lane>>>>,
    updates: AtomicU64,
    /// Updates and steps that are scheduled, queued, in flight or waiting for a retry.
    pending: AtomicUsize,
    /// Things in the lanes or in flight.
    busy: AtomicUsize,
    quieter: Notify,
    rested: Notify,
}

/// One POST at a time, in order.
#[derive(Debug, Default)]
struct Lane {
    items: Mutex<VecDeque<Item>>,
    filled: Notify,
}

#[derive(Debug)]
enum Item {
    Fresh(Update),
    Again(Box<Posting>),
}

/// A notification that was tried at least once, or is about to be.
#[derive(Debug)]
pub(crate) struct Posting {
    delivery: u64,
    body: Bytes,
    scope: Scope,
    lane: usize,
    /// What it carries, so that a retry can go to the other apps too.
    updates: Vec<Update>,
    tries: usize,
    /// Whether it repeats what another app did not take; it is tried once.
    repeats: bool,
}

impl Office {
    pub(crate) fn new(history: History) -> Result<Self, SimulatorError> {
        // Another part of the process may have installed a provider already; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("facebookexternalua")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .tcp_nodelay(true)
            .build()
            .map_err(|error| SimulatorError::Start(Box::new(error)))?;
        Ok(Self {
            client,
            log: Mutex::new(Log::new(history)),
            queues: Mutex::default(),
            updates: AtomicU64::new(0),
            pending: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            quieter: Notify::new(),
            rested: Notify::new(),
        })
    }

    pub(crate) fn next_update(&self) -> u64 {
        self.updates.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn pending(&self) -> usize {
        self.pending.load(Ordering::Acquire)
    }

    pub(crate) fn began(&self, n: usize) {
        self.pending.fetch_add(n, Ordering::AcqRel);
    }

    pub(crate) fn ended(&self, n: usize) {
        self.pending.fetch_sub(n, Ordering::AcqRel);
        self.quieter.notify_waiters();
    }

    /// Whether anything is in the lanes or in flight.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire) > 0
    }

    /// Resolves when the last thing in the lanes was tried.
    pub(crate) fn rested(&self) -> tokio::sync::futures::Notified<'_> {
        self.rested.notified()
    }

    fn tried(&self, n: usize) {
        if self.busy.fetch_sub(n, Ordering::AcqRel) == n {
            self.rested.notify_waiters();
        }
    }

    /// Waits until at most `most` things are pending.
    pub(crate) async fn wait_for(&self, most: usize) {
        loop {
            let mut quieter = std::pin::pin!(self.quieter.notified());
            quieter.as_mut().enable();
            if self.pending() <= most {
                return;
            }
            quieter.await;
        }
    }
}

/// Sends `update` to every app that subscribed to it; tells whether any did.
pub(crate) fn send(core: &Arc<Core>, update: &Update) -> bool {
    let shares = lock(&core.subscriptions).shares(update);
    let subscribed = !shares.is_empty();
    for (scope, share) in shares {
        send_to(core, &scope, share);
    }
    subscribed
}

fn send_to(core: &Arc<Core>, scope: &Scope, update: Update) {
    core.office.began(1);
    let faults = core.knobs().webhook_faults;
    if faults == WebhookFaults::default() {
        enqueue(core, scope, update);
        return;
    }
    let draw = Draw::of_update(core.settings.seed, &update);
    if draw.is_duplicated(&faults) {
        core.office.began(1);
        enqueue(core, scope, update.clone());
    }
    let wait = draw.hold(&faults);
    if wait.is_zero() {
        enqueue(core, scope, update);
    } else {
        core.agenda.add(
            later(core.clock.now(), wait),
            Job::Enqueue(scope.clone(), Box::new(update)),
        );
    }
}

/// Puts an update that is already counted as pending into its lane.
pub(crate) fn enqueue(core: &Arc<Core>, scope: &Scope, update: Update) {
    let lanes = lanes(core, scope);
    let lane = usize::try_from(update.key % lanes.len() as u64).unwrap_or(0);
    core.office.busy.fetch_add(1, Ordering::AcqRel);
    lanes[lane].put(Item::Fresh(update));
}

/// Puts a failed notification back into its lane. A retry goes to every app that is subscribed to
/// the WABA and field, also to those that answered with 200. See [Cloud API/Webhooks overview].
pub(crate) fn again(core: &Arc<Core>, posting: Box<Posting>) {
    for copy in copies(core, &posting) {
        core.office.began(copy.updates.len());
        put(core, Box::new(copy));
    }
    put(core, posting);
}

fn put(core: &Arc<Core>, posting: Box<Posting>) {
    let lanes = lanes(core, &posting.scope);
    core.office
        .busy
        .fetch_add(posting.updates.len(), Ordering::AcqRel);
    lanes[posting.lane % lanes.len()].put(Item::Again(posting));
}

/// The same updates for the other apps, as far as they take them.
fn copies(core: &Arc<Core>, posting: &Posting) -> Vec<Posting> {
    let mut of_scopes: Vec<(Scope, Vec<Update>)> = Vec::new();
    {
        let subscriptions = lock(&core.subscriptions);
        for update in &posting.updates {
            for (scope, share) in subscriptions.shares(update) {
                if scope.app == posting.scope.app {
                    continue;
                }
                match of_scopes.iter_mut().find(|(known, _)| *known == scope) {
                    Some((_, shares)) => shares.push(share),
                    None => of_scopes.push((scope, vec![share])),
                }
            }
        }
    }
    let copy = |(scope, updates)| Posting {
        repeats: true,
        ..Posting::new(core, scope, posting.lane, updates)
    };
    of_scopes.into_iter().map(copy).collect()
}

impl Posting {
    fn new(core: &Core, scope: Scope, lane: usize, updates: Vec<Update>) -> Self {
        let body = notification(&updates);
        let delivery = lock(&core.office.log).begin(&updates, body.clone(), core.clock.now());
        Self {
            delivery,
            body,
            scope,
            lane,
            updates,
            tries: 0,
            repeats: false,
        }
    }
}

impl Lane {
    fn put(&self, item: Item) {
        lock(&self.items).push_back(item);
        self.filled.notify_one();
    }

    /// The next thing to post: up to `most` fresh updates and three megabytes, or one notification again.
    fn take(&self, most: usize) -> Option<Taken> {
        let mut items = lock(&self.items);
        let mut fresh = match items.pop_front()? {
            Item::Again(posting) => return Some(Taken::Again(posting)),
            Item::Fresh(update) => vec![update],
        };
        let mut bytes = fresh.iter().map(Update::size).sum::<usize>();
        while fresh.len() < most
            && let Some(Item::Fresh(next)) = items.front()
        {
            bytes += next.size();
            if bytes > POST_BYTES {
                break;
            }
            if let Some(Item::Fresh(update)) = items.pop_front() {
                fresh.push(update);
            }
        }
        Some(Taken::Fresh(fresh))
    }
}

enum Taken {
    Fresh(Vec<Update>),
    Again(Box<Posting>),
}

/// The lanes of a subscription, with their workers, made on first use.
fn lanes(core: &Arc<Core>, scope: &Scope) -> Arc<Vec<Lane>> {
    let mut queues = lock(&core.office.queues);
    if let Some(lanes) = queues.get(scope) {
        return Arc::clone(lanes);
    }
    let count = core.settings.webhooks.concurrency.max(1);
    let lanes: Arc<Vec<Lane>> = Arc::new((0..count).map(|_| Lane::default()).collect());
    for lane in 0..count {
        core.tasks.spawn(work(
            Arc::clone(core),
            scope.clone(),
            Arc::clone(&lanes),
            lane,
        ));
    }
    queues.insert(scope.clone(), Arc::clone(&lanes));
    lanes
}

/// Empties one lane until the simulator stops.
async fn work(core: Arc<Core>, scope: Scope, lanes: Arc<Vec<Lane>>, lane: usize) {
    let most = core.settings.webhooks.max_updates_per_post.max(1);
    loop {
        let posting = match lanes[lane].take(most) {
            Some(Taken::Again(posting)) => posting,
            Some(Taken::Fresh(updates)) => {
                Box::new(Posting::new(&core, scope.clone(), lane, updates))
            }
            None => {
                tokio::select! {
                    () = lanes[lane].filled.notified() => continue,
                    () = core.stop.cancelled() => return,
                }
            }
        };
        let updates = posting.updates.len();
        tokio::select! {
            () = post(&core, posting) => core.office.tried(updates),
            () = core.stop.cancelled() => return,
        }
    }
}

/// One attempt; only 200 counts. See [Cloud API/Webhooks overview].
async fn post(core: &Arc<Core>, mut posting: Box<Posting>) {
    let at = core.clock.now();
    let url = lock(&core.subscriptions).url(&posting.scope);
    let answer = match url {
        Some(_) if is_lost(core, &posting) => Err("lost on purpose"),
        Some(url) => attempt(core, &posting.scope.app, &url, posting.body.clone()).await,
        None => Err("nobody is subscribed any more"),
    };
    let (status, error) = match answer {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(error)),
    };
    let schedule = &core.settings.webhooks.retries.0;
    let state = match (status, schedule.get(posting.tries)) {
        (Some(200), _) => DeliveryState::Delivered,
        (_, Some(_)) if !posting.repeats => DeliveryState::Waiting,
        _ => DeliveryState::GivenUp,
    };
    lock(&core.office.log).attempt(posting.delivery, Attempt { at, status, error }, state);
    if state == DeliveryState::Delivered {
        live::delivered(core, &posting.body);
    }
    if state == DeliveryState::Waiting {
        let wait = schedule.get(posting.tries).copied().unwrap_or_default();
        posting.tries += 1;
        core.agenda
            .add(later(core.clock.now(), wait), Job::Again(posting));
    } else {
        core.office.ended(posting.updates.len());
    }
}

/// Whether a fault swallows this attempt.
fn is_lost(core: &Core, posting: &Posting) -> bool {
    let faults = core.knobs().webhook_faults;
    posting.tries == 0
        && faults.dropped > 0.0
        && Draw::of_bytes(core.settings.seed, &posting.body).is_dropped(&faults)
}

async fn attempt(core: &Core, app: &AppId, url: &str, body: Bytes) -> Result<u16, &'static str> {
    let app = read(&core.accounts).app(app.as_str()).cloned();
    let app = app.ok_or("the app is gone")?;
    let signature = signature(&app.secret, &body);
    let mut answer = core
        .office
        .client
        .post(url)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", signature)
        .timeout(core.settings.webhooks.timeout)
        .body(body)
        .send()
        .await
        .map_err(|error| {
            if error.is_timeout() {
                "timed out"
            } else if error.is_connect() {
                "could not connect"
            } else {
                "the connection broke"
            }
        })?;
    let status = answer.status().as_u16();
    // A short answer is read to its end so that the connection can be used again.
    let mut left: usize = 64 << 10;
    while let Ok(Some(chunk)) = answer.chunk().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            break;
        }
    }
    Ok(status)
}
