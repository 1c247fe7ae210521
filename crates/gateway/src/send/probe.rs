//! Channels that their carrier has paused: asked again and again whether they may send, and resumed.
//!
//! The node that sends for the channel asks: after a minute, then after longer and longer, and at
//! once when the channel or its token file changes or the node starts. A person's pause is theirs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ending;
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::config::SecretRef;
use crate::store::channels::{self, Channel};
use crate::store::pauses::{self, CarrierPause};
use crate::store::{Locked, StoreError, Tx, leases};

const MINUTE: Millis = 60_000;

/// A pause so soon after a probe passed is the same trouble as before.
pub(super) const SOON: Millis = 60 * MINUTE;

/// How often the app's clock is looked at while a channel is paused.
const TICK: Duration = Duration::from_millis(200);

/// How often token files are read while a channel is paused.
const LOOK_AT_TOKENS: Duration = Duration::from_secs(1);

/// How soon the paused channels are read again when that failed.
const RETRY: Duration = Duration::from_secs(5);

/// How long after a pause, or a probe that did not pass, the next probe waits.
///
/// A restriction for spam or misuse lasts for days, and no read shows it: to try the way with
/// messages every few minutes would only add to it.
pub(super) fn wait(code: Option<i64>, probes: u32) -> Millis {
    let (first, longest) = match code {
        Some(131_048 | 131_064) => (60 * MINUTE, 12 * 60 * MINUTE),
        _ => (MINUTE, 15 * MINUTE),
    };
    let doubled = 2_i64.saturating_pow(probes.min(20));
    longest.min(first.saturating_mul(doubled))
}

/// What a channel was when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    paused_at: Millis,
    updated_at: Millis,
    /// The hash of the token.
    token: Option<[u8; 32]>,
}

/// The channels that carriers have paused, as this node knows them.
#[derive(Debug)]
struct Prober {
    app: Arc<App>,
    paused: Vec<(CarrierPause, Channel)>,
    seen: HashMap<String, Seen>,
    started: Millis,
    tokens_at: Instant,
}

/// Probes the channels that this node sends for.
pub(super) async fn watch(app: Arc<App>) {
    let mut news = app.store.channels();
    let mut prober = Prober {
        started: app.clock.now(),
        app: Arc::clone(&app),
        paused: Vec::new(),
        seen: HashMap::new(),
        tokens_at: Instant::now(),
    };
    let mut is_stale = true;
    loop {
        if is_stale {
            news.borrow_and_update();
            match app.store.read(paused).await {
                Ok(paused) => {
                    prober.follow(paused);
                    is_stale = false;
                }
                Err(error) => {
                    tracing::error!(%error, "cannot see which channels their carriers have paused");
                }
            }
        }
        if !is_stale && prober.look().await {
            is_stale = true;
            continue;
        }
        let rest = if is_stale { RETRY } else { TICK };
        tokio::select! {
            () = app.stopping.cancelled() => return,
            changed = news.changed() => {
                if changed.is_err() {
                    return;
                }
                is_stale = true;
            }
            () = tokio::time::sleep(rest), if is_stale || !prober.paused.is_empty() => {}
        }
    }
}

/// What carriers have paused.
fn paused(tx: &Tx<'_>) -> Result<Vec<(CarrierPause, Channel)>, StoreError> {
    let mut paused = Vec::new();
    for pause in pauses::open(tx)? {
        if let Some(channel) = channels::by_id(tx, &pause.channel_id)? {
            paused.push((pause, channel));
        }
    }
    Ok(paused)
}

impl Prober {
    fn follow(&mut self, paused: Vec<(CarrierPause, Channel)>) {
        self.seen
            .retain(|id, _| paused.iter().any(|(pause, _)| pause.channel_id == *id));
        self.paused = paused;
    }

