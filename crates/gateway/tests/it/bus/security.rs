//! Signing in and TLS; nothing secret is told.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_nats::{ConnectOptions, jetstream};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gateway::config::{Config, SecretRef};
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair as CertKey};
use serde_json::{Value, json};
use test_servers::Nats;
use tracing_subscriber::fmt::MakeWriter;

use super::{Bench, gateway, text};
use crate::app::CHANNEL;

/// Every log line of this thread, at every level.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn record(&self) -> tracing::subscriber::DefaultGuard {
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(lines)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A command goes out and its result comes back; then the same words appear nowhere that is told.
async fn check(
    nats: Nats,
    options: ConnectOptions,
    url: &str,
    change: impl FnOnce(&mut Config),
    secrets: &[&str],
) {
    let lines = Lines::default();
    let guard = lines.record();
    let app = gateway(&nats, change).await;
    let client = options.connect(url).await.unwrap();
    let js = jetstream::new(client);
    let bench = Bench { app, nats, js };
    bench.until_worker().await;
    bench.command(CHANNEL, &text("safe", "hello")).await;
    assert_eq!(bench.result("safe").await["success"], true);
    let status = bench.app.get("/api/v1/nats/status").await;
    drop(guard);
    assert_eq!(status["connected"], true);
    let log = lines.text();
    assert!(log.contains("NATS is connected"), "{log}");
    let told = [
        log,
        status.to_string(),
        bench.app.config.show(),
        format!("{:?}", bench.app.config),
    ];
    for secret in secrets {
        for text in &told {
            assert!(!text.contains(secret), "{secret} is told: {text}");
        }
    }
}

#[tokio::test]
async fn a_token_signs_in() {
    let nats = Nats::start_with("authorization { token: \"hush-token\" }").unwrap();
    let url = nats.url();
    let file = nats.folder().join("token");
    std::fs::write(&file, "hush-token\n").unwrap();
    let options = ConnectOptions::with_token("hush-token".to_owned());
    let change = |config: &mut Config| config.nats.token = SecretRef::File(file);
    Box::pin(check(nats, options, &url, change, &["hush-token"])).await;
}

#[tokio::test]
async fn a_user_and_a_password_of_the_url_sign_in() {
    let nats = Nats::start_with("authorization { user: ada, password: \"hush@word\" }").unwrap();
    let url = nats.url();
    let signed = url.replace("://", "://ada:hush%40word@");
    let options = ConnectOptions::with_user_and_password("ada".to_owned(), "hush@word".to_owned());
    let change = |config: &mut Config| config.nats.url = signed.into();
    let secrets = ["hush@word", "hush%40word", "ada:"];
    Box::pin(check(nats, options, &url, change, &secrets)).await;
}

/// Claims signed by `issuer`, in the form that NATS gives them.
fn jwt(issuer: &KeyPair, subject: &str, nats: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(&json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let claims = part(&json!({
        "jti": subject, "iat": 1_700_000_000, "iss": issuer.public_key(), "name": "test",
        "sub": subject, "nats": nats,
    }));
    let signed = format!("{header}.{claims}");
    let signature = issuer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_credentials_file_signs_in() {
    let (operator, system, account, user) = (
        KeyPair::new_operator(),
        KeyPair::new_account(),
        KeyPair::new_account(),
        KeyPair::new_user(),
    );
    let limits = |disk: i64| {
        json!({"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
            "wildcards": true, "conn": -1, "leaf": -1, "mem_storage": disk, "disk_storage": disk,
            "streams": -1, "consumer": -1})
    };
    let root = jwt(
        &operator,
        &operator.public_key(),
        &json!({"type": "operator", "version": 2, "system_account": system.public_key()}),
    );
    let of_account = |key: &KeyPair, disk: i64| {
        let claims = json!({"type": "account", "version": 2, "limits": limits(disk)});
        jwt(&operator, &key.public_key(), &claims)
    };
    let mut settings = format!(
        "operator: {root}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n",
        system.public_key()
    );
    for (key, disk) in [(&system, 0), (&account, -1)] {
        writeln!(
            settings,
            "  {}: {}",
            key.public_key(),
            of_account(key, disk)
        )
        .unwrap();
    }
    settings.push_str("}\n");
    let signed = jwt(
        &account,
        &user.public_key(),
        &json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1,
            "pub": {}, "sub": {}}),
    );
    let seed = user.seed().unwrap();
    let creds = format!(
        "-----BEGIN NATS USER JWT-----\n{signed}\n------END NATS USER JWT------\n\n\
        -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    let nats = Nats::start_with(&settings).unwrap();
    let url = nats.url();
    let file = nats.folder().join("user.creds");
    std::fs::write(&file, &creds).unwrap();
    let options = ConnectOptions::with_credentials(&creds).unwrap();
    let change = |config: &mut Config| config.nats.creds_file = file;
    Box::pin(check(nats, options, &url, change, &[&seed, &signed])).await;
}

/// An authority, and a certificate of its for this machine, as files.
fn certificates(folder: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, CertKey::generate().unwrap()).unwrap();
    let key = CertKey::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let leaf = CertificateParams::new(names).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    (
        write("ca.pem", authority.pem()),
        write("leaf.pem", leaf.pem()),
        write("key.pem", key.serialize_pem()),
    )
}

#[tokio::test]
async fn tls_with_a_certificate_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key) = certificates(folder.path());
    let settings = format!(
        "tls {{ cert_file: \"{}\", key_file: \"{}\", ca_file: \"{}\", verify: true }}",
        certificate.display(),
        key.display(),
        authority.display()
    );
    let _ = rustls::crypto::ring::default_provider().install_default();
    let nats = Nats::start_with(&settings).unwrap();
    let url = nats.url().replace("nats://", "tls://");
    let options = ConnectOptions::new()
        .add_root_certificates(authority.clone())
        .add_client_certificate(certificate.clone(), key.clone());
    let ours = url.clone();
    let change = |config: &mut Config| {
        config.nats.url = ours.into();
        config.nats.tls_ca_file = authority;
        config.nats.tls_cert_file = certificate;
        config.nats.tls_key_file = key;
    };
    Box::pin(check(nats, options, &url, change, &["PRIVATE KEY"])).await;
}

#[tokio::test]
async fn without_a_url_there_is_no_word_of_nats() {
    let lines = Lines::default();
    let guard = lines.record();
    let app = crate::app::TestApp::start_without_bus().await;
    app.get("/api/v1/status").await;
    drop(guard);
    let log = lines.text().to_lowercase();
    assert!(log.contains("gateway listens"));
    assert!(!log.contains("nats"), "{log}");
}

#[tokio::test]
async fn a_wrong_token_is_told_once_and_not_named() {
    let nats = Nats::start_with("authorization { token: \"right\" }").unwrap();
    let lines = Lines::default();
    let guard = lines.record();
    let file = nats.folder().join("token");
    std::fs::write(&file, "hush-token").unwrap();
    let app = gateway(&nats, |config| config.nats.token = SecretRef::File(file)).await;
    let gateways = app.gateways();
    crate::app::until("the refusal is told", async || {
        lines.text().matches("NATS is not reached").count() >= gateways
    })
    .await;
    crate::app::until("it is tried more than once", async || {
        lines.text().matches("attempting connection").count() > 3 * gateways
    })
    .await;
    drop(guard);
    assert_eq!(
        lines.text().matches("NATS is not reached").count(),
        gateways
    );
    assert!(!lines.text().contains("hush-token"));
    assert_eq!(app.get("/api/v1/nats/status").await["connected"], false);
}
