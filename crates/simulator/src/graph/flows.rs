//! Flows over the Graph API: create, read, change, publish, retire, migrate. See [Flows/Flows API].

pub(super) mod assets;
mod health;
mod publish;
mod show;

use serde_json::{Value, json};
use url::{Host, Url};

use crate::flows::{self, Flow, FlowStatus};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::ids::{AppId, WabaId};

pub(super) use publish::{deprecate, publish};
pub(super) use show::get;

const CATEGORIES: [&str; 8] = [
    "SIGN_UP",
    "SIGN_IN",
    "APPOINTMENT_BOOKING",
    "LEAD_GENERATION",
    "CONTACT_US",
    "CUSTOMER_SUPPORT",
    "SURVEY",
    "OTHER",
];
const MOST_MIGRATED: usize = 100;

/// The refusal of an operation on a Flow, with Meta's code and title.
fn refused(code: i64, title: &str, details: &str) -> GraphError {
    GraphError::plain(400, code, format!("(#{code}) {title}: {details}"))
}

/// `GET /{waba}/flows`.
pub(super) fn list(call: &Call, waba: &WabaId) -> Answer {
    let flows = call.core.flows.list(Some(waba));
    let flows = flows.iter().map(|flow| show::node(call, flow));
    let flows = flows.collect::<Result<Vec<_>, _>>()?;
    page(call, &flows, "id")
}

/// `POST /{waba}/flows`.
pub(super) async fn create(call: &Call, waba: &WabaId) -> Answer {
    let params = &call.params;
    let name = params.required_text("name")?;
    for name in ["clone_flow_id", "endpoint_uri"] {
        params.text(name)?;
    }
    unique(call, waba, &name, None)?;
    let source = params.text("clone_flow_id")?;
    let source = source.map(|id| {
        let found = call.core.flows.get(&id);
        found.ok_or_else(|| no_flow(&id))
    });
    let source = source.transpose()?;
    let categories = match (categories(call)?, &source) {
        (Some(categories), _) => categories,
        (None, Some(source)) => source.categories.clone(),
        (None, None) => return Err(required("categories")),
    };
    let mut flow = Flow::new(&call.core.flows.new_id(), waba, &name);
    flow.categories = categories;
    flow.application = Some(call.core.settings.app.id.clone());
    if let Some(source) = &source {
        flow.endpoint_uri.clone_from(&source.endpoint_uri);
        if let Some(text) = &source.text {
            flow.set_text(text);
        }
    }
    if let Some(text) = json_text(call)? {
        flow.set_text(&text);
    }
    if let Some(uri) = params.text("endpoint_uri")? {
        flow.endpoint_uri = Some(endpoint(&flow, &uri, 100)?);
    }
    let publish = params.boolean("publish")?.unwrap_or(false);
    if publish && flow.text.is_none() {
        return Err(must_be("publish", "given together with flow_json"));
    }
    flow.updated = Some(call.core.clock.now());
    call.core.flows.put(flow.clone());
    flows::created(&call.core, &flow);
    let success = !publish || publish::now(call, &flow).await.is_ok();
    Ok(json!({"id": flow.id, "success": success, "validation_errors": *flow.errors}))
}

/// `POST /{flow}`.
pub(super) fn update(call: &Call, flow: &Flow) -> Answer {
    let params = &call.params;
    let name = params.text("name")?;
    if let Some(name) = &name {
        unique(call, &flow.waba, name, Some(&flow.id))?;
    }
    let categories = categories(call)?;
    let uri = params.text("endpoint_uri")?;
    let uri = uri.map(|uri| endpoint(flow, &uri, 139_001)).transpose()?;
    let application = params.text("application_id")?;
    if flow.status != FlowStatus::Draft && (name.is_some() || categories.is_some()) {
        return Err(refused(
            139_001,
            "Flow can't be updated",
            "it is no longer a draft; clone it and publish the clone",
        ));
    }
    let now = call.core.clock.now();
    call.core.flows.change(&flow.id, |flow| {
        flow.updated = Some(now);
        flow.name = name.unwrap_or_else(|| flow.name.clone());
        flow.categories = categories.unwrap_or_else(|| flow.categories.clone());
        flow.endpoint_uri = uri.or(flow.endpoint_uri.take());
        flow.application = application.map(AppId::from).or(flow.application.take());
    });
    Ok(json!({"success": true}))
}

/// `DELETE /{flow}`.
pub(super) fn delete(call: &Call, flow: &Flow) -> Answer {
    if flow.status != FlowStatus::Draft {
        return Err(refused(
            139_004,
            "Can't delete published Flow",
            "only a draft can be deleted; deprecate it instead",
        ));
    }
    call.core.flows.remove(&flow.id);
    Ok(json!({"success": true}))
}

