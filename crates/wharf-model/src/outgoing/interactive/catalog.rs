//! The catalogue, one product of it, or a list of them.

use serde::Serialize;

use super::header::HeaderText;
use crate::ids::{CatalogId, ProductRetailerId};
use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::product::ProductSection;
use crate::outgoing::read::Object;

/// A button that opens the catalogue.
///
/// See [Cloud API/Share products].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogMessage {
    /// The product whose picture is shown; the first one where nothing is said.
    pub thumbnail: Option<ProductRetailerId>,
}

/// Products of a catalogue in one to ten sections, below a header.
///
/// See [Cloud API/Share products].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductList {
    #[serde(skip)]
    header: HeaderText,
    catalog_id: CatalogId,
    sections: Vec<ProductSection>,
}

impl CatalogMessage {
    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = super::action::named(interactive, "catalog_message")?;
        let parameters = action.child("parameters", &["thumbnail_product_retailer_id"])?;
        let thumbnail = match parameters {
            Some(parameters) => parameters.id("thumbnail_product_retailer_id")?,
            None => None,
        };
        Ok(Self { thumbnail })
    }
}

impl Serialize for CatalogMessage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            name: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<Parameters<'a>>,
        }
        #[derive(Serialize)]
        struct Parameters<'a> {
            thumbnail_product_retailer_id: &'a ProductRetailerId,
        }
        let parameters = self.thumbnail.as_ref().map(|thumbnail| Parameters {
            thumbnail_product_retailer_id: thumbnail,
        });
        Wire {
            name: "catalog_message",
            parameters,
        }
        .serialize(serializer)
    }
}

impl ProductList {
    /// A header of 1 to 60 characters, which Meta asks for, and sections with thirty products at
    /// most in all.
    pub fn new(
        header: impl Into<String>,
        catalog_id: CatalogId,
        sections: Vec<ProductSection>,
    ) -> Result<Self, InvalidMessage> {
        let field = "/interactive/header/text";
        let header = required(header.into(), limits::HEADER_TEXT, field)?;
        ProductSection::check_all(&sections, "/interactive/action/sections")?;
        Ok(Self {
            header: HeaderText::from_checked(header),
            catalog_id,
            sections,
        })
    }

    /// The header.
    pub fn header(&self) -> &HeaderText {
        &self.header
    }

    pub(super) fn set_header(&mut self, header: HeaderText) {
        self.header = header;
    }

    /// The catalogue.
    pub fn catalog_id(&self) -> &CatalogId {
        &self.catalog_id
    }

    /// The sections in order, never none.
    pub fn sections(&self) -> &[ProductSection] {
        &self.sections
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = interactive.require_child("action", &["catalog_id", "sections"])?;
        let header = interactive.require_child("header", &["type", "text"])?;
        if header.require_text("type")? != "text" {
            return Err(header.invalid("type", "not a text, which a list of products takes"));
        }
        Self::new(
            header.require_text("text")?,
            action.require_id("catalog_id")?,
            ProductSection::read_all(&action)?,
        )
    }
}
