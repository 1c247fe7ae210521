//! The object store: a folder, S3 and what speaks like it, Google's or Azure's.

use std::ops;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{ClientOptions, HttpClient, HttpConnector};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload,
    RetryConfig,
};
use tokio_util::task::TaskTracker;

use crate::config::{Config, ConfigError, SecretRef};

/// How long a connection to a store may take, and a pause within an answer.
const CONNECT: Duration = Duration::from_secs(10);
const STALL: Duration = Duration::from_mins(1);

/// Bytes that are written at once: S3 takes no smaller parts, and R2 only equal ones.
const PART: usize = 5 << 20;
const FOLDER_PART: usize = 256 << 10;

/// Where objects are.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    part: usize,
    /// Of a folder: what a crash left half written is removed from it by name.
    folder: Option<PathBuf>,
    tasks: TaskTracker,
}

/// An object on its way in. Dropped before [`Put::finish`] it leaves nothing.
#[derive(Debug)]
pub(super) struct Put {
    objects: Objects,
    path: Path,
    upload: Option<Box<dyn MultipartUpload>>,
    part: BytesMut,
}

/// Makes the store's calls go through a client of ours: one TLS, no proxy from the environment.
#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

impl Objects {
    pub(super) fn open(config: &Config, tasks: TaskTracker) -> Result<Self, ConfigError> {
        let settings = &config.media;
        let invalid = |error: &dyn std::fmt::Display| {
            ConfigError::Invalid(format!("media.store cannot be used: {error}"))
        };
        if let Some(folder) = settings.store.strip_prefix("file:") {
            let folder = config.data_dir.join(folder);
            let io = |error: std::io::Error| invalid(&error.kind());
            make_folder(&folder).map_err(io)?;
            let folder = folder.canonicalize().map_err(io)?;
            let store = LocalFileSystem::new_with_prefix(&folder)
                .map_err(|error| invalid(&error))?
                .with_fsync(true);
            return Ok(Self {
                store: Arc::new(store),
                prefix: Path::default(),
                part: FOLDER_PART,
                folder: Some(folder),
                tasks,
            });
        }
        let url = url::Url::parse(&settings.store).map_err(|error| invalid(&error))?;
        let bucket = url.host_str().filter(|bucket| !bucket.is_empty());
        let bucket = bucket.ok_or_else(|| invalid(&"the bucket is missing"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(&"it must hold no credentials"));
        }
        let prefix = Path::from_url_path(url.path()).map_err(|error| invalid(&error))?;
        let store = cloud(config, url.scheme(), bucket)?;
        Ok(Self {
            store: store.map_err(|error| invalid(&error))?,
            prefix,
            part: PART,
            folder: None,
            tasks,
        })
    }

    fn path(&self, key: &str) -> Path {
        let parts = key.split('/').map(object_store::path::PathPart::from);
        self.prefix.parts().chain(parts).collect()
    }

    /// Begins to write an object.
    pub(super) fn put(&self, key: &str) -> Put {
        Put {
            objects: self.clone(),
            path: self.path(key),
            upload: None,
            part: BytesMut::new(),
        }
    }

    /// A stretch of an object, piece by piece.
    pub(super) async fn get(
        &self,
        key: &str,
        range: Option<ops::Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let got = self.store.get_opts(&self.path(key), options).await?;
        Ok(got.into_stream())
    }

    /// Removes an object, and what a crash left of it; one that is not there is removed already.
    pub(super) async fn delete(&self, key: &str) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            for number in 1_u32.. {
                let rest = folder.join(format!("{key}#{number}"));
                if tokio::fs::remove_file(rest).await.is_err() {
                    break;
                }
            }
        }
        match self.store.delete(&self.path(key)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }
}

impl Put {
    pub(super) async fn push(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = self.objects.part - self.part.len();
            let piece = bytes.split_to(room.min(bytes.len()));
            self.part.extend_from_slice(&piece);
            if self.part.len() == self.objects.part {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), Error> {
        let part = PutPayload::from(self.part.split().freeze());
        let upload = if let Some(upload) = &mut self.upload {
            upload
        } else {
            let begun = self.objects.store.put_multipart(&self.path).await?;
            self.upload.insert(begun)
        };
        upload.put_part(part).await
    }

    /// The object is there, whole, when this returns.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        if self.upload.is_some() {
            if !self.part.is_empty() {
                self.send_part().await?;
            }
            if let Some(mut upload) = self.upload.take() {
                upload.complete().await?;
            }
        } else {
            let whole = PutPayload::from(self.part.split().freeze());
            self.objects.store.put(&self.path, whole).await?;
        }
        Ok(())
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            self.objects.tasks.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "a file that broke off leaves parts in the object store");
                }
            });
        }
    }
}

/// A store that is called over HTTP.
fn cloud(
    config: &Config,
    scheme: &str,
    bucket: &str,
) -> Result<Result<Arc<dyn ObjectStore>, Error>, ConfigError> {
    let settings = &config.media;
    let client = wharf_client::http_builder(CONNECT)
        .map(|builder| builder.read_timeout(STALL).build())
        .map_err(|error| ConfigError::Invalid(format!("the HTTP client: {error}")))?
        .map_err(|error| ConfigError::Invalid(format!("the HTTP client: {error}")))?;
    let connector = Connector(client);
    let read = |secret: &SecretRef| match secret {
        SecretRef::None => Ok(None),
        secret => secret.read().map(Some),
    };
    let (key, secret) = (read(&settings.store_key_id)?, read(&settings.store_secret)?);
    let retry = RetryConfig {
        max_retries: 5,
        retry_timeout: Duration::from_secs(30),
        ..RetryConfig::default()
    };
    Ok(match scheme {
        "s3" => {
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_http_connector(connector)
                .with_retry(retry);
            if !settings.store_region.is_empty() {
                builder = builder.with_region(&settings.store_region);
            }
            if !settings.store_endpoint.is_empty() {
                let plain = settings.store_endpoint.starts_with("http://");
                builder = builder
                    .with_endpoint(&settings.store_endpoint)
                    .with_allow_http(plain);
            }
            if let (Some(key), Some(secret)) = (key, secret) {
                builder = builder
                    .with_access_key_id(key)
                    .with_secret_access_key(secret);
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
        "gs" => {
            let mut builder = GoogleCloudStorageBuilder::new()
                .with_bucket_name(bucket)
                .with_http_connector(connector)
                .with_retry(retry);
            if let Some(secret) = secret {
                builder = builder.with_service_account_key(secret);
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
        "az" => {
            let mut builder = MicrosoftAzureBuilder::new()
                .with_container_name(bucket)
                .with_http_connector(connector)
                .with_retry(retry);
            if let Some(account) = key {
                builder = builder.with_account(account);
            }
            if let Some(secret) = secret {
                builder = builder.with_access_key(secret);
            }
            builder.build().map(|store| Arc::new(store) as _)
        }
        _ => {
            return Err(ConfigError::Invalid(
                "media.store must be \"file:FOLDER\", \"s3://bucket/prefix\", \
                 \"gs://bucket/prefix\" or \"az://container/prefix\""
                    .to_owned(),
            ));
        }
    })
}

/// The folder is its owner's alone: it holds what people sent each other.
fn make_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