/// `POST /{waba}/migrate_flows`: copies, with the same names.
pub(super) fn migrate(call: &Call, waba: &WabaId) -> Answer {
    let from = call.params.required_text("source_waba_id")?;
    if call.core.waba(&from).is_none() {
        return Err(must_be("source_waba_id", "a WhatsApp Business account"));
    }
    let from = WabaId::from(from);
    let sources = call.core.flows.list(Some(&from));
    let names = match call.params.list("source_flow_names")? {
        Some(names) => names,
        None => sources.iter().rev().map(|flow| flow.name.clone()).collect(),
    };
    if names.len() > MOST_MIGRATED {
        let most =
            format!("a list of at most {MOST_MIGRATED} names; send the rest in another call");
        return Err(must_be("source_flow_names", &most));
    }
    let (mut migrated, mut failed) = (Vec::new(), Vec::new());
    let mut fail = |name: &str, code: &str, why: &str| {
        let message = format!("Flows Migration Error: {why}");
        failed.push(json!({"source_name": name, "error_code": code, "error_message": message}));
    };
    for name in &names {
        let Some(source) = sources.iter().find(|flow| flow.name == *name) else {
            fail(
                name,
                "4233040",
                "Flow with this name does not exist in source WABA.",
            );
            continue;
        };
        if call.core.flows.find(waba, name).is_some() {
            fail(
                name,
                "4233041",
                "Flow with the same name exists in destination WABA.",
            );
            continue;
        }
        let mut copy = Flow::new(&call.core.flows.new_id(), waba, name);
        copy.categories.clone_from(&source.categories);
        copy.endpoint_uri.clone_from(&source.endpoint_uri);
        copy.application.clone_from(&source.application);
        copy.text.clone_from(&source.text);
        copy.json.clone_from(&source.json);
        copy.errors.clone_from(&source.errors);
        migrated.push(json!({"source_name": name, "source_id": source.id, "migrated_id": copy.id}));
        call.core.flows.put(copy.clone());
        flows::created(&call.core, &copy);
        if source.status == FlowStatus::Published {
            flows::set_status(&call.core, &copy.id, FlowStatus::Published);
        }
    }
    Ok(json!({"migrated_flows": migrated, "failed_flows": failed}))
}

fn unique(call: &Call, waba: &WabaId, name: &str, own: Option<&str>) -> Result<(), GraphError> {
    let flows = call.core.flows.list(Some(waba));
    let mut others = flows.iter().filter(|flow| Some(flow.id.as_str()) != own);
    if others.any(|flow| flow.name == name) {
        return Err(refused(
            100,
            "Flow name is not unique",
            "another Flow of this WhatsApp Business account has it; choose another name",
        ));
    }
    Ok(())
}

fn categories(call: &Call) -> Result<Option<Vec<String>>, GraphError> {
    let Some(categories) = call.params.list("categories")? else {
        return Ok(None);
    };
    let known = |category: &String| CATEGORIES.contains(&category.as_str());
    if categories.is_empty() || !categories.iter().all(known) {
        let known = format!("one or more of {}", CATEGORIES.join(", "));
        return Err(must_be("categories", &known));
    }
    Ok(Some(categories))
}

/// `flow_json` is a text; an object is what people send by mistake, and is refused.
fn json_text(call: &Call) -> Result<Option<String>, GraphError> {
    let text = match call.params.get("flow_json") {
        None => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(_) => return Err(must_be("flow_json", "a string that holds the Flow JSON")),
    };
    if text.len() > assets::MOST {
        return Err(must_be("flow_json", "at most 10 MB"));
    }
    Ok(Some(text))
}

/// An address for a Flow's requests: https, or http to this machine.
fn endpoint(flow: &Flow, uri: &str, code: i64) -> Result<String, GraphError> {
    let old = flow
        .top("version")
        .is_some_and(|version| version.starts_with("2."));
    if old {
        return Err(refused(
            code,
            "Specify Endpoint Uri in Flow JSON",
            "versions below 3.0 have it as data_channel_uri in the Flow JSON",
        ));
    }
    let url = Url::parse(uri).ok();
    let good = url.is_some_and(|url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    });
    if good {
        return Ok(uri.to_owned());
    }
    Err(refused(
        100,
        "Invalid Endpoint URI",
        "endpoint_uri must be a valid https URL",
    ))
}

fn no_flow(id: &str) -> GraphError {
    refused(
        100,
        "Flow with specified ID does not exist",
        &format!("no Flow has the ID {id}"),
    )
}
