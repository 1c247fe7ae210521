//! The ways between screens.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Report, Stage, action};
use crate::flow::action::ActionKind;
use crate::flow::component::kind::ComponentKind;
use crate::flow::limits;
use crate::flow::problem::Fault;
use crate::flow::screen::Screen;

type Routes<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn check<'a>(
    stage: Stage<'a>,
    places: impl Iterator<Item = &'a Found<'a>>,
    report: &mut Report,
) {
    let mut carousels = 0;
    let mut walked = Routes::new();
    let mut asks = false;
    for place in places {
        carousels += usize::from(place.is(&ComponentKind::ImageCarousel));
        for (_, action) in action::of(place) {
            asks |= action.kind() == ActionKind::DataExchange;
            if let (ActionKind::Navigate, Some(next)) = (action.kind(), action.next_screen()) {
                walked
                    .entry(place.screen.id.as_str())
                    .or_default()
                    .insert(next);
            }
        }
    }
    if carousels > limits::CAROUSELS_IN_FLOW {
        let fault = Fault::Count {
            count: carousels,
            least: 0,
            most: limits::CAROUSELS_IN_FLOW,
        };
        report.flow("/screens", fault);
    }
    match &stage.flow.routing_model {
        Some(model) => {
            let mut given = Routes::new();
            for (from, to) in model {
                given.insert(from, to.iter().map(String::as_str).collect());
            }
            declared(stage, &given, report);
            graph(stage, &given, "/routing_model", report);
        }
        None if asks => report.flow("/routing_model", Fault::Missing),
        None => {
            for screen in &stage.flow.screens {
                walked.entry(screen.id.as_str()).or_default();
            }
            // Without an endpoint the ways are those that the actions go.
            if !walked
                .values()
                .flatten()
                .any(|to| stage.screen(to).is_none())
            {
                graph(stage, &walked, "/screens", report);
            }
        }
    }
}

/// Every screen in the model, and nothing else.
fn declared(stage: Stage<'_>, routes: &Routes<'_>, report: &mut Report) {
    // Without an endpoint, or with an empty model, Meta completes it from the actions.
    let complete = stage.flow.data_api_version.is_some() && !routes.is_empty();
    for screen in &stage.flow.screens {
        if complete && !routes.contains_key(screen.id.as_str()) {
            report.flow(format!("/routing_model/{}", screen.id), Fault::Missing);
        }
    }
    let named = routes
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    for (from, to) in routes.keys().map(|from| (from, from)).chain(named) {
        if stage.screen(to).is_none() {
            let fault = Fault::Dangling {
                target: (*to).to_owned(),
                what: "screen",
            };
            report.flow(format!("/routing_model/{from}"), fault);
        }
    }
}

fn graph(stage: Stage<'_>, routes: &Routes<'_>, pointer: &str, report: &mut Report) {
    for (from, to) in routes {
        if to.len() > limits::ROUTES {
            let fault = Fault::Count {
                count: to.len(),
                least: 0,
                most: limits::ROUTES,
            };
            report.flow(format!("{pointer}/{from}"), fault);
        }
    }
    let reached: BTreeSet<_> = routes.values().flatten().copied().collect();
    let entries: Vec<_> = routes
        .keys()
        .filter(|from| !reached.contains(**from))
        .collect();
    if entries.is_empty() && !routes.is_empty() {
        let remedy = "have one screen to begin with, to which no way leads";
        report.flow(pointer, Fault::Rule { remedy });
    }
    if has_loop(routes) {
        let remedy = "leave out the way back: users go back with the back button";
        report.flow(pointer, Fault::Rule { remedy });
        return;
    }
    for entry in &entries {
        // A screen may be a dead end, such as terms and conditions, from which one goes back.
        if entries.len() == 1 && !ends(stage, routes, entry) {
            let remedy = "let a way from here reach a terminal screen";
            report.flow(format!("{pointer}/{entry}"), Fault::Rule { remedy });
        }
    }
    if entries.len() > 1 && routes.len() > 1 {
        for entry in entries {
            if routes.get(entry).is_some_and(BTreeSet::is_empty) {
                let remedy = "lead to this screen from another, or remove it";
                report.flow(format!("{pointer}/{entry}"), Fault::Rule { remedy });
            }
        }
    }
}

/// Whether a way from a screen reaches one where the Flow may end; the ways form no loop.
fn ends(stage: Stage<'_>, routes: &Routes<'_>, from: &str) -> bool {
    let mut waiting = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if stage.screen(id).is_some_and(Screen::is_terminal) {
            return true;
        }
        if seen.insert(id) {
            waiting.extend(routes.get(id).into_iter().flatten());
        }
    }
    false
}

/// Takes away screens to which no way leads, until none is left or only a loop.
fn has_loop(routes: &Routes<'_>) -> bool {
    let mut ways_to: BTreeMap<&str, usize> = routes.keys().map(|from| (*from, 0)).collect();
    for to in routes.values().flatten() {
        *ways_to.entry(to).or_default() += 1;
    }
    let mut left = ways_to.len();
    let begins = ways_to.iter().filter(|(_, ways)| **ways == 0);
    let mut open: Vec<_> = begins.map(|(screen, _)| *screen).collect();
    while let Some(screen) = open.pop() {
        left -= 1;
        for to in routes.get(screen).into_iter().flatten() {
            if let Some(ways) = ways_to.get_mut(to) {
                *ways -= 1;
                if *ways == 0 {
                    open.push(to);
                }
            }
        }
    }
    left > 0
}
