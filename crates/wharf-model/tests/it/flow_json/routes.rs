//! Each rule of the ways between screens.

use wharf_model::flow::{Action, DataField, FlowJson, Footer, Screen};

use super::NOTHING;

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_rule_of_the_routes_is_checked() {
    let to = |id: &str, next: &str| {
        let go = Footer::new("Go", Action::navigate(next, NOTHING));
        Screen::new(id).with(go)
    };
    let end = || {
        Screen::new("END")
            .terminal()
            .with(Footer::new("x", Action::complete(NOTHING)))
    };
    let endpoint = || FlowJson::new("7.3").data_api_version("4.0");
    let good = FlowJson::new("7.3").screen(to("A", "END")).screen(end());
    assert_eq!(good.problems(), []);
    let cases = [
        (
            "gone",
            FlowJson::new("7.3").screen(to("A", "B")).screen(end()),
            "refers to screen B",
        ),
        (
            "itself",
            FlowJson::new("7.3").screen(to("A", "A")).screen(end()),
            "another screen than this",
        ),
        (
            "loop",
            FlowJson::new("7.3")
                .screen(to("A", "B"))
                .screen(to("B", "A"))
                .screen(end()),
            "way back",
        ),
        (
            "apart",
            FlowJson::new("7.3")
                .screen(to("A", "END"))
                .screen(end())
                .screen(Screen::new("C")),
            "from another",
        ),
        (
            "payload",
            FlowJson::new("7.3")
                .screen(
                    Screen::new("A")
                        .with(Footer::new("x", Action::navigate("END", [("extra", 1)]))),
                )
                .screen(end()),
            "extra refers to data field of the next",
        ),
        (
            "expected",
            FlowJson::new("7.3")
                .screen(to("A", "END"))
                .screen(end().data("d", DataField::like("x"))),
            "payload/d is required",
        ),
        (
            "missing",
            endpoint()
                .route("A", ["END"])
                .screen(to("A", "END"))
                .screen(end()),
            "/routing_model/END is required",
        ),
        (
            "not listed",
            endpoint()
                .route("A", [""; 0])
                .route("END", [""; 0])
                .screen(to("A", "END"))
                .screen(end()),
            "to the routing_model",
        ),
        (
            "unknown",
            endpoint()
                .route("A", ["END", "X"])
                .route("END", [""; 0])
                .screen(to("A", "END"))
                .screen(end()),
            "refers to screen X",
        ),
        (
            "no model",
            endpoint().screen(
                Screen::new("A")
                    .terminal()
                    .with(Footer::new("x", Action::data_exchange(NOTHING))),
            ),
            "/routing_model is required",
        ),
        (
            "eleven",
            endpoint()
                .route("A", (0..11).map(|n| format!("S{n}")))
                .screen(end()),
            "has 11",
        ),
        (
            "leaves the end",
            FlowJson::new("7.3")
                .screen(to("A", "END").terminal())
                .screen(end()),
            "could not end",
        ),
        (
            "early end",
            FlowJson::new("7.3")
                .screen(end())
                .screen(Screen::new("B").with(Footer::new("x", Action::complete(NOTHING)))),
            "mark the screen as terminal",
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
