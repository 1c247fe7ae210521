//! How PostgreSQL is reached: the URL, TLS, and patience with a server that is gone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use super::super::StoreError;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long bytes may stay without an acknowledgement before the connection counts as dead.
const SILENCE: Duration = Duration::from_secs(15);

/// Set for every connection: nothing of ours runs so long, and what is forgotten in the middle of a
/// transaction must not hold its locks.
/// A commit that is answered is on disk, whatever the server's default is.
const OPTIONS: &str = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=30s \
    -c synchronous_commit=on";

/// A PostgreSQL database. Its password shows in no `Debug` and no error.
#[derive(Clone)]
pub struct Address {
    pub(super) config: tokio_postgres::Config,
    pub(super) tls: Option<MakeRustlsConnect>,
    /// Host and database, for people.
    name: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Address").field(&self.name).finish()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=FILE`.
    ///
    /// `sslmode` is `disable`, `prefer`, `require` or `verify-full`; left out, it is `disable` for
    /// this machine and `prefer` for others. A certificate is checked in every mode with TLS,
    /// against `sslrootcert` or the system's roots.
    pub fn parse(url: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let invalid = |why: &str| StoreError::Address(why.to_owned());
        // No error of a parser is passed on: it may quote the password.
        let mut url = Url::parse(url).map_err(|_| invalid("it is not a URL"))?;
        let (mut mode, mut root, mut rest) = (None, None, Vec::new());
        for (key, value) in url.query_pairs() {
            match &*key {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => root = Some(PathBuf::from(&*value)),
                _ => rest.push((key.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        let mut config: tokio_postgres::Config = url
            .as_str()
            .parse()
            .map_err(|_| invalid("it must be like postgres://user@host:5432/database"))?;
        if let Some(password) = password {
            config.password(password);
        }
        let mode = match mode.as_deref() {
            None if is_here(&config) => SslMode::Disable,
            None | Some("prefer" | "allow") => SslMode::Prefer,
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => {
                return Err(invalid(
                    "sslmode must be disable, prefer, require or verify-full",
                ));
            }
        };
        let name = name_of(&config);
        config
            .ssl_mode(mode)
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .application_name("wharf")
            .options(OPTIONS);
        let tls = match mode {
            SslMode::Disable => None,
            _ => Some(tls(root)?),
        };
        Ok(Self { config, tls, name })
    }

    /// A connection; what drives it is spawned on the runtime that runs this.
    pub(crate) async fn connect(&self) -> Result<Client, StoreError> {
        if let Some(tls) = &self.tls {
            let (client, connection) = self.config.connect(tls.clone()).await?;
            drive(connection);
            return Ok(client);
        }
        let (client, connection) = self.config.connect(NoTls).await?;
        drive(connection);
        Ok(client)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it ends with its client, on the runtime of that client's thread"
)]
pub(super) fn drive<T: Future + Send + 'static>(connection: T)
where
    T::Output: Send,
{
    tokio::spawn(connection);
}

fn is_here(config: &tokio_postgres::Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    })
}

fn name_of(config: &tokio_postgres::Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}/{}", config.get_dbname().unwrap_or_default())
}

fn tls(root: Option<PathBuf>) -> Result<MakeRustlsConnect, StoreError> {
    let unusable = |why: &str| StoreError::Address(why.to_owned());
    let mut roots = rustls::RootCertStore::empty();
    match root {
        Some(path) => {
            let read = CertificateDer::pem_file_iter(&path)
                .map_err(|_| unusable("the file of sslrootcert cannot be read"))?;
            for certificate in read {
                let certificate = certificate
                    .map_err(|_| unusable("the file of sslrootcert holds no certificates"))?;
                roots
                    .add(certificate)
                    .map_err(|_| unusable("a certificate of sslrootcert cannot be used"))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| unusable("TLS cannot be set up"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
