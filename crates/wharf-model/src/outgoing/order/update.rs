//! How an order stands.

use jiff::Timestamp;
use serde::Serialize;

use super::details::ReferenceId;
use crate::outgoing::invalid::{InvalidMessage, bounded};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// How an order stands, and maybe its payment (Brazil).
///
/// See [Cloud API/Payments].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderUpdate {
    reference_id: ReferenceId,
    order: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentUpdate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct State {
    status: OrderState,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// How an order stands; `completed` and `canceled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderState {
    /// Being prepared.
    Processing,
    /// Some of it is on its way.
    PartiallyShipped,
    /// On its way.
    Shipped,
    /// With the user.
    Completed,
    /// Called off, which a paid order cannot be.
    Canceled,
}

/// How the payment of an order stands (Brazil).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentUpdate {
    status: PaymentState,
    /// In seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
}

/// How a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentState {
    /// Not there yet.
    Pending,
    /// There.
    Captured,
    /// Not made.
    Failed,
}

impl OrderUpdate {
    pub(crate) const KEYS: &'static [&'static str] = &["reference_id", "order", "payment"];

    /// How the order of a reference stands.
    pub fn new(reference_id: ReferenceId, status: OrderState) -> Self {
        Self {
            reference_id,
            order: State {
                status,
                description: None,
            },
            payment: None,
        }
    }

    /// Adds a text of at most 120 characters.
    pub fn description(mut self, text: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/order/description";
        self.order.description = Some(bounded(text.into(), limits::ORDER_DESCRIPTION, field)?);
        Ok(self)
    }

    /// Says how the payment stands (Brazil).
    #[must_use]
    pub fn payment(mut self, payment: PaymentUpdate) -> Self {
        self.payment = Some(payment);
        self
    }

    /// The business's reference of the order.
    pub fn reference_id(&self) -> &ReferenceId {
        &self.reference_id
    }

    /// How the order stands.
    pub fn state(&self) -> OrderState {
        self.order.status
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let order = object.require_child("order", &["status", "description"])?;
        let status = match order.require_text("status")? {
            "processing" => OrderState::Processing,
            "partially_shipped" => OrderState::PartiallyShipped,
            "shipped" => OrderState::Shipped,
            "completed" => OrderState::Completed,
            "canceled" => OrderState::Canceled,
            _ => return Err(order.invalid("status", "none of the statuses of an order")),
        };
        let mut update = Self::new(ReferenceId::read(object)?, status);
        if let Some(text) = order.text("description")? {
            update = update
                .description(text)
                .map_err(|fault| fault.within(object.at()))?;
        }
        if let Some(payment) = object.child("payment", &["status", "timestamp"])? {
            update.payment = Some(PaymentUpdate::read(&payment)?);
        }
        Ok(update)
    }
}

impl PaymentUpdate {
    /// How the payment stands.
    pub fn new(status: PaymentState) -> Self {
        Self {
            status,
            timestamp: None,
        }
    }

    /// Says since when, to the second.
    #[must_use]
    pub fn since(mut self, time: Timestamp) -> Self {
        self.timestamp = Some(time.as_second());
        self
    }

    fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let status = match object.require_text("status")? {
            "pending" => PaymentState::Pending,
            "captured" => PaymentState::Captured,
            "failed" => PaymentState::Failed,
            _ => return Err(object.invalid("status", "none of the statuses of a payment")),
        };
        let update = Self::new(status);
        let Some(seconds) = object.number("timestamp")? else {
            return Ok(update);
        };
        Timestamp::from_second(seconds)
            .map(|time| update.since(time))
            .map_err(|_| object.invalid("timestamp", "not a time in seconds"))
    }
}
