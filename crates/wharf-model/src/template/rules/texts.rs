//! What Meta asks of the texts of a template, their variables and the samples of these.

use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::required_of;
use crate::template::body::{Body, Footer};
use crate::template::example::Examples;
use crate::template::header::{Header, HeaderFormat};
use crate::template::limits;
use crate::template::variables::{Variable, is_number, variables};

/// Which of the two ways of writing variables a text uses, if it has any.
pub(super) type Named = Option<bool>;

/// Checks a header that is not of a card.
pub(super) fn header(header: &Header, at: &str) -> Result<Named, InvalidMessage> {
    let text = || format!("{at}/text");
    let example = || format!("{at}/example");
    match header.shows() {
        HeaderFormat::Text => {
            if header.media.is_some() {
                return Err(InvalidMessage::invalid(
                    example(),
                    "media beside a text header",
                ));
            }
            let found = required_of(header.text.as_deref(), limits::HEADER, &text())?;
            let found = variables(&found);
            if found.len() > limits::HEADER_VARIABLES {
                return Err(InvalidMessage::TooMany {
                    field: text(),
                    limit: limits::HEADER_VARIABLES,
                    count: found.len(),
                });
            }
            examples(&found, header.examples.as_ref(), at)
        }
        format => {
            if header.text.is_some() {
                return Err(InvalidMessage::invalid(
                    text(),
                    "a text beside another kind of header",
                ));
            }
            let media = matches!(
                format,
                HeaderFormat::Image
                    | HeaderFormat::Video
                    | HeaderFormat::Document
                    | HeaderFormat::Gif
            );
            let handles = header.media.as_deref().unwrap_or_default();
            if media && (handles.is_empty() || handles.iter().any(String::is_empty)) {
                let field = format!("{at}/example/header_handle");
                return Err(InvalidMessage::missing(field));
            }
            Ok(None)
        }
    }
}

/// Checks a body of at most `limit` characters.
pub(super) fn body(body: &Body, limit: usize, at: &str) -> Result<Named, InvalidMessage> {
    let field = format!("{at}/text");
    let text = required_of(body.text.as_deref(), limit, &field)?;
    let found = variables(&text);
    let trimmed = text.trim();
    let first = found
        .iter()
        .any(|one| text.get(..one.start).unwrap_or_default().trim().is_empty());
    // A variable may stand several times: the end of the text decides, not its first use.
    let last = found
        .iter()
        .any(|one| trimmed.ends_with(&format!("{{{{{}}}}}", one.name)));
    if first || last {
        return Err(InvalidMessage::invalid(
            field,
            "a variable stands first or last",
        ));
    }
    examples(&found, body.examples.as_ref(), at)
}

/// Checks a footer that has its text from the business.
pub(super) fn footer(footer: &Footer, at: &str) -> Result<(), InvalidMessage> {
    let field = format!("{at}/text");
    let text = required_of(footer.text.as_deref(), limits::FOOTER, &field)?;
    if !variables(&text).is_empty() {
        return Err(InvalidMessage::invalid(
            field,
            "a footer takes no variables",
        ));
    }
    if footer.code_expiration_minutes.is_some() {
        let field = format!("{at}/code_expiration_minutes");
        let reason = "belongs to authentication templates only";
        return Err(InvalidMessage::invalid(field, reason));
    }
    Ok(())
}

/// Checks that variables are written one way, without gaps, each with one sample.
fn examples(
    found: &[Variable<'_>],
    examples: Option<&Examples>,
    at: &str,
) -> Result<Named, InvalidMessage> {
    let text = || format!("{at}/text");
    let example = || format!("{at}/example");
    if found.is_empty() {
        return match examples {
            Some(given) if !given.is_empty() => Err(InvalidMessage::invalid(
                example(),
                "samples for a text without variables",
            )),
            _ => Ok(None),
        };
    }
    let numbers = found.iter().filter(|one| is_number(one.name)).count();
    if numbers != 0 && numbers != found.len() {
        return Err(InvalidMessage::invalid(
            text(),
            "numbered and named variables mixed",
        ));
    }
    let named = numbers == 0;
    if !named {
        let all = (1..=found.len()).map(|number| number.to_string());
        for number in all {
            if found.iter().all(|one| one.name != number) {
                return Err(InvalidMessage::invalid(
                    text(),
                    "variables are not numbered 1, 2 and so on without a gap",
                ));
            }
        }
    }
    let fits = match examples {
        None => return Err(InvalidMessage::missing(example())),
        Some(Examples::Positional(values)) => {
            !named && values.len() == found.len() && values.iter().all(|value| !value.is_empty())
        }
        Some(Examples::Named(values)) => {
            named
                && values.len() == found.len()
                && found.iter().all(|one| {
                    values
                        .iter()
                        .any(|sample| sample.name == one.name && !sample.value.is_empty())
                })
        }
    };
    if !fits {
        return Err(InvalidMessage::invalid(
            example(),
            "not one sample for each variable of the text",
        ));
    }
    Ok(Some(named))
}
