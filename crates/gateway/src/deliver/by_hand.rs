//! What a person asks for: a replay, a retry, a discard.

use serde_json::json;

use super::signature::Secret;
use crate::app::App;
use crate::clock::Millis;
use crate::ids::{Kind, Random};
use crate::store::audit::{Difference, Scribe};
use crate::store::deliveries::{self, Delivery, State};
use crate::store::scope::Scope;
use crate::store::{Locked, StoreError, Tx, endpoints, events};

/// Why a person's wish is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RefusedWish {
    #[error("there is no such event")]
    NoEvent,
    #[error("there is no such endpoint")]
    NoEndpoint,
    #[error("there is no such delivery")]
    NoDelivery,
    /// It would wait and not be delivered.
    #[error("the endpoint is disabled; enable it first")]
    EndpointDisabled,
    /// It was delivered: what is wanted then is a replay of its event.
    #[error("the delivery was made already; replay its event to make another")]
    Delivered,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A secret for a new endpoint.
pub(crate) fn new_secret(random: &Random) -> Secret {
    Secret::generate(random)
}

/// Delivers an event of these channels to an endpoint once more, whether or not its filters let it
/// through. Who reaches some channels only has it go where the filter for channels lets it.
pub(crate) async fn replay(
    app: &App,
    event_id: String,
    endpoint_id: String,
    scope: Scope,
    scribe: Scribe,
) -> Result<Delivery, RefusedWish> {
    let now = app.clock.now();
    let id = app.random.id(Kind::Delivery, now);
    let made = app.store.write(move |tx| {
        let event = events::by_id(tx, &event_id)?;
        let event = event.filter(|event| scope.includes(&event.channel_id));
        if let (Some(event), true) = (&event, scope.is_limited()) {
            let endpoint = endpoints::by_id(tx, &endpoint_id)?;
            let takes =
                |channels: &[String]| channels.is_empty() || channels.contains(&event.channel_id);
            if endpoint.is_some_and(|endpoint| !takes(&endpoint.channels)) {
                return Ok(Err(RefusedWish::NoEndpoint));
            }
        }
        if event.is_none() && scope.is_limited() {
            return Ok(Err(RefusedWish::NoEvent));
        }
        if let Some(refused) = refuse_endpoint(tx, &endpoint_id)? {
            return Ok(Err(refused));
        }
        let Some(event) = event else {
            return Ok(Err(RefusedWish::NoEvent));
        };
        let delivery = Delivery {
            id,
            endpoint_id,
            event_seq: event.seq,
            event_id,
            state: State::Pending,
            attempts: 0,
            made: 0,
            due_at: now,
            created_at: now,
            updated_at: now,
        };
        deliveries::insert(tx, &delivery)?;
        let made = json!({"delivery": delivery.id, "endpoint": delivery.endpoint_id});
        let event = &delivery.event_id;
        scribe.note(tx, "event.replayed", event, Difference::made(made))?;
        deliveries::wake(tx);
        Ok(Ok(delivery))
    });
    made.await?
}

/// Tries a delivery of an event of these channels now, with the whole schedule before it again, and
/// closes its dead letter.
pub(crate) async fn retry(
    app: &App,
    delivery_id: String,
    scope: Scope,
    scribe: Scribe,
) -> Result<Delivery, RefusedWish> {
    let now = app.clock.now();
    let retried = app.store.write(move |tx| {
        if scope.is_limited() && deliveries::within(tx, &delivery_id, &scope)?.is_none() {
            return Ok(Err(RefusedWish::NoDelivery));
        }
        if let Err(refused) = retry_within(tx, &delivery_id, now)? {
            return Ok(Err(refused));
        }
        scribe.note(tx, "delivery.retried", &delivery_id, Difference::NONE)?;
        reread(tx, &delivery_id)
    });
    retried.await?
}

/// As [`retry`], in a transaction of the caller's. A refusal leaves nothing behind.
pub(crate) fn retry_within(
    tx: &Tx<'_>,
    delivery_id: &str,
    now: Millis,
) -> Result<Result<(), RefusedWish>, StoreError> {
    let delivery = match not_delivered(tx, delivery_id)? {
        Ok(delivery) => delivery,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(refused) = refuse_endpoint(tx, &delivery.endpoint_id)? {
        return Ok(Err(refused));
    }
    deliveries::restart(tx, delivery_id, now)?;
    deliveries::resolve_dead_letter(tx, delivery_id, "retried", now)?;
    Ok(Ok(()))
}

/// Gives a delivery up that was not made, in a transaction of the caller's, and closes its dead
/// letters with the resolution.
pub(crate) fn discard_within(
    tx: &Tx<'_>,
    delivery_id: &str,
    resolution: &str,
    now: Millis,
) -> Result<(), StoreError> {
    if not_delivered(tx, delivery_id)?.is_ok() {
        deliveries::cancel(tx, delivery_id, now)?;
        deliveries::resolve_dead_letter(tx, delivery_id, resolution, now)?;
    }
    Ok(())
}

pub(super) fn refuse_endpoint(tx: &Tx<'_>, id: &str) -> Result<Option<RefusedWish>, StoreError> {
    Ok(match endpoints::by_id(tx, id)? {
        None => Some(RefusedWish::NoEndpoint),
        Some(endpoint) if endpoint.disabled.is_some() => Some(RefusedWish::EndpointDisabled),
        Some(_) => None,
    })
}

fn not_delivered(tx: &Tx<'_>, id: &str) -> Result<Result<Delivery, RefusedWish>, StoreError> {
    tx.lock(Locked::Delivery(id))?;
    Ok(match deliveries::by_id(tx, id)? {
        None => Err(RefusedWish::NoDelivery),
        Some(delivery) if delivery.state == State::Delivered => Err(RefusedWish::Delivered),
        Some(delivery) => Ok(delivery),
    })
}

fn reread(tx: &Tx<'_>, id: &str) -> Result<Result<Delivery, RefusedWish>, StoreError> {
    Ok(deliveries::by_id(tx, id)?.ok_or(RefusedWish::NoDelivery))
}
