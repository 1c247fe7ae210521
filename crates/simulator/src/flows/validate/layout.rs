//! A screen's layout: its components, their properties and counts.

use std::collections::HashMap;

use crate::flows::components::{self, Component, Is};
use crate::flows::json::{Kind, Node};
use crate::flows::validate::{Document, Report, Screen, action, binding, join};

/// The most components of a screen.
const MOST: usize = 50;
/// How deep an `If` may stand in others.
const DEPTH: usize = 3;

/// A walk through the components of a screen, with what it has met so far.
struct Walk<'w, 'r, 'a> {
    report: &'w mut Report<'r>,
    document: &'w Document<'w>,
    screen: &'w Screen<'w>,
    counts: HashMap<&'static str, usize>,
    names: Vec<&'a str>,
    all: usize,
}

pub(super) fn check(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    layout: &Node,
) {
    let path = join(&screen.path, "layout");
    if !matches!(layout.kind, Kind::Object(_)) {
        report.wrong_type("object", layout, &path);
        return;
    }
    report.only(&["type", "children"], layout, &path);
    match layout.get("type") {
        None => report.missing("type", layout, &join(&path, "type")),
        Some(node) if node.text() == Some("SingleColumnLayout") => {}
        Some(node) => {
            let message = "Invalid value found for property 'type'.";
            report.add(
                "INVALID_PROPERTY_VALUE",
                message,
                node,
                &join(&path, "type"),
            );
        }
    }
    let at = join(&path, "children");
    let Some(children) = layout.get("children") else {
        report.missing("children", layout, &at);
        return;
    };
    let mut walk = Walk {
        report,
        document,
        screen,
        counts: HashMap::new(),
        names: Vec::new(),
        all: 0,
    };
    walk.list(children, &at, Around::default());
    let Walk {
        report,
        counts,
        all,
        ..
    } = walk;
    if all > MOST {
        let message = format!("Number of components exceeds the max limit of {MOST} per screen.");
        report.add("INVALID_PROPERTY_VALUE", message, children, &at);
    }
    for (name, count) in &counts {
        let most = components::find(name).map_or(MOST, |component| component.most);
        if *count > most && most < MOST {
            let message = if *name == "Footer" {
                "You can only have 1 Footer component per screen.".to_owned()
            } else {
                let plural = if most == 1 { "" } else { "s" };
                format!(
                    "You can only have a maximum of {most} component{plural} of type {name} per \
                     screen."
                )
            };
            report.add("INVALID_PROPERTY_VALUE", message, children, &at);
        }
    }
    if counts.contains_key("PhotoPicker") && counts.contains_key("DocumentPicker") {
        let message = "You can only have a maximum of 1 component of type PhotoPicker or \
                       DocumentPicker per screen.";
        report.add("INVALID_PROPERTY_VALUE", message, children, &at);
    }
    if screen.terminal && !counts.contains_key("Footer") {
        let message = "Footer component is required on the terminal screen.";
        report.add("MISSING_REQUIRED_TYPE_PROPERTY", message, children, &at);
    }
}

/// What a component stands in.
#[derive(Clone, Copy, Default)]
struct Around {
    form: bool,
    ifs: usize,
    /// In a branch, whose footer counts with that of the other one.
    branch: bool,
}

impl<'a> Walk<'_, '_, 'a> {
    fn footers(&self) -> usize {
        self.counts.get("Footer").copied().unwrap_or(0)
    }

    fn list(&mut self, children: &'a Node, path: &str, around: Around) {
        if !matches!(children.kind, Kind::Array(_)) {
            self.report.wrong_type("array", children, path);
            return;
        }
        if children.items().is_empty() && around.branch {
            let message = format!(
                "Invalid value found at: \"$root/{path}\" due to empty array. It should contain at \
             least one component."
            );
            self.report
                .add("INVALID_PROPERTY_VALUE", message, children, path);
        }
        for (index, child) in children.items().iter().enumerate() {
            let path = format!("{path}[{index}]");
            self.one(child, &path, around);
        }
    }

