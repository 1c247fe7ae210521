//! Where a request of a browser comes from. A cookie goes along with requests that its owner never
//! asked for; what they can not do is name the console's own origin.

use axum::http::{HeaderMap, Method, header};

use crate::http::problem::Problem;

/// Only a script of the console's own origin can set it.
const MARK: &str = "x-wharf-console";

/// Refuses a request with a cookie that changes something and does not come from the console.
pub(in crate::http) fn check(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let is_marked = headers.get(MARK).is_some_and(|value| value == "1");
    if is_marked && is_ours(headers) {
        Ok(())
    } else {
        Err(Problem::Csrf)
    }
}

/// Whether the browser, if it is one, says that the request comes from our own pages.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    // Browsers say it themselves, and no script can: it holds behind any proxy.
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().unwrap_or_default();
    let Some((_, authority)) = origin.split_once("://") else {
        return false;
    };
    let is_it = |name: &str| {
        let host = headers.get(name).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    };
    is_it("host") || is_it("x-forwarded-host")
}

/// Whether the browser speaks https to whoever stands in front of us.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = text("x-forwarded-proto").is_some_and(|proto| {
        let first = proto.split(',').next().unwrap_or_default();
        first.trim().eq_ignore_ascii_case("https")
    });
    forwarded || text("origin").is_some_and(|origin| origin.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        check(&method, &map).is_ok()
    }

    #[test]
    fn changes_need_the_mark_and_our_origin() {
        let mark = (MARK, "1");
        assert!(allowed(Method::GET, &[]));
        assert!(!allowed(Method::POST, &[]));
        assert!(!allowed(Method::DELETE, &[(MARK, "0")]));
        assert!(allowed(Method::POST, &[mark]));
        assert!(allowed(
            Method::POST,
            &[mark, ("sec-fetch-site", "same-origin")]
        ));
        assert!(!allowed(
            Method::POST,
            &[mark, ("sec-fetch-site", "same-site")]
        ));
        assert!(!allowed(
            Method::POST,
            &[mark, ("sec-fetch-site", "cross-site")]
        ));
        let host = ("host", "wharf.example:8080");
        let ours = ("origin", "http://wharf.example:8080");
        assert!(allowed(Method::POST, &[mark, host, ours]));
        for foreign in ["http://wharf.example", "https://evil.example", "null", ""] {
            assert!(!allowed(Method::POST, &[mark, host, ("origin", foreign)]));
        }
        let proxied = ("x-forwarded-host", "console.example");
        let from = ("origin", "https://console.example");
        assert!(allowed(Method::POST, &[mark, host, proxied, from]));
    }
}
