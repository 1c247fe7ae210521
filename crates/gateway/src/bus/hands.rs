//! Commands in our hands: those of one session are taken in their order, a group at a time, and no
//! session waits for another whose files the object store does not take.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use async_nats::jetstream;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::Bus;
use super::consumer::{CHUNK, delivery, take_session};
use super::take::Delivery;
use crate::app::App;

/// A command, and the message to answer for it.
pub(super) type Held = (Delivery, jetstream::Message);

/// All that has arrived and is not answered for.
#[derive(Debug, Default)]
pub(super) struct Hands {
    sessions: HashMap<String, Session>,
    /// The groups that are being taken, at most one a session; each ends with its session.
    groups: FuturesUnordered<BoxFuture<'static, String>>,
}

/// A session of which a group is being taken.
#[derive(Debug, Default)]
struct Session {
    /// The places of the group.
    taking: Vec<String>,
    /// What has arrived since.
    waiting: VecDeque<Held>,
}

impl Hands {
    /// How many commands are here.
    pub(super) fn count(&self) -> usize {
        let sessions = self.sessions.values();
        sessions
            .map(|session| session.taking.len() + session.waiting.len())
            .sum()
    }

    /// The places of all of them.
    pub(super) fn places(&self) -> HashSet<String> {
        let mut places = HashSet::new();
        for session in self.sessions.values() {
            let waiting = session.waiting.iter();
            places.extend(session.taking.iter().cloned());
            places.extend(waiting.map(|(delivery, _)| delivery.place.clone()));
        }
        places
    }

    /// Takes commands in hand, and begins with those that wait for no other.
    pub(super) fn add(
        &mut self,
        app: &Arc<App>,
        bus: &Arc<Bus>,
        messages: impl IntoIterator<Item = jetstream::Message>,
    ) {
        let mut new = Vec::new();
        for message in messages {
            let Some(delivery) = delivery(&message) else {
                continue;
            };
            if delivery.delivered > 1 {
                app.metrics.bus_redeliveries.inc();
            }
            if !self.sessions.contains_key(&delivery.session) {
                new.push(delivery.session.clone());
            }
            let session = self.sessions.entry(delivery.session.clone()).or_default();
            session.waiting.push_back((delivery, message));
        }
        for session in new {
            self.go_on(app, bus, session);
        }
    }

    /// Waits until a group is taken; for `None` if there is none.
    pub(super) async fn taken(&mut self) -> Option<String> {
        self.groups.next().await
    }

    /// Begins with what waits behind the group of this session that is taken, if anything does.
    pub(super) fn go_on(&mut self, app: &Arc<App>, bus: &Arc<Bus>, name: String) {
        let Some(session) = self.sessions.get_mut(&name) else {
            return;
        };
        let count = session.waiting.len().min(CHUNK);
        let group: Vec<Held> = session.waiting.drain(..count).collect();
        if group.is_empty() {
            self.sessions.remove(&name);
            return;
        }
        let places = group.iter().map(|(delivery, _)| delivery.place.clone());
        session.taking = places.collect();
        let (app, bus) = (Arc::clone(app), Arc::clone(bus));
        let take = async move {
            take_session(&app, &bus, &name, group).await;
            name
        };
        self.groups.push(take.boxed());
    }

    /// What waits; a group knows by itself how to keep its own.
    pub(super) fn waiting(&self) -> Vec<jetstream::Message> {
        let sessions = self.sessions.values();
        let waiting = sessions.flat_map(|session| &session.waiting);
        waiting.map(|(_, message)| message.clone()).collect()
    }

    /// Lets go of what waits.
    pub(super) fn let_go(&mut self) -> Vec<jetstream::Message> {
        let sessions = self.sessions.values_mut();
        let waiting = sessions.flat_map(|session| session.waiting.drain(..));
        waiting.map(|(_, message)| message).collect()
    }
}
