//! What messages and calls cost: a small table in the manner of Meta's rate cards, not a copy of one.

/// Millionths of a US dollar for one marketing, utility or authentication message.
#[rustfmt::skip]
const RATES: [(&str, [u64; 3]); 13] = [
    ("US", [25_000, 3_400, 3_400]),
    ("IN", [11_800, 1_400, 1_400]),
    ("BR", [62_500, 6_800, 6_800]),
    ("MX", [30_500, 8_500, 8_500]),
    ("ID", [41_100, 25_000, 25_000]),
    ("DE", [136_500, 55_000, 55_000]),
    ("GB", [52_900, 22_000, 22_000]),
    ("FR", [85_900, 30_000, 30_000]),
    ("ES", [61_500, 20_000, 20_000]),
    ("IT", [69_100, 30_000, 30_000]),
    ("NL", [159_700, 50_000, 50_000]),
    ("TR", [10_900, 5_300, 5_300]),
    ("AE", [49_900, 15_700, 15_700]),
];
const ELSEWHERE: [u64; 3] = [60_400, 7_700, 7_700];

/// The price of one message, in millionths of a US dollar.
pub(crate) fn message(country: &str, category: &str) -> u64 {
    let [marketing, utility, authentication] = row(country);
    match category {
        "MARKETING" | "MARKETING_LITE" | "GROUP_MARKETING" => marketing,
        "AUTHENTICATION" => authentication,
        "AUTHENTICATION_INTERNATIONAL" => authentication * 5,
        "UTILITY" | "GROUP_UTILITY" | "SERVICE" | "GROUP_SERVICE" => utility,
        _ => 0,
    }
}

/// The price of a call that the business began, by started six seconds.
pub(crate) fn call(country: &str, seconds: u64) -> u64 {
    let [_, utility, _] = row(country);
    seconds.div_ceil(6) * utility / 10
}

fn row(country: &str) -> [u64; 3] {
    let known = RATES.iter().find(|(code, _)| *code == country);
    known.map_or(ELSEWHERE, |(_, rates)| *rates)
}

/// Meta's word for a price category in analytics.
pub(crate) fn category(told: &str) -> &'static str {
    match told {
        "authentication" => "AUTHENTICATION",
        "authentication_international" => "AUTHENTICATION_INTERNATIONAL",
        "marketing" => "MARKETING",
        "marketing_lite" => "MARKETING_LITE",
        "utility" => "UTILITY",
        "referral_conversion" => "REFERRAL_CONVERSION",
        "group_marketing" => "GROUP_MARKETING",
        "group_utility" => "GROUP_UTILITY",
        "group_service" => "GROUP_SERVICE",
        _ => "SERVICE",
    }
}

/// Meta's word for a price type in analytics.
pub(crate) fn pricing(told: &str) -> &'static str {
    match told {
        "regular" => "REGULAR",
        "free_entry_point" => "FREE_ENTRY_POINT",
        "free_group_customer_service" => "FREE_GROUP_CUSTOMER_SERVICE",
        _ => "FREE_CUSTOMER_SERVICE",
    }
}
