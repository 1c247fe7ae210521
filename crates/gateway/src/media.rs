//! Files: taken in, kept in the object store, fetched from the carrier, uploaded to it, served.
//!
//! The store's table `media` knows of each file; its bytes are in the object store under a key of
//! their own, whole or not at all. No file is ever whole in memory.

mod fetch;
mod inbound;
mod intake;
mod kind;
mod objects;
mod prepare;
mod read;
mod refs;
mod sniff;
mod upkeep;
mod upload;
mod voice;

use std::sync::Arc;

use tokio::sync::{Notify, OnceCell, Semaphore};
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::store::StoreError;
use crate::store::media::State;
use fetch::Fetcher;
pub(crate) use inbound::{again, of_message, retry_within};
pub(crate) use intake::{NewMedia, take_in};
pub(crate) use kind::{MediaKind, Unfit};
use objects::Objects;
pub(crate) use prepare::{PrepareError, keep, prepare};
pub(crate) use read::{delete, find, open};
pub(crate) use refs::{BadFile, Reach, check, check_reach, may_name, named, with_fallback};
use upload::Uploads;
pub(crate) use upload::{Placed, forget, may_be_forgotten, place};

/// What all work with files shares.
#[derive(Debug)]
pub(crate) struct Depot {
    objects: Objects,
    /// One permit for each file that comes in over the API.
    intake: Semaphore,
    /// A file waits to be fetched from the carrier.
    wanted: Notify,
    uploads: Uploads,
    fetcher: Fetcher,
    /// One permit for each sound that is converted.
    conversions: Semaphore,
    /// Set once ffmpeg was found.
    ffmpeg_is_there: OnceCell<()>,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be done with a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the file's MIME type is not known; give it")]
    UnknownType,
    #[error("{0:?} is not a MIME type")]
    NotAType(String),
    #[error("the file is said to be {declared}, but its bytes are {found}")]
    Contradiction {
        declared: String,
        found: &'static str,
    },
    #[error("the file broke off")]
    Broken(#[source] BoxError),
    #[error("there is no such file")]
    NotFound,
    #[error("the file is {}", .0.as_str())]
    NotStored(State),
    #[error("the object store failed")]
    Objects(#[from] object_store::Error),
    #[error("the file cannot be noted")]
    Store(#[from] StoreError),
    #[error("the gateway is stopping")]
    Stopping,
}

/// Starts what works on files by itself.
pub(crate) fn start(app: &Arc<App>) {
    app.spawn(inbound::run(Arc::clone(app)));
    app.spawn(upkeep::run(Arc::clone(app)));
}

/// Where a file is served.
pub(crate) fn url_of(id: &str) -> String {
    format!("/api/v1/media/{id}/content")
}

impl MediaError {
    /// Whether it is the file that is at fault.
    pub(crate) fn is_the_files(&self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::TooLarge { .. }
                | Self::UnknownType
                | Self::NotAType(_)
                | Self::Contradiction { .. }
                | Self::Broken(_)
        )
    }
}

impl Depot {
    /// Opens the object store that the configuration names.
    pub(crate) fn open(config: &Config, tasks: TaskTracker) -> Result<Self, ConfigError> {
        Ok(Self {
            objects: Objects::open(config, tasks)?,
            intake: Semaphore::new(config.media.in_flight),
            wanted: Notify::new(),
            uploads: Uploads::default(),
            fetcher: Fetcher::new(config)?,
            conversions: Semaphore::new(voice::AT_ONCE),
            ffmpeg_is_there: OnceCell::new(),
        })
    }

    /// Removes an object; one that is not there is removed.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), object_store::Error> {
        self.objects.delete(key).await
    }

    /// A message came whose file is to be fetched.
    pub(crate) fn wake(&self) {
        self.wanted.notify_one();
    }
}
