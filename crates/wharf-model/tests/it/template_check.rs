//! A message is compared with its template before it is sent.

use serde_json::{Value, json};
use wharf_model::outgoing::{
    ButtonValue, Parameter, TapTarget, Template, TemplateButton, TemplateCard,
};
use wharf_model::template::{Reason, TemplateDefinition};
use wharf_model::{Content, OutgoingMessage};

use crate::fixture;

fn definition(name: &str) -> TemplateDefinition {
    serde_json::from_value(fixture(&format!("template-create.{name}.json"))).unwrap()
}

fn template(sample: &Value) -> Template {
    let message = OutgoingMessage::from_json(sample).unwrap();
    match message.content() {
        Content::Template(template) => template.clone(),
        other => panic!("{other:?}"),
    }
}

fn request(name: &str) -> Template {
    template(&fixture(&format!("request.{name}.json")))
}

/// What is told about the sample of a definition and the sample of a message.
fn told(created: &str, sent: &str) -> Vec<String> {
    let mismatches = definition(created).mismatches(&request(sent));
    mismatches.iter().map(ToString::to_string).collect()
}

#[test]
fn samples_of_messages_fit_the_samples_of_their_templates() {
    for (created, sent) in [
        ("named-params", "template-named-params"),
        ("utility", "template-utility"),
        ("coupon", "template-coupon_code"),
        ("limited_time_offer", "template-limited_time_offer"),
        ("media-carousel", "template-media-carousel"),
        ("catalog", "template-catalog"),
        ("mpm", "template-mpm"),
        ("spm", "template-spm"),
        ("flow-button", "template-flow-button"),
        ("voice_call", "template-voice_call"),
        ("location-header", "template-quick_reply-payload"),
        ("order_status", "template-order_status"),
    ] {
        assert_eq!(told(created, sent), [""; 0], "{created}");
    }
    let mut code = definition("auth-copy_code");
    code.name = Some("verification_code".to_owned());
    assert_eq!(code.check(&request("template-auth-otp")), Ok(()));
}

#[test]
fn what_differs_is_named_with_its_remedy() {
    // The button in that place calls a number.
    assert_eq!(
        told("document-header", "template-header-document-positional"),
        ["/template/components/2: button 0 is none that the template takes, leave it out"]
    );
    assert_eq!(
        told("product-carousel", "template-product-carousel"),
        ["/template/components/1/cards: carousel has 3 cards, give 2"]
    );
    assert_eq!(
        told("order_details", "template-order_details"),
        ["/template/components/0: header is none that the template takes, leave it out"]
    );
    assert_eq!(
        told("catalog", "template-coupon_code"),
        [
            "/template/name: name is coupon_code_fall2023_25off, only intro_catalog_offer can be \
             sent",
            "/template/components/0/parameters: body has 2 values, give 3",
            "/template/components/1/index: button 1 is none that the template takes, leave it out",
        ]
    );
    assert_eq!(
        told("limited_time_offer", "template-tap_target")[2..],
        [
            "/template/components/1/parameters: body has 1 values, give 2",
            "/template/components: button 0 is absent, add it",
            "/template/components: button 1 is absent, add it",
            "/template/components: limited_time_offer is absent, add it",
            "/template/components/2: tap_target_configuration is none that the template takes, \
             leave it out",
        ]
    );
}

