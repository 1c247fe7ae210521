//! Flows over the Graph API: life cycle, JSON with its mistakes, assets, migration, metrics.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use simulator::{Number, Settings, WabaId};

use crate::kit::{Stage, TOKEN, WABA, quick, subscribed};

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

async fn create(stage: &Stage, more: Value) -> (u16, Value) {
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
    states.sort_by_key(|status| status.to_string());
    assert_eq!(states, [&json!("DRAFT"), &json!("PUBLISHED")]);
    let unknown = json!({"name": "x", "clone_flow_id": "1234"});
    let refused = stage.post(&format!("/v24.0/{WABA}/flows"), &unknown).await;
    assert_eq!(code(&refused), (400, 100));
    stage.end().await;
}

/// Changes the sound Flow JSON at a pointer; null takes away.
fn with(pointer: &str, value: Value) -> String {
    let mut flow = sound();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = flow.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(fields), Value::Null) => drop(fields.remove(name)),
        (Value::Object(fields), value) => drop(fields.insert(name.to_owned(), value)),
        (Value::Array(items), value) if name == "-" => items.push(value),
        (Value::Array(items), Value::Null) => drop(items.remove(name.parse().unwrap())),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} is no place"),
    }
    flow.to_string()
}

#[tokio::test]
async fn each_documented_mistake_is_found() {
    let stage = Stage::new().await;
    let footer = "/screens/0/layout/children/2";
    let many: Vec<_> = (0..51)
        .map(|_| json!({"type": "TextBody", "text": "x"}))
        .collect();
    let option = |id: usize| json!({"id": id.to_string(), "title": "x"});
    let options: Vec<_> = (0..21).map(option).collect();
    let radio = |options: Value| json!({"type": "RadioButtonsGroup", "label": "Pick", "name": "pick", "data-source": options});
    let picker = json!({"type": "PhotoPicker", "name": "photo", "label": "Photo"});
    let cases = [
        (
            "{\"version\": \"7.2\",,}".to_owned(),
            "INVALID_FLOW_JSON",
            "",
        ),
        (
            with("/version", Value::Null),
            "MISSING_FLOW_JSON_VERSION",
            "version",
        ),
        (
            with("/version", json!("2024.0")),
            "INVALID_FLOW_JSON_VERSION",
            "version",
        ),
        (
            with("/version", json!("1.0")),
            "UNSUPPORTED_FLOW_JSON_VERSION",
            "version",
        ),
        (with("/colour", json!(1)), "INVALID_PROPERTY_KEY", "colour"),
        (
            with("/data_channel_uri", json!("https://a")),
            "INVALID_PROPERTY_KEY",
            "data_channel_uri",
        ),
        (with("/screens", json!([])), "MIN_ITEMS_REQUIRED", "screens"),
        (
            with("/screens/0/id", json!("FIRST_1")),
            "PATTERN_MISMATCH",
            "screens[0].id",
        ),
        (
            with("/screens/0/id", json!("")),
            "MIN_CHARS_REQUIRED",
            "screens[0].id",
        ),
        (
            with("/screens/0/id", json!("THE_END")),
            "INVALID_PROPERTY_VALUE",
            "screens[1].id",
        ),
        (
            with("/screens/0/layout", Value::Null),
            "MISSING_REQUIRED_TYPE_PROPERTY",
            "screens[0].layout",
        ),
        (
            with("/screens/0/success", json!(true)),
            "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED",
            "screens[0].success",
        ),
        (
            with("/screens/1/terminal", json!("yes")),
            "INVALID_PROPERTY_TYPE",
            "screens[1].terminal",
        ),
        (
            with("/screens/1/success", json!(false)),
            "INVALID_PROPERTY_VALUE",
            "screens",
        ),
        (
            with("/screens/0/layout/children/0/text", json!("x".repeat(81))),
            "MAX_CHARS_EXCEEDED",
            "screens[0].layout.children[0].text",
        ),
        (
            with("/screens/0/layout/children/0/text", json!(" ")),
            "PATTERN_MISMATCH",
            "screens[0].layout.children[0].text",
        ),
        (
            with("/screens/0/layout/children/1/max-chars", json!("Hundred")),
            "PATTERN_MISMATCH",
            "screens[0].layout.children[1].max-chars",
        ),
        (
            with("/screens/0/layout/children/1/label", Value::Null),
            "MISSING_REQUIRED_TYPE_PROPERTY",
            "screens[0].layout.children[1].label",
        ),
        (
            with("/screens/0/layout/children/1/required", json!("yes")),
            "INVALID_PROPERTY_TYPE",
            "screens[0].layout.children[1].required",
        ),
        (
            with("/screens/0/layout/children/1/input-type", json!("fax")),
            "INVALID_ENUM_VALUE",
            "screens[0].layout.children[1].input-type",
        ),
        (
            with("/screens/0/layout/children/-", radio(json!(options))),
            "MAX_ITEMS_EXCEEDED",
            "screens[0].layout.children[3].data-source",
        ),
        (
            with("/screens/0/layout/children/-", radio(json!([]))),
            "MIN_ITEMS_REQUIRED",
            "screens[0].layout.children[3].data-source",
        ),
        (
            with("/screens/0/layout/children", json!(many)),
            "INVALID_PROPERTY_VALUE",
            "screens[0].layout.children",
        ),
        (
            with("/screens/1/layout/children/1", Value::Null),
            "MISSING_REQUIRED_TYPE_PROPERTY",
            "screens[1].layout.children",
        ),
        (
            with(&format!("{footer}/left-caption"), json!("x")),
            "INVALID_DEPENDENCIES",
            "screens[0].layout.children[2]",
        ),
        (
            with(
                &format!("{footer}/on-click-action/payload/name"),
                json!("${form.none}"),
            ),
            "INVALID_ON_CLICK_ACTION_PAYLOAD",
            "screens[0].layout.children[2].on-click-action.payload.name",
        ),
        (
            with(
                &format!("{footer}/on-click-action/payload/more"),
                json!("x"),
            ),
            "INVALID_NAVIGATE_ACTION_PAYLOAD",
            "screens[0].layout.children[2].on-click-action.payload",
        ),
        (
            with(&format!("{footer}/on-click-action/payload"), json!({})),
            "INVALID_NAVIGATE_ACTION_PAYLOAD",
            "screens[0].layout.children[2].on-click-action.payload",
        ),
        (
            with(&format!("{footer}/on-click-action/payload/name"), json!(1)),
            "INVALID_NAVIGATE_ACTION_PAYLOAD",
            "screens[0].layout.children[2].on-click-action.payload.name",
        ),
        (
            with(
                &format!("{footer}/on-click-action/next/name"),
                json!("WELCOME"),
            ),
            "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME",
            "screens[0].layout.children[2].on-click-action.next.name",
        ),
        (
            with(
                &format!("{footer}/on-click-action/next/name"),
                json!("NONE"),
            ),
            "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME",
            "screens[0].layout.children[2].on-click-action.next.name",
        ),
        (
            with(
                &format!("{footer}/on-click-action"),
                json!({"name": "complete", "payload": {}}),
            ),
            "INVALID_COMPLETE_ACTION",
            "screens[0].layout.children[2].on-click-action",
        ),
        (
            with(
                &format!("{footer}/on-click-action"),
                json!({"name": "data_exchange", "payload": {}}),
            ),
            "NO_SUPPORTED_DATA_API_VERSION",
            "screens[0].layout.children[2].on-click-action",
        ),
        (
            with(
                &format!("{footer}/on-click-action"),
                json!({"name": "dance"}),
            ),
            "INVALID_ENUM_VALUE",
            "screens[0].layout.children[2].on-click-action.name",
        ),
        (
            with("/screens/1/layout/children/0/text", json!("${data.none}")),
            "INVALID_SCREEN_DYNAMIC_DATA",
            "screens[1].layout.children[0].text",
        ),
        (
            with(
                "/screens/1/layout/children/0/text",
                json!("${screen.NONE.form.x}"),
            ),
            "INVALID_SCREEN_DYNAMIC_DATA",
            "screens[1].layout.children[0].text",
        ),
        (
            with("/screens/1/data/name/type", Value::Null),
            "INVALID_SCREEN_DATA",
            "screens[1].data.name",
        ),
        (
            with("/screens/1/data/name/__example__", json!(1)),
            "INVALID_SCREEN_DATA",
            "screens[1].data.name.__example__",
        ),
        (
            with("/screens/1/data/name/type", json!("array")),
            "INVALID_SCREEN_DATA",
            "screens[1].data.name",
        ),
        (
            with("/data_api_version", json!("3.0")),
            "MISSING_REQUIRED_TYPE_PROPERTY",
            "routing_model",
        ),
        (
            with("/routing_model", json!({"WELCOME": ["THE_END"]})),
            "INVALID_ROUTING_MODEL",
            "routing_model",
        ),
        (
            with(
                "/routing_model",
                json!({"WELCOME": ["THE_END"], "THE_END": ["WELCOME"]}),
            ),
            "INVALID_ROUTING_MODEL",
            "routing_model",
        ),
        (
            with("/routing_model", json!({"WELCOME": [], "THE_END": []})),
            "INVALID_ROUTING_MODEL",
            "routing_model",
        ),
        (
            with("/version", json!("3.1")),
            "KEYWORD_ONE_OF",
            "screens[0].layout.children[1]",
        ),
        (
            with(
                &format!("{footer}/on-click-action/payload/name"),
                json!("${form.photo}"),
            )
            .replace(
                "{\"label\":\"Your name\"",
                &format!("{picker},{{\"label\":\"Your name\""),
            ),
            "INVALID_ON_CLICK_ACTION_PAYLOAD",
            "screens[0].layout.children[3].on-click-action.payload.name",
        ),
        (
            with(
                "/screens/1/layout/children/0",
                json!({"type": "If", "condition": "${data.name} == 'a'", "then": [{"type": "Footer", "label": "x", "on-click-action": {"name": "complete", "payload": {}}}]}),
            ),
            "INVALID_PROPERTY_VALUE",
            "screens[1].layout.children[0]",
        ),
        (
            with(
                "/screens/1/layout/children/0",
                json!({"type": "Switch", "value": "${data.name}", "cases": {}}),
            ),
            "INVALID_PROPERTY_VALUE",
            "screens[1].layout.children[0].cases",
        ),
    ];
    for (at, (text, error, path)) in cases.iter().enumerate() {
        let more = json!({"name": format!("flow {at}"), "flow_json": text, "publish": true});
        let (status, answer) = create(&stage, more).await;
        assert_eq!(
            (status, &answer["success"]),
            (200, &json!(false)),
            "{error}: {answer}"
        );
        let errors = answer["validation_errors"].as_array().unwrap();
        let found = errors
            .iter()
            .any(|found| found["error"] == *error && found["pointers"][0]["path"] == *path);
        assert!(found, "{error} at {path} is not among {errors:#?}\n{text}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_sound_flow_with_every_kind_of_component_has_no_mistakes() {
    let stage = Stage::new().await;
    let options = json!([{"id": "1", "title": "One", "description": "first"}]);
    let children = json!([
        {"type": "Form", "name": "form", "children": [
            {"type": "TextSubheading", "text": "x"}, {"type": "TextCaption", "text": ["a", "b"], "markdown": true},
            {"type": "RichText", "text": ["# Terms"]}, {"type": "TextArea", "label": "Notes", "name": "notes"},
            {"type": "CheckboxGroup", "label": "Pick", "name": "many", "data-source": options},
            {"type": "RadioButtonsGroup", "label": "Pick", "name": "one", "data-source": "${data.options}",
             "on-select-action": {"name": "update_data", "payload": {"name": "${form.one}"}}},
            {"type": "Dropdown", "label": "Pick", "name": "down", "data-source": options},
            {"type": "OptIn", "label": "I agree", "name": "agree", "required": true},
            {"type": "DatePicker", "label": "Day", "name": "day", "min-date": "2026-01-01"},
            {"type": "CalendarPicker", "label": "Day", "name": "calendar"},
            {"type": "Image", "src": "aGk=", "height": 100},
            {"type": "EmbeddedLink", "text": "More", "on-click-action": {"name": "open_url", "url": "https://example.com"}},
            {"type": "If", "condition": "(${form.agree} == true) && ${data.ready}", "then": [{"type": "TextBody", "text": "yes"}],
             "else": [{"type": "TextBody", "text": "no"}]},
            {"type": "Switch", "value": "${data.name}", "cases": {"Ann": [{"type": "TextBody", "text": "Hi"}]}},
            {"type": "DocumentPicker", "label": "Paper", "name": "paper", "max-uploaded-documents": 1},
            {"type": "Footer", "label": "Done", "left-caption": "a", "right-caption": "b", "on-click-action": {
                "name": "complete", "payload": {"many": "${form.many}", "paper": "${form.paper}"}}},
        ]},
    ]);
    let flow = json!({"version": "7.3", "screens": [{
        "id": "ALL", "terminal": true, "title": "Everything",
        "data": {
            "name": {"type": "string", "__example__": "Ann"}, "ready": {"type": "boolean", "__example__": true},
            "options": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}},
                        "__example__": [{"id": "1", "title": "One"}]},
        },
        "layout": {"type": "SingleColumnLayout", "children": children}}]});
    let more = json!({"flow_json": flow.to_string(), "publish": true});
    let (status, answer) = create(&stage, more).await;
    assert_eq!(
        (status, &answer["success"]),
        (200, &json!(true)),
        "{answer:#}"
    );
    stage.end().await;
}
