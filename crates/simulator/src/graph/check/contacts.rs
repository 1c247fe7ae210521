//! Contact cards.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::message::Content;

const CARDS: usize = 257;
const LINE: usize = 1000;
const NAMES: [&str; 5] = ["first_name", "last_name", "middle_name", "suffix", "prefix"];

/// See [Cloud API/Contacts messages].
pub(super) fn check(body: &Object<'_>) -> Result<Content, GraphError> {
    for card in body.required_objects("contacts", 1, CARDS)? {
        card.only(&[
            "name",
            "phones",
            "emails",
            "addresses",
            "urls",
            "org",
            "birthday",
        ])?;
        let name = card.required_object("name")?;
        let mut keys = vec!["formatted_name"];
        keys.extend(NAMES);
        lines(&name, &keys)?;
        name.required_text("formatted_name", LINE)?;
        if NAMES.iter().all(|key| name.get(key).is_none()) {
            return Err(GraphError::new(
                131_009,
                format!(
                    "Param {} must have another name beside formatted_name.",
                    card.path("name")
                ),
            ));
        }
        for phone in card.objects("phones")? {
            lines(&phone, &["phone", "type", "wa_id"])?;
            phone.required_text("phone", LINE)?;
        }
        for email in card.objects("emails")? {
            lines(&email, &["email", "type"])?;
            email.required_text("email", LINE)?;
        }
        for url in card.objects("urls")? {
            lines(&url, &["url", "type"])?;
            url.required_text("url", LINE)?;
        }
        for address in card.objects("addresses")? {
            let keys = [
                "street",
                "city",
                "state",
                "zip",
                "country",
                "country_code",
                "type",
            ];
            lines(&address, &keys)?;
        }
        if let Some(org) = card.object("org")? {
            lines(&org, &["company", "department", "title"])?;
        }
        if card
            .text("birthday", LINE)?
            .is_some_and(|day| day.parse::<jiff::civil::Date>().is_err())
        {
            return Err(card.invalid("birthday", "must be a date as YYYY-MM-DD"));
        }
    }
    Ok(Content::default())
}

/// Every key is known and every value is a text.
fn lines(object: &Object<'_>, known: &[&str]) -> Result<(), GraphError> {
    object.only(known)?;
    known
        .iter()
        .try_for_each(|key| object.text(key, LINE).map(|_| ()))
}