#[test]
fn names_of_variables_are_compared() {
    let (definition, coupon) = (definition("spm"), definition("coupon"));
    let product = || vec![request_header()];
    let check = |values: Vec<Parameter>| {
        let message = Template::new("spm_template_named_params", "en_US")
            .and_then(|message| message.header(product()))
            .and_then(|message| message.body(values))
            .unwrap();
        let mismatches = definition.mismatches(&message);
        mismatches
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let named = Parameter::named;
    assert_eq!(
        check(vec![named("percent", "1%"), named("code", "A")]),
        [""; 0]
    );
    assert_eq!(
        check(vec![named("code", "A"), named("colour", "red")]),
        [
            "/template/components/1/parameters/1/parameter_name: body value colour is none that \
             the template takes, leave it out",
            "/template/components/1/parameters: body value percent is absent, add it",
        ]
    );
    assert_eq!(
        check(vec![
            named("code", "A"),
            named("code", "B"),
            named("percent", "1%")
        ]),
        [
            "/template/components/1/parameters/1/parameter_name: body value code is none that the \
             template takes, leave it out"
        ]
    );
    assert_eq!(
        check(vec![Parameter::text("A"), Parameter::text("B")]).len(),
        4
    );
    assert_eq!(
        check(vec![
            named("code", &"x".repeat(140)),
            named("percent", "1%")
        ]),
        ["/template/components/1/parameters: body makes 185 characters, shorten by 25 to 160"]
    );
    let mut positional = fixture("request.template-coupon_code.json");
    positional["template"]["components"][0]["parameters"][0]["parameter_name"] = json!("code");
    positional["template"]["components"][0]["parameters"][1]["parameter_name"] = json!("off");
    let mismatches = coupon.mismatches(&template(&positional));
    assert_eq!(mismatches.len(), 2);
    assert!(
        mismatches
            .iter()
            .all(|one| one.reason == Reason::Unexpected)
    );
}

fn request_header() -> Parameter {
    let request = request("template-spm");
    match request.components().first() {
        Some(wharf_model::outgoing::Component::Header(values)) => values[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn kinds_and_lengths_are_compared() {
    let mut definition = definition("limited_time_offer");
    let mut sample = fixture("request.template-limited_time_offer.json");
    let parts = &mut sample["template"]["components"];
    parts[0]["parameters"][0] = json!({"type": "video", "video": {"id": "1"}});
    parts[3]["sub_type"] = json!("quick_reply");
    parts[3]["parameters"][0] = json!({"type": "payload", "payload": "p"});
    parts[4]["parameters"][0]["text"] = json!("x".repeat(1990));
    definition.language = Some("pt_BR".to_owned());
    definition.status = Some("PAUSED".to_owned().into());
    let told: Vec<_> = definition
        .mismatches(&template(&sample))
        .into_iter()
        .map(|one| (one.component, one.field, one.reason))
        .collect();
    let kind = |expected: &str, found: &str| Reason::Kind {
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    let other = |expected: &str, found: &str| Reason::Other {
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    let expected = [
        (
            "language",
            "/template/language/code",
            other("pt_BR", "en_US"),
        ),
        ("status", "/template/name", other("APPROVED", "PAUSED")),
        (
            "header",
            "/template/components/0/parameters/0/type",
            kind("image", "video"),
        ),
        (
            "button 0",
            "/template/components/3/sub_type",
            kind("copy_code", "quick_reply"),
        ),
        (
            "button 1",
            "/template/components/4/parameters/0/text",
            Reason::TooLong {
                limit: 2000,
                length: 2034,
            },
        ),
    ]
    .map(|(component, field, reason)| (component.to_owned(), field.to_owned(), reason));
    assert_eq!(told, expected);
}

#[test]
fn a_one_time_code_is_short() {
    let code = definition("auth-zero_tap");
    let long = "1234567890123456";
    let message = Template::new("zero_tap_auth_template", "en_US").unwrap();
    assert!(message.clone().one_time_code(long).is_err());
    let message = message
        .body(vec![Parameter::text(long)])
        .and_then(|message| {
            message.button(TemplateButton {
                index: 0,
                value: ButtonValue::Url(long.to_owned()),
            })
        })
        .unwrap();
    let fields: Vec<_> = code
        .mismatches(&message)
        .into_iter()
        .map(|one| one.field)
        .collect();
    assert_eq!(
        fields,
        [
            "/template/components/0/parameters/0/text",
            "/template/components/1/parameters/0/text"
        ]
    );
}

#[test]
fn cards_are_compared_one_by_one() {
    let definition = definition("media-carousel");
    let image =
        |id: &str| Parameter::Image(wharf_model::outgoing::MediaSource::Id(id.parse().unwrap()));
    let url = || ButtonValue::Url("aloe".to_owned());
    let good = || {
        TemplateCard::new(image("1"))
            .and_then(|card| card.button(1, url()))
            .unwrap()
    };
    let video = Parameter::Video(wharf_model::outgoing::MediaSource::Id("1".parse().unwrap()));
    let video = TemplateCard::new(video)
        .and_then(|card| card.body(vec![Parameter::text("a")]))
        .and_then(|card| card.button(0, url()))
        .unwrap();
    let message = Template::new("carousel_template_media_cards_v1", "en_US")
        .and_then(|message| {
            message.body(vec![
                Parameter::text("a"),
                Parameter::text("b"),
                Parameter::text("c"),
            ])
        })
        .and_then(|message| message.carousel(vec![good(), video, good()]))
        .unwrap();
    let told: Vec<_> = definition
        .mismatches(&message)
        .iter()
        .map(ToString::to_string)
        .collect();
    let at = "/template/components/1/cards/1/components";
    assert_eq!(
        told,
        [
            format!(
                "{at}/0/parameters/0/type: card 2 header is of the kind video, give one of the kind image"
            ),
            format!("{at}/1: card 2 body is none that the template takes, leave it out"),
            format!(
                "{at}/2/sub_type: card 2 button 0 is of the kind url, give one of the kind quick_reply"
            ),
            format!("{at}: card 2 button 1 is absent, add it"),
        ]
    );
}

#[test]
fn what_the_definition_does_not_say_is_not_compared() {
    let message = request("template-limited_time_offer");
    let bare: TemplateDefinition = serde_json::from_value(json!({
        "name": "limited_time_offer_caribbean_pkg_2023", "id": "1"
    }))
    .unwrap();
    assert_eq!(bare.check(&message), Ok(()));
    let strange: TemplateDefinition = serde_json::from_value(json!({"components": [
        {"type": "HEADER", "format": "HOLOGRAM"},
        {"type": "BODY", "text": "Hi {{1}}!"},
        {"type": "BUTTONS", "buttons": [{"type": "DANCE"}]},
    ]}))
    .unwrap();
    let message = Template::new("a", "en")
        .and_then(|message| message.body(vec![Parameter::text("b")]))
        .and_then(|message| {
            message.button(TemplateButton {
                index: 0,
                value: ButtonValue::QuickReply("c".to_owned()),
            })
        })
        .unwrap();
    assert_eq!(strange.check(&message), Ok(()));
    let tap = TapTarget::new("https://a", "b").unwrap();
    let tapped = message.tap_target(tap).unwrap();
    assert_eq!(
        strange.check(&tapped).unwrap_err().component,
        "tap_target_configuration"
    );
}
