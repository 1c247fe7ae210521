//! What an order consists of and costs.

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::Serializer;

use super::amount::{Amount, Charge, Discount};
use super::item::OrderItem;
use crate::ids::CatalogId;
use crate::outgoing::invalid::{InvalidMessage, counted, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// What an order consists of and costs; its status is `pending`.
///
/// See [Cloud API/Payments].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    status: Pending,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<QuickPay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog_id: Option<CatalogId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<OrderExpiration>,
    items: Vec<OrderItem>,
    subtotal: Amount,
    tax: Charge,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<Charge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Discount>,
}

/// Until when an order can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderExpiration {
    #[serde(serialize_with = "seconds")]
    timestamp: Timestamp,
    description: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    Pending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum QuickPay {
    QuickPay,
}

impl Order {
    pub(super) const KEYS: &'static [&'static str] = &[
        "status",
        "type",
        "catalog_id",
        "expiration",
        "items",
        "subtotal",
        "tax",
        "shipping",
        "discount",
    ];

    /// Items, at least one, with their sum and the tax on it.
    ///
    /// If an item has a picture of its own, there are ten at most.
    pub fn new(
        items: Vec<OrderItem>,
        subtotal: Amount,
        tax: Charge,
    ) -> Result<Self, InvalidMessage> {
        let limit = if items.iter().any(OrderItem::has_image) {
            limits::ORDER_ITEMS_WITH_IMAGES
        } else {
            limits::ORDER_ITEMS
        };
        counted(items.len(), limit, "/items")?;
        Ok(Self {
            status: Pending::Pending,
            kind: None,
            catalog_id: None,
            expiration: None,
            items,
            subtotal,
            tax,
            shipping: None,
            discount: None,
        })
    }

    /// Adds what shipping costs.
    #[must_use]
    pub fn shipping(mut self, charge: Charge) -> Self {
        self.shipping = Some(charge);
        self
    }

    /// Takes a discount off.
    #[must_use]
    pub fn discount(mut self, discount: Discount) -> Self {
        self.discount = Some(discount);
        self
    }

    /// Names the catalogue that the items are in.
    #[must_use]
    pub fn catalog(mut self, catalog: CatalogId) -> Self {
        self.catalog_id = Some(catalog);
        self
    }

    /// Says until when the order can be paid.
    #[must_use]
    pub fn expiration(mut self, expiration: OrderExpiration) -> Self {
        self.expiration = Some(expiration);
        self
    }

    /// Leaves out the page with the order's details.
    #[must_use]
    pub fn quick_pay(mut self) -> Self {
        self.kind = Some(QuickPay::QuickPay);
        self
    }

    /// What is to pay: subtotal, tax and shipping less the discount.
    ///
    /// `None` if the discount is higher than that, or the sum is out of range.
    pub fn total(&self) -> Option<Amount> {
        let shipping = self.shipping.as_ref().map_or(0, |c| c.amount().value());
        let discount = self.discount.as_ref().map_or(0, |d| d.amount().value());
        let total = self
            .subtotal
            .value()
            .checked_add(self.tax.amount().value())?
            .checked_add(shipping)?
            .checked_sub(discount)?;
        (total >= 0).then(|| Amount::computed(total))
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        if object
            .text("status")?
            .is_some_and(|status| status != "pending")
        {
            return Err(object.invalid("status", "not `pending`"));
        }
        let items = object.each("items", OrderItem::KEYS, OrderItem::read)?;
        let subtotal = Amount::read(&object.require_child("subtotal", Amount::KEYS)?)?;
        let tax = Charge::read(&object.require_child("tax", Charge::KEYS)?)?;
        let mut order =
            Self::new(items, subtotal, tax).map_err(|fault| fault.within(object.at()))?;
        order.kind = match object.text("type")? {
            None => None,
            Some("quick_pay") => Some(QuickPay::QuickPay),
            Some(_) => return Err(object.invalid("type", "not `quick_pay`")),
        };
        order.catalog_id = object.id("catalog_id")?;
        if let Some(expiration) = object.child("expiration", &["timestamp", "description"])? {
            order.expiration = Some(OrderExpiration::read(&expiration)?);
        }
        if let Some(shipping) = object.child("shipping", Charge::KEYS)? {
            order.shipping = Some(Charge::read(&shipping)?);
        }
        if let Some(discount) = object.child("discount", Discount::KEYS)? {
            order.discount = Some(Discount::read(&discount)?);
        }
        Ok(order)
    }
}

impl OrderExpiration {
    /// A time, which Meta wants to be 300 seconds ahead at least, and what the user reads then,
    /// in at most 120 characters.
    pub fn new(
        timestamp: Timestamp,
        description: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let limit = limits::ORDER_DESCRIPTION;
        Ok(Self {
            timestamp,
            description: required(description.into(), limit, "/description")?,
        })
    }

    fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let timestamp = Timestamp::from_second(object.require_number("timestamp")?)
            .map_err(|_| object.invalid("timestamp", "not a time in seconds"))?;
        let description = object.require_text("description")?;
        Self::new(timestamp, description).map_err(|fault| fault.within(object.at()))
    }
}

/// Meta's page writes the seconds as text.
fn seconds<S: Serializer>(timestamp: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&timestamp.as_second().to_string())
}
