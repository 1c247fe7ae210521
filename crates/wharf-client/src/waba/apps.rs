//! Apps that hear of a WABA.

use http::Method;
use serde::{Deserialize, Serialize};
use url::Url;
use wharf_model::{AppId, VerifyToken};

use super::Waba;
use crate::call::Call;
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;

const EDGE: &str = "subscribed_apps";

/// Longest address of an override, in characters.
const MAX_CALLBACK: usize = 200;

impl Waba {
    /// The apps that get the notifications of the WABA, a page at a time.
    ///
    /// See [Cloud API/Subscribed apps].
    pub fn subscribed_apps(&self) -> Pages<SubscribedApp> {
        self.pages("apps.list", EDGE, &[])
    }

    /// Has the notifications of the WABA sent to the token's app, at the app's own address: an
    /// override that was set ends.
    ///
    /// See [Cloud API/Subscribed apps].
    pub fn subscribe_app(&self) -> Call<()> {
        let path = self.edge(EDGE);
        graph::set(self.client(), "apps.follow", &path, &Fields::default())
    }

    /// Has the notifications of the WABA sent to the token's app, at another address of at most
    /// 200 characters than the app's own. Meta verifies it with a challenge first.
    ///
    /// See [Cloud API/Webhooks override].
    pub fn override_webhook(&self, callback: &Url, verify_token: &VerifyToken) -> Call<()> {
        let body = Fields::default()
            .with("override_callback_uri", callback.as_str())
            .with("verify_token", verify_token.expose());
        let check = if body.exceeds("override_callback_uri", MAX_CALLBACK) {
            let reason = "the callback address is over 200 characters";
            Err(RequestError::plain(reason))
        } else {
            Ok(())
        };
        let client = self.client();
        let bearer = client.bearer().clone().hiding(verify_token.expose());
        let client = client.as_bearer(bearer);
        graph::checked(&client, "apps.follow", &self.edge(EDGE), check, &body)
    }

    /// Ends that the token's app gets the notifications of the WABA.
    ///
    /// See [Cloud API/Subscribed apps].
    pub fn unsubscribe_app(&self) -> Call<()> {
        let path = self.edge(EDGE);
        graph::act(self.client(), "apps.leave", Method::DELETE, &path, &[])
    }
}

/// An app that gets the notifications of a WABA; see [Cloud API/Subscribed apps].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscribedApp(Fields);

impl SubscribedApp {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<AppId> {
        self.app().get("id")
    }

    /// Its name.
    pub fn name(&self) -> Option<String> {
        self.app().get("name")
    }

    /// Its page.
    pub fn link(&self) -> Option<String> {
        self.app().get("link")
    }

    /// Where the notifications of this WABA go, if not to the app's own address.
    pub fn override_callback_uri(&self) -> Option<&str> {
        self.0.text("override_callback_uri")
    }

    fn app(&self) -> Fields {
        self.0.get("whatsapp_business_api_data").unwrap_or_default()
    }
}
