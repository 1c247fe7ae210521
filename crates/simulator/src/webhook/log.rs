//! The bounded log of deliveries and their attempts.

use std::collections::VecDeque;

use bytes::Bytes;
use jiff::Timestamp;

use crate::record::{Attempt, Delivery, DeliveryState};
use crate::settings::History;
use crate::webhook::Update;

/// A ring: the oldest deliveries are forgotten.
#[derive(Debug)]
pub(crate) struct Log {
    kept: VecDeque<Delivery>,
    most: usize,
    bytes: usize,
    most_bytes: usize,
    /// How many were ever begun.
    begun: u64,
    /// How many were ever answered with 200.
    pub(crate) delivered: u64,
}

impl Log {
    pub(crate) fn new(history: History) -> Self {
        Self {
            kept: VecDeque::new(),
            most: history.deliveries,
            bytes: 0,
            most_bytes: history.delivery_bytes,
            begun: 0,
            delivered: 0,
        }
    }

    pub(crate) fn begin(&mut self, updates: &[Update], body: Bytes, at: Timestamp) -> u64 {
        self.begun += 1;
        self.bytes += body.len();
        self.kept.push_back(Delivery {
            id: self.begun,
            updates: updates.iter().map(|update| update.id).collect(),
            fields: updates.iter().map(|update| update.field).collect(),
            body,
            at,
            attempts: Vec::new(),
            state: DeliveryState::Sending,
        });
        while (self.kept.len() > self.most || self.bytes > self.most_bytes)
            && let Some(oldest) = self.kept.pop_front()
        {
            self.bytes -= oldest.body.len();
        }
        self.begun
    }

    pub(crate) fn attempt(&mut self, id: u64, attempt: Attempt, state: DeliveryState) {
        if state == DeliveryState::Delivered {
            self.delivered += 1;
        }
        let oldest = self.begun + 1 - self.kept.len() as u64;
        let Some(place) = id
            .checked_sub(oldest)
            .and_then(|place| usize::try_from(place).ok())
        else {
            return;
        };
        if let Some(delivery) = self.kept.get_mut(place) {
            delivery.attempts.push(attempt);
            delivery.state = state;
        }
    }

    pub(crate) fn kept(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.kept.iter()
    }

    pub(crate) fn begun(&self) -> u64 {
        self.begun
    }
}
