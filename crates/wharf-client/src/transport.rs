//! The HTTP client underneath: TLS by rustls and ring, no redirects, no hidden retries.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, RequestError};

/// How long each part of a call may take.
///
/// A connect time-out shorter than the call's is what makes an unreachable host a certain
/// [`Error::NotSent`] rather than an [`Error::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Name look-up, TCP and TLS together; 5 seconds. Belongs to the HTTP client, so it has no
    /// effect on a client passed to [`ClientBuilder::http`](crate::ClientBuilder::http).
    pub connect: Duration,
    /// A whole call with its answer; 30 seconds.
    pub call: Duration,
    /// A whole upload; 5 minutes.
    pub upload: Duration,
    /// The longest pause within a download; 30 seconds. A download as a whole has no limit.
    pub stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(30),
            upload: Duration::from_mins(5),
            stall: Duration::from_secs(30),
        }
    }
}

/// A builder of the HTTP client that this crate would build for itself.
///
/// Many [`Client`](crate::Client)s should share one HTTP client and its connections; change
/// what you need (a proxy, a resolver), build it once and pass it to
/// [`ClientBuilder::http`](crate::ClientBuilder::http). Keep what is set here:
///
/// - TLS by rustls with ring. The root certificates are the system's, read once, here (feature
///   `native-roots`), those of the web browsers, built in (`webpki-roots`), or both. Nothing
///   process-wide is installed. Without any root certificate plain HTTP still works, and HTTPS
///   fails as [`Error::NotSent`].
/// - Redirects are not followed: a POST or a token must not travel on.
/// - No retries by the HTTP client, not even after an HTTP/2 refusal: repeating a send is the
///   caller's decision. (A pooled connection that closes before a request was written to it is
///   replaced; that repeats nothing.)
/// - Proxies are not read from the environment.
pub fn http_builder(connect: Duration) -> Result<reqwest::ClientBuilder, Error> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(connect)
        .tcp_keepalive(Duration::from_mins(1))
        // Finds a dead idle connection before a send is lost on it.
        .http2_keep_alive_interval(Duration::from_secs(30))
        .http2_keep_alive_while_idle(true))
}

#[cfg_attr(
    not(any(feature = "native-roots", feature = "webpki-roots")),
    expect(unused_mut, reason = "without a feature there is nothing to add")
)]
fn roots() -> rustls::RootCertStore {
    let mut roots = rustls::RootCertStore::empty();
    // A certificate that cannot be parsed is one fewer root, not a reason to stop.
    #[cfg(feature = "native-roots")]
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    #[cfg(feature = "webpki-roots")]
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots
}

fn tls() -> Result<rustls::ClientConfig, RequestError> {
    let roots = roots();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| RequestError::new("TLS cannot be set up", error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
