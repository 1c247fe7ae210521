//! Text, location and reaction.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::message::Content;
use crate::ids::Wamid;

const TEXT_BODY: usize = 4096;
const PLACE: usize = 1000;

/// See [Cloud API/Text messages].
pub(super) fn text(text: &Object<'_>) -> Result<Content, GraphError> {
    text.only(&["body", "preview_url"])?;
    text.required_text("body", TEXT_BODY)?;
    text.flag("preview_url")?;
    Ok(Content::default())
}

/// See [Cloud API/Location messages].
pub(super) fn location(location: &Object<'_>) -> Result<Content, GraphError> {
    location.only(&["latitude", "longitude", "name", "address"])?;
    for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        if location.number(name)?.abs() > most {
            return Err(location.invalid(name, &format!("must be between -{most} and {most}")));
        }
    }
    location.text("name", PLACE)?;
    location.text("address", PLACE)?;
    Ok(Content::default())
}

/// See [Cloud API/Reaction messages]. An empty emoji takes the reaction back.
pub(super) fn reaction(reaction: &Object<'_>) -> Result<Content, GraphError> {
    reaction.only(&["message_id", "emoji"])?;
    let target = reaction.required_text("message_id", usize::MAX)?;
    let emoji = reaction
        .text("emoji", 32)?
        .ok_or_else(|| reaction.missing("emoji"))?;
    if emoji.is_ascii() && !emoji.is_empty() {
        return Err(reaction.invalid("emoji", "must be an emoji"));
    }
    Ok(Content {
        reaction_to: Some(Wamid::from(target)),
        ..Content::default()
    })
}
