//! Flows: make, upload, publish, measure, copy.

use serde_json::{Value, json};
use wharf_client::Method;
use wharf_client::flow::{
    FlowCategory, FlowStatus, FlowUpdate, MetricGranularity, MetricName, MigrateFlows, NewFlow,
};
use wharf_model::flow::{Action, FlowJson, Footer, Screen};

use super::{WABA, done, refused, told};
use crate::desk::{Desk, fixture};

const FLOW: &str = "6627390910605886";

fn flow_json() -> FlowJson {
    let footer = Footer::new("Done", Action::complete([("a", 1)]));
    FlowJson::new("7.3").screen(Screen::new("ONLY").terminal().with(footer))
}

#[tokio::test]
async fn flows_are_made_and_listed() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    let json = flow_json();
    let new = NewFlow::new("My flow", [FlowCategory::Survey, FlowCategory::SignUp])
        .json(&json)
        .unwrap()
        .publish(true)
        .endpoint_uri("https://example.com/flow");
    let body = json!({
        "name": "My flow", "categories": ["SURVEY", "SIGN_UP"], "publish": true,
        "endpoint_uri": "https://example.com/flow", "flow_json": json.to_json().unwrap()
    });
    let request = (Method::POST, "102290129340398/flows", body);
    let answer = fixture("response.flow-create-validation-error");
    let made = told(&desk, waba.create_flow(&new), request, answer).await;
    assert_eq!(made.id().unwrap().as_str(), FLOW);
    let error = &made.validation_errors()[0];
    assert_eq!(error.error(), Some("INVALID_PROPERTY_VALUE"));
    assert_eq!(
        (error.line_start(), error.column_end()),
        (Some(10), Some(34))
    );
    assert_eq!(
        error.pointers()[0].path(),
        Some("screens [0]. layout.children [0].type")
    );

    assert!(NewFlow::new("x", []).json(&FlowJson::new("7.3")).is_err());

    let answer = fixture("response.flow-list");
    desk.answer(200, answer.clone());
    let flows = waba.flows().next_page().await.unwrap().unwrap();
    assert_eq!(serde_json::to_value(&flows).unwrap(), answer["data"]);
    assert_eq!(flows[1].status(), Some(FlowStatus::Published));
    assert_eq!(flows[1].categories(), [FlowCategory::Survey]);
}

#[tokio::test]
async fn a_flow_is_read_changed_and_ended() {
    let desk = Desk::open().await;
    let flow = desk.client().flow(&FLOW.parse().unwrap());
    let answer = json!({
        "id": FLOW, "name": "n", "status": "ARCHIVED", "json_version": "7.3",
        "preview": {"preview_url": "https://example.com", "expires_at": "2026-12-01T00:00:00+0000"},
        "health_status": {"can_send_message": "BLOCKED", "entities": [{"entity_type": "FLOW",
            "id": FLOW, "can_send_message": "BLOCKED",
            "errors": [{"error_code": 131_000, "error_description": "x", "possible_solution": "y"}]}]},
        "later": {"a": [1]}
    });
    desk.answer(200, answer.clone());
    let details = flow.get().await.unwrap();
    assert!(
        desk.last()
            .path
            .starts_with("6627390910605886?fields=id%2Cname%2Cstatus")
    );
    assert_eq!(serde_json::to_value(&details).unwrap(), answer);
    assert_eq!(
        details.status(),
        Some(FlowStatus::Unknown("ARCHIVED".to_owned()))
    );
    assert_eq!(
        details.preview().unwrap().preview_url(),
        Some("https://example.com")
    );
    let entity = &details.health_status().unwrap().entities()[0];
    assert_eq!(entity.errors()[0].error_code(), Some(131_000));

    let update = FlowUpdate::new()
        .name("new")
        .categories([FlowCategory::Other])
        .application(&"634974688087057".parse().unwrap());
    let body = json!({"name": "new", "categories": ["OTHER"], "application_id": "634974688087057"});
    done(&desk, flow.update(&update), Method::POST, FLOW, body).await;
    let path = |edge: &str| format!("{FLOW}/{edge}");
    done(
        &desk,
        flow.publish(),
        Method::POST,
        &path("publish"),
        Value::Null,
    )
    .await;
    done(
        &desk,
        flow.deprecate(),
        Method::POST,
        &path("deprecate"),
        Value::Null,
    )
    .await;
    done(&desk, flow.delete(), Method::DELETE, FLOW, Value::Null).await;
}

