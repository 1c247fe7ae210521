//! The token, the user's number and the text show up in no `Debug`, error or log line.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use simulator::Trouble;
use tracing_subscriber::fmt::MakeWriter;
use wharf_client::{AccessToken, Error, GraphError, MediaUpload, Method};
use wharf_model::AppSecret;

use crate::platform::{Platform, TEXT, TOKEN, USER, client, text};
use crate::wire::{Then, Wire, nobody};

#[track_caller]
fn assert_clean(shown: &str) {
    for secret in [TOKEN, USER, USER.trim_start_matches('+'), TEXT] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Everything that a log line could show of an error.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut next = error.source();
    while let Some(source) = next {
        write!(text, " {source} {source:?}").unwrap();
        next = source.source();
    }
    text
}

#[tokio::test]
async fn errors_show_neither_token_nor_number_nor_text_nor_url() {
    let platform = Platform::start().await;
    let leaky = format!(
        r#"{{"error":{{"code":100,"message":"{TEXT} {TOKEN}","error_data":{{"details":"{USER}"}}}}}}"#
    );
    let not_json = format!("{TEXT} for {USER} by {TOKEN}");
    let wrong_type = format!(r#"{{"messages":"{TEXT}","contacts":"{USER}"}}"#);
    let mut errors = Vec::new();
    for (status, body) in [
        (400, leaky),
        (500, not_json.clone()),
        (200, not_json),
        (200, wrong_type),
    ] {
        platform.once(Trouble::Http { status, body });
        errors.push(platform.number().send(&text()).await.unwrap_err());
    }
    platform.once(Trouble::CutAfterAccepting);
    errors.push(platform.number().send(&text()).await.unwrap_err());
    let lost = client(&nobody().await);
    errors.push(
        lost.raw(Method::GET, &format!("{USER}?secret={TOKEN}"), None)
            .await
            .unwrap_err(),
    );
    let wire = Wire::answer("HTTP/1.1 nonsense\r\n\r\n", Then::Close).await;
    let broken = client(&wire.url());
    errors.push(
        broken
            .raw(Method::GET, &format!("{USER}?secret={TOKEN}"), None)
            .await
            .unwrap_err(),
    );

    for error in &errors {
        let shown = shown(error);
        assert_clean(&shown);
        assert!(!shown.contains("http://"), "{shown}");
    }
    let graph: &GraphError = errors[0].graph().unwrap();
    assert_eq!(graph.details.as_deref(), Some(USER), "kept for who asks");
}

#[tokio::test]
async fn values_show_neither_token_nor_number_nor_text() {
    let platform = Platform::start().await;
    assert_clean(&format!("{:?} {:#?}", platform.client, platform.number()));
    assert_clean(&format!(
        "{:?}",
        wharf_client::Client::builder(crate::platform::token())
    ));
    assert_clean(&format!("{:?}", platform.number().send(&text())));
    let upload = MediaUpload::from_bytes("text/plain", TEXT).file_name(TEXT);
    assert_clean(&format!("{upload:?}"));
    assert_clean(&format!("{:?}", platform.number().upload(upload)));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn log_lines_show_neither_token_nor_number_nor_text() {
    let platform = Platform::start().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    platform.number().send(&text()).await.unwrap();
    platform.once(Trouble::graph(131_056));
    platform.number().send(&text()).await.unwrap_err();
    // The simulator knows neither the token nor the app; what counts is the way there.
    let asked = AccessToken::new(TEXT).unwrap();
    let info = platform.client.debug_token(&asked).await.unwrap();
    assert_eq!(info.is_valid(), Some(false));
    let app = platform.client.app(&"1".parse().unwrap());
    let secret = AppSecret::new(TEXT).unwrap();
    app.app_token(&secret).await.unwrap_err();
    drop(guard);

    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for operation in ["messages.send", "tokens.debug", "tokens.app"] {
        assert!(lines.contains(operation), "{operation} in {lines}");
    }
    assert!(!lines.contains("canary+text"), "{lines}");
    assert_clean(&lines);
}
