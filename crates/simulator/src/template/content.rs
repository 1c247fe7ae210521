//! What reviewers see in a template's words.

use crate::template::{Category, Header, Reason, ReviewRule, Template};

/// Words that sell. The platform's own signs are not published; these are this simulator's.
const SELLING: [&str; 12] = [
    "% off",
    "discount",
    "sale",
    "promo",
    "special offer",
    "limited time",
    "buy now",
    "shop now",
    "free gift",
    "best deal",
    "coupon",
    "don't miss",
];

/// Why a template is rejected under this rule; nothing when it is approved.
pub(super) fn judge(
    template: &Template,
    rule: ReviewRule,
    allow_category_change: Option<bool>,
) -> Option<Reason> {
    if matches!(rule, ReviewRule::ApproveAll | ReviewRule::OnCommand) {
        return None;
    }
    if let Some((_, marked)) = template.name.split_once("rejected") {
        let reason = marked.trim_start_matches('_').to_ascii_uppercase();
        let known = Reason::ALL
            .into_iter()
            .find(|known| reason.starts_with(known.as_str()));
        return Some(known.unwrap_or(Reason::InvalidFormat));
    }
    if rule == ReviewRule::Marked {
        return None;
    }
    if side_by_side(&template.body) {
        return Some(Reason::InvalidFormat);
    }
    let mismatched = template.category == Category::Utility && looks_like_marketing(template);
    (mismatched && allow_category_change == Some(false)).then_some(Reason::IncorrectCategory)
}

/// Whether the words sell something.
pub(crate) fn looks_like_marketing(template: &Template) -> bool {
    let mut words = template.body.to_lowercase();
    if let Header::Text(title) = &template.header {
        words.push(' ');
        words.push_str(&title.to_lowercase());
    }
    SELLING.iter().any(|sign| words.contains(sign))
}

/// What was wrong and what to do, as only `INVALID_FORMAT` tells.
pub(super) fn advice(template: &Template, reason: Reason) -> Option<(&'static str, &'static str)> {
    if reason != Reason::InvalidFormat {
        return None;
    }
    Some(if side_by_side(&template.body) {
        (
            "Your template has parameters placed next to each other (like {{1}}{{2}}) without text \
             or punctuation between them.",
            "Separate parameters with descriptive text and ensure each parameter is clearly \
             contextualized.",
        )
    } else {
        (
            "Your template has a format that cannot be used.",
            "Correct the format of the template and submit it again.",
        )
    })
}

/// Whether two variables stand next to each other.
fn side_by_side(text: &str) -> bool {
    text.split("}}")
        .skip(1)
        .any(|between| between.trim_start().starts_with("{{"))
}
