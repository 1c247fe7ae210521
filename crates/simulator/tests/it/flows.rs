//! Flows over the Graph API: life cycle, JSON with its mistakes, assets, migration, metrics.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use simulator::{FlowState, Number, Settings, WabaId};

use crate::kit::{Stage, TOKEN, USER, WABA, quick, subscribed};

/// A Flow JSON of two screens that can be published.
pub(crate) fn sound() -> Value {
    json!({
        "version": "7.2",
        "screens": [
            {
                "id": "WELCOME", "title": "Welcome",
                "layout": {"type": "SingleColumnLayout", "children": [
                    {"type": "TextHeading", "text": "Hello"},
                    {"type": "TextInput", "label": "Your name", "name": "name", "required": true},
                    {"type": "Footer", "label": "Continue", "on-click-action": {
                        "name": "navigate", "next": {"type": "screen", "name": "THE_END"},
                        "payload": {"name": "${form.name}"}}},
                ]},
            },
            {
                "id": "THE_END", "terminal": true, "success": true,
                "data": {"name": {"type": "string", "__example__": "Ann"}},
                "layout": {"type": "SingleColumnLayout", "children": [
                    {"type": "TextBody", "text": "${data.name}"},
                    {"type": "Footer", "label": "Done", "on-click-action": {
                        "name": "complete", "payload": {"name": "${data.name}"}}},
                ]},
            },
        ],
    })
}

