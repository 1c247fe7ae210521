//! A test: an event made for one endpoint, to see whether it is heard.

use jiff::Timestamp;
use serde_json::json;

use super::RefusedWish;
use super::by_hand::refuse_endpoint;
use crate::app::App;
use crate::ids::{self, Kind};
use crate::store::audit::{Difference, Scribe};
use crate::store::deliveries::{self, Delivery, State};
use crate::store::events::{self, NewEvent};

/// The name of such an event. No filter lets it through: only the endpoint that is tested gets it.
pub(crate) const TEST: &str = "test";

/// The channel of events that belong to none.
const NO_CHANNEL: &str = "unassigned";

/// Deliveries that are taken up in one transaction.
const BATCH: i64 = 500;
/// Deliveries that are taken up in one call.
const MOST: i64 = 10_000;

/// Sends an endpoint a test event, before all that waits for it: who mends a subscriber that missed
/// much does not wait.
pub(crate) async fn test(
    app: &App,
    endpoint_id: String,
    scribe: Scribe,
) -> Result<Delivery, RefusedWish> {
    let now = app.clock.now();
    let (event_id, delivery_id) = (
        app.random.id(Kind::Event, now),
        app.random.id(Kind::Delivery, now),
    );
    let event = NewEvent {
        id: event_id.clone(),
        channel_id: NO_CHANNEL.to_owned(),
        kind: TEST,
        occurred_at: now,
        created_at: now,
        message_id: None,
        notification: None,
        data: json!({"endpoint_id": endpoint_id}).to_string(),
    };
    let tested = endpoint_id.clone();
    let told = app.store.write(move |tx| {
        if let Some(refused) = refuse_endpoint(tx, &tested)? {
            return Ok(Err(refused));
        }
        events::append(tx, event);
        scribe.note(tx, "endpoint.tested", &tested, Difference::NONE)?;
        Ok(Ok(()))
    });
    told.await??;
    // Its number is given out at the commit.
    let delivered = app.store.write(move |tx| {
        let Some(event) = events::by_id(tx, &event_id)? else {
            return Ok(Err(RefusedWish::NoEvent));
        };
        let delivery = Delivery {
            id: delivery_id,
            due_at: deliveries::front(tx, &endpoint_id, now)?,
            endpoint_id,
            event_seq: event.seq,
            event_id,
            state: State::Pending,
            attempts: 0,
            made: 0,
            created_at: now,
            updated_at: now,
        };
        deliveries::insert(tx, &delivery)?;
        deliveries::wake(tx);
        Ok(Ok(delivery))
    });
    delivered.await?
}

/// Begins the schedule again for what failed for good since `since`; how many there were.
pub(crate) async fn recover(
    app: &App,
    endpoint_id: String,
    since: Timestamp,
    scribe: &Scribe,
) -> Result<i64, RefusedWish> {
    let now = app.clock.now();
    let mut first = ids::floor(Kind::Delivery, since.as_millisecond());
    let mut recovered = 0;
    while recovered < MOST {
        let (endpoint_id, from) = (endpoint_id.clone(), first.clone());
        let (scribe, is_first) = (scribe.clone(), recovered == 0);
        let batch = app.store.write(move |tx| {
            if let Some(refused) = refuse_endpoint(tx, &endpoint_id)? {
                return Ok(Err(refused));
            }
            let failed = deliveries::failed_since(tx, &endpoint_id, &from, BATCH)?;
            for id in &failed {
                super::retry_within(tx, id, now)?.ok();
            }
            if is_first || !failed.is_empty() {
                let done = json!({"since": since.to_string(), "deliveries": failed.len()});
                let done = Difference::made(done);
                scribe.note(tx, "endpoint.recovered", &endpoint_id, done)?;
            }
            Ok(Ok(failed))
        });
        let failed = batch.await??;
        let count = i64::try_from(failed.len()).unwrap_or(0);
        recovered += count;
        // Those before may have failed again already.
        match failed.last() {
            Some(last) if count == BATCH => first = format!("{last}0"),
            _ => break,
        }
    }
    Ok(recovered)
}
