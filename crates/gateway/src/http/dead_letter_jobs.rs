//! Jobs over dead letters: previewed, begun, watched, cancelled.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::dead_letter_body::{DeadLetter, DeadLetterKind};
use super::dead_letters::check_reason;
use super::json::Json;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::texts::Texts;
use super::time::Time;
use crate::clock::Millis;
use crate::letters::{self, Order, Preview, Reason};
use crate::store::audit::Scribe;
use crate::store::dead_letters::Filter;
use crate::store::jobs::{self, Action, Job, State as JobState};

const LISTED: Listed = Listed("dead-letter-jobs");

/// Dead letters that can be named one by one.
const IDS_LIMIT: usize = 500;

/// Dead letters a second at most.
const FASTEST: u32 = 1000;

/// Many dead letters to settle.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "action": "retry", "filter": {"reason": "auth", "channel": "support"}, "dry_run": true
}))]
pub(super) struct NewJob {
    action: JobAction,
    filter: JobFilter,
    /// Why they are discarded, 1 to 500 characters; only with `discard`, and then required.
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// Dead letters a second at most.
    #[serde(default = "ten")]
    #[schema(minimum = 1, maximum = 1000, default = 10)]
    per_second: u32,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

const fn ten() -> u32 {
    10
}

/// Which of the open dead letters are meant: those for which all of this is true. An empty filter
/// means all of them. To `retry`, parts of notifications that were not understood are left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JobFilter {
    /// One of these, up to 500.
    #[serde(default)]
    #[schema(max_items = 500)]
    ids: Vec<String>,
    kind: Option<DeadLetterKind>,
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
    /// The channel's id.
    channel: Option<String>,
    /// At or after this time, RFC 3339.
    #[schema(value_type = Option<Time>)]
    created_after: Option<String>,
    /// At or before this time, RFC 3339.
    #[schema(value_type = Option<Time>)]
    created_before: Option<String>,
}

/// What is done to each dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JobAction {
    /// As a retry of each of them. Messages go behind those that are not a part of a job.
    Retry,
    /// As a discard of each of them.
    Discard,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeadLetterJobState {
    Running,
    /// It has come to all of them.
    Done,
    /// It was ended before its time.
    Canceled,
}

/// Dead letters that are settled one after the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "job_01hf7yat00c5k9m2t8w3x6q4vz", "action": "retry", "state": "running",
    "total": 1200, "done": 340, "failed": 2,
    "last_error": "a message that is accepted cannot be sent again",
    "reason": null, "per_second": 10, "created_by": "key_01hf7yat00c5k9m2t8w3x6q4vz",
    "created_at": "2026-11-21T08:15:30.250Z", "updated_at": "2026-11-21T08:16:04.500Z"
}))]
pub(super) struct DeadLetterJob {
    /// `job_…`
    id: String,
    action: JobAction,
    state: DeadLetterJobState,
    /// How many there were when it began. What fails again meanwhile is not among them.
    total: i64,
    /// Those that are settled. `list_dead_letters` lists them by `settled_by`.
    done: i64,
    /// Those that were refused. They stay open; `refused_by` lists them.
    failed: i64,
    /// Why the last of those was refused.
    last_error: Option<String>,
    /// Why they are discarded.
    reason: Option<String>,
    per_second: i64,
    /// The id of an API key.
    created_by: String,
    created_at: Time,
    /// When it last came to a dead letter, or ended.
    updated_at: Time,
}

/// What a job would come to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadLetterPreview {
    total: i64,
    by_kind: Vec<Counted>,
    /// The most frequent ones, up to 100.
    by_reason: Vec<Counted>,
    /// Those with the most, up to 100.
    by_channel: Vec<Counted>,
    /// The newest ones.
    sample: Vec<DeadLetter>,
}

/// How many there are of a sort.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counted {
    /// The kind, reason or channel; null for what is of no channel.
    value: Option<String>,
    count: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Settle many dead letters
