//! Keeps one sender for each channel that is this node's, in step with the channels as stored.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::sender::{Budgeted, Line, Sender};
use crate::app::App;
use crate::cluster::Work;
use crate::store::channels::{self, Channel};
use crate::store::leases::Fence;
use crate::store::{Store, StoreError};

/// How soon what could not be read, a channel's access token or the channels, is tried again.
const RETRY: Duration = Duration::from_secs(15);

/// The senders that run, by channel id.
#[derive(Debug, Default)]
struct Senders(HashMap<String, Known>);

#[derive(Debug)]
struct Known {
    channel: Channel,
    /// The lease that it sends under.
    fence: Option<Fence>,
    line: watch::Sender<Option<Arc<Line>>>,
    /// It should send, but its way out could not be made.
    broken: bool,
}

/// Starts the senders, and the task that follows the channels.
pub(super) async fn start(app: &Arc<App>) -> Result<(), StoreError> {
    let mut news = app.store.channels();
    let mut turns = app.cluster.changes();
    let mut senders = Senders::default();
    news.borrow_and_update();
    turns.borrow_and_update();
    senders.follow(app, read(&app.store).await?);
    let app = Arc::clone(app);
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        let mut broken = senders.broken();
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                changed = news.changed() => if changed.is_err() { return },
                Ok(()) = turns.changed() => {}
                () = tokio::time::sleep(RETRY), if broken => {}
            }
            match read(&app.store).await {
                Ok(channels) => {
                    senders.follow(&app, channels);
                    broken = senders.broken();
                }
                Err(error) => {
                    tracing::error!(%error, "cannot read the channels again");
                    broken = true;
                }
            }
        }
    });
    Ok(())
}

async fn read(store: &Store) -> Result<Vec<Channel>, StoreError> {
    store.read(channels::all).await
}

impl Senders {
    /// Whether a channel should send and cannot.
    fn broken(&self) -> bool {
        self.0.values().any(|known| known.broken)
    }

    /// Starts, changes and ends senders so that they fit the channels, and this node's share.
    fn follow(&mut self, app: &Arc<App>, channels: Vec<Channel>) {
        let ids: HashSet<&str> = channels.iter().map(|channel| channel.id.as_str()).collect();
        let sending = channels
            .iter()
            .filter(|channel| channel.access_token.is_some());
        let sending = sending.map(|channel| channel.id.as_str());
        app.cluster.want(Work::Send, sending);
        self.0.retain(|id, _| {
            let stays = ids.contains(id.as_str());
            if !stays {
                // Without its line the sender ends after the calls under way.
                app.queue.forget(id);
            }
            stays
        });
        for channel in channels {
            let lease = app.cluster.lease(Work::Send, &channel.id);
            let fence = lease.as_ref().and_then(|lease| lease.fence().cloned());
            if self
                .0
                .get(&channel.id)
                .is_some_and(|known| lease.is_none() || known.fence != fence)
            {
                // Its lease is over: it ends after the calls under way.
                self.0.remove(&channel.id);
                app.queue.forget(&channel.id);
            }
            let Some(lease) = lease else { continue };
            match self.0.get_mut(&channel.id) {
                Some(known) if known.channel == channel && !known.broken => {}
                Some(known) => {
                    let (line, broken) = line_of(app, &channel);
                    known.line.send_replace(line);
                    *known = Known {
                        channel,
                        fence,
                        line: known.line.clone(),
                        broken,
                    };
                }
                None => {
                    let (line, broken) = line_of(app, &channel);
                    let (line, receiver) = watch::channel(line);
                    let id = channel.id.clone();
                    let sender = Sender::new(Arc::clone(app), id, receiver, lease);
                    app.spawn(sender.run());
                    self.0.insert(
                        channel.id.clone(),
                        Known {
                            channel,
                            fence,
                            line,
                            broken,
                        },
                    );
                }
            }
        }
    }
}

/// How a channel sends, if it does, and whether it should but cannot.
fn line_of(app: &App, channel: &Channel) -> (Option<Arc<Line>>, bool) {
    if channel.paused.is_some() || channel.access_token.is_none() {
        return (None, false);
    }
    match app.carriers.of(channel) {
        Ok(carrier) => {
            let throughput = u32::try_from(channel.rate()).unwrap_or(1);
            let version = channel.updated_at;
            (
                Some(Arc::new(Line {
                    carrier,
                    version,
                    throughput,
                    budgets: Budgeted::of(channel),
                })),
                false,
            )
        }
        Err(error) => {
            tracing::error!(channel.id = channel.id, %error, source = ?std::error::Error::source(&error), "the channel cannot send; its messages wait");
            (None, true)
        }
    }
}
