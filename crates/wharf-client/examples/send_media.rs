//! Uploads a file and sends it: `cargo run -p wharf-client --example send_media`, next to
//! `wharf simulate`. FILE names a PDF; without it a very small one is sent.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but the environment"
)]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use tokio::fs::File;
use wharf_client::MediaUpload;
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::Document;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, user) = start::start()?;
    let number = client.number(&number);
    let pdf = "application/pdf";
    let upload = match std::env::var_os("FILE") {
        // Read piece by piece while it is sent.
        Some(path) => MediaUpload::from_file(pdf, File::open(path).await?).await?,
        None => MediaUpload::from_bytes(pdf, &b"%PDF-1.4\n%%EOF\n"[..]),
    };
    let media = number.upload(upload).await.map_err(start::explain)?;
    println!("uploaded as {media}");

    let document = Document::new(media).filename("offer.pdf")?;
    let message = OutgoingMessage::new(user, document)?;
    let response = number.send(&message).await.map_err(start::explain)?;
    println!("accepted as {:?}", response.id());
    Ok(())
}
