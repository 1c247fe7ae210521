//! QR codes and message links: short addresses that begin a chat with a text.

use serde::{Deserialize, Serialize};

use http::Method;

use super::Number;
use crate::call::{Body, Call, decode_json};
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;

const EDGE: &str = "message_qrdls";

/// Longest text that a message link begins a chat with.
const PREFILLED: usize = 140;

/// How the image of a QR code is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QrImage {
    /// As SVG.
    Svg,
    /// As PNG.
    Png,
}

impl QrImage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
        }
    }
}

impl Number {
    /// Makes a message link with a text of at most 140 characters, and an image of it if wanted.
    ///
    /// See [Cloud API/QR codes].
    pub fn create_message_link(&self, text: &str, image: Option<QrImage>) -> Call<MessageLink> {
        let body = Fields::default().with("prefilled_message", text);
        let body = match image {
            Some(image) => body.with("generate_qr_image", image.as_str()),
            None => body,
        };
        self.write_message_link("qr.create", &body)
    }

    /// Gives a message link another text; its address stays.
    ///
    /// See [Cloud API/QR codes].
    pub fn update_message_link(&self, code: &str, text: &str) -> Call<MessageLink> {
        let body = Fields::default().with("code", code);
        self.write_message_link("qr.update", &body.with("prefilled_message", text))
    }

    /// The message links of the number, a page at a time.
    ///
    /// See [Cloud API/QR codes].
    pub fn message_links(&self) -> Pages<MessageLink> {
        self.pages("qr.list", EDGE, &[])
    }

    /// One message link.
    ///
    /// See [Cloud API/QR codes].
    pub fn message_link(&self, code: &str) -> Call<MessageLinkList> {
        graph::read(
            self.client(),
            "qr.get",
            &[self.id().as_str(), EDGE, code],
            &[],
        )
    }

    /// Deletes a message link; who follows it then sees an error.
    ///
    /// See [Cloud API/QR codes].
    pub fn delete_message_link(&self, code: &str) -> Call<()> {
        let path = [self.id().as_str(), EDGE, code];
        graph::act(self.client(), "qr.delete", Method::DELETE, &path, &[])
    }

    fn write_message_link(&self, operation: &'static str, body: &Fields) -> Call<MessageLink> {
        let url = self.client().url(&self.edge(EDGE));
        let body = if body.exceeds("prefilled_message", PREFILLED) {
            let problem = "the text of the message link has more than 140 characters";
            Err(RequestError::plain(problem))
        } else {
            Body::json(body)
        };
        Call::new(
            self.client(),
            operation,
            Method::POST,
            url,
            body,
            decode_json,
        )
    }
}

/// The answer to a request for one message link: a list of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageLinkList(Fields);

impl MessageLinkList {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The link.
    pub fn data(&self) -> Vec<MessageLink> {
        self.0.list("data")
    }

    /// The link.
    pub fn link(&self) -> Option<MessageLink> {
        self.data().into_iter().next()
    }
}

/// A short address that begins a chat with a text; see [Cloud API/QR codes].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageLink(Fields);

impl MessageLink {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its code.
    pub fn code(&self) -> Option<&str> {
        self.0.text("code")
    }

    /// The text.
    pub fn prefilled_message(&self) -> Option<&str> {
        self.0.text("prefilled_message")
    }

    /// The address.
    pub fn deep_link_url(&self) -> Option<&str> {
        self.0.text("deep_link_url")
    }

    /// Its image, if one was asked for.
    pub fn qr_image_url(&self) -> Option<&str> {
        self.0.text("qr_image_url")
    }
}
