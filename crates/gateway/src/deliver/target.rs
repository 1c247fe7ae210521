//! What may stand in an endpoint's URL, checked when it is set and before each call.

use url::{Host, Url};

use super::address::Guard;
use crate::config::{ConfigError, Deliver};

/// Characters of a URL at most.
const LONGEST_URL: usize = 2048;

/// Why a URL cannot be an endpoint's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum UrlError {
    /// It is no absolute URL.
    #[error("the URL cannot be read")]
    Malformed(#[from] url::ParseError),
    /// More than [`LONGEST_URL`] characters.
    #[error("the URL has {0} characters, the limit is {LONGEST_URL}")]
    TooLong(usize),
    /// Neither https nor http.
    #[error("the URL must begin with https:// or http://")]
    Scheme,
    /// `user:password@` would be stored and shown; the signature says who calls.
    #[error("the URL must not hold a user name or password; verify webhook-signature instead")]
    Credentials,
    /// The host is an address, or a name of this machine, that must not be called.
    #[error(
        "the URL's host is not public; use a public address, or have its network added to \
         deliver.allow_networks in the configuration"
    )]
    NotPublic,
    /// `deliver.allow_networks` cannot be read; the gateway does not start with such a setting.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
}

/// Reads a URL that somebody wants to have called.
///
/// A name is only resolved when it is called: its addresses are checked then, each time.
pub(crate) fn check_url(config: &Deliver, text: &str) -> Result<Url, UrlError> {
    let length = text.chars().count();
    if length > LONGEST_URL {
        return Err(UrlError::TooLong(length));
    }
    let url = Url::parse(text)?;
    check(
        &Guard::new("deliver.allow_networks", &config.allow_networks)?,
        &url,
    )?;
    Ok(url)
}

/// All that can be said about a URL without asking a name server.
///
/// The URL parser has made an address of every form that is one (`127.1`, `0x7f.1`, `2130706433`,
/// `[::ffff:127.0.0.1]`), and this URL is the one that is called.
pub(crate) fn check(guard: &Guard, url: &Url) -> Result<(), UrlError> {
    if !matches!(url.scheme(), "https" | "http") {
        return Err(UrlError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::Credentials);
    }
    let permitted = match url.host() {
        Some(Host::Ipv4(address)) => guard.permits(address.into()),
        Some(Host::Ipv6(address)) => guard.permits(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            // By RFC 6761 these are this machine, whatever a name server says.
            let here = name == "localhost" || name.ends_with(".localhost");
            !here || guard.permits([127, 0, 0, 1].into())
        }
        None => false,
    };
    if permitted {
        Ok(())
    } else {
        Err(UrlError::NotPublic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(allow: &[&str]) -> Deliver {
        let mut config = crate::config::Config::default().deliver;
        config.allow_networks = allow.iter().map(|&text| text.to_owned()).collect();
        config
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://2130706433/",
            "http://0/",
            "http://①②⑦.0.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1:8443/hook",
            "http://localhost/",
            "http://LOCALHOST:8080/",
            "http://localhost./",
            "http://api.localhost/",
        ] {
            let error = check_url(&config(&[]), url).unwrap_err();
            assert!(matches!(error, UrlError::NotPublic), "{url}: {error}");
        }
        for url in [
            "https://example.com/hook?a=1",
            "http://1.1.1.1/",
            "https://[2606:4700::1]/",
        ] {
            assert_eq!(check_url(&config(&[]), url).unwrap().as_str(), url);
        }
        for url in [
            "http://127.0.0.1:9/",
            "http://localhost/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert!(check_url(&config(&["127.0.0.0/8"]), url).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_not_a_plain_web_address_is_refused() {
        let check = |url: &str| check_url(&config(&[]), url).unwrap_err();
        assert!(matches!(check("ftp://example.com/"), UrlError::Scheme));
        assert!(matches!(check("file:///etc/passwd"), UrlError::Scheme));
        assert!(matches!(
            check("https://user:pass@example.com/"),
            UrlError::Credentials
        ));
        assert!(matches!(
            check("https://token@example.com/"),
            UrlError::Credentials
        ));
        assert!(matches!(check("/hook"), UrlError::Malformed(_)));
        assert!(matches!(check("https://"), UrlError::Malformed(_)));
        let long = format!("https://example.com/{}", "a".repeat(LONGEST_URL));
        assert!(matches!(check(&long), UrlError::TooLong(2068)));
    }
}