#[tokio::test]
async fn flow_json_goes_up_as_a_form() {
    let desk = Desk::open().await;
    let flow = desk.client().flow(&FLOW.parse().unwrap());
    desk.answer(200, json!({"success": true, "validation_errors": []}));
    let result = flow.upload_json(&flow_json()).await.unwrap();
    assert_eq!(result.success(), Some(true));
    let request = desk.last();
    assert_eq!(request.path, "6627390910605886/assets");
    assert!(
        request
            .content_type
            .starts_with("multipart/form-data; boundary=")
    );
    let body = String::from_utf8(request.body.to_vec()).unwrap();
    for part in [
        "name=\"name\"\r\n\r\nflow.json\r\n",
        "name=\"asset_type\"\r\n\r\nFLOW_JSON\r\n",
        "name=\"file\"; filename=\"flow.json\"\r\nContent-Type: application/json\r\n",
        &flow_json().to_json().unwrap(),
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }

    // What Meta would refuse stays here, unless one insists.
    let bad = FlowJson::new("7.3");
    assert_eq!(
        refused(flow.upload_json(&bad)).await,
        "the flow JSON is invalid"
    );
    desk.answer(
        200,
        json!({"success": true, "validation_errors": [{"error": "X"}]}),
    );
    let result = flow.upload_text("{}").await.unwrap();
    assert_eq!(result.validation_errors()[0].error(), Some("X"));
    let long = "x".repeat(11 << 20);
    assert_eq!(
        refused(flow.upload_text(long)).await,
        "the flow JSON is over 10 MB"
    );
}

#[tokio::test]
async fn assets_metrics_and_copies() {
    let desk = Desk::open().await;
    let flow = desk.client().flow(&FLOW.parse().unwrap());
    let answer = json!({"data": [{"name": "flow.json", "asset_type": "FLOW_JSON",
        "download_url": "https://example.com/flow.json"}]});
    let request = (Method::GET, "6627390910605886/assets", Value::Null);
    let assets = told(&desk, flow.assets(), request, answer).await;
    assert_eq!(assets.data()[0].name(), Some("flow.json"));

    let answer = json!({"id": FLOW, "metric": {"name": "ENDPOINT_REQUEST_COUNT",
        "granularity": "DAY", "data_points": [{"timestamp": "2026-01-28T08:00:00+0000",
        "data": [{"key": "value", "value": 300}]}]}});
    desk.answer(200, answer.clone());
    let call = flow.metric(
        &MetricName::EndpointRequestCount,
        &MetricGranularity::Day,
        "2026-01-28",
        "2026-02-01",
    );
    let metric = call.await.unwrap();
    assert_eq!(
        desk.last().path,
        "6627390910605886?fields=metric.name%28ENDPOINT_REQUEST_COUNT%29.granularity%28DAY%29\
         .since%282026-01-28%29.until%282026-02-01%29"
    );
    assert_eq!(serde_json::to_value(&metric).unwrap(), answer);
    let points = metric.metric().unwrap().data_points();
    assert_eq!(points[0].data()[0].count("value"), Some(300));

    let waba = desk.client().waba(&WABA.parse().unwrap());
    let source = "102290129340399".parse().unwrap();
    let flows = MigrateFlows::named(&source, ["appointment-booking", "lead-gen"]);
    let body = json!({"source_waba_id": "102290129340399",
        "source_flow_names": ["appointment-booking", "lead-gen"]});
    let answer = json!({
        "migrated_flows": [{"source_name": "appointment-booking", "source_id": "1", "migrated_id": "2"}],
        "failed_flows": [{"source_name": "lead-gen", "error_code": "4233041", "error_message": "no"}]
    });
    let request = (Method::POST, "102290129340398/migrate_flows", body);
    let copied = told(&desk, waba.migrate_flows(&flows), request, answer).await;
    assert_eq!(
        copied.migrated_flows()[0].migrated_id().unwrap().as_str(),
        "2"
    );
    assert_eq!(copied.failed_flows()[0].error_code(), Some(4_233_041));
    let many = MigrateFlows::named(&source, (0..101).map(|n| n.to_string()));
    assert!(
        refused(waba.migrate_flows(&many))
            .await
            .contains("100 flows")
    );
}
