//! What a person does with an endpoint that does not work: look, try, replace its secret, catch up.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::deliveries::Delivery;
use super::json::Json;
use super::load::DAY;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Id, found};
use super::time::Time;
use crate::app::App;
use crate::deliver;
use crate::store::audit::Difference;
use crate::store::{Locked, StoreError, Tx, deliveries, endpoints, samples};

/// How an endpoint has done in the last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success_rate_24h": 0.998, "succeeded_24h": 4990, "failed_24h": 10, "waiting": 3, "failing": 1,
    "next_try_at": "2026-11-21T08:15:35.250Z"
}))]
pub(super) struct EndpointStats {
    /// Of all attempts, how many went well, from 0 to 1; null if there were none.
    #[schema(minimum = 0, maximum = 1)]
    success_rate_24h: Option<f64>,
    /// Attempts that were answered with 2xx.
    succeeded_24h: u64,
    /// Attempts that were not.
    failed_24h: u64,
    /// Deliveries that wait for their time, or for the endpoint to be enabled. Counted up to 100,000.
    waiting: i64,
    /// Those of them that were tried, and failed so far; not those that begin again.
    failing: i64,
    /// When the next of them is due; null if none waits.
    next_try_at: Option<Time>,
}

/// How an endpoint gets another secret.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_seconds": 86400}))]
pub(super) struct RotateSecret {
    /// For how long the secret before signs too; a day if absent.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: u32,
}

/// Seconds that two secrets may sign side by side.
const OVERLAP_LIMIT: u32 = 7 * 86_400;

const fn a_day() -> u32 {
    86_400
}

/// An endpoint's new secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "old_secret_until": "2026-11-22T08:15:30.250Z"
}))]
pub(super) struct RotatedSecret {
    secret: String,
    /// Until then each delivery has a signature with the secret before as well.
    old_secret_until: Time,
}

/// From when on what failed is delivered again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"since": "2026-11-21T00:00:00Z"}))]
pub(super) struct Recover {
    /// RFC 3339.
    #[schema(format = DateTime)]
    since: String,
}

/// How much goes out again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"deliveries": 42}))]
pub(super) struct Recovered {
    /// At most 10,000 a call: if it is that many, call again.
    #[schema(minimum = 0, maximum = 10_000)]
    deliveries: i64,
}

