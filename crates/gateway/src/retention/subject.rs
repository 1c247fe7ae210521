//! Whom it is about: what a person is found by, and what of a notification is theirs.

use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use wharf_model::PhoneNumber;

use crate::store::contacts::Contact;
use crate::store::erasures::find;
use crate::store::{StoreError, Tx};

/// What a person is found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) contact_id: String,
    /// Numbers and BSUIDs, past ones too.
    pub(crate) names: Vec<String>,
}

impl Subject {
    /// What a contact is, and was, found by.
    pub(crate) fn of(tx: &Tx<'_>, contact: &Contact) -> Result<Self, StoreError> {
        let known = find::names(tx, &contact.id)?;
        let mut names: Vec<String> = known.into_iter().map(|(_, value)| value).collect();
        names.extend(contact.identity.names().map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        Ok(Self {
            contact_id: contact.id.clone(),
            names,
        })
    }

    /// With what they were found by as another one, our id of them among it.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        if other.contact_id != self.contact_id {
            self.names.push(other.contact_id);
        }
        self.names.sort_unstable();
        self.names.dedup();
        self
    }

    /// Whether a text is one of their names, and nothing else.
    fn is(&self, text: &str) -> bool {
        let bare = text.strip_prefix('+').unwrap_or(text);
        text == self.contact_id || self.names.iter().any(|name| name == bare)
    }

    /// Whether one of their names stands somewhere, as a word of its own.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        self.words().any(|word| {
            text.match_indices(word).any(|(at, _)| {
                let before = text.get(..at).and_then(|text| text.chars().next_back());
                let after = text.get(at + word.len()..);
                let after = after.and_then(|text| text.chars().next());
                ![before, after]
                    .into_iter()
                    .flatten()
                    .any(char::is_alphanumeric)
            })
        })
    }

    /// What they are found by, our id of them among it.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        names.chain([self.contact_id.as_str()])
    }

    /// Whether JSON says one of their names as a value: who wrote, who got it, who it is about.
    pub(crate) fn is_named_by(&self, json: &str) -> bool {
        fn names(subject: &Subject, value: &Value) -> bool {
            match value {
                Value::String(text) => subject.is(text),
                Value::Array(values) => values.iter().any(|value| names(subject, value)),
                Value::Object(values) => values.values().any(|value| names(subject, value)),
                Value::Null | Value::Bool(_) | Value::Number(_) => false,
            }
        }
        match serde_json::from_str(json) {
            Ok(value) => names(self, &value),
            Err(_) => self.is_named_in(json),
        }
    }

    /// As [`Self::is_named_by`], for what may quote a command from the bus as it came: a dead letter
    /// beside other things, the audit as a text of its own.
    pub(crate) fn is_named_by_record(&self, json: &str) -> bool {
        let record: Value = serde_json::from_str(json).unwrap_or_default();
        let quoted = [Some(&record), record.get("raw"), record.get("raw_base64")];
        let mut quoted = quoted.into_iter().flatten().filter_map(Value::as_str);
        self.is_named_by(json)
            || quoted.any(|command| {
                let bytes = BASE64_STANDARD.decode(command).unwrap_or_default();
                self.is_named_by_command(command)
                    || self.is_named_by_command(&String::from_utf8_lossy(&bytes))
            })
    }

    /// Whether a command says one of their names as a value, or is for them: whoever wrote it may have
    /// written the number in another way, or as an address.
    fn is_named_by_command(&self, command: &str) -> bool {
        let json: Value = serde_json::from_str(command).unwrap_or_default();
        let is_for_them = json["to"].as_str().is_some_and(|to| {
            let number = to.parse::<PhoneNumber>();
            self.is_named_in(to) || number.is_ok_and(|number| self.is(number.as_str()))
        });
        is_for_them || self.is_named_by(command)
    }

    /// A notification without what is theirs, as long as it was; none if nothing is.
    ///
    /// What is somebody else's stays as it is, byte for byte, also where it names the person.
    pub(crate) fn cleaned(&self, body: &[u8]) -> Option<Vec<u8>> {
        let Ok(text) = std::str::from_utf8(body) else {
            let named = self
                .words()
                .any(|word| body.windows(word.len()).any(|part| part == word.as_bytes()));
            return named.then(|| vec![b' '; body.len()]);
        };
        if !self.words().any(|word| text.contains(word)) {
            return None;
        }
        let Ok(root) = serde_json::from_str::<&RawValue>(text) else {
            return Some(vec![b' '; body.len()]);
        };
        let mut theirs = Vec::new();
        self.find(text, root, &mut theirs);
        if theirs.is_empty() {
            return None;
        }
        let mut cleaned = body.to_vec();
        for range in theirs {
            if let Some([open, inner @ .., close]) = cleaned.get_mut(range) {
                (*open, *close) = (b'{', b' ');
                inner.fill(b' ');
                if let Some(first) = inner.first_mut() {
                    *first = b'}';
                } else {
                    *close = b'}';
                }
            }
        }
        Some(cleaned)
    }

    /// Where the objects stand that are theirs.
    fn find(&self, text: &str, raw: &RawValue, theirs: &mut Vec<Range<usize>>) {
        let json = raw.get();
        if json.starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            for element in elements {
                self.find(text, element, theirs);
            }
        } else if json.starts_with('{') {
            let fields: BTreeMap<String, &RawValue> =
                serde_json::from_str(json).unwrap_or_default();
            let has_author = fields.contains_key("from") || fields.contains_key("from_user_id");
            if self.owns(&fields, has_author) {
                let begin = json.as_ptr().addr() - text.as_ptr().addr();
                theirs.push(begin..begin + json.len());
            } else if !has_author {
                for field in fields.values() {
                    self.find(text, field, theirs);
                }
            }
        }
    }

    /// Whether an object is about them: it says so itself, or in an object of its own. What somebody
    /// wrote is about them only if they wrote it or it went to them.
    fn owns(&self, fields: &BTreeMap<String, &RawValue>, has_author: bool) -> bool {
        let says = |raw: &RawValue| {
            serde_json::from_str::<String>(raw.get()).is_ok_and(|text| self.is(&text))
        };
        fields.values().any(|field| {
            let json = field.get();
            if json.starts_with('"') {
                return says(field);
            }
            if has_author || !json.starts_with('{') {
                return false;
            }
            let inner: BTreeMap<String, &RawValue> = serde_json::from_str(json).unwrap_or_default();
            inner.values().any(|field| says(field))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> Subject {
        Subject {
            contact_id: "cnt_1".to_owned(),
            names: vec![
                "16505551234".to_owned(),
                "US.13491208655302741918".to_owned(),
            ],
        }
    }

    #[track_caller]
    fn check(before: &Value, after: Option<&Value>) {
        let text = before.to_string();
        let cleaned = anna().cleaned(text.as_bytes());
        assert_eq!(cleaned.is_some(), after.is_some(), "{cleaned:?}");
        if let (Some(cleaned), Some(after)) = (cleaned, after) {
            assert_eq!(cleaned.len(), text.len());
            assert_eq!(&serde_json::from_slice::<Value>(&cleaned).unwrap(), after);
        }
    }

    #[test]
    fn what_is_theirs_goes_and_what_is_of_others_stays() {
        use serde_json::json;
        let notification = |value: &Value| json!({"entry": [{"changes": [{"value": value}]}]});
        let contact = |id: &str| json!({"profile": {"name": "Anna"}, "wa_id": id});
        let message = |from: &str, text: &str| json!({"from": from, "text": {"body": text}});
        let ben = message("16505550000", "ask 16505551234");
        check(
            &notification(
                &json!({"contacts": [contact("16505551234"), contact("16505550000")],
                "messages": [message("16505551234", "hello"), ben.clone()],
                "statuses": [{"recipient_id": "16505551234"}, {"recipient_id": "165055512345"}]}),
            ),
            Some(&notification(
                &json!({"contacts": [{}, contact("16505550000")], "messages": [{}, ben.clone()],
                "statuses": [{}, {"recipient_id": "165055512345"}]}),
            )),
        );
        let quoted = json!({"from": "16505550000", "context": {"from": "16505551234"}});
        for others in [ben, message("16505550000", "16505551234"), quoted] {
            check(&notification(&json!({"messages": [others]})), None);
        }
        let thread =
            json!({"context": {"user_id": "US.13491208655302741918"}, "messages": [{"id": "x"}]});
        check(
            &json!({"history": [{"threads": [thread, {"id": "1"}]}]}),
            Some(&json!({"history": [{"threads": [{}, {"id": "1"}]}]})),
        );
    }

    #[test]
    fn what_cannot_be_read_goes_whole() {
        let subject = anna();
        assert_eq!(subject.cleaned(b"from 16505551234 {"), Some(vec![b' '; 18]));
        assert_eq!(subject.cleaned(b"from 16505550000 {"), None);
        assert!(subject.cleaned(b"\xff 16505551234").is_some());
    }

    #[test]
    fn names_are_words() {
        let subject = anna();
        assert!(subject.is_named_in("to +16505551234, twice"));
        assert!(!subject.is_named_in("id 165055512345"));
        assert!(subject.is_named_by(r#"{"a": [{"to": "+16505551234"}]}"#));
        assert!(!subject.is_named_by(r#"{"a": "call 16505551234"}"#));
    }

    #[test]
    fn a_command_that_is_quoted_is_about_whom_it_is_for() {
        use serde_json::json;
        let of = |to: &str| json!({"type": "text", "to": to, "text": "ask 16505551234"});
        let forms = [
            "16505551234",
            "+1 650 555-1234",
            "16505551234@s.whatsapp.net",
            "16505551234:7@s.whatsapp.net",
            "US.13491208655302741918",
        ];
        let (mut theirs, others) = (
            forms.map(|to| of(to).to_string()).to_vec(),
            of("16505550000"),
        );
        theirs.push("{to: 16505551234".to_owned());
        let records = |command: &str| {
            let encoded = BASE64_STANDARD.encode(command);
            [
                json!({"error": "no", "request_id": "a", "raw": command}),
                json!({"error": "no", "raw_base64": encoded}),
                json!(command),
                json!(encoded),
            ]
        };
        for command in &theirs {
            for record in records(command) {
                assert!(anna().is_named_by_record(&record.to_string()), "{record}");
            }
        }
        for record in records(&others.to_string()) {
            assert!(!anna().is_named_by_record(&record.to_string()), "{record}");
        }
        assert!(anna().is_named_by_record(r#"{"to": "+16505551234"}"#));
    }
}
