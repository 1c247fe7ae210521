//! The access token on its way into a header, and out of every text.

use http::{HeaderMap, HeaderValue, header};
use wharf_model::AccessToken;

use crate::error::RequestError;

/// Stands where a token was; it needs no escape in JSON.
const CUT: &str = "[access token]";

/// Stands where another secret was.
const CUT_SECRET: &str = "[secret]";

/// An access token that fits into a header, and the other secrets of a call.
#[derive(Clone)]
pub(crate) struct Bearer {
    /// None for a call that shows who it is by what it carries.
    token: Option<(AccessToken, HeaderValue)>,
    /// What stands elsewhere in the request and may not come back in a text.
    secrets: Vec<String>,
}

impl Bearer {
    pub(crate) fn new(token: AccessToken) -> Result<Self, RequestError> {
        let text = token.expose();
        if text.is_empty() || text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(RequestError::plain(
                "the access token has a character it may not have",
            ));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {text}"))
            .map_err(|error| RequestError::new("the access token is invalid", error))?;
        // Keeps it out of the log lines of the HTTP client.
        header.set_sensitive(true);
        Ok(Self {
            token: Some((token, header)),
            secrets: Vec::new(),
        })
    }

    /// No access token at all.
    pub(crate) fn nobody() -> Self {
        Self {
            token: None,
            secrets: Vec::new(),
        }
    }

    /// The same, and a secret to cut out of what Graph says.
    pub(crate) fn hiding(mut self, secret: &str) -> Self {
        self.secrets.push(secret.to_owned());
        self
    }

    /// `Authorization`, if there is a token.
    pub(crate) fn headers(&self) -> HeaderMap {
        let header = self.token.as_ref().map(|(_, header)| header.clone());
        header
            .into_iter()
            .map(|header| (header::AUTHORIZATION, header))
            .collect()
    }

    /// Whether both go out as the same credentials.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let header = |bearer: &Self| bearer.token.as_ref().map(|(_, header)| header.clone());
        header(self) == header(other)
    }

    /// `Authorization` as the uploads of files want it, if there is a token.
    pub(crate) fn oauth_headers(&self) -> Result<HeaderMap, RequestError> {
        let mut headers = HeaderMap::new();
        if let Some((token, _)) = &self.token {
            let mut header = HeaderValue::from_str(&format!("OAuth {}", token.expose()))
                .map_err(|error| RequestError::new("the access token is invalid", error))?;
            header.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, header);
        }
        Ok(headers)
    }

    /// Graph repeats a malformed token in its error message, so what it says is cleaned first.
    pub(crate) fn cut_out_of(&self, text: &str) -> String {
        let token = self.token.as_ref();
        let token = token.map(|(token, _)| (token.expose(), CUT));
        let secrets = self.secrets.iter();
        let secrets = secrets.map(|secret| (secret.as_str(), CUT_SECRET));
        let mut text = text.to_owned();
        for (secret, cut) in token.into_iter().chain(secrets) {
            text = text.replace(secret, cut);
            // Meta's JSON writes a slash with a backslash before it.
            text = text.replace(&secret.replace('/', "\\/"), cut);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_shows_no_token_and_a_token_fits_a_header() {
        let bearer = |token: &str| Bearer::new(AccessToken::new(token).unwrap());
        let headers = bearer("EAAG1|x").unwrap().headers();
        let header = &headers[header::AUTHORIZATION];
        assert_eq!(header.to_str().unwrap(), "Bearer EAAG1|x");
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(bearer("two words").is_err() && bearer("Ä").is_err());
        assert!(Bearer::nobody().headers().is_empty());
    }

    #[test]
    fn a_token_is_cut_out_as_json_writes_it() {
        let bearer = Bearer::new(AccessToken::new("a/b").unwrap()).unwrap();
        assert_eq!(
            bearer
                .hiding("c/d")
                .cut_out_of(r#"{"m":"a/b or a\/b, c\/d"}"#),
            format!(r#"{{"m":"{CUT} or {CUT}, {CUT_SECRET}"}}"#)
        );
    }
}
