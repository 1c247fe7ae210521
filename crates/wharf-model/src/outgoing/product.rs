//! Products of a catalogue.

use serde::Serialize;

use super::invalid::{InvalidMessage, counted, required};
use super::limits;
use super::read::Object;
use crate::ids::{CatalogId, ProductRetailerId};

/// A product of a catalogue.
///
/// See [Cloud API/Share products].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// The catalogue.
    pub catalog_id: CatalogId,
    /// The product's id at the business.
    pub product_retailer_id: ProductRetailerId,
}

/// A titled part of a list of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductSection {
    title: String,
    product_items: Vec<ProductItem>,
}

/// One product of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductItem {
    /// The product's id at the business.
    pub product_retailer_id: ProductRetailerId,
}

impl Product {
    pub(crate) const KEYS: &'static [&'static str] = &["catalog_id", "product_retailer_id"];

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        Ok(Self {
            catalog_id: object.require_id("catalog_id")?,
            product_retailer_id: object.require_id("product_retailer_id")?,
        })
    }
}

impl ProductSection {
    /// A title of 1 to 24 characters, and one to thirty products.
    pub fn new(
        title: impl Into<String>,
        products: impl IntoIterator<Item = ProductRetailerId>,
    ) -> Result<Self, InvalidMessage> {
        let title = required(title.into(), limits::PRODUCT_SECTION_TITLE, "/title")?;
        let product_items: Vec<_> = products
            .into_iter()
            .map(|product_retailer_id| ProductItem {
                product_retailer_id,
            })
            .collect();
        counted(product_items.len(), limits::PRODUCTS, "/product_items")?;
        Ok(Self {
            title,
            product_items,
        })
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The products in order, never none.
    pub fn products(&self) -> &[ProductItem] {
        &self.product_items
    }

    /// Checks sections together: ten at most, with thirty products at most in all.
    pub(crate) fn check_all(sections: &[Self], field: &str) -> Result<(), InvalidMessage> {
        counted(sections.len(), limits::PRODUCT_SECTIONS, field)?;
        let products = sections
            .iter()
            .map(|section| section.product_items.len())
            .sum();
        counted(products, limits::PRODUCTS, field)
    }

    pub(crate) fn read_all(action: &Object<'_>) -> Result<Vec<Self>, InvalidMessage> {
        action.each("sections", &["title", "product_items"], |section| {
            let products = section.each("product_items", &["product_retailer_id"], |item| {
                item.require_id("product_retailer_id")
            })?;
            Self::new(section.require_text("title")?, products)
                .map_err(|fault| fault.within(section.at()))
        })
    }
}
