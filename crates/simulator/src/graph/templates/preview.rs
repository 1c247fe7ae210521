//! `GET /{waba}/message_template_previews`: the platform's texts of login codes.

use serde_json::{Value, json};

use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::graph::templates::draft;
use crate::template::Category;
use crate::template::login::Words;

/// Languages that are shown when none is asked for.
const USUAL: [&str; 6] = ["en_US", "es_ES", "fr", "de", "pt_BR", "it"];

pub(super) fn preview(call: &Call) -> Answer {
    let category = draft::category(&call.params.required_text("category")?)?;
    if category != Category::Authentication {
        return Err(must_be("category", "AUTHENTICATION"));
    }
    let languages = call.params.list("languages")?;
    let languages = languages.unwrap_or_else(|| USUAL.map(str::to_owned).to_vec());
    let advice = call.params.boolean("add_security_recommendation")? == Some(true);
    let minutes = call.params.integer("code_expiration_minutes")?;
    if minutes.is_some_and(|minutes| !(1..=90).contains(&minutes)) {
        return Err(must_be("code_expiration_minutes", "between 1 and 90"));
    }
    let buttons = call.params.list("button_types")?.unwrap_or_default();
    if buttons.iter().any(|kind| kind != "OTP") {
        return Err(must_be("button_types", "a list of OTP"));
    }
    let mut data: Vec<Value> = Vec::new();
    for language in languages {
        let language = draft::language_code(&language)?;
        let words = Words::of(&language);
        let mut shown = json!({"language": language, "body": words.body(advice)});
        if let Some(minutes) = minutes {
            shown["footer"] = json!(words.footer(minutes));
        }
        if !buttons.is_empty() {
            shown["buttons"] = json!([{"text": words.copy(), "autofill_text": words.autofill()}]);
        }
        data.push(shown);
    }
    Ok(json!({ "data": data }))
}
