//! What breaks Meta's rules of templates is refused, with the place.

use serde_json::json;
use wharf_model::InvalidMessage;
use wharf_model::template::{
    Body, Button, ButtonKind, Card, Category, Component, Examples, FlowButton, Header,
    HeaderFormat, LimitedTimeOffer, NewTemplate, Otp, SupportedApp, TemplateEdit,
};

use crate::templates::{app, authentication, body, buttons, footer, image, written};

fn fault(category: Category, components: Vec<Component>) -> InvalidMessage {
    NewTemplate::new("a", "en", category, components).unwrap_err()
}

#[test]
fn names_languages_and_times_follow_the_rules() {
    let components = || vec![body("Hello", &[])];
    let template = |name: &str, language: &str| {
        NewTemplate::new(name, language, Category::Utility, components())
    };
    assert!(template(&"a".repeat(512), "zh_CN").is_ok());
    for (name, language, field) in [
        ("", "en", "/name"),
        ("Order", "en", "/name"),
        ("a b", "en", "/name"),
        ("a", "", "/language"),
        ("a", "en-US", "/language"),
    ] {
        assert_eq!(template(name, language).unwrap_err().field(), field);
    }
    assert!(template(&"a".repeat(513), "en").is_err());
    for (category, seconds, fits) in [
        (Category::Utility, 29, false),
        (Category::Utility, 30, true),
        (Category::Utility, 43_200, true),
        (Category::Utility, 43_201, false),
        (Category::Utility, -1, true),
        (Category::Marketing, 43_199, false),
        (Category::Marketing, 43_200, true),
        (Category::Marketing, 2_592_000, true),
        (Category::Marketing, 2_592_001, false),
        (Category::Marketing, -1, false),
    ] {
        let made = NewTemplate::new("a", "en", category.clone(), components())
            .unwrap()
            .time_to_live(seconds);
        assert_eq!(made.is_ok(), fits, "{category:?} {seconds}");
    }
    let code = authentication("a", 90, Otp::copy_code());
    assert!(code.clone().time_to_live(900).is_ok());
    assert!(code.time_to_live(901).is_err());
}

#[test]
fn texts_follow_the_rules() {
    let text = |text: &str, examples: &[&str]| fault(Category::Utility, vec![body(text, examples)]);
    for (given, examples, field) in [
        ("", &[][..], "/components/0/text"),
        ("{{1}} first", &["a"], "/components/0/text"),
        ("last {{1}}", &["a"], "/components/0/text"),
        ("a {{1}} b {{3}} c", &["a", "b"], "/components/0/text"),
        ("a {{1}} b {{name}} c", &["a", "b"], "/components/0/text"),
        ("a {{1}} b", &[], "/components/0/example"),
        ("a {{1}} b", &["a", "b"], "/components/0/example"),
        ("a {{name}} b", &["a"], "/components/0/example"),
        ("a b", &["a"], "/components/0/example"),
    ] {
        assert_eq!(text(given, examples).field(), field, "{given}");
    }
    let long = |limit: usize| InvalidMessage::TooLong {
        field: "/components/0/text".to_owned(),
        limit,
        length: limit + 1,
    };
    assert_eq!(text(&"x".repeat(1025), &[]), long(1024));
    let header = Header::text("x".repeat(61)).into();
    assert_eq!(fault(Category::Utility, vec![header]), long(60));
    let footer = |text: &str| fault(Category::Utility, vec![footer(text)]);
    assert_eq!(footer(&"x".repeat(61)), long(60));
    assert_eq!(footer("no {{1}} here").field(), "/components/0/text");
    let header = Header::text_with("{{1}} and {{2}}", Examples::positional(["a", "b"]));
    assert!(matches!(
        fault(Category::Utility, vec![header.into()]),
        InvalidMessage::TooMany {
            limit: 1,
            count: 2,
            ..
        }
    ));
    let video = Header::media(HeaderFormat::Video, "");
    assert_eq!(
        fault(Category::Utility, vec![video.into()]).field(),
        "/components/0/example/header_handle"
    );
    let no_body = fault(Category::Utility, vec![Header::text("x").into()]);
    assert_eq!(no_body.field(), "/components");
    let twice = fault(Category::Utility, vec![body("a", &[]), body("b", &[])]);
    assert_eq!(twice.field(), "/components/1/type");
}

