//! The parts of a Flow JSON outside its screens.

use std::collections::HashSet;

use super::Report;
use crate::flow::document::FlowJson;
use crate::flow::problem::Fault;
use crate::flow::version::Version;

/// Checks version, endpoint and the list of screens; returns the version to check the rest by.
pub(super) fn check(flow: &FlowJson, report: &mut Report) -> Version {
    let version = version(flow, report);
    endpoint(flow, version, report);
    for key in flow.other.keys() {
        report.flow(format!("/{key}"), Fault::Unknown);
    }
    screens(flow, report);
    version
}

fn version(flow: &FlowJson, report: &mut Report) -> Version {
    let Ok(version) = flow.version.parse::<Version>() else {
        let fault = if flow.version.is_empty() {
            Fault::Missing
        } else {
            let expected = "a version such as 7.3";
            Fault::Form { expected }
        };
        report.flow("/version", fault);
        return Version::NEWEST;
    };
    if version > Version::NEWEST {
        report.flow("/version", Fault::Unknown);
    } else if version < Version::OLDEST_TO_PUBLISH {
        let remedy = "use 5.1 or newer: Meta publishes no older version";
        report.flow("/version", Fault::Rule { remedy });
    }
    version
}

fn endpoint(flow: &FlowJson, version: Version, report: &mut Report) {
    if flow.data_channel_uri.is_some() && version >= Version::new(3, 0) {
        let remedy = "leave it out and set the endpoint_uri of the Flow: it ended with version 3.0";
        report.flow("/data_channel_uri", Fault::Rule { remedy });
    }
    match flow.data_api_version.as_deref() {
        None | Some("3.0" | "4.0") => {}
        Some(text) if text.parse::<Version>().is_ok() => {
            report.flow("/data_api_version", Fault::Unknown);
        }
        Some(_) => {
            let allowed = &["3.0", "4.0"];
            report.flow("/data_api_version", Fault::Choice { allowed });
        }
    }
}

fn screens(flow: &FlowJson, report: &mut Report) {
    if flow.screens.is_empty() {
        report.flow("/screens", Fault::Missing);
        return;
    }
    let mut seen = HashSet::new();
    for (index, screen) in flow.screens.iter().enumerate() {
        let id = screen.id.as_str();
        let fault = if id.is_empty() {
            Fault::Missing
        } else if id == "SUCCESS" {
            let remedy = "choose another id: SUCCESS is reserved";
            Fault::Rule { remedy }
        } else if !id.chars().all(|c| c.is_ascii_alphabetic() || c == '_') {
            let expected = "letters and underscores only";
            Fault::Form { expected }
        } else if !seen.insert(id) {
            let remedy = "choose another id: an earlier screen has it";
            Fault::Rule { remedy }
        } else {
            continue;
        };
        report.screen(index, screen, "id", fault);
    }
    let mut ends = flow.screens.iter().filter(|screen| screen.is_terminal());
    if !ends.any(|screen| screen.success != Some(false)) {
        let remedy = "mark a screen as terminal whose success is not false";
        report.flow("/screens", Fault::Rule { remedy });
    }
}
