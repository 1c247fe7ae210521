//! Signatures and challenges.

use wharf_model::{AppSecret, VerifyToken};
use wharf_webhook::{ChallengeError, ParseError, SignatureError, challenge, probe, sign, verify};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const EMPTY: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;
const ESCAPED: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"type":"text","text":{"body":"caf\u00e9 \ud83d\ude00 https:\/\/x.test"}}]}}]}]}"#;
const PLAIN: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"type":"text","text":{"body":"café 😀 https://x.test"}}]}}]}]}"#;

const VECTORS: [(&str, &str); 3] = [
    (
        EMPTY,
        "eefab58106e73358686845848feb95c56372e7391b3dc050b6a31c8c5f347ece",
    ),
    (
        ESCAPED,
        "b4693ae39f1c2a9e9eac2d0d36b04f6e589412a6ff16445b128d684443a53a72",
    ),
    (
        PLAIN,
        "df2aa9c7cf5d92fca262364ecef7071edb7ebc92694338a375796c6ca48f1706",
    ),
];

fn secret(text: &str) -> AppSecret {
    AppSecret::new(text).unwrap()
}

#[test]
fn vectors() {
    for (body, hex) in VECTORS {
        let header = format!("sha256={hex}");
        assert_eq!(sign(&secret(SECRET), body.as_bytes()), header);
        let upper = format!("sha256={}", hex.to_uppercase());
        for header in [header, upper] {
            let secrets = [secret("another"), secret(SECRET)];
            assert_eq!(
                verify(&secrets, Some(header.as_bytes()), body.as_bytes()),
                Ok(1)
            );
        }
    }
}

#[test]
fn secrets_of_one_block_and_of_more() {
    // Computed with Python's hmac module.
    for (length, hex) in [
        (
            64,
            "2e213d30b446410b3c21ed0982394dd2add15ccc4da5abab1cac32e7fd6eb01f",
        ),
        (
            65,
            "2da24f5c5e8c4884fbeebd56a313b1578530a805d626213a9338445723ad28f6",
        ),
    ] {
        assert_eq!(
            sign(&secret(&"k".repeat(length)), b"body"),
            format!("sha256={hex}")
        );
    }
}

#[test]
fn signatures_that_are_refused() {
    let (body, hex) = VECTORS[0];
    let secrets = [secret(SECRET)];
    let check = |header: Option<&str>, body: &str| {
        verify(&secrets, header.map(str::as_bytes), body.as_bytes()).unwrap_err()
    };
    assert_eq!(check(None, body), SignatureError::Missing);
    for header in [
        "",
        "sha256=",
        hex,
        &format!("sha1={hex}"),
        &format!("SHA256={hex}"),
        &format!("sha256={hex}0"),
        &format!("sha256={}", &hex[1..]),
        &format!("sha256= {}", &hex[1..]),
        &format!("sha256=+{}", &hex[1..]),
        &format!("sha256={}é", &hex[2..]),
    ] {
        assert_eq!(
            check(Some(header), body),
            SignatureError::Malformed,
            "{header}"
        );
    }
    let good = format!("sha256={hex}");
    assert_eq!(check(Some(&good), "{}"), SignatureError::Mismatch);
    assert_eq!(
        verify(&[], Some(good.as_bytes()), body.as_bytes()),
        Err(SignatureError::Mismatch)
    );
}

#[test]
fn challenges() {
    let tokens = [
        VerifyToken::new("old").unwrap(),
        VerifyToken::new("a+b ç&=").unwrap(),
    ];
    let ask = |query: &str| challenge(query, &tokens);
    let good = "hub.mode=subscribe&hub.challenge=115&hub.verify_token=";
    assert_eq!(ask(&format!("{good}old")).as_deref(), Ok("115"));
    assert_eq!(
        ask(&format!("?{good}a%2Bb+%C3%A7%26%3D")).as_deref(),
        Ok("115")
    );
    let encoded = "hub%2Emode=subscribe&x&hub.verify_token=old&hub.challenge=a%20b%zz%4";
    assert_eq!(ask(encoded).as_deref(), Ok("a b%zz%4"));
    assert_eq!(ask(&format!("{good}ol")), Err(ChallengeError::Token));
    assert_eq!(ask(good), Err(ChallengeError::Token));
    assert_eq!(
        ask("hub.challenge=1&hub.verify_token=old"),
        Err(ChallengeError::Mode)
    );
    assert_eq!(ask(""), Err(ChallengeError::Mode));
    let unasked = "hub.mode=subscribe&hub.verify_token=old";
    assert_eq!(ask(unasked), Err(ChallengeError::NoChallenge));
    assert_eq!(
        challenge(&format!("{good}old"), &[]),
        Err(ChallengeError::Token)
    );
}

#[test]
fn probes() {
    let deep = |depth: usize| {
        // The object itself is one level.
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"object":"whatsapp_business_account","entry":{open}{close}}}"#)
    };
    let brackets = format!(
        r#"{{"object":"whatsapp_business_account","entry":["{}\"{}"]}}"#,
        "[{".repeat(500),
        "[{".repeat(500)
    );
    for (body, result) in [
        (EMPTY, Ok(())),
        (
            " \n{\"object\":\"whatsapp_business_accoun\\u0074\"} ",
            Ok(()),
        ),
        (&brackets, Ok(())),
        (&deep(127), Ok(())),
        (&deep(128), Err(ParseError::TooDeep)),
        (&"[".repeat(100_000), Err(ParseError::NotJson)),
        ("", Err(ParseError::Empty)),
        (" \r\n\t", Err(ParseError::Empty)),
        ("<html>", Err(ParseError::NotJson)),
        ("{", Err(ParseError::NotJson)),
        (&EMPTY[..EMPTY.len() - 1], Err(ParseError::NotJson)),
        (&format!("{EMPTY},"), Err(ParseError::NotJson)),
        ("\u{feff}{}", Err(ParseError::NotJson)),
        ("[1", Err(ParseError::NotJson)),
        ("[]", Err(ParseError::NotAnObject)),
        ("null", Err(ParseError::NotAnObject)),
        ("{}", Err(ParseError::WrongObject)),
        (r#"{"object":"page"}"#, Err(ParseError::WrongObject)),
        (
            r#"{"object":["whatsapp_business_account"]}"#,
            Err(ParseError::WrongObject),
        ),
    ] {
        assert_eq!(probe(body.as_bytes()), result, "{body:.80}");
        let parsed = wharf_webhook::parse(body.as_bytes()).map(drop);
        assert_eq!(parsed, result, "{body:.80}");
    }
    assert_eq!(probe(b"{\"object\":\"\xff\"}"), Err(ParseError::NotJson));
    let whole: Result<serde_json::Value, _> = serde_json::from_str(&deep(127));
    assert!(whole.is_ok(), "what passes can be read by the JSON parser");
    let whole: Result<serde_json::Value, _> = serde_json::from_str(&deep(128));
    assert!(whole.is_err(), "the limit is the JSON parser's own");
}
