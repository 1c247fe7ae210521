//! The message body, in Meta's shape, from the arguments.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use clap::ArgGroup;
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// Exactly one of these is given.
const CONTENTS: [&str; 7] = [
    "text",
    "image",
    "document",
    "video",
    "audio",
    "template",
    "body_file",
];

/// What is sent to whom. The gateway checks the limits and says which field breaks one.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Message")]
#[command(group = ArgGroup::new("content").required(true).args(CONTENTS))]
pub(crate) struct Content {
    /// A phone number with +, or a BSUID
    #[arg(long, required_unless_present = "body_file", value_name = "RECIPIENT")]
    to: Option<String>,
    /// A text
    #[arg(long)]
    text: Option<String>,
    /// An image: its URL or media id
    #[arg(long, value_name = "URL|ID")]
    image: Option<String>,
    /// A document: its URL or media id
    #[arg(long, value_name = "URL|ID")]
    document: Option<String>,
    /// A video: its URL or media id
    #[arg(long, value_name = "URL|ID")]
    video: Option<String>,
    /// An audio file: its URL or media id
    #[arg(long, value_name = "URL|ID")]
    audio: Option<String>,
    /// A template, by name
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// The whole body as JSON, from a file or, with -, from standard input
    #[arg(long = "body", value_name = "FILE|-", conflicts_with = "to")]
    body_file: Option<PathBuf>,
    /// Text under an image, document or video
    #[arg(long)]
    caption: Option<String>,
    /// The name under which the user gets a document
    #[arg(long, requires = "document")]
    filename: Option<String>,
    /// The template's language
    #[arg(long, default_value = "en_US", value_name = "CODE")]
    language: String,
    /// A text for the template's body, in order; repeat it for each
    #[arg(long = "param", requires = "template", value_name = "TEXT")]
    params: Vec<String>,
    /// The wamid of the message that this one answers
    #[arg(long, value_name = "WAMID")]
    reply_to: Option<String>,
}

impl Content {
    /// The body without the channel.
    pub(crate) fn into_body(mut self) -> anyhow::Result<Map<String, Value>> {
        if let Some(file) = self.body_file.take() {
            return read(&file);
        }
        let mut body = Map::new();
        if let Some(to) = self.to.take() {
            let (key, to) = recipient(to);
            body.insert(key.to_owned(), Value::String(to));
        }
        if let Some(wamid) = self.reply_to.take() {
            body.insert("context".to_owned(), json!({ "message_id": wamid }));
        }
        let (kind, content) = self.content()?;
        body.insert("type".to_owned(), kind.into());
        body.insert(kind.to_owned(), content);
        Ok(body)
    }

    fn content(self) -> anyhow::Result<(&'static str, Value)> {
        let media = [
            ("image", self.image),
            ("document", self.document),
            ("video", self.video),
            ("audio", self.audio),
        ];
        if let Some(text) = self.text {
            return Ok(("text", json!({ "body": text })));
        }
        if let Some(name) = self.template {
            return Ok(("template", template(&name, &self.language, &self.params)));
        }
        let chosen = media
            .into_iter()
            .find_map(|(kind, place)| Some((kind, place?)));
        // Clap's group lets nobody come here without content.
        let (kind, place) = chosen.ok_or_else(|| Failure::Usage("nothing to send".to_owned()))?;
        let is_url = place.starts_with("http://") || place.starts_with("https://");
        let mut content = json!({ (if is_url { "link" } else { "id" }): place });
        if let Some(caption) = self.caption {
            content["caption"] = caption.into();
        }
        if let Some(filename) = self.filename {
            content["filename"] = filename.into();
        }
        Ok((kind, content))
    }
}

fn template(name: &str, language: &str, params: &[String]) -> Value {
    let mut template = json!({"name": name, "language": {"code": language}});
    if !params.is_empty() {
        let texts = params
            .iter()
            .map(|text| json!({"type": "text", "text": text}));
        let texts: Vec<_> = texts.collect();
        template["components"] = json!([{"type": "body", "parameters": texts}]);
    }
    template
}

/// A BSUID is a country code, a dot, and letters or digits; everything else is a phone number.
pub(in crate::commands) fn recipient(text: String) -> (&'static str, String) {
    let is_bsuid = text.split_once('.').is_some_and(|(country, _)| {
        country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    (if is_bsuid { "recipient" } else { "to" }, text)
}

/// The JSON object in a file, or with `-` on standard input.
pub(in crate::commands) fn read(file: &PathBuf) -> anyhow::Result<Map<String, Value>> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
    } else {
        text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    let body = serde_json::from_str(&text).context("the body is not a JSON object")?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        content: Content,
    }

    fn check(arguments: &[&str], body: &Value) {
        let line = Line::try_parse_from(["send"].iter().chain(arguments)).unwrap();
        assert_eq!(&Value::Object(line.content.into_body().unwrap()), body);
    }

    #[test]
    fn arguments_become_metas_body() {
        check(
            &[
                "--to",
                "+15551234567",
                "--text",
                "Hi",
                "--reply-to",
                "wamid.1",
            ],
            &json!({"to": "+15551234567", "type": "text", "text": {"body": "Hi"},
                "context": {"message_id": "wamid.1"}}),
        );
        check(
            &[
                "--to",
                "US.123",
                "--document",
                "https://example.com/a.pdf",
                "--filename",
                "a.pdf",
            ],
            &json!({"recipient": "US.123", "type": "document",
                "document": {"link": "https://example.com/a.pdf", "filename": "a.pdf"}}),
        );
        check(
            &[
                "--to",
                "+1",
                "--template",
                "order",
                "--param",
                "a",
                "--param",
                "b",
            ],
            &json!({"to": "+1", "type": "template", "template": {
                "name": "order", "language": {"code": "en_US"},
                "components": [{"type": "body", "parameters": [
                    {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]}}),
        );
    }

    #[test]
    fn exactly_one_content_and_a_recipient_are_wanted() {
        assert!(Line::try_parse_from(["send", "--to", "+1"]).is_err());
        assert!(Line::try_parse_from(["send", "--text", "Hi"]).is_err());
        assert!(
            Line::try_parse_from(["send", "--to", "+1", "--text", "a", "--image", "1"]).is_err()
        );
    }
}