pub(crate) async fn create(stage: &Stage, more: Value) -> (u16, Value) {
    let mut body = json!({"name": "flow 1", "categories": ["CONTACT_US"]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    stage.post(&format!("/v24.0/{WABA}/flows"), &body).await
}

fn code(answer: &(u16, Value)) -> (u16, i64) {
    (answer.0, answer.1["error"]["code"].as_i64().unwrap_or(0))
}

fn fixture(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    serde_json::from_slice(&std::fs::read(format!("{folder}/{name}.json")).unwrap()).unwrap()
}

#[tokio::test]
async fn a_flow_lives_from_draft_to_deprecation_and_the_business_hears_of_it() {
    let (stage, callback) = subscribed().await;
    let (status, answer) = create(&stage, json!({"flow_json": sound().to_string()})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["validation_errors"], json!([]));
    let id = answer["id"].as_str().unwrap().to_owned();
    let flow = format!("/v24.0/{id}");
    assert_eq!(
        code(&create(&stage, json!({})).await),
        (400, 100),
        "the name is taken"
    );

    let (_, list) = stage.get(&format!("/v24.0/{WABA}/flows")).await;
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let ours = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|flow| flow["id"] == *id)
        .unwrap();
    assert_eq!(keys(ours), keys(&fixture("response.flow-list")["data"][0]));
    assert_eq!(
        stage
            .post(
                &flow,
                &json!({"name": "flow 2", "categories": ["SURVEY", "OTHER"]})
            )
            .await
            .0,
        200
    );
    assert_eq!(
        code(&stage.post(&format!("{flow}/deprecate"), &json!({})).await),
        (400, 139_003)
    );
    assert_eq!(
        stage.post(&format!("{flow}/publish"), &json!({})).await.0,
        200
    );
    assert_eq!(
        code(&stage.post(&format!("{flow}/publish"), &json!({})).await),
        (400, 139_002)
    );
    assert_eq!(
        code(&stage.call("DELETE", &flow, None).await),
        (400, 139_004)
    );
    assert_eq!(
        code(&stage.post(&flow, &json!({"name": "flow 3"})).await),
        (400, 139_001)
    );
    assert_eq!(
        stage.post(&format!("{flow}/deprecate"), &json!({})).await.0,
        200
    );
    assert_eq!(
        code(&stage.post(&format!("{flow}/deprecate"), &json!({})).await),
        (400, 139_003)
    );

    let got = callback.wait(3).await;
    let bodies: Vec<_> = got.iter().map(crate::kit::Got::json).collect();
    for (body, name) in bodies.iter().zip(["flows.created", "flows.status_change"]) {
        let (entry, documented) = (&body["entry"][0], fixture(name)["entry"][0].clone());
        assert_eq!(keys(entry), keys(&documented));
        let (value, documented) = (
            &entry["changes"][0]["value"],
            &documented["changes"][0]["value"],
        );
        assert_eq!(keys(value), keys(documented), "{value}");
    }
    let last = &bodies[2]["entry"][0]["changes"][0];
    assert_eq!(last["field"], "flows");
    assert_eq!(
        (&last["value"]["old_status"], &last["value"]["new_status"]),
        (&json!("PUBLISHED"), &json!("DEPRECATED"))
    );
    stage.end().await;
}

#[tokio::test]
async fn the_details_of_a_flow_are_shown_when_asked_for() {
    let stage = Stage::new().await;
    let (_, answer) = create(&stage, json!({"flow_json": sound().to_string()})).await;
    let flow = format!("/v24.0/{}", answer["id"].as_str().unwrap());
    let fields = "json_version,endpoint_uri,preview.invalidate(false),whatsapp_business_account,\
                  application,health_status";
    let (_, node) = stage.get(&format!("{flow}?fields={fields}")).await;
    assert_eq!(node["json_version"], "7.2");
    assert_eq!(node["whatsapp_business_account"]["id"], WABA);
    assert_eq!(node["health_status"]["can_send_message"], "AVAILABLE");
    let preview = node["preview"]["preview_url"].clone();
    assert!(
        preview.as_str().unwrap().contains("/preview/?token="),
        "{node}"
    );
    let again = stage
        .get(&format!("{flow}?fields=preview.invalidate(false)"))
        .await
        .1;
    assert_eq!(again["preview"]["preview_url"], preview);
    let fresh = stage
        .get(&format!("{flow}?fields=preview.invalidate(true)"))
        .await
        .1;
    assert_ne!(fresh["preview"]["preview_url"], preview);
    let metric = "metric.name(ENDPOINT_REQUEST_COUNT).granularity(DAY)";
    let few = stage.get(&format!("{flow}?fields={metric}")).await;
    assert_eq!(code(&few), (400, 139_006));
    let wrong = stage
        .get(&format!("{flow}?fields=metric.name(X).granularity(DAY)"))
        .await;
    assert_eq!(code(&wrong), (400, 100));
    assert_eq!(stage.call("DELETE", &flow, None).await.0, 200);
    assert_eq!(code(&stage.get(&flow).await), (400, 100));
    stage.end().await;
}

#[tokio::test]
async fn an_asset_is_uploaded_listed_and_downloaded() {
    let stage = Stage::new().await;
    let (_, answer) = create(&stage, json!({})).await;
    let flow = format!("/v24.0/{}", answer["id"].as_str().unwrap());
    assert_eq!(
        code(&stage.post(&format!("{flow}/publish"), &json!({})).await),
        (400, 139_002)
    );
    let upload = async |text: &str| {
        let part = Part::bytes(text.as_bytes().to_vec())
            .file_name("flow.json")
            .mime_str("application/json")
            .unwrap();
        let form = Form::new()
            .text("name", "flow.json")
            .text("asset_type", "FLOW_JSON")
            .part("file", part);
        let request = stage
            .http
            .post(stage.url(&format!("{flow}/assets")))
            .bearer_auth(TOKEN);
        let answer = request.multipart(form).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    // The sample of the documentation, by which lines and columns count.
    let text = "{\n  \"version\": \"7.2\",\n  \"screens\": [\n    {\n      \"id\": \"FIRST\",\n      \
                \"layout\": {\n        \"type\": \"SingleColumnLayout\",\n        \"children\": [\n\
                \x20         {\n            \"type\": \"newComponent\"\n          }\n        ]\n      \
                }\n    }\n  ]\n}";
    let answer = upload(text).await;
    let documented = fixture("response.flow-create-validation-error");
    let mut expected = documented["validation_errors"][0].clone();
    expected["pointers"][0]["path"] = json!("screens[0].layout.children[0].type");
    let errors = answer["validation_errors"].as_array().unwrap();
    assert!(errors.contains(&expected), "{answer}");
    let refused = stage.post(&format!("{flow}/publish"), &json!({})).await;
    assert_eq!(code(&refused), (400, 139_002));

    let text = sound().to_string();
    assert_eq!(
        upload(&text).await,
        json!({"success": true, "validation_errors": []})
    );
    let (_, assets) = stage.get(&format!("{flow}/assets")).await;
    let asset = &assets["data"][0];
    assert_eq!(
        (&asset["name"], &asset["asset_type"]),
        (&json!("flow.json"), &json!("FLOW_JSON"))
    );
    let url = asset["download_url"].as_str().unwrap();
    let answer = stage.http.get(url).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), text);
    let forged = url.replace("hash=", "hash=0");
    assert_eq!(stage.http.get(forged).send().await.unwrap().status(), 404);
    stage.end().await;
}

