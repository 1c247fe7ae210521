//! The schemas of Meta's OpenAPI file, with what the newer pages of the documentation change.

#[path = "../../../../wharf-model/tests/it/openapi/differences.rs"]
#[expect(dead_code, reason = "the texts are read where messages are built")]
mod differences;

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

/// The differences of management calls; those of messages stand beside the model's tests.
pub(super) fn overruled() -> Vec<Overruled> {
    let schema = |name, reason, changes: Vec<(&'static str, Value)>| Overruled {
        name,
        reason,
        changes,
    };
    vec![]
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
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                document.pointer_mut(parent).expect(pointer)[key] = value;
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
        schema["components"] = json!({"schemas": self.0["components"]["schemas"]});
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        Operation { schema, validator }
    }
}

/// What a request of one operation must be like.
pub(super) struct Operation {
    pub(super) schema: Value,
    pub(super) validator: jsonschema::Validator,
}
