//! The catalogue and its products.

use wharf_model::outgoing::{CatalogMessage, Interactive, Product, ProductList, ProductSection};

use super::{Sample, sample};

pub(super) fn samples() -> Vec<Sample> {
    let text = "Hello! Thanks for your interest. Ordering is easy. Just visit our catalog and add \
                items to purchase.";
    let catalog = CatalogMessage {
        thumbnail: Some("2lc20305pt".parse().unwrap()),
    };
    let catalog = Interactive::new(text, catalog)
        .and_then(|message| message.footer("Best grocery deals on WhatsApp!"));
    let product = Product {
        catalog_id: "194836987003835".parse().unwrap(),
        product_retailer_id: "di9ozbzfi4".parse().unwrap(),
    };
    let product = Interactive::new("optional body text", product)
        .and_then(|message| message.footer("optional footer text"));
    let sections = vec![
        section("Succulents", &["di9ozbzfi4", "nqryix03ez"]),
        section("Pots", &["2lc20305pt"]),
    ];
    let list = ProductList::new("Our picks", "194836987003835".parse().unwrap(), sections);
    let list = Interactive::new("Choose a plant", list.unwrap())
        .and_then(|message| message.footer("Lucky Shrub"));
    vec![
        sample("interactive-catalog_message", catalog.unwrap()),
        sample("interactive-product", product.unwrap()),
        sample("interactive-product_list", list.unwrap()),
    ]
}

pub(super) fn section(title: &str, products: &[&str]) -> ProductSection {
    let products = products.iter().map(|product| product.parse().unwrap());
    ProductSection::new(title, products).unwrap()
}