    fn one(&mut self, node: &'a Node, path: &str, around: Around) {
        let at = join(path, "type");
        let Some(kind) = node.get("type") else {
            self.report.missing("type", node, &at);
            return;
        };
        let Some(component) = kind.text().and_then(components::find) else {
            let message = "Invalid value found for property 'type'.";
            self.report
                .add("INVALID_PROPERTY_VALUE", message, kind, &at);
            return;
        };
        if self.document.version < component.since {
            let (major, minor) = component.since;
            let message = format!(
                "Invalid value found for property 'type': {} is supported from Flow JSON version \
             {major}.{minor}.",
                component.name
            );
            self.report
                .add("INVALID_PROPERTY_VALUE", message, kind, &at);
        }
        self.all += 1;
        *self.counts.entry(component.name).or_default() += 1;
        if component.is_input() && !around.form && self.document.version < (4, 0) {
            let message = format!(
                "Property '{}' must be defined inside parent property 'Form'.",
                component.name
            );
            self.report.add("KEYWORD_ONE_OF", message, node, path);
        }
        if let Some(name) = node.get("name").and_then(Node::text) {
            if self.names.contains(&name) {
                let message = format!(
                    "Duplicate component name '{name}' on screen '{}'.",
                    self.screen.id
                );
                self.report
                    .add("INVALID_PROPERTY_VALUE", message, node, &join(path, "name"));
            }
            self.names.push(name);
        }
        self.properties(component, node, path);
        match component.name {
            "Form" => {
                if let Some(children) = node.get("children") {
                    let around = Around {
                        form: true,
                        ..around
                    };
                    let at = join(path, "children");
                    self.list(children, &at, around);
                }
            }
            "If" => self.branches(node, path, around),
            "Switch" => self.cases(node, path, around),
            "Footer" => captions(self.report, node, path),
            _ => {}
        }
    }

    fn properties(&mut self, component: &Component, node: &Node, path: &str) {
        for (name, value) in node.fields() {
            if name == "type" {
                continue;
            }
            let at = join(path, name);
            let known = component
                .properties
                .iter()
                .find(|property| property.name == name);
            let Some(property) = known else {
                if !component.open {
                    let message = format!(
                        "Property '{name}' cannot be specified at {} on '{path}'.",
                        component.name
                    );
                    self.report.add("INVALID_PROPERTY_KEY", message, value, &at);
                }
                continue;
            };
            match property.is {
                Is::Action(allowed) => {
                    action::check(self.report, self.document, self.screen, value, &at, allowed);
                }
                Is::Actions => {
                    let allowed = ["data_exchange", "update_data"];
                    action::check(
                        self.report,
                        self.document,
                        self.screen,
                        value,
                        &at,
                        &allowed,
                    );
                }
                Is::Children | Is::Map => {}
                is => {
                    let bound = binding::check(self.report, self.document, self.screen, value, &at);
                    if !bound || matches!(is, Is::Name) {
                        plain(self.report, name, is, value, &at);
                    }
                }
            }
        }
        let labelled = matches!(component.name, "CheckboxGroup" | "RadioButtonsGroup");
        for property in component.properties {
            let since_four =
                labelled && property.name == "label" && self.document.version >= (4, 0);
            if (property.required || since_four) && node.get(property.name).is_none() {
                self.report
                    .missing(property.name, node, &join(path, property.name));
            }
        }
    }

    fn branches(&mut self, node: &'a Node, path: &str, around: Around) {
        if around.ifs >= DEPTH {
            let message = format!("It is allowed to nest up to {DEPTH} 'If' components.");
            self.report
                .add("INVALID_PROPERTY_VALUE", message, node, path);
            return;
        }
        let around = Around {
            ifs: around.ifs + 1,
            branch: true,
            ..around
        };
        let before = self.footers();
        let mut footers = [0, 0];
        // A name may stand in both branches, as only one of them is shown.
        let names = self.names.len();
        for (branch, count) in ["then", "else"].iter().zip(&mut footers) {
            if let Some(children) = node.get(branch) {
                self.names.truncate(names);
                let start = self.footers();
                self.list(children, &join(path, branch), around);
                *count = self.footers() - start;
            }
        }
        if footers[0] > 0 || footers[1] > 0 {
            // Only one branch is shown, so that both together count once.
            self.counts
                .insert("Footer", before + footers[0].max(footers[1]));
            if footers[0] != footers[1] {
                let message = if node.get("else").is_none() {
                    "Missing Footer inside one of the if branches. Branch \"else\" should exist and \
                 contain one Footer."
                } else {
                    "Missing Footer inside one of the if branches."
                };
                self.report
                    .add("INVALID_PROPERTY_VALUE", message, node, path);
            }
        }
    }

    fn cases(&mut self, node: &'a Node, path: &str, around: Around) {
        let Some(cases) = node.get("cases") else {
            return;
        };
        let path = join(path, "cases");
        if cases.fields().is_empty() {
            let message = format!("Invalid empty property found at: \"$root/{path}\".");
            self.report
                .add("INVALID_PROPERTY_VALUE", message, cases, &path);
        }
        let around = Around {
            branch: true,
            ..around
        };
        let names = self.names.len();
        let before = self.footers();
        let mut most = 0;
        for (name, children) in cases.fields() {
            self.names.truncate(names);
            self.counts.insert("Footer", 0);
            self.list(children, &join(&path, name), around);
            most = most.max(self.footers());
        }
        match before + most {
            0 => self.counts.remove("Footer"),
            count => self.counts.insert("Footer", count),
        };
    }
}

