//! Actions of components and of their items.

use serde_json::{Map, Value};

use super::property::{self, Form};
use super::{Found, Report, Stage};
use crate::flow::action::{ActionKind, View};
use crate::flow::component::kind::ComponentKind;
use crate::flow::expression::{Reference, references};
use crate::flow::problem::Fault;
use crate::flow::screen::Screen;
use crate::flow::version::Version;

/// Every action of a component: its own, and those of its items.
pub(super) fn of<'a>(found: &Found<'a>) -> Vec<(String, View<'a>)> {
    let mut actions = Vec::new();
    for (name, value) in found.component.properties() {
        match value {
            Value::Object(action) if name.ends_with("-action") => {
                actions.push((name.clone(), View(action)));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let parts = item.as_object().into_iter().flatten();
                    for (key, value) in parts {
                        if let (true, Value::Object(action)) = (key.ends_with("-action"), value) {
                            actions.push((format!("{name}/{index}/{key}"), View(action)));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    actions
}

pub(super) fn check(stage: Stage<'_>, found: &Found<'_>, all: &[Found<'_>], report: &mut Report) {
    for property in property::of(found.component.kind()).unwrap_or_default() {
        if let (Form::Action(allowed), Some(value)) =
            (property.form, found.component.get(property.name))
        {
            let expected = "an action with a name";
            match value.get("name").and_then(Value::as_str) {
                None => report.property(found, property.name, Fault::Form { expected }),
                Some(name) => allow(found, property.name, name, allowed, report),
            }
        }
    }
    for (at, action) in of(found) {
        one(stage, found, all, &at, action, report);
    }
}

fn allow(
    found: &Found<'_>,
    at: &str,
    name: &str,
    allowed: &'static [&'static str],
    report: &mut Report,
) {
    if matches!(ActionKind::from(name), ActionKind::Unknown(_)) {
        report.property(found, &format!("{at}/name"), Fault::Unknown);
    } else if !allowed.contains(&name) {
        report.property(found, &format!("{at}/name"), Fault::Choice { allowed });
    }
}

fn one(
    stage: Stage<'_>,
    found: &Found<'_>,
    all: &[Found<'_>],
    at: &str,
    action: View<'_>,
    report: &mut Report,
) {
    match action.kind() {
        ActionKind::Navigate => navigate(stage, found, all, at, action, report),
        ActionKind::Complete => complete(found, all, at, action, report),
        ActionKind::DataExchange => {
            if stage.flow.data_api_version.is_none() {
                let remedy = "give the Flow a data_api_version: the action asks the endpoint";
                report.property(found, at, Fault::Rule { remedy });
            }
        }
        ActionKind::UpdateData => {
            newer(stage, found, at, report);
            let declared = found.screen.data.as_ref();
            let keys = action.payload().into_iter().flat_map(Map::keys);
            for key in keys {
                if !declared.is_some_and(|data| data.contains_key(key)) {
                    dangling(
                        found,
                        &format!("{at}/payload/{key}"),
                        key,
                        "data field",
                        report,
                    );
                }
            }
        }
        ActionKind::OpenUrl => {
            newer(stage, found, at, report);
            if action.url().is_none_or(str::is_empty) {
                report.property(found, &format!("{at}/url"), Fault::Missing);
            }
        }
        // Calendar actions for each end of a span have no name of their own.
        ActionKind::Unknown(_) => {}
    }
}

fn newer(stage: Stage<'_>, found: &Found<'_>, at: &str, report: &mut Report) {
    let since = Version::new(6, 0);
    if stage.version < since {
        report.property(found, at, Fault::TooNew { since });
    }
}

fn navigate(
    stage: Stage<'_>,
    found: &Found<'_>,
    all: &[Found<'_>],
    at: &str,
    action: View<'_>,
    report: &mut Report,
) {
    if found.screen.is_terminal() && found.is(&ComponentKind::Footer) {
        let remedy = "use complete or data_exchange: the Flow could not end on this screen";
        report.property(found, at, Fault::Rule { remedy });
    }
    let Some(next) = action.next_screen() else {
        report.property(found, &format!("{at}/next/name"), Fault::Missing);
        return;
    };
    let at_next = format!("{at}/next/name");
    if next == found.screen.id {
        let remedy = "go to another screen than this one";
        report.property(found, &at_next, Fault::Rule { remedy });
    }
    let Some(target) = stage.screen(next) else {
        dangling(found, &at_next, next, "screen", report);
        return;
    };
    handed_over(found, at, action, target, report);
    for (key, _) in uploads(action, all) {
        let remedy = "refer to the files from the next screen: they cannot be handed over";
        let at = format!("{at}/payload/{key}");
        report.property(found, &at, Fault::Rule { remedy });
    }
    let routes = stage.flow.routing_model.as_ref();
    let routes = routes.and_then(|routes| routes.get(&found.screen.id));
    if routes.is_some_and(|routes| !routes.iter().any(|to| to == next)) {
        let remedy = "add the way to the routing_model, or go where it leads";
        report.property(found, &at_next, Fault::Rule { remedy });
    }
}

/// What a screen is given must be what it declares.
fn handed_over(
    found: &Found<'_>,
    at: &str,
    action: View<'_>,
    target: &Screen,
    report: &mut Report,
) {
    let nothing = Map::new();
    let payload = action.payload().unwrap_or(&nothing);
    let declared = target.data.as_ref().unwrap_or(&nothing);
    for key in payload.keys().filter(|key| !declared.contains_key(*key)) {
        dangling(
            found,
            &format!("{at}/payload/{key}"),
            key,
            "data field of the next screen",
            report,
        );
    }
    for key in declared.keys().filter(|key| !payload.contains_key(*key)) {
        report.property(found, &format!("{at}/payload/{key}"), Fault::Missing);
    }
}

fn complete(found: &Found<'_>, all: &[Found<'_>], at: &str, action: View<'_>, report: &mut Report) {
    if !found.screen.is_terminal() {
        let remedy = "mark the screen as terminal, or use another action";
        report.property(found, at, Fault::Rule { remedy });
    }
    for (key, input) in uploads(action, all) {
        let most = ["max-uploaded-photos", "max-uploaded-documents"];
        let most = most.iter().find_map(|name| input.component.get(name));
        if most.and_then(Value::as_u64) != Some(1) {
            let remedy = "let the picker take one file at most, or send the files to the endpoint";
            report.property(
                found,
                &format!("{at}/payload/{key}"),
                Fault::Rule { remedy },
            );
        }
    }
}

/// The entries of a payload that hold the files of a picker on this screen.
fn uploads<'a, 'b>(
    action: View<'a>,
    all: &'b [Found<'b>],
) -> impl Iterator<Item = (&'a String, &'b Found<'b>)> {
    let entries = action.payload().into_iter().flatten();
    entries.filter_map(|(key, value)| {
        let input = value.as_str()?;
        let input = references(input).find_map(|reference| match reference {
            Reference::Form(input) => Some(input),
            _ => None,
        })?;
        let picker = all.iter().find(|place| {
            let upload =
                place.is(&ComponentKind::PhotoPicker) || place.is(&ComponentKind::DocumentPicker);
            upload && place.component.name() == Some(input)
        })?;
        Some((key, picker))
    })
}

fn dangling(found: &Found<'_>, at: &str, target: &str, what: &'static str, report: &mut Report) {
    let target = target.to_owned();
    report.property(found, at, Fault::Dangling { target, what });
}
