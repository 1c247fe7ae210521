//! Flow requests, answers, keys, media and tokens, against vectors that other software made.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use wharf_model::AppSecret;
use wharf_webhook::flow::{
    FlowAction, FlowEndpoint, FlowError, FlowKey, FlowKeyError, FlowMedia, FlowMediaError,
    FlowRequest, FlowResponse, FlowTokenError, decrypt, verify_flow_token,
};
use wharf_webhook::sign;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn vector(name: &str) -> String {
    let path = format!("{}/tests/flow/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn fixture(name: &str) -> Value {
    let folder = format!("{}/../../fixtures/cloud-api", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(format!("{folder}/flow-endpoint.{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn key() -> FlowKey {
    FlowKey::from_pem(&vector("pkcs8.pem"), None).unwrap()
}

/// The encrypted ping of the vector, for our key.
pub(crate) fn ping() -> Value {
    serde_json::from_str(&vector("flow-endpoint.request-ping-encrypted.json")).unwrap()
}

fn secrets() -> Vec<AppSecret> {
    vec![AppSecret::new(SECRET).unwrap()]
}

#[test]
fn the_vector_is_decrypted_and_its_answer_encrypted() {
    let crypto = fixture("crypto-vector");
    let (request, session) = decrypt(&key(), ping().to_string().as_bytes()).unwrap();
    assert_eq!(request.action, FlowAction::Ping);
    assert_eq!(request.raw.get(), crypto["request_plaintext"]);
    let answer = request.prescribed().unwrap();
    assert_eq!(json!(answer), fixture("response-ping"));
    assert_eq!(
        session.encrypt(&answer).unwrap(),
        crypto["response_body_base64"]
    );
}

#[test]
fn what_is_tampered_with_or_for_another_key_is_refused() {
    let refused = |request: &Value| decrypt(&key(), request.to_string().as_bytes()).unwrap_err();
    for part in ["encrypted_flow_data", "encrypted_aes_key", "initial_vector"] {
        let bytes = BASE64_STANDARD
            .decode(ping()[part].as_str().unwrap())
            .unwrap();
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            let mut request = ping();
            request[part] = json!(BASE64_STANDARD.encode(bytes));
            assert_eq!(refused(&request), FlowError::Undecryptable, "{part} {at}");
        }
        let mut request = ping();
        request[part] = json!("no base64!");
        assert_eq!(refused(&request), FlowError::Body, "{part}");
        request[part] = json!("");
        assert_ne!(refused(&request), FlowError::Request, "{part}");
    }
    assert_eq!(
        refused(&fixture("request-encrypted")),
        FlowError::Undecryptable,
        "its key is not ours"
    );
    let keys: Value = serde_json::from_str(&vector("keys.json")).unwrap();
    for odd in [
        "encrypted_aes_key_of_32_bytes",
        "encrypted_aes_key_with_sha1",
    ] {
        let mut request = ping();
        request["encrypted_aes_key"] = keys[odd].clone();
        assert_eq!(refused(&request), FlowError::Undecryptable, "{odd}");
    }
    assert_eq!(refused(&json!({})), FlowError::Body);
    assert_eq!(refused(&json!([1])), FlowError::Body);
}

#[test]
fn an_endpoint_answers_with_the_documented_status() {
    let endpoint = FlowEndpoint::new(key(), secrets());
    let receive = |body: &str| {
        let signature = sign(&secrets()[0], body.as_bytes());
        endpoint.receive(Some(signature.as_bytes()), body.as_bytes())
    };
    let body = ping().to_string();
    assert_eq!(
        receive(&body)
            .unwrap()
            .respond(&FlowResponse::active())
            .status,
        200
    );
    let expired = receive(&body).unwrap().expire("The offer is over");
    assert_eq!(expired.status, 427);
    assert!(!expired.body.is_empty());
    let foreign = fixture("request-encrypted").to_string();
    assert_eq!(receive(&foreign).unwrap_err().status, 421);
    assert_eq!(receive("{}").unwrap_err().status, 400);
    for signature in [
        None,
        Some(&b"sha256=00"[..]),
        Some(sign(&secrets()[0], b"x").as_bytes()),
    ] {
        let refused = endpoint.receive(signature, body.as_bytes()).unwrap_err();
        assert_eq!(refused.status, 432);
    }
}

#[test]
fn requests_and_responses_of_the_samples() {
    let read = |name: &str| FlowRequest::from_json(fixture(name).to_string().as_bytes()).unwrap();
    for (name, action) in [
        ("request-ping", FlowAction::Ping),
        ("request-init", FlowAction::Init),
        ("request-back", FlowAction::Back),
        ("request-data_exchange", FlowAction::DataExchange),
    ] {
        let request = read(name);
        assert_eq!(request.action, action);
        let raw: Value = serde_json::from_str(request.raw.get()).unwrap();
        assert_eq!(raw, fixture(name));
        assert_eq!(json!(request.action), raw["action"]);
        assert_eq!(request.prescribed().is_some(), action == FlowAction::Ping);
    }
    let sent: Value = read("request-data_exchange").data().unwrap();
    assert_eq!(sent, json!({"prop_1": "value_1"}));
    let notice = read("request-error-notification");
    assert_eq!(notice.error().unwrap().error, "ERROR-KEY");
    assert_eq!(json!(notice.prescribed()), fixture("response-error-ack"));

    let next = FlowResponse::screen("SCREEN_NAME", &json!({"property_1": "value_1"})).unwrap();
    assert_eq!(json!(next), fixture("response-next-screen"));
    let last = FlowResponse::finish("FLOW_TOKEN", &json!({"optional_param1": "value1"})).unwrap();
    assert_eq!(json!(last), fixture("response-final"));
    assert!(FlowResponse::screen("S", &json!([])).is_err());
    let mended = next.error_message("Choose a day");
    assert_eq!(json!(mended)["data"]["error_message"], "Choose a day");
}

#[test]
fn keys_in_every_form() {
    let public = vector("public.pem");
    for (name, passphrase) in [
        ("pkcs8.pem", None),
        ("pkcs8.pem", Some("not needed")),
        ("pkcs1.pem", None),
        ("aes.pem", Some("open")),
        ("des3.pem", Some("open")),
    ] {
        let key = FlowKey::from_pem(&vector(name), passphrase).unwrap();
        assert_eq!(key.public_pem(), public, "{name}");
        assert_eq!(format!("{key:?}"), "FlowKey(redacted)");
    }
    for (name, passphrase, error) in [
        ("aes.pem", None, FlowKeyError::NoPassphrase),
        ("aes.pem", Some("wrong"), FlowKeyError::Passphrase),
        ("old.pem", Some("open"), FlowKeyError::OldEncryption),
        ("short.pem", None, FlowKeyError::Short),
        ("public.pem", None, FlowKeyError::Form),
        ("media.json", None, FlowKeyError::Form),
    ] {
        let refused = FlowKey::from_pem(&vector(name), passphrase).unwrap_err();
        assert_eq!(refused, error, "{name}");
    }
}

#[test]
fn media_are_decrypted_and_tampered_ones_refused() {
    let sample: Value = serde_json::from_str(&vector("media.json")).unwrap();
    let media: FlowMedia = serde_json::from_value(sample.clone()).unwrap();
    let mut written = json!(media);
    written["bytes"] = sample["bytes"].clone();
    written["plaintext"] = sample["plaintext"].clone();
    assert_eq!(written, sample);
    let metadata = &media.encryption_metadata;
    let bytes = BASE64_STANDARD
        .decode(sample["bytes"].as_str().unwrap())
        .unwrap();
    let file = metadata.decrypt(&bytes).unwrap();
    assert_eq!(String::from_utf8(file).unwrap(), sample["plaintext"]);

    let mut changed = bytes.clone();
    changed[3] ^= 1;
    assert_eq!(
        metadata.decrypt(&changed),
        Err(FlowMediaError::EncryptedHash)
    );
    let zeros = BASE64_STANDARD.encode([0; 32]);
    let with = |change: fn(&mut wharf_webhook::flow::EncryptionMetadata, String)| {
        let mut metadata = metadata.clone();
        change(&mut metadata, zeros.clone());
        metadata.decrypt(&bytes).unwrap_err()
    };
    assert_eq!(with(|m, zeros| m.hmac_key = zeros), FlowMediaError::Code);
    assert_eq!(
        with(|m, _| m.iv = BASE64_STANDARD.encode([0; 16])),
        FlowMediaError::Code
    );
    assert_eq!(with(|m, zeros| m.iv = zeros), FlowMediaError::Metadata);
    assert_eq!(
        with(|m, zeros| m.encryption_key = zeros),
        FlowMediaError::Padding
    );
    assert_eq!(
        with(|m, zeros| m.plaintext_hash = zeros),
        FlowMediaError::PlaintextHash
    );
    assert!(!format!("{media:?}").contains(&metadata.encryption_key));
}

#[test]
fn signed_tokens() {
    let signed = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJmbG93X3Rva2VuIjoiRkxPV19UT0tFTiJ9.4i2JinP5YDZ5ur-pwaL2aFVAEq9lJYcLXEYLmu19Dho";
    let claims = verify_flow_token(&secrets(), signed).unwrap();
    assert_eq!(claims, json!({"flow_token": "FLOW_TOKEN"}));
    for (jwt, error) in [
        (signed.replace(".eyJmb", ".eyJmc"), FlowTokenError::Mismatch),
        (signed.replace("19Dho", "19Dhp"), FlowTokenError::Malformed),
        (signed.replace("u19Dho", "v19Dho"), FlowTokenError::Mismatch),
        (
            "eyJhbGciOiJub25lIn0.eyJmbG93X3Rva2VuIjoiRkxPV19UT0tFTiJ9.".to_owned(),
            FlowTokenError::Algorithm,
        ),
        (String::new(), FlowTokenError::Malformed),
        ("a.b".to_owned(), FlowTokenError::Malformed),
    ] {
        assert_eq!(verify_flow_token(&secrets(), &jwt), Err(error), "{jwt}");
    }
    assert_eq!(
        verify_flow_token(&[], signed),
        Err(FlowTokenError::Mismatch)
    );
}
