//! Cart and catalogue of a number.

use serde::{Deserialize, Serialize};

use super::Number;
use crate::call::{Body, Call, decode_success};
use crate::fields::Fields;
use crate::graph;
use http::Method;

const EDGE: &str = "whatsapp_commerce_settings";

impl Number {
    /// Whether cart and catalogue are shown.
    ///
    /// See [Cloud API/Commerce settings].
    pub fn commerce(&self) -> Call<CommerceList> {
        graph::read(self.client(), "commerce.get", &self.edge(EDGE), &[])
    }

    /// Shows or hides cart and catalogue; `None` leaves one as it is.
    ///
    /// See [Cloud API/Commerce settings].
    pub fn set_commerce(&self, cart: Option<bool>, catalog: Option<bool>) -> Call<()> {
        let parts = [("is_cart_enabled", cart), ("is_catalog_visible", catalog)];
        let parts = parts
            .into_iter()
            .filter_map(|(key, flag)| Some((key, flag?)));
        let query: Vec<_> = parts
            .map(|(key, flag)| (key, if flag { "true" } else { "false" }))
            .collect();
        let url = graph::url(self.client(), &self.edge(EDGE), &query);
        let (operation, body) = ("commerce.set", Ok(Body::Empty));
        Call::new(
            self.client(),
            operation,
            Method::POST,
            url,
            body,
            decode_success,
        )
    }
}

/// The answer to a request for commerce settings: a list of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommerceList(Fields);

impl CommerceList {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The settings.
    pub fn data(&self) -> Vec<CommerceSettings> {
        self.0.list("data")
    }

    /// The settings.
    pub fn settings(&self) -> Option<CommerceSettings> {
        self.data().into_iter().next()
    }
}

/// Whether cart and catalogue are shown; see [Cloud API/Commerce settings].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommerceSettings(Fields);

impl CommerceSettings {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Their id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// Whether there is a cart; so it is if nobody changed it.
    pub fn is_cart_enabled(&self) -> Option<bool> {
        self.0.flag("is_cart_enabled")
    }

    /// Whether the catalogue is shown.
    pub fn is_catalog_visible(&self) -> Option<bool> {
        self.0.flag("is_catalog_visible")
    }
}