/// How an endpoint does
///
/// Its attempts of the last 24 hours, and what waits.
#[utoipa::path(get, path = "/api/v1/endpoints/{id}/stats", tag = "Endpoints",
    operation_id = "get_endpoint_stats",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 200, description = "How it does", body = EndpointStats),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn stats(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<EndpointStats>, Problem> {
    let id = known(&gate, id).await?;
    let stats = stats_of(&gate.app, &[&id]).await?.pop();
    found(stats, Thing::Endpoint).map(axum::Json)
}

/// How each of these endpoints does. They are looked at one by one: one that much waits for holds no
/// reader for long.
pub(super) async fn stats_of(app: &App, ids: &[&str]) -> Result<Vec<EndpointStats>, StoreError> {
    let now = app.clock.now();
    let day = move |tx: &Tx<'_>| samples::since(tx, now - DAY);
    let mut samples = app.store.read(day).await?;
    samples.push((now, app.metrics.tally.so_far()));
    let mut stats = Vec::with_capacity(ids.len());
    for id in ids {
        let wanted = (*id).to_owned();
        let look = move |tx: &Tx<'_>| deliveries::waiting(tx, &wanted);
        let waiting = app.store.read(look).await?;
        let (mut succeeded, mut failed) = (0, 0);
        for (_, counted) in &samples {
            if let Some(ended) = counted.endpoints.get(*id) {
                succeeded += ended.well;
                failed += ended.ill;
            }
        }
        let all = succeeded + failed;
        #[expect(clippy::cast_precision_loss, reason = "a day's attempts")]
        let rate = (all > 0).then(|| (succeeded as f64 / all as f64 * 10_000.0).round() / 10_000.0);
        stats.push(EndpointStats {
            success_rate_24h: rate,
            succeeded_24h: succeeded,
            failed_24h: failed,
            waiting: waiting.count,
            failing: waiting.failing,
            next_try_at: waiting.first_due.map(Time),
        });
    }
    Ok(stats)
}

/// How long the answer to a test waits for the endpoint.
const TEST_WAIT: Duration = Duration::from_secs(10);
/// How often it is looked whether the endpoint was called.
const TEST_LOOK: Duration = Duration::from_millis(50);

/// Test an endpoint
///
/// It alone is sent a `test` event at once, whatever its filters say and whatever waits for it. The
/// answer waits up to ten seconds for the first attempt and shows it; an attempt that fails is not
/// repeated.
#[utoipa::path(post, path = "/api/v1/endpoints/{id}/test", tag = "Endpoints",
    operation_id = "test_endpoint",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 200, description = "The delivery with its attempt, if there was one by then",
            body = Delivery),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`: the endpoint is disabled"),
    ))]
pub(super) async fn test(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Delivery>, Problem> {
    let app = &gate.app;
    let delivery = deliver::test(app, known(&gate, id).await?, caller.scribe(app)).await?;
    let begun = tokio::time::Instant::now();
    loop {
        let id = delivery.id.clone();
        let looked = app.store.read(move |tx| {
            let delivery = deliveries::by_id(tx, &id)?;
            let attempts = deliveries::attempts(tx, &id)?;
            Ok(delivery.map(|delivery| (delivery, attempts)))
        });
        let (delivery, attempts) = found(looked.await?, Thing::Delivery)?;
        let is_over = begun.elapsed() >= TEST_WAIT || app.stopping.is_cancelled();
        if attempts.is_empty() && !is_over {
            tokio::time::sleep(TEST_LOOK).await;
            continue;
        }
        return Ok(axum::Json(Delivery::with_attempts(delivery, attempts)));
    }
}

/// Rotate an endpoint's secret
///
/// It gets another one, which signs from now on. The one before signs too until the overlap ends:
/// then each delivery carries two signatures, as Standard Webhooks has it, so that the subscriber
/// can change its own in between. A secret that was on its way out before signs no longer.
#[utoipa::path(post, path = "/api/v1/endpoints/{id}/rotate-secret", tag = "Endpoints",
    operation_id = "rotate_endpoint_secret",
    params(("id" = String, Path, description = "`ep_…`")),
    request_body(content = Option<RotateSecret>, description = "May be left out"), responses(
        (status = 200, description = "The new secret", body = RotatedSecret),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn rotate_secret(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    request: Option<Json<RotateSecret>>,
) -> Result<axum::Json<RotatedSecret>, Problem> {
    let seconds = request.map_or_else(a_day, |Json(request)| request.overlap_seconds);
    if seconds > OVERLAP_LIMIT {
        let detail = format!("must be at most {OVERLAP_LIMIT}");
        return Err(Problem::Invalid(vec![Invalid::at(
            "/overlap_seconds",
            detail,
        )]));
    }
    let now = gate.app.clock.now();
    let until = now + i64::from(seconds) * 1000;
    let secret = deliver::new_secret(&gate.app.random);
    let shown = secret.expose().to_owned();
    let scribe = caller.scribe(&gate.app);
    let rotated = gate.app.store.write(move |tx| {
        tx.lock(Locked::Endpoint(&id))?;
        let Some(mut row) = endpoints::by_id(tx, &id)? else {
            return Ok(None);
        };
        row.secrets.truncate(1);
        row.secrets.insert(0, secret);
        row.old_secrets_until = Some(until);
        row.updated_at = now;
        endpoints::update(tx, &row)?;
        let rotated = Difference::made(json!({"old_secret_until": Time(until)}));
        scribe.note(tx, "endpoint.secret_rotated", &id, rotated)?;
        Ok(Some(()))
    });
    found(rotated.await?, Thing::Endpoint)?;
    Ok(axum::Json(RotatedSecret {
        secret: shown,
        old_secret_until: Time(until),
    }))
}

/// Deliver again what an endpoint has missed
///
/// Its deliveries made since then that failed for good, or wait for another try, go out at once, each
/// with the whole schedule before it, and their dead letters are settled.
#[utoipa::path(post, path = "/api/v1/endpoints/{id}/recover", tag = "Endpoints",
    operation_id = "recover_endpoint",
    params(("id" = String, Path, description = "`ep_…`")),
    request_body = Recover, responses(
        (status = 200, description = "How many go out again", body = Recovered),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`: the endpoint is disabled"),
    ))]
pub(super) async fn recover(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(request): Json<Recover>,
) -> Result<axum::Json<Recovered>, Problem> {
    let since: Result<Timestamp, _> = request.since.parse();
    let Ok(since) = since else {
        let detail = "must be a time such as 2026-11-21T00:00:00Z";
        return Err(Problem::Invalid(vec![Invalid::at("/since", detail)]));
    };
    let id = known(&gate, id).await?;
    let scribe = caller.scribe(&gate.app);
    let deliveries = deliver::recover(&gate.app, id, since, &scribe).await?;
    Ok(axum::Json(Recovered { deliveries }))
}

/// The id, if there is such an endpoint.
async fn known(gate: &Gate, id: String) -> Result<String, Problem> {
    let row = gate.app.store.read(move |tx| endpoints::by_id(tx, &id));
    found(row.await?, Thing::Endpoint).map(|row| row.id)
}
