//! Rules between the components of one screen.

use std::collections::HashSet;

use serde_json::Value;

use super::component::count;
use super::screen::has_footer;
use super::{Found, Report, Stage};
use crate::flow::component::kind::ComponentKind as Kind;
use crate::flow::component::{Component, Nested};
use crate::flow::limits;
use crate::flow::problem::Fault;
use crate::flow::screen::Screen;
use crate::flow::version::Version;

pub(super) fn check(
    stage: Stage<'_>,
    index: usize,
    screen: &Screen,
    found: &[Found<'_>],
    report: &mut Report,
) {
    let mut rule = |remedy| report.screen(index, screen, "layout/children", Fault::Rule { remedy });
    if screen.is_terminal() && !has_footer(found) {
        rule("add a Footer: the Flow ends on this screen");
    }
    let outside = found.iter().filter(|place| place.is(&Kind::Footer));
    let outside = outside.filter(|place| !place.inside(&Kind::If) && !place.inside(&Kind::Switch));
    let branching = found.iter().any(|place| {
        place.is(&Kind::Footer) && (place.inside(&Kind::If) || place.inside(&Kind::Switch))
    });
    if outside.count() + usize::from(branching) > 1 {
        rule("have one Footer only");
    }
    counts(index, screen, found, report);
    alone(stage, index, screen, found, report);
    let mut names = HashSet::new();
    for place in found {
        if let Some(name) = place.component.name()
            && !names.insert(name)
            // Only one branch of an If or Switch is shown.
            && !place.inside(&Kind::If)
            && !place.inside(&Kind::Switch)
        {
            let remedy = "choose another name: an earlier component has it";
            report.property(place, "name", Fault::Rule { remedy });
        }
        single(stage, place, report);
    }
}

fn counts(index: usize, screen: &Screen, found: &[Found<'_>], report: &mut Report) {
    for (kind, most) in [
        (Kind::OptIn, limits::OPT_INS),
        (Kind::EmbeddedLink, limits::LINKS),
        (Kind::Image, limits::IMAGES),
        (Kind::ImageCarousel, limits::CAROUSELS),
        (Kind::NavigationList, limits::NAVIGATION_LISTS),
        (Kind::PhotoPicker, 1),
        (Kind::DocumentPicker, 1),
    ] {
        let of_kind = found
            .iter()
            .filter(|place| place.is(&kind))
            .collect::<Vec<_>>();
        if let (Some(fault), Some(last)) = (count(of_kind.len(), 0, most), of_kind.last()) {
            report.component(last, fault);
        }
    }
    let has = |kind| found.iter().any(|place| place.is(kind));
    if has(&Kind::PhotoPicker) && has(&Kind::DocumentPicker) {
        let remedy = "put PhotoPicker and DocumentPicker on two screens";
        report.screen(index, screen, "layout/children", Fault::Rule { remedy });
    }
}

/// Components that stand alone on their screens.
fn alone(
    stage: Stage<'_>,
    index: usize,
    screen: &Screen,
    found: &[Found<'_>],
    report: &mut Report,
) {
    let others = |kind: &Kind| found.iter().any(|place| !place.is(kind));
    if found.iter().any(|place| place.is(&Kind::NavigationList)) {
        if others(&Kind::NavigationList) {
            let remedy = "leave the NavigationList alone on its screen";
            report.screen(index, screen, "layout/children", Fault::Rule { remedy });
        }
        if screen.is_terminal() {
            let remedy = "put the NavigationList on a screen where the Flow does not end";
            report.screen(index, screen, "layout/children", Fault::Rule { remedy });
        }
    }
    let footer_too = stage.version >= Version::new(6, 3);
    if found.iter().any(|place| place.is(&Kind::RichText))
        && found
            .iter()
            .any(|place| !(place.is(&Kind::RichText) || footer_too && place.is(&Kind::Footer)))
    {
        let remedy = "leave the RichText alone on its screen (a Footer may follow since 6.3)";
        report.screen(index, screen, "layout/children", Fault::Rule { remedy });
    }
}

/// Rules within one component.
fn single(stage: Stage<'_>, place: &Found<'_>, report: &mut Report) {
    match place.component.kind() {
        Kind::Footer => captions(place, report),
        Kind::TextInput => pattern(place, report),
        Kind::CheckboxGroup | Kind::RadioButtonsGroup
            if stage.version >= Version::new(4, 0) && place.component.get("label").is_none() =>
        {
            report.property(place, "label", Fault::Missing);
        }
        Kind::CalendarPicker => calendar(place, report),
        Kind::If => branches(place, report),
        _ => {}
    }
    spans(place, report);
    let outer = place.around.last().map(|outer| outer.kind());
    if matches!(outer, Some(Kind::If | Kind::Switch)) && !may_branch(stage, place.component.kind())
    {
        let remedy = "put it outside the If or Switch: it cannot stand inside";
        report.component(place, Fault::Rule { remedy });
    }
}

fn may_branch(stage: Stage<'_>, kind: &Kind) -> bool {
    match kind {
        Kind::ChipsSelector => stage.version >= Version::new(7, 1),
        Kind::Form
        | Kind::RichText
        | Kind::NavigationList
        | Kind::PhotoPicker
        | Kind::DocumentPicker => false,
        _ => true,
    }
}

fn captions(place: &Found<'_>, report: &mut Report) {
    let has = |name| place.component.get(name).is_some();
    let (left, center, right) = (
        has("left-caption"),
        has("center-caption"),
        has("right-caption"),
    );
    if center && (left || right) {
        let remedy = "use either center-caption or left-caption and right-caption";
        report.property(place, "center-caption", Fault::Rule { remedy });
    } else if left != right {
        let missing = if left {
            "right-caption"
        } else {
            "left-caption"
        };
        report.property(place, missing, Fault::Missing);
    }
}

fn pattern(place: &Found<'_>, report: &mut Report) {
    if place.component.get("pattern").is_none() {
        return;
    }
    if place.component.get("helper-text").is_none() {
        report.property(place, "helper-text", Fault::Missing);
    }
    let kind = place.component.get("input-type").and_then(Value::as_str);
    if matches!(kind, Some("email" | "phone")) {
        let remedy = "leave it out: email and phone have checks of their own";
        report.property(place, "pattern", Fault::Rule { remedy });
    }
}

fn calendar(place: &Found<'_>, report: &mut Report) {
    let mode = place.component.get("mode").and_then(Value::as_str);
    if mode == Some("range") {
        if place
            .component
            .get("label")
            .is_some_and(|label| !has_ends(label))
        {
            let expected = "a text for start-date and one for end-date";
            report.property(place, "label", Fault::Form { expected });
        }
        return;
    }
    if mode.is_some_and(|mode| mode != "single") {
        return;
    }
    for name in ["title", "description", "min-days", "max-days"] {
        if place.component.get(name).is_some() {
            let remedy = "leave it out, or set the mode to range";
            report.property(place, name, Fault::Rule { remedy });
        }
    }
}

fn has_ends(value: &Value) -> bool {
    match value {
        Value::Object(span) => span.contains_key("start-date") && span.contains_key("end-date"),
        Value::String(text) => crate::flow::expression::is_bound(text),
        _ => false,
    }
}

/// A least and a most must be in order.
fn spans(place: &Found<'_>, report: &mut Report) {
    for (least, most) in [
        ("min-chars", "max-chars"),
        ("min-selected-items", "max-selected-items"),
        ("min-days", "max-days"),
        ("min-uploaded-photos", "max-uploaded-photos"),
        ("min-uploaded-documents", "max-uploaded-documents"),
    ] {
        let number = |name| place.component.get(name).and_then(Value::as_u64);
        if let (Some(low), Some(high)) = (number(least), number(most))
            && low > high
        {
            let remedy = "make the least no more than the most";
            report.property(place, least, Fault::Rule { remedy });
        }
    }
    for (name, most) in [
        ("max-file-size-kb", limits::UPLOAD_KILOBYTES),
        ("max-uploaded-photos", limits::UPLOADS),
        ("max-uploaded-documents", limits::UPLOADS),
    ] {
        let value = place.component.get(name).and_then(Value::as_u64);
        let value = value.and_then(|value| usize::try_from(value).ok());
        if let Some(fault) = value.and_then(|value| count(value, 1, most)) {
            report.property(place, name, fault);
        }
    }
    let date = |name| {
        place
            .component
            .get(name)
            .and_then(Value::as_str)?
            .parse()
            .ok()
    };
    let (first, last): (Option<jiff::civil::Date>, Option<jiff::civil::Date>) =
        (date("min-date"), date("max-date"));
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        let remedy = "make the first day no later than the last";
        report.property(place, "min-date", Fault::Rule { remedy });
    }
}

fn branches(place: &Found<'_>, report: &mut Report) {
    let depth = place
        .around
        .iter()
        .filter(|outer| *outer.kind() == Kind::If);
    let depth = depth.count() + 1;
    if depth > limits::IF_DEPTH {
        let most = limits::IF_DEPTH;
        let fault = Fault::Count {
            count: depth,
            least: 0,
            most,
        };
        report.component(place, fault);
    }
    let condition = place.component.get("condition").and_then(Value::as_str);
    if condition.is_some_and(|condition| !condition.contains("${")) {
        let expected = "a condition with at least one reference";
        report.property(place, "condition", Fault::Form { expected });
    }
    let Nested::Branches { then, otherwise } = place.component.nested() else {
        return;
    };
    let footer = |list: &[Component]| list.iter().any(|inner| *inner.kind() == Kind::Footer);
    let (then, otherwise) = (
        footer(then),
        footer(otherwise.as_deref().unwrap_or_default()),
    );
    if depth > 1 && (then || otherwise) {
        let remedy = "put the Footer into the outermost If, or outside";
        report.component(place, Fault::Rule { remedy });
    } else if then != otherwise {
        let branch = if then { "else" } else { "then" };
        let remedy = "give both branches a Footer, or none";
        report.property(place, branch, Fault::Rule { remedy });
    }
}