    /// Probes what is due; whether anything was.
    async fn look(&mut self) -> bool {
        let (now, begun) = (self.app.clock.now(), Instant::now());
        let reads_tokens = begun >= self.tokens_at;
        if reads_tokens {
            self.tokens_at = begun + LOOK_AT_TOKENS;
        }
        let mut probes = JoinSet::new();
        for (pause, channel) in &self.paused {
            let lease = self.app.cluster.lease(Work::Send, &channel.id);
            let Some(lease) = lease.filter(Lease::is_valid) else {
                self.seen.remove(&channel.id);
                continue;
            };
            let before = self.seen.get(&channel.id).copied();
            let before = before.filter(|before| before.paused_at == pause.paused_at);
            let seen = Seen {
                paused_at: pause.paused_at,
                updated_at: channel.updated_at,
                token: match before {
                    Some(before) if !reads_tokens => before.token,
                    _ => token(channel),
                },
            };
            self.seen.insert(channel.id.clone(), seen);
            let is_changed = match before {
                Some(before) => before != seen,
                // The node may have been started anew because of another token.
                None => pause.paused_at < self.started,
            };
            if is_changed || pause.probe_at <= now {
                let (app, pause, channel) = (Arc::clone(&self.app), pause.clone(), channel.clone());
                probes.spawn(
                    self.app
                        .tasks
                        .track_future(probe(app, lease, pause, channel)),
                );
            }
        }
        let is_any = !probes.is_empty();
        while probes.join_next().await.is_some() {}
        is_any
    }
}

/// The hash of a channel's token as it is now, if it can be read.
fn token(channel: &Channel) -> Option<[u8; 32]> {
    let reference = SecretRef::try_from(channel.access_token.clone()?).ok()?;
    Some(Sha256::digest(reference.read().ok()?).into())
}

/// Asks the carrier, and resumes the channel or waits longer.
async fn probe(app: Arc<App>, lease: Lease, pause: CarrierPause, channel: Channel) {
    let passes = match app.carriers.of(&channel) {
        Ok(carrier) => match carrier.can_send().await {
            Ok(can_send) => can_send,
            Err(outcome) => {
                tracing::debug!(
                    channel.id = channel.id,
                    outcome = outcome.as_str(),
                    "a probe of a paused channel did not pass"
                );
                false
            }
        },
        Err(error) => {
            tracing::warn!(channel.id = channel.id, %error, "a paused channel cannot be probed");
            false
        }
    };
    let (shared, id, fence) = (Arc::clone(&app), channel.id, lease.fence().cloned());
    let settled = app.store.write(move |tx| {
        if let Some(fence) = &fence
            && !leases::holds(tx, fence)?
        {
            return Ok(false);
        }
        tx.lock(Locked::Channels)?;
        settle(tx, &shared, &pause, passes)
    });
    match settled.await {
        Ok(true) => tracing::info!(
            channel.id = id,
            "a probe has passed: the channel sends again"
        ),
        Ok(false) => {}
        Err(error) => {
            tracing::error!(channel.id = id, %error, "what a probe found cannot be kept");
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// Writes what a probe found; whether the channel was resumed.
fn settle(tx: &Tx<'_>, app: &App, asked: &CarrierPause, passes: bool) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let id = &asked.channel_id;
    let Some(pause) = pauses::open_of(tx, id)?.filter(|pause| pause == asked) else {
        return Ok(false);
    };
    if !passes {
        let failed = pause.probes.saturating_add(1);
        let later = CarrierPause {
            probes: failed,
            probe_at: now.saturating_add(wait(pause.code, failed)),
            ..pause
        };
        pauses::put(tx, &later)?;
        return Ok(false);
    }
    let Some(mut channel) = channels::by_id(tx, id)? else {
        return Ok(false);
    };
    channel.paused = None;
    channel.updated_at = now.max(channel.updated_at.saturating_add(1));
    channels::update(tx, &channel)?;
    ending::channel_resumed(tx, &app.random, id, "probe", Some(&pause), now)?;
    let lifted = CarrierPause {
        lifted_at: Some(now),
        ..pause
    };
    pauses::put(tx, &lifted)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_come_after_a_minute_and_then_after_longer() {
        let minutes = [0, 1, 2, 3, 4, 99].map(|probes| wait(Some(190), probes) / MINUTE);
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15]);
        let hours = [0, 1, 2, 3, 4, 99].map(|probes| wait(Some(131_048), probes) / MINUTE / 60);
        assert_eq!(hours, [1, 2, 4, 8, 12, 12]);
    }
}
