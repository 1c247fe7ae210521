//! Carriers: one enum, one file each. Today there is one, the WhatsApp Cloud API.

mod trust;

use std::sync::{Arc, PoisonError, RwLock};

use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::store::channels::{self, Channel};
pub(crate) use trust::{Secrets, Trust};

/// What is known about all carriers: whose webhooks are believed.
#[derive(Debug)]
pub(crate) struct Carriers {
    trust: RwLock<Arc<Trust>>,
}

impl Carriers {
    /// Reads the secrets that the configuration names; a missing one stops the start.
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let trust = Trust::of_app(config)?;
        Ok(Self {
            trust: RwLock::new(Arc::new(trust)),
        })
    }

    /// Whose signatures and challenges are believed at this moment.
    pub(crate) fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the channels' own secrets again.
    pub(crate) fn refresh(&self, channels: &[Channel]) {
        let fresh = self.trust().with_channels(channels);
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
    }
}

/// Keeps the channels' secrets in step with the store.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), crate::StoreError> {
    let mut changes = app.store.channels();
    app.carriers.refresh(&app.store.read(channels::all).await?);
    let app = Arc::clone(app);
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
            match app.store.read(channels::all).await {
                Ok(channels) => app.carriers.refresh(&channels),
                Err(error) => tracing::error!(%error, "cannot read the channels again"),
            }
        }
    });
    Ok(())
}
