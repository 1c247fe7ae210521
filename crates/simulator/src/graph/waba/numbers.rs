//! The numbers of a WABA: listed, filtered, sorted, added. See [Cloud API/Phone numbers].

use serde_json::{Value, json};

use crate::accounts::standing::NO_NUMBERS;
use crate::core::read;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::number;
use crate::graph::page::page;
use crate::graph::params::must_be;
use crate::graph::waba::records;
use crate::ids::{PhoneNumberId, WabaId};
use crate::settings::Number;

/// The fields that `filtering` takes.
const FILTERS: [&str; 4] = [
    "account_mode",
    "messaging_limit_tier",
    "is_official_business_account",
    "status",
];

/// The longest display name, in characters.
const NAME: usize = 75;
const SHORTEST_NAME: usize = 2;

/// The numbers as the API shows them, in the order in which they were added.
pub(in crate::graph) fn items(call: &Call, waba: &WabaId) -> Vec<Value> {
    let numbers = call.core.numbers_of(waba);
    let nodes = numbers.iter().map(|known| number::node(call, known));
    nodes.collect()
}

/// `GET /{waba_id}/phone_numbers`.
pub(in crate::graph) fn list(call: &Call, waba: &WabaId) -> Answer {
    let mut items = items(call, waba);
    if let Some(filters) = call.params.json("filtering")? {
        let filters = filters
            .as_array()
            .ok_or_else(|| must_be("filtering", "an array of filters"))?;
        for filter in filters {
            let (field, operator) = (filter["field"].as_str(), filter["operator"].as_str());
            let field = field
                .filter(|field| FILTERS.contains(field))
                .ok_or_else(|| {
                    must_be(
                        "filtering",
                        &format!("a filter on one of {}", FILTERS.join(", ")),
                    )
                })?;
            let wanted = &filter["value"];
            match operator {
                Some("EQUAL") => items.retain(|item| same(&item[field], wanted)),
                Some("NOT_EQUAL") => items.retain(|item| !same(&item[field], wanted)),
                Some("IN") => {
                    let any = wanted.as_array().cloned().unwrap_or_default();
                    items.retain(|item| any.iter().any(|wanted| same(&item[field], wanted)));
                }
                _ => {
                    return Err(must_be(
                        "filtering",
                        "a filter whose operator is EQUAL, NOT_EQUAL or IN",
                    ));
                }
            }
        }
    }
    match call.params.text("sort")?.as_deref() {
        None
        | Some("creation_time.asc" | "last_onboarded_time.asc" | "creation_time_ascending") => {}
        Some("creation_time.desc" | "last_onboarded_time.desc" | "creation_time_descending") => {
            items.reverse();
        }
        Some(_) => {
            return Err(must_be(
                "sort",
                "creation_time.asc, creation_time.desc, last_onboarded_time.asc or \
                 last_onboarded_time.desc",
            ));
        }
    }
    page(call, &items, "id")
}

/// Whether they are equal; a boolean may be spelled as text.
fn same(value: &Value, wanted: &Value) -> bool {
    value == wanted
        || match (value.as_bool(), wanted.as_str()) {
            (Some(value), Some(text)) => text == if value { "true" } else { "false" },
            _ => false,
        }
}

/// `POST /{waba_id}/phone_numbers`: the number still has to be verified and registered.
pub(in crate::graph) fn add(call: &Call, waba: &WabaId) -> Answer {
    let core = &call.core;
    let dial = digits(call, "cc", 1..=3)?;
    let phone = digits(call, "phone_number", 4..=15)?;
    let _migrates = call.params.boolean("migrate_phone_number")?;
    if call.params.text("preverified_id")?.is_some() {
        return Err(GraphError::not_simulated("preverified numbers"));
    }
    let name = call
        .params
        .short_text("verified_name", NAME)?
        .filter(|name| !name.is_empty())
        .ok_or_else(|| crate::graph::params::required("verified_name"))?;
    if name.chars().count() < SHORTEST_NAME {
        let what = format!("at least {SHORTEST_NAME} characters long");
        return Err(must_be("verified_name", &what));
    }
    let local = phone.strip_prefix(&dial).filter(|rest| rest.len() >= 7);
    let full = format!("{dial}{}", local.unwrap_or(&phone));
    let known = core.waba(waba.as_str()).ok_or_else(|| call.no_object())?;
    if known.restricted(NO_NUMBERS, core.clock.now()) || known.status == "DISABLED" {
        return Err(GraphError::usual(368));
    }
    let taken = read(&core.numbers).iter().any(|number| {
        let shown = number.display_phone_number.chars();
        shown.filter(char::is_ascii_digit).eq(full.chars())
    });
    if taken {
        let details = "The phone number is in a WhatsApp Business Account already: delete it there \
                       or add another one.";
        return Err(GraphError::new(2_388_012, details));
    }
    room(call, &known.owner)?;
    let number = Number {
        id: PhoneNumberId::from(core.ids.account()),
        waba: waba.clone(),
        display_phone_number: full,
        calling_code: dial,
        verified_name: name,
        quality_rating: "UNKNOWN".to_owned(),
        throughput: "NOT_APPLICABLE".to_owned(),
        onboarded: false,
    };
    let added = core
        .add_number(number)
        .map_err(|error| GraphError::new(100, error.to_string()))?;
    records::note(call, waba, "PHONE_NUMBER_ADDED", "Phone number added");
    Ok(json!({"id": added.id}))
}

/// Refuses one number too many in a portfolio: 2, then 20.
fn room(call: &Call, owner: &crate::ids::BusinessId) -> Result<(), GraphError> {
    let accounts = read(&call.core.accounts);
    let most = accounts
        .business(owner.as_str())
        .map_or(2, |business| business.max_numbers());
    let numbers = read(&call.core.numbers);
    let count = numbers.iter().filter(|number| {
        let waba = accounts.waba(number.waba.as_str());
        waba.is_some_and(|waba| waba.owner == *owner)
    });
    if count.count() < most {
        return Ok(());
    }
    let details = format!(
        "The business portfolio may have {most} phone numbers: verify the business, reach a higher \
         messaging limit, or delete a number."
    );
    Err(GraphError::new(100, details))
}

fn digits(
    call: &Call,
    name: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<String, GraphError> {
    let text = call.params.required_text(name)?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || "+ -()".contains(letter));
    if plain && length.contains(&digits.len()) {
        return Ok(digits);
    }
    let (least, most) = (length.start(), length.end());
    Err(must_be(name, &format!("{least} to {most} digits")))
}