/// A value that is no binding.
fn plain(report: &mut Report<'_>, name: &str, is: Is, value: &Node, path: &str) {
    match is {
        Is::Text(most) => {
            let texts: Vec<_> = match &value.kind {
                Kind::Array(items) => items.iter().map(Node::text).collect(),
                _ => vec![value.text()],
            };
            let Some(texts) = texts.into_iter().collect::<Option<Vec<_>>>() else {
                report.wrong_type("string", value, path);
                return;
            };
            let length: usize = texts.iter().map(|text| text.chars().count()).sum();
            if texts.iter().all(|text| text.trim().is_empty()) {
                let message = format!("Property '{name}' should not be blank or empty string.");
                report.add("PATTERN_MISMATCH", message, value, path);
            } else if length > most {
                let message = format!("Property '{name}' should have at most '{most}' characters.");
                report.add("MAX_CHARS_EXCEEDED", message, value, path);
            }
        }
        Is::Name => match value.text() {
            Some("") => {
                let message = format!("Property '{name}' should have at least '1' character.");
                report.add("MIN_CHARS_REQUIRED", message, value, path);
            }
            Some(_) => {}
            None => report.wrong_type("string", value, path),
        },
        Is::Flag if value.boolean().is_none() => report.wrong_type("boolean", value, path),
        Is::Integer => {
            let whole = match &value.kind {
                Kind::Plain(number) => number.as_i64().is_some(),
                Kind::Text(text) => text.parse::<i64>().is_ok(),
                _ => false,
            };
            if !whole {
                let message = format!(
                    "Property '{name}' should be of type 'integer' or have dynamic data format of \
                     the form ${{screen.data.your_value}} or ${{data.your_value}}."
                );
                report.add("PATTERN_MISMATCH", message, value, path);
            }
        }
        Is::Number if value.type_name() != "number" => report.wrong_type("number", value, path),
        Is::Choice(allowed) if !value.text().is_some_and(|text| allowed.contains(&text)) => {
            let message = format!("Value should be one of: [{}].", allowed.join(", "));
            report.add("INVALID_ENUM_VALUE", message, value, path);
        }
        Is::Options(most) => options(report, name, most, value, path),
        _ => {}
    }
}

fn options(report: &mut Report<'_>, name: &str, most: usize, value: &Node, path: &str) {
    if !matches!(value.kind, Kind::Array(_)) {
        report.wrong_type("array", value, path);
        return;
    }
    let count = value.items().len();
    if count == 0 {
        let message = format!("Property '{name}' should have at least '1' item.");
        report.add("MIN_ITEMS_REQUIRED", message, value, path);
    } else if count > most {
        let message = format!("Property '{name}' should have at most '{most}' items.");
        report.add("MAX_ITEMS_EXCEEDED", message, value, path);
    }
    let mut ids = Vec::new();
    for (index, item) in value.items().iter().enumerate() {
        let path = format!("{path}[{index}]");
        for (name, most) in [("id", usize::MAX), ("title", 30)] {
            match item.get(name) {
                None => report.missing(name, item, &join(&path, name)),
                Some(node) => plain(report, name, Is::Text(most), node, &join(&path, name)),
            }
        }
        for (name, most) in [("description", 300), ("metadata", 20)] {
            if let Some(node) = item.get(name) {
                plain(report, name, Is::Text(most), node, &join(&path, name));
            }
        }
        if let Some(id) = item.get("id").and_then(Node::text) {
            if ids.contains(&id) {
                let message = format!("Duplicate id '{id}' found in '{name}'.");
                report.add("INVALID_PROPERTY_VALUE", message, item, &join(&path, "id"));
            }
            ids.push(id);
        }
    }
}

fn captions(report: &mut Report<'_>, node: &Node, path: &str) {
    let has = |name: &str| node.get(name).is_some();
    if has("left-caption") != has("right-caption") {
        let (there, lacking) = if has("left-caption") {
            ("left-caption", "right-caption")
        } else {
            ("right-caption", "left-caption")
        };
        let message =
            format!("Footer should have property {lacking} when property {there} is present.");
        report.add("INVALID_DEPENDENCIES", message, node, path);
    }
    if has("center-caption") && (has("left-caption") || has("right-caption")) {
        let message = "Properties 'center-caption' and [left-caption, right-caption] must be \
                       present exclusively at Footer.";
        report.add("NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", message, node, path);
    }
}
