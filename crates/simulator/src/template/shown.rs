//! `components` as reading a template gives them.

use serde_json::{Value, json};

use crate::template::{Button, Category, Header, Template, login};

/// The components of a template: as it was created, with the platform's texts of login codes.
pub(crate) fn components(template: &Template) -> Vec<Value> {
    if let Value::Array(given) = &template.components {
        let login = template.category == Category::Authentication;
        return given
            .iter()
            .map(|component| {
                let mut component = component.clone();
                capitalise(&mut component);
                if login {
                    login::complete(&mut component, &template.language);
                }
                component
            })
            .collect();
    }
    let mut shown = Vec::new();
    match &template.header {
        Header::None => {}
        Header::Text(text) => {
            shown.push(json!({"type": "HEADER", "format": "TEXT", "text": text}));
        }
        other => {
            let format = json!(other);
            let format = format.as_str().unwrap_or_default().to_ascii_uppercase();
            shown.push(json!({"type": "HEADER", "format": format}));
        }
    }
    shown.push(json!({"type": "BODY", "text": template.body}));
    if let Some(footer) = &template.footer {
        shown.push(json!({"type": "FOOTER", "text": footer}));
    }
    if !template.buttons.is_empty() {
        let buttons: Vec<_> = template.buttons.iter().map(button).collect();
        shown.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    shown
}

/// Types and formats are read back in capitals.
fn capitalise(component: &mut Value) {
    for name in ["type", "format", "otp_type"] {
        if let Some(Value::String(word)) = component.get_mut(name) {
            word.make_ascii_uppercase();
        }
    }
    for name in ["buttons", "cards", "components"] {
        if let Some(Value::Array(items)) = component.get_mut(name) {
            items.iter_mut().for_each(capitalise);
        }
    }
}

fn button(button: &Button) -> Value {
    let labelled = |kind: &str, text: &str| json!({"type": kind, "text": text});
    match button {
        Button::QuickReply { text } => labelled("QUICK_REPLY", text),
        Button::Url { text, url } => json!({"type": "URL", "text": text, "url": url}),
        Button::CopyCode => json!({"type": "COPY_CODE", "text": "Copy offer code"}),
        Button::PhoneNumber { text } => labelled("PHONE_NUMBER", text),
        Button::Otp { text, .. } => labelled("URL", text),
        Button::Flow { text, flow_id } => json!({"type": "FLOW", "text": text, "flow_id": flow_id}),
        Button::Catalog { text } => labelled("CATALOG", text),
        Button::Mpm { text } => labelled("MPM", text),
        Button::Spm { text } => labelled("SPM", text),
        Button::OrderDetails { text } => labelled("ORDER_DETAILS", text),
        Button::VoiceCall { text } => labelled("VOICE_CALL", text),
        Button::RequestContactInfo => json!({"type": "REQUEST_CONTACT_INFO"}),
    }
}
