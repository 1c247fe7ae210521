//! The request for an official business account. See [Cloud API/Official business accounts].

use serde_json::json;

use super::{reads, success};
use crate::clock;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::check::is_web_address;
use crate::graph::params::must_be;
use crate::graph::routes::selected;
use crate::later::{self, Step};
use crate::numbers::official::{RETRY, REVIEW};
use crate::settings::Number;

const LINKS: usize = 5;

/// `GET` and `POST /{phone_number_id}/official_business_account`.
pub(super) fn official(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    if reads(call) {
        let official = lock(&core.numbers_state).of(&number.id).official.clone();
        let node = json!({
            "id": number.id,
            "oba_status": official.status,
            "status_message": official.message(),
        });
        return selected(call, node);
    }
    let params = &call.params;
    if !is_web_address(&params.required_text("business_website_url")?) {
        return Err(must_be("business_website_url", "an address"));
    }
    params.required_text("primary_country_of_operation")?;
    for name in [
        "primary_language",
        "parent_business_or_brand",
        "additional_supporting_information",
    ] {
        params.text(name)?;
    }
    let links = params.list("supporting_links")?.unwrap_or_default();
    if links.len() > LINKS {
        return Err(must_be("supporting_links", "a list of at most 5 addresses"));
    }
    let mut numbers = lock(&core.numbers_state);
    let official = &mut numbers.of(&number.id).official;
    let now = core.clock.now();
    let waits = |at| now < clock::later(at, RETRY);
    let refused = match official.status {
        "PENDING" => Some("A request is under review already."),
        "APPROVED" => Some("The business is an official business account already."),
        "REJECTED" if official.decided_at.is_some_and(waits) => {
            Some("A request was rejected less than 30 days ago; wait until they are over.")
        }
        _ => None,
    };
    if let Some(details) = refused {
        return Err(GraphError::new(100, details));
    }
    official.status = "PENDING";
    official.links = links.len();
    later::after(core, REVIEW, Step::OfficialReviewed(number.id.clone()));
    Ok(success())
}
