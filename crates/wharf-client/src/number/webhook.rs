//! Where the notifications of a number go.

use serde::{Deserialize, Serialize};
use url::Url;
use wharf_model::VerifyToken;

use super::Number;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;

impl Number {
    /// Sends the number's notifications to another address than the WABA's and the app's.
    ///
    /// Meta verifies the address with a challenge first. See [Cloud API/Webhooks override].
    pub fn override_webhook(&self, callback: &Url, verify_token: &VerifyToken) -> Call<()> {
        let target = Fields::default().with("override_callback_uri", callback.as_str());
        self.configure_webhook(target.with("verify_token", verify_token.expose()))
    }

    /// Sends the number's notifications to where the WABA's go.
    ///
    /// See [Cloud API/Webhooks override].
    pub fn remove_webhook_override(&self) -> Call<()> {
        self.configure_webhook(Fields::default().with("override_callback_uri", ""))
    }

    fn configure_webhook(&self, target: Fields) -> Call<()> {
        let body = Fields::default().with("webhook_configuration", target);
        graph::set(
            self.client(),
            "numbers.webhook",
            &[self.id().as_str()],
            &body,
        )
    }
}

/// Where notifications go, by whom it was set; the first that is set counts. See [Cloud API/Webhooks override].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookConfiguration(Fields);

impl WebhookConfiguration {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Set for the number.
    pub fn phone_number(&self) -> Option<&str> {
        self.0.text("phone_number")
    }

    /// Set for the WABA.
    pub fn whatsapp_business_account(&self) -> Option<&str> {
        self.0.text("whatsapp_business_account")
    }

    /// Set for the app.
    pub fn application(&self) -> Option<&str> {
        self.0.text("application")
    }
}
