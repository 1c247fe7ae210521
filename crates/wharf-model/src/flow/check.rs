//! Finds what Meta would refuse in a Flow JSON.

mod action;
mod component;
mod document;
mod items;
mod property;
mod references;
mod routes;
mod rules;
mod screen;

use std::collections::{HashMap, HashSet};

use super::component::Component;
use super::component::kind::ComponentKind;
use super::document::FlowJson;
use super::limits;
use super::problem::{Fault, Problem};
use super::screen::Screen;
use super::version::Version;

/// All problems of a Flow, in the order of its screens.
pub(super) fn problems(flow: &FlowJson) -> Vec<Problem> {
    let mut report = Report::default();
    let version = document::check(flow, &mut report);
    let screens = flow.screens.iter().enumerate();
    let screens: Vec<_> = screens
        .map(|(index, screen)| (screen, components(index, screen)))
        .collect();
    let known = screens
        .iter()
        .map(|(screen, found)| (screen.id.as_str(), Known::new(screen, found)));
    let known = &known.collect();
    let stage = Stage {
        flow,
        version,
        known,
    };
    for (index, (screen, found)) in screens.iter().enumerate() {
        screen::check(stage, index, screen, found, &mut report);
    }
    routes::check(
        stage,
        screens.iter().flat_map(|(_, found)| found),
        &mut report,
    );
    report.problems
}

/// The problem of a Flow that is too large, if it is.
pub(super) fn size(bytes: usize) -> Option<Problem> {
    let mut report = Report::default();
    if bytes > limits::DOCUMENT_BYTES {
        let fault = Fault::Rule {
            remedy: "keep the whole Flow JSON within 10 MB",
        };
        report.flow("", fault);
    }
    report.problems.pop()
}

/// What every check needs to know.
#[derive(Debug, Clone, Copy)]
struct Stage<'a> {
    flow: &'a FlowJson,
    version: Version,
    known: &'a HashMap<&'a str, Known<'a>>,
}

/// A screen, and the names of its components.
#[derive(Debug)]
struct Known<'a> {
    screen: &'a Screen,
    names: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(screen: &'a Screen, found: &[Found<'a>]) -> Self {
        let names = found.iter().filter_map(|place| place.component.name());
        Self {
            screen,
            names: names.collect(),
        }
    }
}

impl<'a> Stage<'a> {
    fn screen(&self, id: &str) -> Option<&'a Screen> {
        self.known.get(id).map(|known| known.screen)
    }

    fn has_name(&self, screen: &str, name: &str) -> bool {
        self.known
            .get(screen)
            .is_some_and(|known| known.names.contains(name))
    }
}

/// A component with its place on a screen.
#[derive(Debug)]
struct Found<'a> {
    screen: &'a Screen,
    component: &'a Component,
    pointer: String,
    /// The components around it, the outermost first.
    around: Vec<&'a Component>,
}

impl Found<'_> {
    fn is(&self, kind: &ComponentKind) -> bool {
        self.component.kind() == kind
    }

    fn inside(&self, kind: &ComponentKind) -> bool {
        self.around.iter().any(|outer| outer.kind() == kind)
    }

    fn label(&self) -> String {
        let kind = self.component.kind().as_str();
        match self.component.name() {
            Some(name) => format!("{kind} {name}"),
            None => kind.to_owned(),
        }
    }
}

/// All components of a screen, from top to bottom, each before those inside it.
fn components(index: usize, screen: &Screen) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let pointer = format!("/screens/{index}/layout/children");
    collect(screen, &pointer, screen.components(), &[], &mut found);
    found
}

fn collect<'a>(
    screen: &'a Screen,
    pointer: &str,
    list: &'a [Component],
    around: &[&'a Component],
    found: &mut Vec<Found<'a>>,
) {
    for (index, component) in list.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let mut inner = around.to_vec();
        inner.push(component);
        found.push(Found {
            screen,
            component,
            pointer: pointer.clone(),
            around: around.to_vec(),
        });
        for (branch, list) in component.branches() {
            collect(screen, &format!("{pointer}{branch}"), list, &inner, found);
        }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
struct Report {
    problems: Vec<Problem>,
}

impl Report {
    /// A problem of the Flow as a whole.
    fn flow(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.problems.push(Problem {
            pointer: pointer.into(),
            screen: None,
            component: None,
            property: None,
            fault,
        });
    }

    /// A problem of a screen's property.
    fn screen(&mut self, index: usize, screen: &Screen, property: &str, fault: Fault) {
        self.problems.push(Problem {
            pointer: format!("/screens/{index}/{property}"),
            screen: Some(screen.id.clone()),
            component: None,
            property: Some(property.to_owned()),
            fault,
        });
    }

    /// A problem of a component as a whole.
    fn component(&mut self, found: &Found<'_>, fault: Fault) {
        self.problems.push(Problem {
            pointer: found.pointer.clone(),
            screen: Some(found.screen.id.clone()),
            component: Some(found.label()),
            property: None,
            fault,
        });
    }

    /// A problem of a component's property, or of something inside it.
    fn property(&mut self, found: &Found<'_>, property: &str, fault: Fault) {
        self.problems.push(Problem {
            pointer: format!("{}/{property}", found.pointer),
            screen: Some(found.screen.id.clone()),
            component: Some(found.label()),
            property: Some(property.to_owned()),
            fault,
        });
    }
}
