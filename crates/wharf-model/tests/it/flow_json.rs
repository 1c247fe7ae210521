//! Flow JSON: built, read back, checked.

use serde_json::{Value, json};
use wharf_model::flow::{
    Action, CalendarPicker, Component, ComponentKind, EmbeddedLink, Expression, Fault, FlowJson,
    Footer, Image, ImageCarousel, Nested, Problem, Screen, TextInput, Version,
};

mod component;
mod large;
mod routes;
mod screen;

const NOTHING: [(String, Value); 0] = [];

/// A Flow of one screen that ends there.
fn ending(screen: Screen) -> FlowJson {
    let done = Footer::new("Done", Action::complete(NOTHING));
    FlowJson::new("7.3").screen(screen.terminal().with(done))
}

fn one(component: impl Into<Component>) -> FlowJson {
    ending(Screen::new("ONLY").with(component))
}

/// The only problem of a Flow.
fn only(flow: &FlowJson) -> Problem {
    let mut problems = flow.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

fn at_version(flow: FlowJson, version: &str) -> FlowJson {
    let mut json = serde_json::to_value(flow).unwrap();
    json["version"] = json!(version);
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_large_flow_is_taken_and_reads_back_the_same() {
    let flow = large::large();
    assert_eq!(flow.problems(), []);
    let json = flow.to_json().unwrap();
    let read: FlowJson = serde_json::from_str(&json).unwrap();
    assert_eq!(read, flow);
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
}

#[test]
fn the_json_is_the_documented_one() {
    let footer = Footer::new(
        "Submit data",
        Action::navigate(
            "NEXT_SCREEN",
            [
                ("name", Expression::form("first_name")),
                ("lang", Expression::form("favourite_language")),
            ],
        ),
    );
    let expected = json!({
        "type": "Footer",
        "label": "Submit data",
        "on-click-action": {
            "name": "navigate",
            "next": {"type": "screen", "name": "NEXT_SCREEN"},
            "payload": {"name": "${form.first_name}", "lang": "${form.favourite_language}"}
        }
    });
    assert_eq!(
        serde_json::to_value(Component::from(footer)).unwrap(),
        expected
    );

    let range = CalendarPicker::new("c", "").range("Start date", "End date");
    let expected = json!({
        "type": "CalendarPicker", "name": "c", "mode": "range",
        "label": {"start-date": "Start date", "end-date": "End date"}
    });
    assert_eq!(
        serde_json::to_value(Component::from(range)).unwrap(),
        expected
    );
}

#[test]
fn what_is_not_known_survives_and_is_only_advice() {
    let json = json!({
        "version": "8.0",
        "theme": {"dark": true},
        "screens": [{
            "id": "ONLY",
            "terminal": true,
            "depth": 3,
            "layout": {
                "type": "SingleColumnLayout",
                "gap": 4,
                "children": [
                    {"type": "Slider", "name": "s", "steps": [1, 2]},
                    {"type": "TextBody", "text": "Hi ${form.s}", "blink": true},
                    {"type": "Switch", "value": "${form.s}", "cases": {"1": [{"type": "Slider"}]}},
                    {"type": "Footer", "label": "Done", "on-click-action": {
                        "name": "complete", "payload": {}, "haptic": "soft"}}
                ]
            }
        }]
    });
    let flow: FlowJson = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&flow).unwrap(), json);
    flow.check().unwrap();
    let unknown: Vec<_> = flow.problems().iter().map(|p| p.pointer.clone()).collect();
    assert_eq!(
        unknown,
        [
            "/version",
            "/theme",
            "/screens/0/depth",
            "/screens/0/gap",
            "/screens/0/layout/children/0",
            "/screens/0/layout/children/1/blink",
            "/screens/0/layout/children/2/cases/1/0",
        ]
    );
    let first = &flow.screens()[0].components()[0];
    assert_eq!(*first.kind(), ComponentKind::Unknown("Slider".to_owned()));
    assert_eq!(first.get("steps"), Some(&json!([1, 2])));
    assert!(matches!(flow.screens()[0].components()[2].nested(), Nested::Cases(c) if c.len() == 1));
}

#[test]
fn a_problem_names_screen_component_property_and_remedy() {
    let problem = only(&one(TextInput::new("email", "An address that is too long")));
    assert_eq!(problem.pointer, "/screens/0/layout/children/0/label");
    assert_eq!(
        problem.fault,
        Fault::TooLong {
            length: 27,
            limit: 20
        }
    );
    assert_eq!(
        problem.to_string(),
        "screen ONLY, TextInput email, label has 27 characters: shorten it to 20 characters"
    );
    let error = one(TextInput::new("email", "An address that is too long"))
        .to_json()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("flow JSON has 1 problems, the first: screen ONLY")
    );
}

#[test]
fn what_cannot_be_read_names_the_place() {
    for (json, place) in [
        (
            json!({"version": "7.3", "screens": [7]}),
            "/screens/0 is not an object",
        ),
        (
            json!({"screens": [{"id": "A"}]}),
            "/screens/0/layout is required",
        ),
        (
            json!({"screens": [{"layout": {"children": [{"type": "If", "then": [{}]}]}}]}),
            "/screens/0/layout/children/0/then/0/type is required",
        ),
        (
            json!({"routing_model": {"A": [1]}}),
            "/routing_model/A/0 is not a text",
        ),
    ] {
        let error = serde_json::from_value::<FlowJson>(json).unwrap_err();
        assert_eq!(error.to_string(), place);
    }
}

#[test]
fn what_came_later_needs_its_version() {
    let at = |version: &str, component: Component| {
        let flow = at_version(one(component), version);
        let newer = flow.problems().into_iter().find_map(|p| match p.fault {
            Fault::TooNew { since } => Some(since),
            _ => None,
        });
        newer.map(|since| (since.major, since.minor))
    };
    let carousel = || ImageCarousel::new().image("aW1n", "x").into();
    assert_eq!(at("7.0", carousel()), Some((7, 1)));
    assert_eq!(at("7.1", carousel()), None);
    assert_eq!(
        at("6.0", CalendarPicker::new("c", "C").into()),
        Some((6, 1))
    );
    assert_eq!(
        at("6.3", TextInput::new("t", "T").large_label().into()),
        Some((7, 0))
    );
    let url = || EmbeddedLink::new("x", Action::open_url("https://example.com")).into();
    assert_eq!(at("5.1", url()), Some((6, 0)));
    assert!("7.10".parse::<Version>().unwrap() > "7.3".parse().unwrap());
}

#[test]
fn a_flow_above_ten_megabytes_is_refused() {
    let image = Image::new("x".repeat(10 * 1024 * 1024));
    let error = one(image).to_json().unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.to_string().contains("10 MB"));
}
