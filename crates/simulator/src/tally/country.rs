//! Which country a user is in, by their phone number or BSUID.

use crate::world::{Addressee, Message, Person};

/// Calling codes, longer ones first where one begins with another.
#[rustfmt::skip]
const CODES: [(&str, &str); 62] = [
    ("1", "US"), ("7", "RU"), ("20", "EG"), ("27", "ZA"), ("30", "GR"), ("31", "NL"), ("32", "BE"),
    ("33", "FR"), ("34", "ES"), ("36", "HU"), ("39", "IT"), ("40", "RO"), ("41", "CH"), ("43", "AT"),
    ("44", "GB"), ("45", "DK"), ("46", "SE"), ("47", "NO"), ("48", "PL"), ("49", "DE"), ("51", "PE"),
    ("52", "MX"), ("54", "AR"), ("55", "BR"), ("56", "CL"), ("57", "CO"), ("58", "VE"), ("60", "MY"),
    ("61", "AU"), ("62", "ID"), ("63", "PH"), ("64", "NZ"), ("65", "SG"), ("66", "TH"), ("81", "JP"),
    ("82", "KR"), ("84", "VN"), ("86", "CN"), ("90", "TR"), ("91", "IN"), ("92", "PK"), ("94", "LK"),
    ("212", "MA"), ("213", "DZ"), ("216", "TN"), ("233", "GH"), ("234", "NG"), ("254", "KE"),
    ("351", "PT"), ("353", "IE"), ("358", "FI"), ("380", "UA"), ("420", "CZ"), ("593", "EC"),
    ("595", "PY"), ("598", "UY"), ("852", "HK"), ("880", "BD"), ("966", "SA"), ("971", "AE"),
    ("972", "IL"), ("977", "NP"),
];

/// The country of a message's recipient; `XX` where it is not known.
pub(crate) fn of(message: &Message, person: Option<&Person>) -> &'static str {
    match &message.to {
        Addressee::Phone(_) => of_number(message.accepted.recipient()),
        Addressee::Bsuid(_) => match person {
            Some(person) => of_person(person),
            None => known(message.accepted.recipient().get(..2).unwrap_or_default()),
        },
        Addressee::Group => "XX",
    }
}

/// The country of a user, by their number or else their BSUID.
pub(crate) fn of_person(person: &Person) -> &'static str {
    match person.wa_id.as_deref() {
        Some(number) => of_number(number),
        None => known(person.bsuid.as_str().get(..2).unwrap_or_default()),
    }
}

/// The country of a phone number, given in digits.
pub(crate) fn of_number(digits: &str) -> &'static str {
    let digits = digits.trim_start_matches('+');
    CODES
        .iter()
        .find(|(code, _)| digits.starts_with(code))
        .map_or("XX", |(_, country)| country)
}

fn known(letters: &str) -> &'static str {
    CODES
        .iter()
        .find(|(_, country)| *country == letters)
        .map_or("XX", |(_, country)| country)
}
