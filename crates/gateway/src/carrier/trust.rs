//! Whose webhooks are believed: app secrets and verify tokens, of the app and of single channels.

use std::collections::HashMap;

use wharf_model::{AppSecret, InvalidId, VerifyToken};

use crate::config::{Config, ConfigError, SecretRef};
use crate::store::channels::Channel;

/// The secrets of the app's route and of each channel's route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    app: Secrets,
    channels: HashMap<String, Secrets>,
}

/// Secrets of one webhook route.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "an app secret is Meta's word")]
pub(crate) struct Secrets {
    pub(crate) app_secrets: Vec<AppSecret>,
    pub(crate) verify_tokens: Vec<VerifyToken>,
    /// Whether the app secret is the channel's own, and none of the gateway's.
    pub(crate) own: bool,
}

impl Trust {
    pub(super) fn of_app(config: &Config) -> Result<Self, ConfigError> {
        let mut app = Secrets::default();
        for reference in config
            .cloud
            .app_secrets
            .iter()
            .filter(|secret| !secret.is_none())
        {
            app.app_secrets.push(read(reference, AppSecret::new)?);
        }
        if !config.cloud.verify_token.is_none() {
            app.verify_tokens
                .push(read(&config.cloud.verify_token, VerifyToken::new)?);
        }
        Ok(Self {
            app,
            channels: HashMap::new(),
        })
    }

    pub(super) fn with_channels(&self, channels: &[Channel]) -> Self {
        let channels = channels
            .iter()
            .map(|channel| (channel.id.clone(), self.secrets(channel)));
        Self {
            app: self.app.clone(),
            channels: channels.collect(),
        }
    }

    /// A channel's own secrets; where it has none, the app's.
    fn secrets(&self, channel: &Channel) -> Secrets {
        let app_secret = own(channel, channel.app_secret.as_ref(), AppSecret::new)
            .filter(|own| !self.app.app_secrets.contains(own));
        let verify_token = own(channel, channel.verify_token.as_ref(), VerifyToken::new);
        Secrets {
            own: app_secret.is_some(),
            app_secrets: app_secret.map_or_else(|| self.app.app_secrets.clone(), |own| vec![own]),
            verify_tokens: verify_token
                .map_or_else(|| self.app.verify_tokens.clone(), |own| vec![own]),
        }
    }

    /// The secrets of `/webhooks/whatsapp`.
    pub(crate) fn app(&self) -> &Secrets {
        &self.app
    }

    /// The secrets of `/webhooks/whatsapp/{channel}`; none for a channel that does not exist.
    pub(crate) fn channel(&self, id: &str) -> Option<&Secrets> {
        self.channels.get(id)
    }
}

/// A secret that must be there.
fn read<T>(
    reference: &SecretRef,
    make: impl FnOnce(String) -> Result<T, InvalidId>,
) -> Result<T, ConfigError> {
    make(reference.read()?).map_err(|error| ConfigError::Secret {
        reference: reference.to_string(),
        reason: error.to_string(),
    })
}

/// A secret of a channel; one that is missing is logged, and the channel does without.
fn own<T>(
    channel: &Channel,
    reference: Option<&String>,
    make: impl FnOnce(String) -> Result<T, InvalidId>,
) -> Option<T> {
    let reference = SecretRef::try_from(reference?.clone()).ok()?;
    read(&reference, make)
        .inspect_err(|error| {
            tracing::error!(channel.id = channel.id, %error, "a channel's secret is missing");
        })
        .ok()
}
