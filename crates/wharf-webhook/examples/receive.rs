//! Receives webhooks with axum: `cargo run -p wharf-webhook --features axum --example receive`.
//!
//! Next to `wharf simulate --callback http://127.0.0.1:8080/webhooks` it needs no settings. Meta
//! calls `https://…/webhooks`, so a tunnel or a proxy with a certificate stands in front; then set
//! `APP_SECRET` and `VERIFY_TOKEN`, and LISTEN for another address.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but the environment"
)]

use std::convert::Infallible;
use std::error::Error;

use wharf_model::{AppSecret, VerifyToken};
use wharf_webhook::UpdateKind;
use wharf_webhook::serve::{Received, webhook};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let secret = setting("APP_SECRET", "simulated-app-secret");
    let token = setting("VERIFY_TOKEN", "simulated-verify-token");
    let secrets = vec![AppSecret::new(secret)?];
    let tokens = vec![VerifyToken::new(token)?];
    let routes = axum::Router::new().nest("/webhooks", webhook(secrets, tokens, take));
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    println!("listening on http://{}/webhooks", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}

/// Takes a notification. What is worth keeping must be on disk when this returns.
async fn take(received: Received) -> Result<(), Infallible> {
    for update in received.notification.updates {
        match &update.kind {
            UpdateKind::Message(message) => println!("a message of type {}", message.kind),
            UpdateKind::Status(status) => println!("a message is {}", status.status.as_str()),
            UpdateKind::Error(error) => println!("error {}", error.code),
            _ => println!("something under {}", update.field),
        }
    }
    for part in received.notification.unrecognised {
        println!("not understood: {} ({})", part.path, part.reason);
    }
    Ok(())
}
