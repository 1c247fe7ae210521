//! Words by which a user stops messages, or wants them again.

use std::collections::HashMap;

use crate::config::Suppression;
use wharf_model::IncomingMessage;
use wharf_model::incoming::{IncomingContent, InteractiveReply};

/// The words of the configuration, ready to be looked up.
#[derive(Debug, Default)]
pub(crate) struct Keywords(HashMap<String, Keyword>);

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyword {
    pub(crate) meaning: Meaning,
    /// As the configuration has it.
    pub(crate) word: String,
    pub(crate) language: String,
}

/// What a user wants who writes a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Stop,
    Start,
}

/// Characters of a message that may be a keyword.
const LONGEST: usize = 64;

impl Keywords {
    pub(crate) fn new(settings: &Suppression) -> Self {
        let mut words = HashMap::new();
        if !settings.keywords {
            return Self(words);
        }
        // A word that stands in both lists stops.
        let lists = [
            (Meaning::Start, &settings.start),
            (Meaning::Stop, &settings.stop),
        ];
        for (meaning, languages) in lists {
            for (language, list) in languages {
                for word in list {
                    let keyword = Keyword {
                        meaning,
                        word: word.clone(),
                        language: language.clone(),
                    };
                    words.insert(folded(word), keyword);
                }
            }
        }
        words.remove("");
        Self(words)
    }

    /// The keyword that a text is, as a whole.
    pub(crate) fn find(&self, text: &str) -> Option<&Keyword> {
        let text = text.trim();
        if self.0.is_empty() || text.chars().nth(LONGEST).is_some() {
            return None;
        }
        self.0.get(&folded(text))
    }

    /// The keyword that a user's message is: its text, or what the button said that was tapped.
    pub(crate) fn of(&self, message: &IncomingMessage) -> Option<&Keyword> {
        let text = match &message.content {
            IncomingContent::Text(text) => &text.body,
            IncomingContent::Button(button) => button.text.as_ref()?,
            IncomingContent::Interactive(InteractiveReply::Button(reply)) => {
                reply.title.as_ref()?
            }
            _ => return None,
        };
        self.find(text)
    }
}

/// Without space around it and without case. The dot that lower case leaves of İ goes too.
fn folded(text: &str) -> String {
    let lower = text.trim().to_uppercase().to_lowercase();
    lower.chars().filter(|c| *c != '\u{307}').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_word_counts_alone_in_any_case() {
        let mut settings = Config::default().suppression;
        let keywords = Keywords::new(&settings);
        for text in [
            "STOP",
            " stop\n",
            "Abmelden",
            "arrêt",
            "停止",
            "Iptal",
            "Stop promotions",
        ] {
            let found = keywords.find(text);
            assert_eq!(
                found.map(|word| word.meaning),
                Some(Meaning::Stop),
                "{text}"
            );
        }
        assert_eq!(keywords.find("start").unwrap().meaning, Meaning::Start);
        assert_eq!(keywords.find("baja").unwrap().language, "es");
        for text in ["", "stop it", "please stop", "s t o p", &"stop".repeat(40)] {
            assert_eq!(keywords.find(text), None, "{text}");
        }
        settings.keywords = false;
        assert_eq!(Keywords::new(&settings).find("STOP"), None);
    }
}
