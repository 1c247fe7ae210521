//! Whose webhooks are believed: app secrets and verify tokens, of the app and of single channels.

use std::collections::HashMap;

use wharf_model::ids::{AppSecret, VerifyToken};

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
pub(crate) struct Secrets {
    pub(crate) app_secrets: Vec<AppSecret>,
    pub(crate) verify_tokens: Vec<VerifyToken>,
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
            app.app_secrets.push(AppSecret::new(reference.read()?));
        }
        if !config.cloud.verify_token.is_none() {
            app.verify_tokens
                .push(VerifyToken::new(config.cloud.verify_token.read()?));
        }
        Ok(Self {
            app,
            channels: HashMap::new(),
        })
    }

    pub(super) fn with_channels(&self, channels: &[Channel]) -> Self {
        let read = |channel: &Channel, what, reference: &Option<String>| {
            let reference = SecretRef::try_from(reference.clone()?).ok()?;
            let secret = reference.read();
            if let Err(error) = &secret {
                tracing::error!(channel.id = channel.id, what, %error, "a channel's secret is missing");
            }
            secret.ok()
        };
        let secrets = |channel: &Channel| {
            let app_secret = read(channel, "app_secret", &channel.app_secret);
            let verify_token = read(channel, "verify_token", &channel.verify_token);
            // A channel without secrets of its own is of the app.
            let or_app = |own: Vec<_>, app: &Vec<_>| if own.is_empty() { app.clone() } else { own };
            Secrets {
                app_secrets: or_app(
                    app_secret.into_iter().map(AppSecret::new).collect(),
                    &self.app.app_secrets,
                ),
                verify_tokens: match verify_token {
                    Some(token) => vec![VerifyToken::new(token)],
                    None => self.app.verify_tokens.clone(),
                },
            }
        };
        let channels = channels
            .iter()
            .map(|channel| (channel.id.clone(), secrets(channel)))
            .collect();
        Self {
            app: self.app.clone(),
            channels,
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
