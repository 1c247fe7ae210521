//! The access token on its way into a header, and out of every text.

use http::HeaderValue;
use wharf_model::AccessToken;

use crate::error::RequestError;

/// Stands where a token was; it needs no escape in JSON.
const CUT: &str = "[access token]";

/// An access token that fits into a header.
#[derive(Clone)]
pub(crate) struct Bearer {
    token: AccessToken,
    header: HeaderValue,
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
        Ok(Self { token, header })
    }

    /// The value of `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The value of `Authorization` as the uploads of files want it.
    pub(crate) fn oauth(&self) -> Result<HeaderValue, RequestError> {
        let mut header = HeaderValue::from_str(&format!("OAuth {}", self.token.expose()))
            .map_err(|error| RequestError::new("the access token is invalid", error))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Graph repeats a malformed token in its error message, so what it says is cleaned first.
    pub(crate) fn cut_out_of(&self, text: &str) -> String {
        let token = self.token.expose();
        let text = text.replace(token, CUT);
        // Meta's JSON writes a slash with a backslash before it.
        text.replace(&token.replace('/', "\\/"), CUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_shows_no_token_and_a_token_fits_a_header() {
        let bearer = |token: &str| Bearer::new(AccessToken::new(token).unwrap());
        let header = bearer("EAAG1|x").unwrap().header();
        assert_eq!(header.to_str().unwrap(), "Bearer EAAG1|x");
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(bearer("two words").is_err() && bearer("Ä").is_err());
    }

    #[test]
    fn a_token_is_cut_out_as_json_writes_it() {
        let bearer = Bearer::new(AccessToken::new("a/b").unwrap()).unwrap();
        assert_eq!(
            bearer.cut_out_of(r#"{"m":"a/b or a\/b"}"#),
            format!(r#"{{"m":"{CUT} or {CUT}"}}"#)
        );
    }
}
