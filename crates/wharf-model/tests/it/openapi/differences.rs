//! Where the OpenAPI file and the newer pages of Meta's documentation disagree.

use serde_json::{Value, json};

/// One place where the file is not followed.
pub(super) struct Difference {
    /// The schema of the file, as `docs/openapi-differences.md` names it.
    pub(super) name: &'static str,
    /// What the pages say.
    pub(super) reason: &'static str,
    changes: Vec<(String, Change)>,
}

enum Change {
    Remove,
    Set(Value),
    Add(Vec<Value>),
}

impl Difference {
    pub(super) fn apply(&self, document: &mut Value) {
        for (pointer, change) in &self.changes {
            let pointer = format!("/components/schemas/{pointer}");
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let parent = document.pointer_mut(parent).expect(&pointer);
            match change {
                Change::Remove => {
                    let removed = parent.as_object_mut().unwrap().remove(key);
                    assert!(removed.is_some(), "{pointer}");
                }
                Change::Set(value) => parent[key] = value.clone(),
                Change::Add(values) => {
                    let list = parent.get_mut(key).expect(&pointer);
                    list.as_array_mut().unwrap().extend(values.iter().cloned());
                }
            }
        }
    }
}

fn difference<const N: usize>(
    name: &'static str,
    reason: &'static str,
    changes: [(&str, Change); N],
) -> Difference {
    let changes = changes.map(|(pointer, change)| (pointer.to_owned(), change));
    Difference {
        name,
        reason,
        changes: Vec::from(changes),
    }
}

pub(super) fn all() -> Vec<Difference> {
    let mut all = messages();
    all.extend(contacts());
    all.extend(interactive());
    all.extend(templates());
    all
}

fn messages() -> Vec<Difference> {
    let closed = [
        "Text",
        "Audio",
        "Document",
        "Image",
        "Location",
        "Video",
        "Sticker",
        "Reaction",
        "Interactive",
        "Contacts",
    ];
    let closed = Difference {
        name: "TextMessage and its siblings, `additionalProperties`",
        reason: "no key beside the content is allowed, so that no message at all would be valid",
        changes: closed
            .iter()
            .map(|kind| {
                let pointer = format!("{kind}Message/allOf/1/additionalProperties");
                (pointer, Change::Remove)
            })
            .collect(),
    };
    let pin = json!({"type": "object", "required": ["type", "to", "pin"],
        "properties": {"type": {"enum": ["pin"]}, "pin": {"type": "object",
            "required": ["type", "message_id"], "properties": {
                "type": {"enum": ["pin", "unpin"]}, "message_id": {"type": "string"},
                "expiration_days": {"type": "string"}}}}});
    vec![
        closed,
        difference(
            "BaseMessageProperties, `to` required",
            "a message to a business-scoped user id has `recipient` instead",
            [(
                "BaseMessageProperties/required",
                Change::Set(json!(["messaging_product", "recipient_type", "type"])),
            )],
        ),
        difference(
            "Message, kinds",
            "groups take pins",
            [("Message/oneOf", Change::Add(vec![pin]))],
        ),
        difference(
            "MarketingMessageRequestPayload, keys",
            "`recipient` may stand instead of `to`, and callback data beside it",
            [
                (
                    "MarketingMessageRequestPayload/required",
                    Change::Set(json!([
                        "messaging_product",
                        "recipient_type",
                        "type",
                        "template"
                    ])),
                ),
                (
                    "MarketingMessageRequestPayload/properties/recipient",
                    Change::Set(json!({"type": "string"})),
                ),
                (
                    "MarketingMessageRequestPayload/properties/biz_opaque_callback_data",
                    Change::Set(json!({"type": "string"})),
                ),
            ],
        ),
    ]
}

fn contacts() -> Vec<Difference> {
    let open = |name, pointer: &str| Difference {
        name,
        reason: "any text names the type of an address or number",
        changes: vec![(format!("{pointer}/properties/type/enum"), Change::Remove)],
    };
    vec![
        difference(
            "ContactsMessage, `maxItems` 5",
            "a message has up to 257 contacts",
            [(
                "ContactsMessage/allOf/1/properties/contacts/maxItems",
                Change::Set(json!(257)),
            )],
        ),
        open("AddressObject, `type`", "AddressObject"),
        open("EmailObject, `type`", "EmailObject"),
        open("PhoneObject, `type`", "PhoneObject"),
        open("UrlObject, `type`", "UrlObject"),
    ]
}

fn interactive() -> Vec<Difference> {
    let named = |name: &str, parameters: bool| {
        let required = if parameters {
            json!(["name", "parameters"])
        } else {
            json!(["name"])
        };
        json!({"required": required, "properties": {"name": {"enum": [name]},
            "parameters": {"type": "object"}}})
    };
    let kinds = [
        "address_message",
        "carousel",
        "cta_url",
        "location_request_message",
        "order_details",
        "order_status",
        "request_contact_info",
        "voice_call",
    ];
    let cards = json!({"required": ["cards"], "properties": {"cards": {"type": "array",
        "minItems": 2, "maxItems": 10, "items": {"type": "object",
            "required": ["card_index", "type", "action"]}}}});
    let actions = vec![
        named("address_message", true),
        named("cta_url", true),
        named("send_location", false),
        named("review_and_pay", true),
        named("review_order", true),
        named("request_contact_info", false),
        named("voice_call", false),
        cards,
    ];
    vec![
        difference(
            "InteractiveObject, kinds",
            "eight more kinds of interactive messages",
            [(
                "InteractiveObject/properties/type/enum",
                Change::Add(kinds.map(Value::from).to_vec()),
            )],
        ),
        difference(
            "ActionObject, kinds",
            "each of the eight kinds has an action of its own",
            [("ActionObject/oneOf", Change::Add(actions))],
        ),
        difference(
            "ActionObject, catalogue",
            "the thumbnail of a catalogue message may be left out, and the parameters with it",
            [(
                "ActionObject/oneOf/3/required",
                Change::Set(json!(["name"])),
            )],
        ),
        difference(
            "BodyObject, `maxLength` 1024",
            "the body of a list has up to 4096 characters",
            [(
                "BodyObject/properties/text/maxLength",
                Change::Set(json!(4096)),
            )],
        ),
    ]
}

fn templates() -> Vec<Difference> {
    let components = [
        "carousel",
        "limited_time_offer",
        "order_status",
        "tap_target_configuration",
    ];
    let buttons = ["copy_code", "flow", "mpm", "order_details", "voice_call"];
    vec![
        difference(
            "LanguageObject, `policy` required",
            "the policy may be left out",
            [("LanguageObject/required", Change::Set(json!(["code"])))],
        ),
        difference(
            "TemplateComponent, kinds",
            "four more kinds of components",
            [(
                "TemplateComponent/properties/type/enum",
                Change::Add(components.map(Value::from).to_vec()),
            )],
        ),
        difference(
            "TemplateComponent, `sub_type`",
            "five more kinds of buttons with values",
            [(
                "TemplateComponent/properties/sub_type/enum",
                Change::Add(buttons.map(Value::from).to_vec()),
            )],
        ),
        difference(
            "TemplateComponent, `index`",
            "the places are 0 to 9; the pattern of the file is a mangled range",
            [(
                "TemplateComponent/properties/index/pattern",
                Change::Set(json!("^[0-9]$")),
            )],
        ),
    ]
}
