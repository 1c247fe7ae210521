//! Many dead letters settled one after the other, at a pace, by one node, over restarts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::settle::{By, SettleError, Wake, Wish, prepare, settle_within};
use crate::app::App;
use crate::bus::Prepared;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::ids::Kind as IdKind;
use crate::store::audit::{Difference, Scribe};
use crate::store::dead_letters::{self, By as CountedBy, DeadLetter, Filter};
use crate::store::jobs::{self, Action, Job, State};
use crate::store::page::Page;
use crate::store::{StoreError, Tx};

/// How often is looked for a new job.
const LOOK: Duration = Duration::from_millis(500);

/// How long a job that has ended is listed.
const KEPT: Millis = 30 * 24 * 3600 * 1000;

/// Letters that a preview shows.
const SAMPLE: i64 = 10;

/// Sorts of letters that a preview counts, the most frequent ones.
const SORTS: i64 = 100;

/// What a person asks for.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) action: Action,
    /// Why they are discarded.
    pub(crate) reason: Option<String>,
    pub(crate) filter: Filter,
    pub(crate) per_second: i64,
    pub(crate) scribe: Scribe,
}

/// What a job would come to.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) total: i64,
    pub(crate) by_kind: Vec<(Option<String>, i64)>,
    pub(crate) by_reason: Vec<(Option<String>, i64)>,
    pub(crate) by_channel: Vec<(Option<String>, i64)>,
    /// The newest ones.
    pub(crate) sample: Vec<DeadLetter>,
}

/// Looks at what a job would come to, and changes nothing.
pub(crate) async fn preview(app: &App, filter: Filter) -> Result<Preview, StoreError> {
    let look = move |tx: &Tx<'_>| {
        let mut page = Page::new(None, SAMPLE);
        // All of them are looked through for the counts anyway.
        page.look = i64::MAX;
        let by = |by| dead_letters::count_open_by(tx, &filter, by, SORTS);
        Ok(Preview {
            total: dead_letters::count_open(tx, &filter)?,
            by_kind: by(CountedBy::Kind)?,
            by_reason: by(CountedBy::Reason)?,
            by_channel: by(CountedBy::Channel)?,
            sample: dead_letters::list(tx, &filter, &page)?.rows,
        })
    };
    app.store.read(look).await
}

/// Begins a job over the letters that are open now.
pub(crate) async fn start_job(app: &App, order: Order) -> Result<Job, StoreError> {
    let now = app.clock.now();
    let mut filter = order.filter;
    // What fails again while the job runs is a new letter, which it leaves alone.
    filter.created_before = Some(filter.created_before.map_or(now, |time| time.min(now)));
    let mut job = Job {
        id: app.random.id(IdKind::Job, now),
        action: order.action,
        reason: order.reason,
        filter,
        per_second: order.per_second,
        state: State::Running,
        total: 0,
        done: 0,
        failed: 0,
        last_id: String::new(),
        last_error: None,
        actor: order.scribe.actor.clone(),
        created_at: now,
        updated_at: now,
    };
    let add = move |tx: &Tx<'_>| {
        jobs::forget(tx, now.saturating_sub(KEPT))?;
        job.total = dead_letters::count_open(tx, &job.filter)?;
        jobs::insert(tx, &job)?;
        let became = json!({
            "action": job.action.as_str(), "reason": job.reason, "total": job.total,
            "per_second": job.per_second, "filter": job.filter,
        });
        let made = Difference::made(became);
        order
            .scribe
            .note(tx, "dead_letter_job.started", &job.id, made)?;
        Ok(job)
    };
    app.store.write(add).await
}

/// Ends a job before its time, if it runs; the job as it is then, and whether it ran.
pub(crate) async fn cancel(
    app: &App,
    id: String,
    scribe: Scribe,
) -> Result<Option<(Job, bool)>, StoreError> {
    let now = app.clock.now();
    let end = move |tx: &Tx<'_>| {
        let ran = jobs::end(tx, &id, State::Canceled, now)?;
        if ran {
            let ended = Difference::of_state("running", "canceled");
            scribe.note(tx, "dead_letter_job.canceled", &id, ended)?;
        }
        Ok(jobs::by_id(tx, &id)?.map(|job| (job, ran)))
    };
    app.store.write(end).await
}

