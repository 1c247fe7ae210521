//! Marketing messages.

use wharf_model::PhoneNumber;
use wharf_model::outgoing::{MarketingMessage, ProductPolicy};

use super::{Built, Sample, template, texts};

pub(super) fn samples() -> Vec<Sample> {
    let number: PhoneNumber = "+16505551234".parse().unwrap();
    let sale = template("seasonal_promotion", "en_US")
        .header(texts(&["Summer Sale"]))
        .and_then(|template| template.body(texts(&["the end of August", "25OFF", "25%"])));
    let message = MarketingMessage::new(number, sale.unwrap())
        .unwrap()
        .product_policy(ProductPolicy::CloudApiFallback)
        .activity_sharing(true);
    vec![("marketing_messages-template", Built::Marketing(message))]
}
