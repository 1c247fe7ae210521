//! Orders that the business asked users to pay: which exist, and which step may follow.

use std::collections::{HashMap, VecDeque};

use crate::ids::WabaId;

/// Orders that are remembered.
const MOST: usize = 100_000;

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderStatus {
    Pending,
    Processing,
    PartiallyShipped,
    Shipped,
    Completed,
    Canceled,
}

impl OrderStatus {
    /// The status that a business may set.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "processing" => Self::Processing,
            "partially_shipped" => Self::PartiallyShipped,
            "shipped" => Self::Shipped,
            "completed" => Self::Completed,
            "canceled" => Self::Canceled,
            _ => return None,
        })
    }
}

/// What a send does to an order.
#[derive(Clone, Debug)]
pub(crate) enum OrderStep {
    Opens {
        reference: String,
    },
    Goes {
        reference: String,
        status: OrderStatus,
        paid: bool,
    },
}

/// The orders of every WABA.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    known: HashMap<(WabaId, String), Order>,
    order: VecDeque<(WabaId, String)>,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    status: OrderStatus,
    paid: bool,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Done,
    /// There is an order of this reference already.
    Exists,
    /// The message will fail with this code.
    Fails(i64),
}

impl Orders {
    pub(crate) fn take(&mut self, waba: &WabaId, step: &OrderStep) -> Taken {
        match step {
            OrderStep::Opens { reference } => {
                let key = (waba.clone(), reference.clone());
                if self.known.contains_key(&key) {
                    return Taken::Exists;
                }
                self.order.push_back(key.clone());
                if self.order.len() > MOST
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.known.remove(&oldest);
                }
                let opened = Order {
                    status: OrderStatus::Pending,
                    paid: false,
                };
                self.known.insert(key, opened);
                Taken::Done
            }
            OrderStep::Goes {
                reference,
                status,
                paid,
            } => {
                let Some(order) = self.known.get_mut(&(waba.clone(), reference.clone())) else {
                    return Taken::Fails(2046);
                };
                let over = [OrderStatus::Completed, OrderStatus::Canceled];
                if over.contains(&order.status) {
                    return Taken::Fails(2046);
                }
                if *status == OrderStatus::Canceled && order.paid {
                    return Taken::Fails(2047);
                }
                order.status = *status;
                order.paid |= *paid;
                Taken::Done
            }
        }
    }

    /// Marks an order as paid; `false` when there is none.
    pub(crate) fn pay(&mut self, waba: &WabaId, reference: &str) -> bool {
        let order = self.known.get_mut(&(waba.clone(), reference.to_owned()));
        order.map(|order| order.paid = true).is_some()
    }
}
