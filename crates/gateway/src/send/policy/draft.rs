//! What a stored content is, as far as the policy asks: free-form, or made from which template.

use serde::Deserialize;
use serde_json::{Map, Value};
use wharf_model::outgoing::{InvalidMessage, OutgoingMessage};

use super::super::options::Options;
use crate::store::messages::Waiting;

/// A content as far as the policy asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Draft {
    /// Anything but a template: only an open window takes it.
    FreeForm,
    Template {
        name: String,
        language: String,
        /// It goes to Meta as marketing, whatever its template's category is.
        marketing: bool,
    },
    /// A template whose name cannot be read: Meta refuses it.
    Unreadable,
}

/// What is read of a stored template message; see [Cloud API/Send messages].
#[derive(Deserialize)]
struct Stored {
    template: Named,
    #[serde(default)]
    product_policy: Option<Value>,
    #[serde(default)]
    message_activity_sharing: Option<Value>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    language: Language,
}

#[derive(Deserialize)]
struct Language {
    code: String,
}

impl Draft {
    /// Of a message as stored.
    pub(super) fn read(kind: &str, content: &str) -> Self {
        if kind != "template" {
            return Self::FreeForm;
        }
        match serde_json::from_str::<Stored>(content) {
            Ok(stored) => {
                // Keys of `/marketing_messages`, which takes nothing else.
                let lite = [stored.product_policy, stored.message_activity_sharing];
                Self::named(stored.template, lite.iter().any(Option::is_some))
            }
            Err(_) => Self::Unreadable,
        }
    }

    /// Of a template in Meta's shape.
    pub(super) fn of_template(template: &Value) -> Self {
        match Named::deserialize(inner(template)) {
            Ok(named) => Self::named(named, false),
            Err(_) => Self::Unreadable,
        }
    }

    fn named(named: Named, marketing: bool) -> Self {
        Self::Template {
            name: named.name,
            language: named.language.code,
            marketing,
        }
    }

    pub(super) fn is_free_form(&self) -> bool {
        *self == Self::FreeForm
    }
}

/// The template object, which may stand in a content or a message.
fn inner(template: &Value) -> &Value {
    template.get("template").unwrap_or(template)
}

/// The message with its fallback in the place of its content: to the same recipient, with the same
/// callback data.
pub(super) fn in_place(message: &Waiting, options: &Options) -> Option<String> {
    let template = options.fallback_template.as_ref()?;
    let stored: Map<String, Value> = serde_json::from_str(&message.content).ok()?;
    serde_json::to_string(&replaced(stored, template)).ok()
}

/// The same of a message that is being accepted, checked against Meta's limits.
pub(super) fn fallback_of(
    message: &OutgoingMessage,
    template: &Value,
) -> Result<OutgoingMessage, InvalidMessage> {
    let content = serde_json::to_value(message).unwrap_or_default();
    let content = match content {
        Value::Object(content) => content,
        _ => Map::new(),
    };
    OutgoingMessage::from_json(&Value::Object(replaced(content, template)))
}

fn replaced(stored: Map<String, Value>, template: &Value) -> Map<String, Value> {
    const KEPT: [&str; 6] = [
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "biz_opaque_callback_data",
        "recipient_identity_key_hash",
    ];
    let mut content: Map<String, Value> = stored
        .into_iter()
        .filter(|(key, _)| KEPT.contains(&key.as_str()))
        .collect();
    content.insert("type".to_owned(), "template".into());
    content.insert("template".to_owned(), inner(template).clone());
    content
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_known_by_name_and_language() {
        let template = json!({"name": "hello", "language": {"code": "en"}});
        let named = |marketing| Draft::Template {
            name: "hello".to_owned(),
            language: "en".to_owned(),
            marketing,
        };
        let stored = json!({"to": "+1", "type": "template", "template": template});
        assert_eq!(Draft::read("template", &stored.to_string()), named(false));
        assert_eq!(Draft::of_template(&template), named(false));
        assert_eq!(Draft::of_template(&stored), named(false));
        let lite = json!({"template": template, "product_policy": "STRICT"});
        assert_eq!(Draft::read("template", &lite.to_string()), named(true));
        assert_eq!(Draft::read("text", "{"), Draft::FreeForm);
        assert_eq!(Draft::read("template", "{}"), Draft::Unreadable);
    }

    #[test]
    fn a_fallback_goes_to_the_same_recipient() {
        let message = OutgoingMessage::from_json(&json!({
            "recipient": "US.13491208655302741918", "type": "text", "text": {"body": "Hello"},
            "biz_opaque_callback_data": "mine"
        }))
        .unwrap();
        let template = json!({"name": "hello", "language": {"code": "en"}});
        let fallback = fallback_of(&message, &template).unwrap();
        assert_eq!(fallback.recipient(), message.recipient());
        assert_eq!(fallback.biz_opaque_callback_data(), Some("mine"));
        assert_eq!(fallback.content().kind(), "template");
        let wrong = fallback_of(&message, &json!({"name": "hello"})).unwrap_err();
        assert!(wrong.field().starts_with("/template"), "{wrong}");
    }
}