#[test]
fn buttons_follow_the_rules() {
    let one = |button: Button| {
        let components = vec![body("a", &[]), buttons([button])];
        fault(Category::Marketing, components).field().to_owned()
    };
    let long = "x".repeat(26);
    let at = |field: &str| format!("/components/1/buttons/0{field}");
    for (button, field) in [
        (Button::quick_reply(long.as_str()), "/text"),
        (Button::quick_reply(""), "/text"),
        (Button::url("a", ""), "/url"),
        (Button::url("a", "x".repeat(2001)), "/url"),
        (Button::url("a", "https://a/{{1}}"), "/example"),
        (Button::url_with("a", "https://a/{{1}}/b", "c"), "/url"),
        (Button::url_with("a", "https://a/", "c"), "/example"),
        (Button::phone_number("a", "1".repeat(21)), "/phone_number"),
        (Button::copy_code("x".repeat(21)), "/example"),
        (
            Button::labelled("a", ButtonKind::Flow(FlowButton::default())),
            "/flow_id",
        ),
        (
            Button::labelled(
                "a",
                ButtonKind::VoiceCall {
                    ttl_minutes: Some(43_201),
                },
            ),
            "/ttl_minutes",
        ),
        (
            Button::labelled("a", ButtonKind::Otp(Otp::copy_code())),
            "/type",
        ),
    ] {
        assert_eq!(one(button), at(field));
    }
    let many = |list: Vec<Button>| {
        let components = vec![body("a", &[]), Component::Buttons(list)];
        NewTemplate::new("a", "en", Category::Marketing, components)
    };
    let url = || Button::url("a", "https://a");
    let reply = || Button::quick_reply("a");
    assert!(many(vec![reply(); 10]).is_ok());
    for list in [
        vec![],
        vec![reply(); 11],
        vec![url(), url(), url()],
        vec![
            Button::phone_number("a", "1"),
            Button::phone_number("b", "2"),
        ],
        vec![Button::copy_code("a"), Button::copy_code("b")],
        vec![reply(), url(), reply()],
    ] {
        let fault = many(list.clone()).unwrap_err();
        assert_eq!(fault.field(), "/components/1/buttons", "{list:?}");
    }
}

#[test]
fn families_follow_the_rules() {
    let offer = |text: &str| LimitedTimeOffer::new(text, true).into();
    let link = || buttons([Button::url("a", "https://a")]);
    let seventeen = "x".repeat(17);
    for (category, components, field) in [
        (
            Category::Utility,
            vec![offer("a"), body("a", &[]), link()],
            "/components/0",
        ),
        (
            Category::Marketing,
            vec![offer("a"), body("a", &[])],
            "/components/0",
        ),
        (
            Category::Marketing,
            vec![offer(&seventeen), body("a", &[]), link()],
            "/components/0/limited_time_offer/text",
        ),
        (
            Category::Marketing,
            vec![offer("a"), body(&"x".repeat(601), &[]), link()],
            "/components/1/text",
        ),
        (
            Category::Marketing,
            vec![offer("a"), body("a", &[]), footer("b"), link()],
            "/components/2",
        ),
        (
            Category::Marketing,
            vec![Header::product().into(), body(&"x".repeat(161), &[])],
            "/components/1/text",
        ),
        (
            Category::Authentication,
            vec![body("a", &[])],
            "/components/0/text",
        ),
        (
            Category::Authentication,
            vec![Body::default().into(), buttons([Button::quick_reply("a")])],
            "/components/1/buttons/0/type",
        ),
    ] {
        assert_eq!(
            fault(category, components.clone()).field(),
            field,
            "{components:?}"
        );
    }
}

#[test]
fn cards_and_codes_follow_the_rules() {
    let link = || buttons([Button::url("a", "https://a")]);
    let card = |button: Button| Card::new(vec![image("h"), buttons([button])]);
    let cards = |cards: Vec<Card>| {
        let components = vec![body("a", &[]), Component::Carousel(cards)];
        NewTemplate::new("a", "en", Category::Marketing, components)
    };
    let reply = || card(Button::quick_reply("a"));
    assert!(cards(vec![reply(); 10]).is_ok());
    for (list, field) in [
        (vec![reply()], "/components/1/cards"),
        (vec![reply(); 11], "/components/1/cards"),
        (
            vec![reply(), card(Button::url("a", "https://a"))],
            "/components/1/cards/1/components",
        ),
        (
            vec![Card::new(vec![image("h")]); 2],
            "/components/1/cards/0/components",
        ),
        (
            vec![Card::new(vec![image("h"), body(&"x".repeat(161), &[]), link()]); 2],
            "/components/1/cards/0/components/1/text",
        ),
    ] {
        assert_eq!(cards(list.clone()).unwrap_err().field(), field, "{list:?}");
    }
    for otp in [
        Otp::one_tap(vec![]),
        Otp::one_tap(vec![app(); 6]),
        Otp::one_tap(vec![SupportedApp {
            package_name: "luckyshrub".to_owned(),
            ..app()
        }]),
        Otp::one_tap(vec![SupportedApp {
            signature_hash: "short".to_owned(),
            ..app()
        }]),
        Otp {
            zero_tap_terms_accepted: None,
            ..Otp::zero_tap(vec![app()])
        },
        Otp {
            supported_apps: Some(vec![app()]),
            ..Otp::copy_code()
        },
    ] {
        let button = Button::new(ButtonKind::Otp(otp.clone()));
        let components = vec![Body::default().into(), buttons([button])];
        let fault = fault(Category::Authentication, components);
        assert!(
            fault.field().starts_with("/components/1/buttons/0/"),
            "{otp:?}"
        );
    }
}

#[test]
fn edits_say_only_what_changes() {
    let edit = TemplateEdit::link_tracking_opted_out(true)
        .and(TemplateEdit::time_to_live(60).unwrap())
        .category(Category::Utility)
        .unwrap();
    let expected = json!({"category": "UTILITY", "message_send_ttl_seconds": 60,
        "cta_url_link_tracking_opted_out": true});
    assert_eq!(written(&edit), expected);
    let edit = TemplateEdit::components(vec![body("Hello", &[])]).unwrap();
    assert_eq!(
        written(&edit),
        json!({"components": [{"type": "BODY", "text": "Hello"}]})
    );
    assert!(edit.category(Category::Authentication).is_err());
    assert!(TemplateEdit::components(vec![body("a {{1}} b", &[])]).is_err());
}
