//! Each rule of a screen.

use serde_json::json;
use wharf_model::flow::{
    Action, Component, DataField, DocumentPicker, EmbeddedLink, FlowJson, Footer, Form, If, Image,
    NavigationItem, NavigationList, OptIn, PhotoPicker, RichText, Screen, TextArea, TextBody,
    TextInput,
};

use super::{NOTHING, at_version, ending, one};

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_rule_of_a_screen_is_checked() {
    let many = |n, component: Component| {
        (0..n).fold(Screen::new("ONLY"), |screen, _| {
            screen.with(component.clone())
        })
    };
    let link = EmbeddedLink::new("x", Action::open_url("https://example.com"));
    let ways = || NavigationList::new("n", vec![NavigationItem::new("1", "One")]);
    let cases: Vec<(&str, FlowJson, &str)> = vec![
        ("id", ending(Screen::new("STEP_1")), "screen STEP_1, id"),
        ("reserved", ending(Screen::new("SUCCESS")), "reserved"),
        (
            "twice",
            ending(Screen::new("A")).screen(Screen::new("A")),
            "earlier screen",
        ),
        (
            "no end",
            FlowJson::new("7.3").screen(Screen::new("A")),
            "terminal",
        ),
        ("no screens", FlowJson::new("7.3"), "/screens is required"),
        (
            "version",
            at_version(ending(Screen::new("A")), "new"),
            "/version",
        ),
        (
            "old",
            at_version(ending(Screen::new("A")), "5.0"),
            "5.1 or newer",
        ),
        (
            "no footer",
            FlowJson::new("7.3").screen(Screen::new("A").terminal()),
            "add a Footer",
        ),
        (
            "two footers",
            one(Footer::new("x", Action::complete(NOTHING))),
            "one Footer",
        ),
        (
            "components",
            ending(many(50, TextBody::new("x").into())),
            "has 51",
        ),
        ("links", ending(many(3, link.into())), "at most 2"),
        (
            "images",
            ending(many(4, Image::new("aW1n").into())),
            "at most 3",
        ),
        (
            "opt-ins",
            ending((0..6).fold(Screen::new("A"), |s, n| {
                s.with(OptIn::new(format!("o{n}"), "O"))
            })),
            "at most 5",
        ),
        (
            "pickers",
            ending(
                Screen::new("A")
                    .with(PhotoPicker::new("p", "P"))
                    .with(DocumentPicker::new("d", "D")),
            ),
            "two screens",
        ),
        (
            "name",
            ending(
                Screen::new("A")
                    .with(TextInput::new("t", "T"))
                    .with(TextArea::new("t", "T")),
            ),
            "another name",
        ),
        (
            "rich text",
            ending(
                Screen::new("A")
                    .with(RichText::new("x"))
                    .with(TextBody::new("x")),
            ),
            "RichText alone",
        ),
        (
            "list",
            one(ways().on_click_action(Action::data_exchange(NOTHING))),
            "NavigationList alone",
        ),
        (
            "sensitive",
            ending(Screen::new("A").sensitive(["x"])),
            "input x",
        ),
        (
            "success",
            ending(Screen::new("A")).screen(Screen::new("B").success(true)),
            "success",
        ),
        (
            "back",
            ending(Screen::new("A").refresh_on_back()),
            "refresh_on_back",
        ),
        (
            "schema",
            ending(Screen::new("A").data("l", DataField::like(json!([])))),
            "data/l/items is required",
        ),
        (
            "captions",
            FlowJson::new("7.3").screen(
                Screen::new("A")
                    .terminal()
                    .with(Footer::new("x", Action::complete(NOTHING)).left_caption("l")),
            ),
            "right-caption is required",
        ),
        (
            "nested",
            one(If::new("${screen.ONLY.form.x}").then(
                If::new("${x.y}")
                    .then(If::new("${x.y}").then(If::new("${x.y}").then(TextBody::new("x")))),
            )),
            "has 4",
        ),
        (
            "footer in one branch",
            FlowJson::new("7.3").screen(
                Screen::new("A")
                    .terminal()
                    .with(If::new("${x.y}").then(Footer::new("x", Action::complete(NOTHING)))),
            ),
            "both branches",
        ),
        (
            "form in a branch",
            one(If::new("${x.y}").then(Form::new("f").with(TextBody::new("x")))),
            "outside the If",
        ),
        (
            "uploads",
            completing_with(
                ending(Screen::new("A").with(PhotoPicker::new("p", "P"))),
                "p",
            ),
            "one file at most",
        ),
    ];
    for (name, flow, words) in cases {
        let problems = flow.problems();
        let found = problems
            .iter()
            .any(|p| p.to_string().contains(words) && !p.is_advice());
        assert!(found, "{name}: {problems:#?}");
    }
}

/// Lets the last component hand over what an input holds.
fn completing_with(flow: FlowJson, input: &str) -> FlowJson {
    let mut json = serde_json::to_value(flow).unwrap();
    let children = json["screens"][0]["layout"]["children"].as_array_mut();
    let footer = children.unwrap().last_mut().unwrap();
    footer["on-click-action"]["payload"] = json!({"file": format!("${{form.{input}}}")});
    serde_json::from_value(json).unwrap()
}
