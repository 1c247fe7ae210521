//! Each rule of a component.

use serde_json::json;
use wharf_model::flow::{
    Action, CalendarPicker, CheckboxGroup, ChipsSelector, Choice, Component, DatePicker, Dropdown,
    EmbeddedLink, FlowJson, Form, If, ImageCarousel, InputType, OptIn, PhotoPicker, TextBody,
    TextHeading, TextInput,
};

use super::{NOTHING, one, only};

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_rule_of_a_component_is_checked() {
    let many = |count| {
        (0..count)
            .map(|n| Choice::new(n.to_string(), "x"))
            .collect::<Vec<_>>()
    };
    let ask = || Action::data_exchange(NOTHING);
    let cases: Vec<(&str, FlowJson, &str)> = vec![
        ("empty text", one(TextBody::new(" ")), "text"),
        ("heading", one(TextHeading::new("x".repeat(81))), "text"),
        (
            "weight",
            one(Component::from(TextBody::new("x")).set("font-weight", "fat")),
            "font-weight",
        ),
        (
            "flag",
            one(Component::from(TextBody::new("x")).set("visible", "yes")),
            "visible",
        ),
        (
            "no choices",
            one(Dropdown::new("d", "D", vec![])),
            "data-source",
        ),
        (
            "many choices",
            one(Dropdown::new("d", "D", many(201))),
            "data-source",
        ),
        (
            "many with image",
            one(Dropdown::new("d", "D", {
                let mut all = many(100);
                all.push(Choice::new("i", "I").image("aW1n", "i"));
                all
            })),
            "data-source",
        ),
        (
            "group",
            one(CheckboxGroup::new("c", "C", many(21))),
            "data-source",
        ),
        (
            "chips",
            one(ChipsSelector::new("c", "C", many(1))),
            "data-source",
        ),
        (
            "choice title",
            one(Dropdown::new(
                "d",
                "D",
                vec![Choice::new("1", "x".repeat(31))],
            )),
            "data-source/0/title",
        ),
        (
            "same id",
            one(Dropdown::new(
                "d",
                "D",
                vec![Choice::new("1", "a"), Choice::new("1", "b")],
            )),
            "data-source/1/id",
        ),
        (
            "pattern needs hint",
            one(TextInput::new("t", "T").pattern("a")),
            "helper-text",
        ),
        (
            "pattern and email",
            one(TextInput::new("t", "T")
                .input_type(InputType::Email)
                .pattern("a")
                .helper_text("h")),
            "pattern",
        ),
        (
            "least and most",
            one(TextInput::new("t", "T").min_chars(5).max_chars(4)),
            "min-chars",
        ),
        (
            "date",
            one(DatePicker::new("d", "D").min_date("1. May")),
            "min-date",
        ),
        (
            "dates in order",
            one(DatePicker::new("d", "D")
                .min_date("2026-02-01")
                .max_date("2026-01-01")),
            "min-date",
        ),
        (
            "days without range",
            one(CalendarPicker::new("c", "C").min_days(1)),
            "min-days",
        ),
        (
            "complete on a link",
            one(EmbeddedLink::new("x", Action::complete(NOTHING))),
            "on-click-action/name",
        ),
        (
            "no url",
            one(EmbeddedLink::new("x", Action::open_url(""))),
            "on-click-action/url",
        ),
        (
            "update of nothing",
            one(EmbeddedLink::new("x", Action::update_data([("a", 1)]))),
            "on-click-action/payload/a",
        ),
        (
            "no endpoint",
            one(OptIn::new("o", "O").on_click_action(ask())).route("ONLY", [""; 0]),
            "on-click-action",
        ),
        (
            "data that is not there",
            one(TextBody::new("${data.name}")),
            "text",
        ),
        (
            "input that is not there",
            one(TextBody::new("${form.name}")),
            "text",
        ),
        (
            "screen that is not there",
            one(TextBody::new("${screen.X.data.name}")),
            "text",
        ),
        (
            "literal condition",
            one(If::new("true").then(TextBody::new("x"))),
            "condition",
        ),
        (
            "empty branch",
            with_opt_in(one(If::new("${form.o}").otherwise(TextBody::new("x")))),
            "then",
        ),
        (
            "init in a form",
            one(Form::new("f").with(TextInput::new("t", "T").init_value("x"))),
            "init-value",
        ),
        (
            "files",
            one(PhotoPicker::new("p", "P").max_uploaded_photos(31)),
            "max-uploaded-photos",
        ),
        ("carousel", one(ImageCarousel::new()), "images"),
    ];
    for (name, flow, property) in cases {
        let problem = only(&flow);
        assert_eq!(
            problem.property.as_deref(),
            Some(property),
            "{name}: {problem}"
        );
        assert!(!problem.is_advice(), "{name}");
        assert!(flow.to_json().is_err(), "{name}");
    }
}

/// Adds what `${form.o}` refers to.
fn with_opt_in(flow: FlowJson) -> FlowJson {
    let mut json = serde_json::to_value(flow).unwrap();
    let opt_in = json!({"type": "OptIn", "name": "o", "label": "O"});
    let children = json["screens"][0]["layout"]["children"].as_array_mut();
    children.unwrap().push(opt_in);
    serde_json::from_value(json).unwrap()
}
