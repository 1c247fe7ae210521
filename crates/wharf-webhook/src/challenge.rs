//! The GET request by which Meta verifies a callback URL.

use subtle::ConstantTimeEq;
use wharf_model::VerifyToken;

/// Why a verification request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// `hub.mode` is absent or not `subscribe`.
    #[error("hub.mode is not `subscribe`")]
    Mode,
    /// `hub.challenge` is absent or empty.
    #[error("hub.challenge is missing")]
    NoChallenge,
    /// `hub.verify_token` is absent or none of ours.
    #[error("hub.verify_token does not match")]
    Token,
}

/// Checks the query of a verification request and returns the text to answer with, verbatim.
///
/// See [Cloud API/Create a webhook endpoint].
///
/// ```
/// use wharf_model::VerifyToken;
/// use wharf_webhook::challenge;
///
/// let tokens = [VerifyToken::new("let me in")?];
/// let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=let%20me+in";
/// assert_eq!(challenge(query, &tokens)?, "1158201444");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn challenge(query: &str, verify_tokens: &[VerifyToken]) -> Result<String, ChallengeError> {
    if parameter(query, "hub.mode").as_deref() != Some(b"subscribe") {
        return Err(ChallengeError::Mode);
    }
    let given = parameter(query, "hub.verify_token").ok_or(ChallengeError::Token)?;
    // Every token is compared, so that the time does not tell which one came close.
    let matches = verify_tokens
        .iter()
        .filter(|token| token.expose().as_bytes().ct_eq(&given).into())
        .count();
    if matches == 0 {
        return Err(ChallengeError::Token);
    }
    parameter(query, "hub.challenge")
        .and_then(|challenge| String::from_utf8(challenge).ok())
        .filter(|challenge| !challenge.is_empty())
        .ok_or(ChallengeError::NoChallenge)
}

/// The first value of a parameter, decoded.
fn parameter(query: &str, name: &str) -> Option<Vec<u8>> {
    query.trim_start_matches('?').split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name.as_bytes()).then(|| decode(value))
    })
}

/// Undoes percent-encoding; a `%` without two hex digits stands for itself.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return bytes,
            [b'%', high, low, tail @ ..] if let Some(byte) = hex_byte(*high, *low) => {
                bytes.push(byte);
                tail
            }
            [b'+', tail @ ..] => {
                bytes.push(b' ');
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}
