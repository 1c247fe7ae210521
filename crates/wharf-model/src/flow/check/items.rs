//! Choices, navigation items and carousel images.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::component::{count, length, most_choices};
use super::{Found, Report};
use crate::flow::expression::is_bound;
use crate::flow::limits;
use crate::flow::problem::Fault;

pub(super) fn choices(
    found: &Found<'_>,
    name: &str,
    value: &Value,
    least: usize,
    most: usize,
    report: &mut Report,
) {
    let Some(list) = list(found, name, value, report) else {
        return;
    };
    let images = list.iter().any(|choice| choice.get("image").is_some());
    if let Some(fault) = count(list.len(), least, most_choices(found, most, images)) {
        report.property(found, name, fault);
    }
    let texts = [
        ("title", limits::CHOICE_TITLE, true),
        ("description", limits::DESCRIPTION, false),
        ("metadata", limits::CHOICE_METADATA, false),
    ];
    for (index, choice) in objects(found, name, list, report) {
        let at = format!("{name}/{index}");
        limited(found, &at, choice, &texts, report);
    }
    unique_ids(found, name, list, report);
}

pub(super) fn images(found: &Found<'_>, name: &str, value: &Value, report: &mut Report) {
    let Some(list) = list(found, name, value, report) else {
        return;
    };
    if let Some(fault) = count(list.len(), 1, limits::CAROUSEL_IMAGES) {
        report.property(found, name, fault);
    }
    let texts = [("src", usize::MAX, true), ("alt-text", usize::MAX, true)];
    for (index, image) in objects(found, name, list, report) {
        limited(found, &format!("{name}/{index}"), image, &texts, report);
    }
}

pub(super) fn navigation(found: &Found<'_>, name: &str, value: &Value, report: &mut Report) {
    let action = found.component.get("on-click-action").is_some();
    let Some(list) = list(found, name, value, report) else {
        return;
    };
    if let Some(fault) = count(list.len(), 1, limits::NAVIGATION_ITEMS) {
        report.property(found, name, fault);
    }
    let badges = list.iter().filter(|item| item.get("badge").is_some());
    if badges.count() > 1 {
        let remedy = "give a badge to one item only";
        report.property(found, name, Fault::Rule { remedy });
    }
    let large = found.component.get("media-size").and_then(Value::as_str) == Some("large");
    for (index, item) in objects(found, name, list, report) {
        let at = format!("{name}/{index}");
        item_parts(found, &at, item, report);
        if large && item.contains_key("end") {
            let remedy = "leave out end, or the large media-size";
            report.property(found, &format!("{at}/end"), Fault::Rule { remedy });
        }
        let own = item.contains_key("on-click-action");
        if own == action {
            let remedy = "give the action either to the list or to each item";
            let at = format!("{at}/on-click-action");
            report.property(found, &at, Fault::Rule { remedy });
        }
    }
    unique_ids(found, name, list, report);
}

fn item_parts(found: &Found<'_>, at: &str, item: &Map<String, Value>, report: &mut Report) {
    let main = [
        ("title", limits::ITEM_TITLE, true),
        ("description", limits::ITEM_DESCRIPTION, false),
        ("metadata", limits::ITEM_METADATA, false),
    ];
    let end = [
        ("title", limits::ITEM_END, false),
        ("description", limits::ITEM_END, false),
        ("metadata", limits::ITEM_END, false),
    ];
    match item.get("main-content") {
        Some(Value::Object(part)) => {
            limited(found, &format!("{at}/main-content"), part, &main, report);
        }
        _ => report.property(found, &format!("{at}/main-content"), Fault::Missing),
    }
    if let Some(Value::Object(part)) = item.get("end") {
        limited(found, &format!("{at}/end"), part, &end, report);
    }
    let badge = [("badge", limits::ITEM_BADGE, false)];
    limited(found, at, item, &badge, report);
    let Some(Value::Array(tags)) = item.get("tags") else {
        return;
    };
    let at = format!("{at}/tags");
    if let Some(fault) = count(tags.len(), 0, limits::ITEM_TAGS) {
        report.property(found, &at, fault);
    }
    for (index, tag) in tags.iter().enumerate() {
        let fault = tag.as_str().and_then(|tag| length(tag, limits::ITEM_BADGE));
        if let Some(fault) = fault {
            report.property(found, &format!("{at}/{index}"), fault);
        }
    }
}

/// The items, unless they come from a reference; says so if they are neither.
fn list<'a>(
    found: &Found<'_>,
    name: &str,
    value: &'a Value,
    report: &mut Report,
) -> Option<&'a Vec<Value>> {
    match value {
        Value::Array(list) => return Some(list),
        Value::String(text) if is_bound(text) => {}
        _ => {
            let expected = "a list or a reference";
            report.property(found, name, Fault::Form { expected });
        }
    }
    None
}

/// The items that are objects, with their places; says so of the others.
fn objects<'a>(
    found: &Found<'_>,
    name: &str,
    list: &'a [Value],
    report: &mut Report,
) -> Vec<(usize, &'a Map<String, Value>)> {
    let mut objects = Vec::new();
    for (index, item) in list.iter().enumerate() {
        if let Value::Object(item) = item {
            objects.push((index, item));
        } else {
            let expected = "an object";
            report.property(found, &format!("{name}/{index}"), Fault::Form { expected });
        }
    }
    objects
}

fn limited(
    found: &Found<'_>,
    at: &str,
    object: &Map<String, Value>,
    texts: &[(&str, usize, bool)],
    report: &mut Report,
) {
    for (key, limit, needed) in texts {
        let fault = match object.get(*key) {
            Some(Value::String(text)) if text.is_empty() && !needed => None,
            Some(Value::String(text)) => length(text, *limit),
            Some(_) => {
                let expected = "a text";
                Some(Fault::Form { expected })
            }
            None => needed.then_some(Fault::Missing),
        };
        if let Some(fault) = fault {
            report.property(found, &format!("{at}/{key}"), fault);
        }
    }
}

fn unique_ids(found: &Found<'_>, name: &str, list: &[Value], report: &mut Report) {
    let mut seen = HashSet::new();
    for (index, item) in list.iter().enumerate() {
        let at = format!("{name}/{index}/id");
        match item.get("id").and_then(Value::as_str) {
            None | Some("") => report.property(found, &at, Fault::Missing),
            Some(id) if !is_bound(id) && !seen.insert(id) => {
                let remedy = "choose another id: an earlier item has it";
                report.property(found, &at, Fault::Rule { remedy });
            }
            Some(_) => {}
        }
    }
}
