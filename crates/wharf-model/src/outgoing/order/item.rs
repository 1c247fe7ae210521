//! The items of an order.

use serde::Serialize;

use super::amount::Amount;
use crate::ids::ProductRetailerId;
use crate::outgoing::invalid::{InvalidMessage, bounded, required};
use crate::outgoing::limits;
use crate::outgoing::media::Link;
use crate::outgoing::read::Object;

/// One item of an order.
///
/// See [Cloud API/Payments].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderItem {
    retailer_id: ProductRetailerId,
    name: String,
    amount: Amount,
    quantity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_of_origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importer_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importer_address: Option<Importer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
}

/// Where the importer of an item is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Importer {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line1: Option<String>,
    /// More of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Part of a city or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone_code: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country as two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Image {
    link: Link,
}

impl OrderItem {
    pub(super) const KEYS: &'static [&'static str] = &[
        "retailer_id",
        "name",
        "amount",
        "quantity",
        "sale_amount",
        "country_of_origin",
        "importer_name",
        "importer_address",
        "image",
    ];

    /// An item with a name of 1 to 60 characters, at a price for one, at least one of it.
    pub fn new(
        retailer_id: ProductRetailerId,
        name: impl Into<String>,
        amount: Amount,
        quantity: u32,
    ) -> Result<Self, InvalidMessage> {
        let name = required(name.into(), limits::ORDER_TEXT, "/name")?;
        if quantity == 0 {
            return Err(InvalidMessage::invalid("/quantity", "zero"));
        }
        Ok(Self {
            retailer_id,
            name,
            amount,
            quantity,
            sale_amount: None,
            country_of_origin: None,
            importer_name: None,
            importer_address: None,
            image: None,
        })
    }

    /// Says what one of it costs now.
    #[must_use]
    pub fn sale_amount(mut self, amount: Amount) -> Self {
        self.sale_amount = Some(amount);
        self
    }

    /// Says where it comes from and who imports it, for items that are in no catalogue.
    pub fn imported(
        mut self,
        country_of_origin: impl Into<String>,
        importer: impl Into<String>,
        address: Importer,
    ) -> Result<Self, InvalidMessage> {
        let field = "/country_of_origin";
        let country = required(country_of_origin.into(), limits::ADDRESS_LINE, field)?;
        let field = "/importer_name";
        let name = required(importer.into(), limits::BENEFICIARY_NAME, field)?;
        address.check()?;
        self.country_of_origin = Some(country);
        self.importer_name = Some(name);
        self.importer_address = Some(address);
        Ok(self)
    }

    /// Shows a picture; then an order has ten items at most.
    pub fn image(mut self, url: impl Into<String>) -> Result<Self, InvalidMessage> {
        let link = Link::new(url, "/image/link")?;
        self.image = Some(Image { link });
        Ok(self)
    }

    pub(super) fn has_image(&self) -> bool {
        self.image.is_some()
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let amount = Amount::read(&object.require_child("amount", Amount::KEYS)?)?;
        let mut item = Self::new(
            object.require_id("retailer_id")?,
            object.require_text("name")?,
            amount,
            object.require_number("quantity")?,
        )
        .map_err(|fault| fault.within(object.at()))?;
        if let Some(sale) = object.child("sale_amount", Amount::KEYS)? {
            item.sale_amount = Some(Amount::read(&sale)?);
        }
        for (key, limit, slot) in [
            (
                "country_of_origin",
                limits::ADDRESS_LINE,
                &mut item.country_of_origin,
            ),
            (
                "importer_name",
                limits::BENEFICIARY_NAME,
                &mut item.importer_name,
            ),
        ] {
            if let Some(text) = object.owned(key)? {
                *slot = Some(required(text, limit, &object.pointer(key))?);
            }
        }
        if let Some(address) = object.child("importer_address", Importer::KEYS)? {
            item.importer_address = Some(Importer::read(&address, object.at())?);
        }
        if let Some(image) = object.child("image", &["link"])? {
            let url = image.require_text("link")?;
            item = item.image(url).map_err(|fault| fault.within(object.at()))?;
        }
        Ok(item)
    }
}

impl Importer {
    const KEYS: &'static [&'static str] = &[
        "address_line1",
        "address_line2",
        "city",
        "zone_code",
        "postal_code",
        "country_code",
    ];

    fn check(&self) -> Result<(), InvalidMessage> {
        for (key, text) in Self::KEYS.iter().zip([
            &self.address_line1,
            &self.address_line2,
            &self.city,
            &self.zone_code,
            &self.postal_code,
            &self.country_code,
        ]) {
            let field = format!("/importer_address/{key}");
            bounded(
                text.clone().unwrap_or_default(),
                limits::ADDRESS_LINE,
                &field,
            )?;
        }
        Ok(())
    }

    fn read(object: &Object<'_>, item: &str) -> Result<Self, InvalidMessage> {
        let address = Self {
            address_line1: object.owned("address_line1")?,
            address_line2: object.owned("address_line2")?,
            city: object.owned("city")?,
            zone_code: object.owned("zone_code")?,
            postal_code: object.owned("postal_code")?,
            country_code: object.owned("country_code")?,
        };
        address.check().map_err(|fault| fault.within(item))?;
        Ok(address)
    }
}
