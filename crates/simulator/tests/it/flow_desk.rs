//! A real data endpoint for Flows: it checks the signature, decrypts, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aes::Aes128;
use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{AesGcm, Nonce};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::RsaPrivateKey;
use rsa::oaep::DecryptingKey;
use rsa::traits::Decryptor as _;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::kit::hex;

const PRIVATE: &str = include_str!("../../../wharf-webhook/tests/flow/pkcs8.pem");

/// What the endpoint answers to one request.
pub(crate) enum Said {
    /// This, encrypted.
    Json(Value),
    /// This status and body, in clear.
    Status(u16, &'static str),
}

#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Value>>>,
    answers: Arc<Mutex<VecDeque<Said>>>,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let desk = Self {
            url: format!("http://{}/flow", listener.local_addr().unwrap()),
            got: Arc::default(),
            answers: Arc::default(),
        };
        let router = Router::new()
            .route("/flow", post(take))
            .with_state(desk.clone());
        TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
        desk
    }

    /// What follows; a ping is answered by itself.
    pub(crate) fn says(&self, answers: impl IntoIterator<Item = Said>) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// The requests so far, decrypted.
    pub(crate) fn got(&self) -> Vec<Value> {
        self.got.lock().unwrap().clone()
    }
}

pub(crate) fn public_key() -> String {
    let key = RsaPrivateKey::from_pkcs8_pem(PRIVATE).unwrap();
    key.to_public_key()
        .to_public_key_pem(LineEnding::LF)
        .unwrap()
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(b"simulated-app-secret").unwrap();
    mac.update(&body);
    let signature = format!("sha256={}", hex(&mac.finalize().into_bytes()));
    assert_eq!(headers["x-hub-signature-256"], signature);

    let body: Value = serde_json::from_slice(&body).unwrap();
    let part = |name: &str| STANDARD.decode(body[name].as_str().unwrap()).unwrap();
    let key = RsaPrivateKey::from_pkcs8_pem(PRIVATE).unwrap();
    let Ok(secret) = DecryptingKey::<Sha256>::new(key).decrypt(&part("encrypted_aes_key")) else {
        return (StatusCode::MISDIRECTED_REQUEST, String::new());
    };
    let cipher = AesGcm::<Aes128, U16>::new_from_slice(&secret).unwrap();
    let nonce: [u8; 16] = part("initial_vector").try_into().unwrap();
    let clear = cipher
        .decrypt(&Nonce::from(nonce), part("encrypted_flow_data").as_slice())
        .unwrap();
    let request: Value = serde_json::from_slice(&clear).unwrap();
    let answer = if request["action"] == "ping" {
        Said::Json(json!({"data": {"status": "active"}}))
    } else if request["data"].get("error").is_some() {
        Said::Json(json!({"data": {"acknowledged": true}}))
    } else {
        let next = desk.answers.lock().unwrap().pop_front();
        next.unwrap_or(Said::Status(500, "nothing to say"))
    };
    desk.got.lock().unwrap().push(request);
    match answer {
        Said::Status(status, body) => (StatusCode::from_u16(status).unwrap(), body.to_owned()),
        Said::Json(answer) => {
            let nonce = Nonce::from(nonce.map(|byte| !byte));
            let sealed = cipher
                .encrypt(&nonce, answer.to_string().as_bytes())
                .unwrap();
            (StatusCode::OK, STANDARD.encode(sealed))
        }
    }
}
