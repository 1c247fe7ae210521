//! Ice-breakers and commands. See [Cloud API/Conversational components].

use serde_json::{Value, json};

use super::success;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::settings::Number;

const COMMANDS: usize = 30;
const COMMAND_NAME: usize = 32;
const COMMAND_DESCRIPTION: usize = 256;
const PROMPTS: usize = 4;
const PROMPT: usize = 80;

/// `POST /{phone_number_id}/conversational_automation`; what is left out is cleared.
pub(super) fn set(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    let mut automation = json!({
        "enable_welcome_message": params.boolean("enable_welcome_message")?.unwrap_or(false),
    });
    if let Some(prompts) = params.list("prompts")? {
        if prompts.len() > PROMPTS {
            return Err(must_be("prompts", "a list of at most 4 prompts"));
        }
        for prompt in &prompts {
            plain(prompt, "prompts", PROMPT)?;
        }
        automation["prompts"] = json!(prompts);
    }
    if let Some(commands) = params.json("commands")? {
        let Some(items) = commands.as_array() else {
            return Err(must_be("commands", "an array"));
        };
        if items.len() > COMMANDS {
            return Err(must_be("commands", "a list of at most 30 commands"));
        }
        for item in items {
            if !item.is_object() {
                return Err(must_be("commands", "an array of objects"));
            }
            for (name, most) in [
                ("command_name", COMMAND_NAME),
                ("command_description", COMMAND_DESCRIPTION),
            ] {
                plain(item[name].as_str().unwrap_or_default(), name, most)?;
            }
        }
        automation["commands"] = Value::Array(items.clone());
    }
    lock(&call.core.numbers_state).of(&number.id).automation = automation;
    Ok(success())
}

/// Not empty, not too long, and without emoji.
fn plain(text: &str, name: &str, most: usize) -> Result<(), GraphError> {
    let is_emoji = |letter: char| {
        let code = u32::from(letter);
        matches!(code, 0x2600..=0x27bf | 0x1_f000..=0x1_faff | 0xfe0f)
    };
    if text.trim().is_empty() || text.chars().count() > most {
        let what = format!("between 1 and {most} characters long");
        return Err(must_be(name, &what));
    }
    if text.chars().any(is_emoji) {
        return Err(must_be(name, "without emoji"));
    }
    Ok(())
}
