//! Where the bytes of a media message come from.

use std::fmt;

use serde::Serialize;

use super::invalid::{InvalidMessage, bounded};
use super::limits;
use super::read::Object;
use crate::ids::MediaId;

/// Where the bytes of a media message come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// Uploaded before; Meta advises this.
    Id(MediaId),
    /// Fetched by Meta from a public address.
    Link(Link),
}

/// An `http` or `https` URL, checked for its form, not for what it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link(String);

impl MediaSource {
    /// Bytes that Meta fetches from `url`.
    pub fn link(url: impl Into<String>) -> Result<Self, InvalidMessage> {
        Ok(Self::Link(Link::new(url, "/link")?))
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        match (object.id("id")?, object.owned("link")?) {
            (Some(id), None) => Ok(Self::Id(id)),
            (None, Some(url)) => Ok(Self::Link(Link::new(url, &object.pointer("link"))?)),
            (None, None) => Err(InvalidMessage::missing(object.pointer("id"))),
            (Some(_), Some(_)) => Err(object.invalid("link", "stands beside an id")),
        }
    }
}

impl From<MediaId> for MediaSource {
    fn from(id: MediaId) -> Self {
        Self::Id(id)
    }
}

impl Link {
    pub(crate) fn new(url: impl Into<String>, field: &str) -> Result<Self, InvalidMessage> {
        let url = bounded(url.into(), limits::URL, field)?;
        let rest = strip_scheme(&url)
            .ok_or_else(|| InvalidMessage::invalid(field, "not an http or https URL"))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() {
            return Err(InvalidMessage::invalid(field, "URL without a host"));
        }
        if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidMessage::invalid(field, "URL with white space"));
        }
        Ok(Self(url))
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn strip_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(rest)
}

/// A media object as Meta's request writes it.
#[derive(Default, Serialize)]
pub(crate) struct MediaObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<&'a MediaId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<&'a Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voice: Option<bool>,
}

impl<'a> From<&'a MediaSource> for MediaObject<'a> {
    fn from(source: &'a MediaSource) -> Self {
        match source {
            MediaSource::Id(id) => Self {
                id: Some(id),
                ..Self::default()
            },
            MediaSource::Link(link) => Self {
                link: Some(link),
                ..Self::default()
            },
        }
    }
}
