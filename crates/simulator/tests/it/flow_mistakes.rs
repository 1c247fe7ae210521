//! Mistakes in Flow JSON: each documented one is found, with its place.

use serde_json::{Value, json};

use crate::flows::{create, sound};
use crate::kit::Stage;

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