/// Runs the jobs, the oldest first.
pub(crate) fn start(app: &Arc<App>) {
    app.spawn(watch(Arc::clone(app)));
}

async fn watch(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        while run(&app, &lease).await {}
    }
}

/// Takes one look, and runs the job that it finds; `false` when the lease is over or the app stops.
async fn run(app: &Arc<App>, lease: &Lease) -> bool {
    let mut next = Instant::now();
    loop {
        let job = match app.store.read(jobs::running).await {
            Ok(Some(job)) => job,
            Ok(None) => return app.rest(lease, LOOK).await,
            Err(error) => {
                tracing::error!(%error, "jobs over dead letters cannot be looked at");
                return app.rest(lease, LOOK).await;
            }
        };
        let pause = Duration::from_secs(1) / u32::try_from(job.per_second.max(1)).unwrap_or(1);
        if let Err(error) = step(app, job).await {
            tracing::error!(%error, "a job over dead letters cannot go on");
            return app.rest(lease, LOOK).await;
        }
        // What was missed is not made up for: the pace is a limit.
        next = (next + pause).max(Instant::now());
        if !app
            .rest(lease, next.saturating_duration_since(Instant::now()))
            .await
        {
            return false;
        }
    }
}

/// Settles the next letter of a job, or ends it.
async fn step(app: &Arc<App>, job: Job) -> Result<(), StoreError> {
    let spent = job.done.saturating_add(job.failed) >= job.total;
    let this = job.clone();
    let look = move |tx: &Tx<'_>| dead_letters::next_open(tx, &this.filter, &this.last_id);
    let next = if spent {
        None
    } else {
        app.store.read(look).await?
    };
    let now = app.clock.now();
    let Some(letter) = next else {
        let end = move |tx: &Tx<'_>| jobs::end(tx, &job.id, State::Done, now);
        app.store.write(end).await?;
        return Ok(());
    };
    let wish = match job.action {
        Action::Retry => Wish::Retry { edited: None },
        Action::Discard => Wish::Discard {
            reason: job.reason.clone().unwrap_or_default(),
        },
    };
    let prepared = prepare(app, &letter, &wish).await;
    let (shared, this, id) = (Arc::clone(app), job.clone(), letter.id.clone());
    let change = move |tx: &Tx<'_>| settle_next(tx, &shared, &this, &id, &wish, prepared);
    match app.store.write(change).await {
        Ok(wake) => wake.tell(app),
        // The letter itself is at fault: the job goes on with the one after it.
        Err(error) if error.is_lasting() => {
            let pass = move |tx: &Tx<'_>| {
                if jobs::step(tx, &job, &letter.id, now)? {
                    let why = "the database refuses what the letter says";
                    jobs::count(tx, &job.id, &letter.id, Some(why))?;
                }
                Ok(())
            };
            app.store.write(pass).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn settle_next(
    tx: &Tx<'_>,
    app: &App,
    job: &Job,
    letter_id: &str,
    wish: &Wish,
    prepared: Result<Option<Prepared>, SettleError>,
) -> Result<Wake, StoreError> {
    if !jobs::step(tx, job, letter_id, app.clock.now())? {
        return Ok(Wake::Nobody);
    }
    // Who began it may have been at the console; the job is not.
    let scribe = Scribe {
        actor: job.actor.clone(),
        at_console: false,
        random: app.random.clone(),
        now: app.clock.now(),
    };
    let by = By {
        scribe: &scribe,
        job: Some(&job.id),
    };
    let settled =
        prepared.and_then(|prepared| settle_within(tx, app, letter_id, wish, prepared, by));
    match settled {
        Ok(wake) => {
            jobs::count(tx, &job.id, letter_id, None)?;
            Ok(wake)
        }
        Err(SettleError::Store(error)) => Err(error),
        Err(refused) => {
            jobs::count(tx, &job.id, letter_id, Some(&refused.to_string()))?;
            Ok(Wake::Nobody)
        }
    }
}