#[tokio::test]
async fn flows_are_cloned_and_migrated() {
    let mut settings = Settings { ..quick() };
    let mut other = Number::new("2", "15550000002");
    other.waba = WabaId::from("77");
    settings.numbers.push(other);
    let stage = Stage::with(settings).await;
    let more = json!({"flow_json": sound().to_string(), "publish": true});
    let (_, source) = create(&stage, more).await;
    let clone = json!({"name": "copy", "clone_flow_id": source["id"]});
    let (status, clone) = stage.post(&format!("/v24.0/{WABA}/flows"), &clone).await;
    assert_eq!(status, 200, "{clone}");
    let body = json!({"source_waba_id": WABA, "source_flow_names": ["flow 1", "copy", "none"]});
    let (_, answer) = stage.post("/v24.0/77/migrate_flows", &body).await;
    assert_eq!(
        answer["migrated_flows"].as_array().unwrap().len(),
        2,
        "{answer}"
    );
    assert_eq!(answer["migrated_flows"][0]["source_id"], source["id"]);
    assert_eq!(answer["failed_flows"][0]["source_name"], "none");
    let (_, again) = stage.post("/v24.0/77/migrate_flows", &body).await;
    assert_eq!(again["failed_flows"][0]["error_code"], "4233041");
    let (_, list) = stage.get("/v24.0/77/flows").await;
    let mut states: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flow| &flow["status"])
        .collect();
    states.sort_by_key(std::string::ToString::to_string);
    assert_eq!(states, [&json!("DRAFT"), &json!("PUBLISHED")]);
    let unknown = json!({"name": "x", "clone_flow_id": "1234"});
    let refused = stage.post(&format!("/v24.0/{WABA}/flows"), &unknown).await;
    assert_eq!(code(&refused), (400, 100));
    stage.end().await;
}

#[tokio::test]
async fn the_documented_messages_open_the_sample_flows() {
    let stage = Stage::new().await;
    let user = stage.simulator().user(USER);
    for (name, state) in [
        ("navigate", FlowState::Open),
        // Its endpoint is nobody's.
        ("data_exchange", FlowState::Failed),
    ] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
        let file = std::fs::read(format!("{folder}/request.interactive-flow-{name}.json")).unwrap();
        let (status, answer) = stage.send(&serde_json::from_slice(&file).unwrap()).await;
        assert_eq!(status, 200, "{name}: {answer}");
        let wamid = answer["messages"][0]["id"].as_str().unwrap();
        let flow = user.opens_flow(wamid).await.unwrap();
        assert_eq!(flow.screen().unwrap().state, state, "{name}");
    }
    let (_, list) = stage.get(&format!("/v24.0/{WABA}/flows")).await;
    for flow in list["data"].as_array().unwrap() {
        assert_eq!(flow["validation_errors"], json!([]), "{flow}");
    }
    stage.end().await;
}
