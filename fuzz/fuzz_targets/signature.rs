//! The signature header and the query of a challenge: the first line is the one or the other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wharf_model::{AppSecret, VerifyToken};
use wharf_webhook::{challenge, sign, verify};

fuzz_target!(|data: &[u8]| {
    let secret = AppSecret::new("0123456789abcdef0123456789abcdef").expect("a secret");
    let end = data.iter().position(|byte| *byte == b'\n');
    let (header, body) = data.split_at(end.unwrap_or(data.len()));
    let secrets = [secret];
    let signed = sign(&secrets[0], body);
    assert_eq!(verify(&secrets, Some(signed.as_bytes()), body), Ok(0));
    if verify(&secrets, Some(header), body).is_ok() {
        assert_eq!(header.to_ascii_lowercase(), signed.as_bytes());
    }
    if let Ok(query) = std::str::from_utf8(header) {
        let tokens = [VerifyToken::new("let me in").expect("a token")];
        if let Ok(answer) = challenge(query, &tokens) {
            assert!(answer.len() <= query.len());
        }
    }
});