///
/// With `dry_run` nothing is done, and the answer tells what would be. Otherwise a job begins, which
/// settles those that are open now, one after the other, not faster than `per_second`, also over a
/// restart of the gateway. Each is settled as if by hand and in one transaction with the job's
/// count, so that none is settled twice.
#[utoipa::path(post, path = "/api/v1/dead-letters/bulk", tag = "Dead letters",
    operation_id = "settle_dead_letters", request_body = NewJob, responses(
        (status = 200, description = "With `dry_run`: what would be done", body = DeadLetterPreview),
        (status = 202, description = "The job", body = DeadLetterJob, headers(
            ("Location" = String, description = "Where the job is"),
        )),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(new): Json<NewJob>,
) -> Result<Response, Problem> {
    let dry_run = new.dry_run;
    let order = new.order(caller.scribe(&gate.app))?;
    if dry_run {
        let preview = letters::preview(&gate.app, order.filter).await?;
        let preview = caller.show(DeadLetterPreview::try_from(preview)?);
        return Ok(axum::Json(preview).into_response());
    }
    let job = letters::start_job(&gate.app, order).await?;
    let location = format!("/api/v1/dead-letters/bulk/{}", job.id);
    let mut answer = (StatusCode::ACCEPTED, axum::Json(DeadLetterJob::from(job))).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// List jobs over dead letters
///
/// Newest first. Those that ended more than 30 days ago are forgotten.
#[utoipa::path(get, path = "/api/v1/dead-letters/bulk", tag = "Dead letters",
    operation_id = "list_dead_letter_jobs", params(ListQuery), responses(
        (status = 200, description = "A page of jobs", body = List<DeadLetterJob>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<DeadLetterJob>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let look = move |tx: &crate::store::Tx<'_>| jobs::list(tx, &page);
    let rows = gate.app.store.read(look).await?;
    let list = LISTED.list(limit, rows, |row| row.id.clone(), |row| Ok(row.into()));
    list.map(axum::Json)
}

/// Get a job over dead letters
#[utoipa::path(get, path = "/api/v1/dead-letters/bulk/{id}", tag = "Dead letters",
    operation_id = "get_dead_letter_job",
    params(("id" = String, Path, description = "`job_…`")), responses(
        (status = 200, description = "The job", body = DeadLetterJob),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<DeadLetterJob>, Problem> {
    let row = gate.app.store.read(move |tx| jobs::by_id(tx, &id)).await?;
    Ok(axum::Json(found(row, Thing::Job)?.into()))
}

/// Cancel a job over dead letters
///
/// What it has settled stays settled.
#[utoipa::path(post, path = "/api/v1/dead-letters/bulk/{id}/cancel", tag = "Dead letters",
    operation_id = "cancel_dead_letter_job",
    params(("id" = String, Path, description = "`job_…`")), responses(
        (status = 200, description = "The job, canceled", body = DeadLetterJob),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn cancel(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<DeadLetterJob>, Problem> {
    let scribe = caller.scribe(&gate.app);
    let (job, ran) = found(letters::cancel(&gate.app, id, scribe).await?, Thing::Job)?;
    if !ran && job.state != JobState::Canceled {
        let detail = "This job has ended already.".into();
        return Err(Problem::WrongState { detail });
    }
    Ok(axum::Json(job.into()))
}

impl NewJob {
    /// Checks it; each fault that is found is told.
    fn order(self, scribe: Scribe) -> Result<Order, Problem> {
        let mut faults = Vec::new();
        if !(1..=FASTEST).contains(&self.per_second) {
            let detail = format!("must be a number from 1 to {FASTEST}");
            faults.push(Invalid::at("/per_second", detail));
        }
        let ids = self.filter.ids.len();
        if ids > IDS_LIMIT {
            faults.push(Invalid::at("/filter/ids", "has too many items").over(IDS_LIMIT, ids));
        }
        let reason = match (self.action, self.reason) {
            (JobAction::Discard, Some(reason)) => Some(check_reason(&reason)?),
            (JobAction::Discard, None) => {
                faults.push(Invalid::at("/reason", "is required"));
                None
            }
            (JobAction::Retry, Some(_)) => {
                faults.push(Invalid::at("/reason", "is only for `discard`"));
                None
            }
            (JobAction::Retry, None) => None,
        };
        let mut time = |name: &str, text: Option<String>| {
            let read = read_time(text.as_deref()?);
            if read.is_none() {
                let detail = "must be a time such as 2026-11-21T08:15:30Z";
                faults.push(Invalid::at(format!("/filter/{name}"), detail));
            }
            read
        };
        let created_after = time("created_after", self.filter.created_after);
        let created_before = time("created_before", self.filter.created_before);
        if !faults.is_empty() {
            return Err(Problem::Invalid(faults));
        }
        Ok(Order {
            action: self.action.into(),
            reason,
            filter: Filter {
                ids: self.filter.ids,
                kind: self.filter.kind.map(Into::into),
                reason: self.filter.reason,
                channel: self.filter.channel,
                created_after,
                created_before,
                retryable: self.action == JobAction::Retry,
                ..Filter::default()
            },
            per_second: self.per_second.into(),
            scribe,
        })
    }
}

fn read_time(text: &str) -> Option<Millis> {
    text.parse().ok().map(Timestamp::as_millisecond)
}

impl From<JobAction> for Action {
    fn from(action: JobAction) -> Self {
        match action {
            JobAction::Retry => Self::Retry,
            JobAction::Discard => Self::Discard,
        }
    }
}

impl From<Job> for DeadLetterJob {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            action: match job.action {
                Action::Retry => JobAction::Retry,
                Action::Discard => JobAction::Discard,
            },
            state: match job.state {
                JobState::Running => DeadLetterJobState::Running,
                JobState::Done => DeadLetterJobState::Done,
                JobState::Canceled => DeadLetterJobState::Canceled,
            },
            total: job.total,
            done: job.done,
            failed: job.failed,
            last_error: job.last_error,
            reason: job.reason,
            per_second: job.per_second,
            created_by: job.actor,
            created_at: Time(job.created_at),
            updated_at: Time(job.updated_at),
        }
    }
}

impl Texts for DeadLetterPreview {
    fn hide(&mut self) {
        self.sample.iter_mut().for_each(Texts::hide);
    }
}

impl TryFrom<Preview> for DeadLetterPreview {
    type Error = Problem;

    fn try_from(preview: Preview) -> Result<Self, Problem> {
        let counted = |counts: Vec<(Option<String>, i64)>| {
            let counts = counts.into_iter();
            counts
                .map(|(value, count)| Counted { value, count })
                .collect()
        };
        let sample = preview.sample.into_iter().map(DeadLetter::try_from);
        Ok(Self {
            total: preview.total,
            by_kind: counted(preview.by_kind),
            by_reason: counted(preview.by_reason),
            by_channel: counted(preview.by_channel),
            sample: sample.collect::<Result<_, _>>()?,
        })
    }
}
