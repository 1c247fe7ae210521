//! The schemas of Meta's OpenAPI file, with what the newer pages of the documentation change.

#[path = "../../../../wharf-model/tests/it/openapi/differences.rs"]
#[expect(dead_code, reason = "the texts are read where messages are built")]
mod differences;

use std::collections::BTreeMap;

use serde_json::{Value, json};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A place of the file outside the messages that the dated pages overrule.
pub(super) struct Overruled {
    /// The schema of the file, as `docs/simulator.md` names it.
    pub(super) name: &'static str,
    /// What the pages say.
    pub(super) reason: &'static str,
    changes: Vec<(&'static str, Value)>,
}

/// What is overruled beside the differences that stand next to the model's tests.
pub(super) fn overruled() -> Vec<Overruled> {
    let mut all = messages();
    all.extend(numbers());
    all.extend(accounts());
    all
}

fn overrule<const N: usize>(
    name: &'static str,
    reason: &'static str,
    changes: [(&'static str, Value); N],
) -> Overruled {
    Overruled {
        name,
        reason,
        changes: Vec::from(changes),
    }
}

fn messages() -> Vec<Overruled> {
    let kinds = "quick_reply url catalog copy_code flow mpm order_details voice_call";
    let either: Vec<_> = kinds
        .split(' ')
        .flat_map(|kind| [kind.to_owned(), kind.to_uppercase()])
        .collect();
    let number = json!({"type": ["string", "number"]});
    vec![
        overrule(
            "BaseMessageProperties, `recipient_type` required",
            "it may be left out and is `individual` then",
            [
                (
                    "BaseMessageProperties/required",
                    json!(["messaging_product", "type"]),
                ),
                (
                    "MarketingMessageRequestPayload/required",
                    json!(["messaging_product", "type", "template"]),
                ),
            ],
        ),
        overrule(
            "TemplateComponent, `sub_type` and `index`",
            "the samples write `CATALOG` and `COPY_CODE`, and places as numbers",
            [
                ("TemplateComponent/properties/sub_type/enum", json!(either)),
                (
                    "TemplateComponent/properties/index",
                    json!({"type": ["string", "integer"], "pattern": "^[0-9]$",
                        "minimum": 0, "maximum": 9}),
                ),
            ],
        ),
        overrule(
            "LocationMessage, coordinates",
            "texts or numbers",
            [
                (
                    "LocationMessage/allOf/1/properties/location/properties/latitude",
                    number.clone(),
                ),
                (
                    "LocationMessage/allOf/1/properties/location/properties/longitude",
                    number,
                ),
            ],
        ),
        overrule(
            "ActionObject, thumbnail",
            "the parameters of a catalogue message may be there without the thumbnail",
            [(
                "ActionObject/oneOf/3/properties/parameters/required",
                json!([]),
            )],
        ),
    ]
}

fn numbers() -> Vec<Overruled> {
    let phone = json!({"type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$", "maxLength": 20});
    let text = json!({"type": "string"});
    let switch = json!({"type": "object", "required": ["enable_identity_key_check"],
        "properties": {"enable_identity_key_check": {"type": "boolean"}}});
    let storage = json!({"type": "object", "required": ["status"],
        "properties": {"status": text, "data_localization_region": text}});
    vec![
        overrule(
            "CallRequestPayload",
            "a call is begun with `to` or `recipient`, and later acts name it by `call_id`",
            [
                (
                    "/paths/~1{Version}~1{Phone-Number-ID}~1calls/post/requestBody/content/\
                     application~1json/schema",
                    json!({"$ref": "#/components/schemas/CallRequestPayload"}),
                ),
                (
                    "CallRequestPayload/required",
                    json!(["messaging_product", "action"]),
                ),
                (
                    "CallRequestPayload/anyOf",
                    json!([{"required": ["to"]}, {"required": ["recipient"]},
                        {"required": ["call_id"]}]),
                ),
                ("CallRequestPayload/properties/call_id", text),
            ],
        ),
        overrule(
            "CallingSettings",
            "the words are `ENABLED`, `DISABLED`, `DEFAULT`, `DISABLE_ALL`; what is left out stays",
            [
                ("CallingSettings/required", json!([])),
                (
                    "CallingSettings/properties/status/enum",
                    json!(["ENABLED", "DISABLED"]),
                ),
                (
                    "CallingSettings/properties/call_icon_visibility/enum",
                    json!(["DEFAULT", "DISABLE_ALL"]),
                ),
            ],
        ),
        overrule(
            "UserIdentityChangeSettings",
            "the switch is called `enable_identity_key_check`",
            [("UserIdentityChangeSettings", switch)],
        ),
        overrule(
            "StorageConfigurationSettings",
            "it has a `status` and a `data_localization_region`",
            [("StorageConfigurationSettings", storage)],
        ),
        overrule(
            "CreateQrCodeRequest",
            "a body with `code` changes a code, so that it is not valid as both",
            [("CreateQrCodeRequest/properties/code", json!(false))],
        ),
        overrule(
            "WhatsAppBusinessProfileUpdateRequest, `description`",
            "up to 512 characters",
            [(
                "WhatsAppBusinessProfileUpdateRequest/properties/description/maxLength",
                json!(512),
            )],
        ),
        overrule(
            "ConversationalAutomationRequest",
            "up to 4 prompts, and names of commands of up to 32 characters without emoji",
            [
                (
                    "ConversationalAutomationRequest/properties/prompts/maxItems",
                    json!(4),
                ),
                (
                    "BotCommand/properties/command_name",
                    json!({"type": "string", "maxLength": 32}),
                ),
            ],
        ),
        overrule(
            "GrievanceOfficerUpdateDetails and CustomerCareUpdateDetails, phone numbers",
            "the patterns of the file are escaped twice, so that no number fits",
            [
                (
                    "GrievanceOfficerUpdateDetails/properties/mobile_number",
                    phone.clone(),
                ),
                (
                    "GrievanceOfficerUpdateDetails/properties/landline_number",
                    phone.clone(),
                ),
                (
                    "CustomerCareUpdateDetails/properties/mobile_number",
                    phone.clone(),
                ),
                (
                    "CustomerCareUpdateDetails/properties/landline_number",
                    phone,
                ),
            ],
        ),
    ]
}

fn accounts() -> Vec<Overruled> {
    let list = || json!({"type": "array", "items": {"type": "string"}});
    vec![
        overrule(
            "`POST /{group_id}`, `messaging_product`",
            "the page does not have it",
            [(
                "/paths/~1{Version}~1{group_id}/post/requestBody/content/application~1json/schema/\
                 required",
                json!([]),
            )],
        ),
        overrule(
            "Flows, lists",
            "the file has forms; in JSON `categories` and `source_flow_names` are arrays",
            [
                (
                    "/paths/~1{Version}~1{WABA-ID}~1flows/post/requestBody/content/\
                     multipart~1form-data/schema/properties/categories",
                    list(),
                ),
                (
                    "/paths/~1{Version}~1{Flow-ID}/post/requestBody/content/\
                     multipart~1form-data/schema/properties/categories",
                    list(),
                ),
                (
                    "/paths/~1{Version}~1{WABA-ID}~1migrate_flows/post/requestBody/content/\
                     multipart~1form-data/schema/properties/source_flow_names",
                    list(),
                ),
            ],
        ),
    ]
}

/// The file with all differences put in.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn read() -> Self {
        let path = format!("{ROOT}/fixtures/openapi/business-messaging-api_v23.0.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        let mut options = serde_saphyr::Options::default();
        options.budget = None;
        let mut document = serde_saphyr::from_str_with_options(&text, options).unwrap();
        for difference in differences::all() {
            difference.apply(&mut document);
        }
        for place in overruled() {
            for (pointer, value) in place.changes {
                let pointer = if pointer.starts_with('/') {
                    pointer.to_owned()
                } else {
                    format!("/components/schemas/{pointer}")
                };
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                document.pointer_mut(parent).expect(&pointer)[key] = value;
            }
        }
        Self(document)
    }

    /// The schema of an operation's request, such as `POST /{Phone-Number-ID}/messages`.
    pub(super) fn operation(&self, name: &str) -> Operation {
        let (method, path) = name.split_once(' ').unwrap();
        let escaped = format!("/{{Version}}{path}").replace('/', "~1");
        let method = method.to_lowercase();
        let pointer = format!("/paths/{escaped}/{method}/requestBody/content");
        let content = self.0.pointer(&pointer).expect(name).as_object().unwrap();
        let content = content.get("application/json");
        let content = content.or_else(|| self.0.pointer(&pointer)?.as_object()?.values().next());
        let mut schema = content.unwrap()["schema"].clone();
        let mut needed = BTreeMap::new();
        self.reached(&schema, &mut needed);
        schema["components"] = json!({ "schemas": needed });
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        Operation { schema, validator }
    }

    /// The named schemas that a schema uses.
    fn reached(&self, schema: &Value, needed: &mut BTreeMap<String, Value>) {
        match schema {
            Value::Object(fields) => {
                let name = fields.get("$ref").and_then(Value::as_str);
                if let Some(name) = name.and_then(|name| name.rsplit('/').next())
                    && !needed.contains_key(name)
                {
                    let found = self.0["components"]["schemas"][name].clone();
                    needed.insert(name.to_owned(), found.clone());
                    self.reached(&found, needed);
                }
                fields.values().for_each(|part| self.reached(part, needed));
            }
            Value::Array(items) => items.iter().for_each(|part| self.reached(part, needed)),
            _ => {}
        }
    }
}

/// What a request of one operation must be like.
pub(super) struct Operation {
    pub(super) schema: Value,
    pub(super) validator: jsonschema::Validator,
}
