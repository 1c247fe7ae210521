//! Everything that is built keeps to Meta's OpenAPI file, except where the pages of Meta's
//! documentation, which are newer, say otherwise: see `docs/openapi-differences.md`.

mod differences;

use serde_json::{Value, json};
use wharf_model::outgoing::{Component, Interactive, Parameter};
use wharf_model::{Content, OutgoingMessage};

use crate::built::{self, Built};
use crate::templates;
use differences::{Difference, all};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const MESSAGE: &str = "/components/schemas/Message";
const MARKETING: &str = "/components/schemas/MarketingMessageRequestPayload";
const CREATE: &str = "/paths/~1{Version}~1{WABA-ID}~1message_templates/post/requestBody/content/\
                      application~1json/schema";

fn document() -> Value {
    let path = format!("{ROOT}/fixtures/openapi/business-messaging-api_v23.0.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut options = serde_saphyr::Options::default();
    options.budget = None;
    serde_saphyr::from_str_with_options(&text, options).unwrap()
}

/// The file with differences put in, ready to compare with.
struct Schemas {
    message: jsonschema::Validator,
    marketing: jsonschema::Validator,
    create: jsonschema::Validator,
}

impl Schemas {
    fn new(document: &Value, differences: &[&Difference]) -> Self {
        let mut document = document.clone();
        for difference in differences {
            difference.apply(&mut document);
        }
        let at = |pointer: &str| {
            let mut schema = document.pointer(pointer).unwrap().clone();
            schema["components"] = document["components"].clone();
            jsonschema::draft202012::new(&schema).unwrap()
        };
        Self {
            message: at(MESSAGE),
            marketing: at(MARKETING),
            create: at(CREATE),
        }
    }

    fn of(&self, built: &Built) -> &jsonschema::Validator {
        match built {
            Built::Message(_) => &self.message,
            Built::Marketing(_) => &self.marketing,
        }
    }

    /// What does not keep to the file.
    fn faults(&self, samples: &[built::Sample]) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, built) in samples {
            let json = built.json();
            for error in self.of(built).iter_errors(&json) {
                faults.push(format!("{name}: {} {error}", error.instance_path()));
            }
        }
        faults
    }
}

#[test]
fn everything_that_is_built_keeps_to_the_file() {
    let differences = all();
    let every: Vec<_> = differences.iter().collect();
    let schemas = Schemas::new(&document(), &every);
    let faults = schemas.faults(&built::everything());
    assert_eq!(faults, [""; 0]);
    for (name, template) in templates::all() {
        let errors: Vec<_> = schemas
            .create
            .iter_errors(&template)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{name}");
    }
}

/// A difference that no sample needs is none, and each is written down.
#[test]
fn every_difference_is_needed_and_written_down() {
    let path = format!("{ROOT}/docs/openapi-differences.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (document, samples, differences) = (document(), built::everything(), all());
    for difference in &differences {
        let others: Vec<_> = differences
            .iter()
            .filter(|other| !std::ptr::eq(*other, difference))
            .collect();
        let faults = Schemas::new(&document, &others).faults(&samples);
        assert!(!faults.is_empty(), "{} is not needed", difference.name);
        assert!(text.contains(difference.name), "{}", difference.name);
        assert!(text.contains(difference.reason), "{}", difference.reason);
    }
}

/// The comparison can fail: a message with a wrong part does not keep to the file.
#[test]
fn what_is_wrong_does_not_keep_to_the_file() {
    let differences = all();
    let every: Vec<_> = differences.iter().collect();
    let schemas = Schemas::new(&document(), &every);
    for (pointer, part) in [
        ("/text/body", json!(7)),
        ("/text", json!({"body": "a", "preview": true})),
        ("/messaging_product", json!(null)),
        ("/type", json!("hologram")),
        ("/recipient_type", json!("crowd")),
    ] {
        let mut sample = crate::fixture("request.text.json");
        assert!(schemas.message.is_valid(&sample));
        *sample.pointer_mut(pointer).unwrap() = part;
        assert!(!schemas.message.is_valid(&sample), "{pointer}");
    }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The samples hold each kind of content, action, component, button and value.
#[test]
fn the_samples_hold_every_kind() {
    let samples = built::everything();
    let messages: Vec<&OutgoingMessage> = samples
        .iter()
        .map(|(_, built)| match built {
            Built::Message(message) => message,
            Built::Marketing(message) => message.message(),
        })
        .collect();
    let kinds = sorted(messages.iter().map(|message| message.content().kind()));
    let expected = "audio contacts document image interactive location pin reaction sticker \
                    template text video";
    assert_eq!(kinds.join(" "), expected);
    let actions = messages.iter().filter_map(|message| message.interactive());
    let expected = "address_message button call_permission_request carousel catalog_message \
                    cta_url flow list location_request_message order_details order_status product \
                    product_list request_contact_info voice_call";
    assert_eq!(sorted(actions.map(Interactive::kind)).join(" "), expected);
    let components: Vec<&Component> = messages
        .iter()
        .filter_map(|message| match message.content() {
            Content::Template(template) => Some(template.components()),
            _ => None,
        })
        .flatten()
        .collect();
    let expected = "body button carousel header limited_time_offer order_status \
                    tap_target_configuration";
    let kinds = sorted(components.iter().map(|component| component.kind()));
    assert_eq!(kinds.join(" "), expected);
    let values = components.iter().flat_map(|component| match component {
        Component::Header(values) | Component::Body(values) => values.as_slice(),
        _ => &[],
    });
    let expected = "currency date_time document gif group_id image location product text video";
    assert_eq!(sorted(values.map(Parameter::kind)).join(" "), expected);
    let buttons = components.iter().filter_map(|component| match component {
        Component::Button(button) => Some(button.value.kind()),
        _ => None,
    });
    let expected = "catalog copy_code flow mpm order_details quick_reply url voice_call";
    assert_eq!(sorted(buttons).join(" "), expected);
}
