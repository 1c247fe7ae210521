//! Asks the carrier what each number may send in a second and how it is judged, once a day and when it
//! says that this has changed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::store::StoreError;
use crate::store::channels::{self, Channel};

/// How long an answer is believed.
const DAY: Millis = 24 * 3600 * 1000;

/// How soon a number is asked for again that could not be.
const RETRY: Duration = Duration::from_mins(15);

/// How soon a number is asked for again whose throughput a person has set.
const AGAIN: Duration = Duration::from_hours(24);

/// How often the app's clock is looked at.
const TICK: Duration = Duration::from_mins(1);

/// Keeps what numbers may send up to date, on one node of all.
pub(super) async fn watch(app: Arc<App>) {
    let mut news = app.store.channels();
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        // Those that could not be asked for, or whose throughput is set, and when to ask again.
        let mut resting: HashMap<(String, bool), Instant> = HashMap::new();
        loop {
            news.borrow_and_update();
            if let Err(error) = learn(&app, &lease, &mut resting).await {
                tracing::error!(%error, "what numbers may send cannot be kept");
            }
            let rested = tokio::select! {
                rested = app.rest(&lease, TICK) => rested,
                changed = news.changed() => changed.is_ok() && lease.is_valid() && !lease.is_over(),
            };
            if !rested {
                break;
            }
        }
    }
}

async fn learn(
    app: &Arc<App>,
    lease: &Lease,
    resting: &mut HashMap<(String, bool), Instant>,
) -> Result<(), StoreError> {
    let (now, begun) = (app.clock.now(), Instant::now());
    resting.retain(|_, until| *until > begun);
    for channel in app.store.read(channels::all).await? {
        if app.stopping.is_cancelled() || lease.is_over() {
            return Ok(());
        }
        // Who takes a throughput back that was set has it learned at once.
        let is_set = channel.throughput != 0;
        let key = (channel.id.clone(), is_set);
        if !is_due(&channel, now) || resting.contains_key(&key) {
            continue;
        }
        let asked = match app.carriers.of(&channel) {
            Ok(carrier) => carrier.facts().await.ok(),
            // The channel's sender tells what is wrong with it.
            Err(_) => None,
        };
        let Some(facts) = asked else {
            tracing::debug!(
                channel.id = channel.id,
                "the carrier does not say what the number may send"
            );
            resting.insert(key, begun + RETRY);
            continue;
        };
        let before = channel.rate();
        if is_set {
            resting.insert(key, begun + AGAIN);
        }
        let (id, number) = (channel.id.clone(), channel.phone_number_id.clone());
        let learned = facts.throughput.map(i64::from);
        app.store
            .write(move |tx| {
                let number = number.as_deref();
                let (quality, tier) = (facts.quality.as_deref(), facts.tier.as_deref());
                channels::set_standing(tx, &id, number, quality, tier)?;
                if is_set {
                    return Ok(());
                }
                channels::learn(tx, &id, number, learned, now)
            })
            .await?;
        let news = learned.filter(|learned| !is_set && *learned != before);
        if let Some(learned) = news {
            tracing::info!(
                channel.id = channel.id,
                throughput = learned,
                "the carrier permits the number another throughput"
            );
        }
    }
    Ok(())
}

/// Whether to ask for a channel's number.
fn is_due(channel: &Channel, now: Millis) -> bool {
    let asked = channel.learned.and_then(|learned| learned.at);
    channel.access_token.is_some()
        && channel.paused.is_none()
        && (channel.throughput != 0
            || asked.is_none_or(|asked| asked.saturating_add(DAY) <= now || asked > now))
}
