//! The hosts that a download may show the access token to.

use url::{Origin, Url};

use super::MediaError;

/// Hosts of Meta that serve media or may come to.
const META_HOSTS: [&str; 2] = ["lookaside.fbsbx.com", "graph.facebook.com"];

/// The hosts that a download may show the access token to.
pub(crate) struct MediaHosts {
    /// Where the calls go; the token goes there anyway, with any scheme and port.
    base: Origin,
    /// Other hosts, over HTTPS on its usual port only.
    hosts: Vec<String>,
}

impl MediaHosts {
    pub(crate) fn new(base: &Url, more: Vec<String>) -> Self {
        let own = META_HOSTS.iter().map(|host| (*host).to_owned());
        let hosts = own
            .chain(more.into_iter().map(|host| host.to_ascii_lowercase()))
            .collect();
        Self {
            base: base.origin(),
            hosts,
        }
    }

    /// Passes a URL that may be fetched with the access token.
    pub(crate) fn check(&self, url: &Url) -> Result<(), MediaError> {
        if url.origin() == self.base {
            return Ok(());
        }
        // `Url` has lowered the host's letters and dropped a port that is the usual one.
        let host = url.host_str().unwrap_or_default();
        let usual = url.scheme() == "https" && url.port().is_none();
        let matches = |allowed: &String| match allowed.strip_prefix('*') {
            Some(suffix) => suffix.starts_with('.') && host.ends_with(suffix),
            None => allowed == host,
        };
        if usual && self.hosts.iter().any(matches) {
            return Ok(());
        }
        Err(MediaError::Host {
            host: host.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_meta_the_base_and_named_hosts_see_the_token() {
        let base = Url::parse("http://127.0.0.1:4000/graph").unwrap();
        let hosts = MediaHosts::new(&base, vec!["CDN.example".to_owned()]);
        let check = |url: &str| hosts.check(&Url::parse(url).unwrap()).is_ok();

        assert!(check(
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"
        ));
        assert!(check("https://graph.facebook.com/v26.0/1"));
        assert!(check("http://127.0.0.1:4000/media/1"));
        assert!(check("https://cdn.example/1"));

        let hosts = MediaHosts::new(&base, vec!["*.fbcdn.net".to_owned()]);
        let below = |url: &str| hosts.check(&Url::parse(url).unwrap()).is_ok();
        assert!(below("https://scontent-1.xx.fbcdn.net/v/1"));
        assert!(!below("https://fbcdn.net/1"));
        assert!(!below("https://evilfbcdn.net/1"));
        assert!(!below("https://a.fbcdn.net.evil.example/1"));
        assert!(!below("http://a.fbcdn.net/1"));

        assert!(!check("http://lookaside.fbsbx.com/1"), "no TLS");
        assert!(!check("https://lookaside.fbsbx.com:8443/1"), "another port");
        assert!(!check("https://lookaside.fbsbx.com.evil.example/1"));
        assert!(!check("https://lookaside.fbsbx.com@evil.example/1"));
        assert!(!check("https://evil.example/lookaside.fbsbx.com"));
        assert!(!check("http://127.0.0.1:4001/media/1"));
        assert!(!check("file:///etc/passwd"));
    }
}
