//! Messages that show products of a catalogue.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::interactive::named;

const SECTIONS: usize = 10;
const SECTION_TITLE: usize = 24;
const PRODUCTS: usize = 30;
const ID: usize = 100;

/// See [Cloud API/Share products]: one product.
pub(super) fn product(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["catalog_id", "product_retailer_id"])?;
    action.required_text("catalog_id", ID)?;
    action.required_text("product_retailer_id", ID).map(|_| ())
}

/// Several products in sections.
pub(super) fn product_list(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["catalog_id", "sections"])?;
    action.required_text("catalog_id", ID)?;
    sections(action)
}

/// `sections` of a product list or of a template's button.
pub(in crate::graph::check) fn sections(action: &Object<'_>) -> Result<(), GraphError> {
    let sections = action.required_objects("sections", 1, SECTIONS)?;
    let titled = sections.len() > 1;
    let mut products = 0;
    for section in sections {
        section.only(&["title", "product_items"])?;
        if section.text("title", SECTION_TITLE)?.is_none() && titled {
            return Err(section.missing("title"));
        }
        for item in section.required_objects("product_items", 1, PRODUCTS)? {
            item.only(&["product_retailer_id"])?;
            item.required_text("product_retailer_id", ID)?;
            products += 1;
        }
    }
    if products > PRODUCTS {
        let reason = format!("must have at most {PRODUCTS} products in all");
        return Err(action.invalid("sections", &reason));
    }
    Ok(())
}

/// The whole catalogue.
pub(super) fn catalog(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "catalog_message", &["parameters"])?;
    if let Some(parameters) = action.object("parameters")? {
        parameters.only(&["thumbnail_product_retailer_id"])?;
        parameters.text("thumbnail_product_retailer_id", ID)?;
    }
    Ok(())
}
