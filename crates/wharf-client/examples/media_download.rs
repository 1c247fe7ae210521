//! Downloads a file: `cargo run -p wharf-client --example media_download`, next to
//! `wharf simulate`. `MEDIA_ID` names it; without one a small file is uploaded first.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but the environment"
)]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use tokio::fs::File;
use wharf_client::{DownloadLimits, MediaUpload};
use wharf_model::MediaId;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, _) = start::start()?;
    let id: MediaId = if let Ok(id) = std::env::var("MEDIA_ID") {
        id.parse()?
    } else {
        let upload = MediaUpload::from_bytes("application/pdf", &b"%PDF-1.4\n%%EOF\n"[..]);
        let upload = client.number(&number).upload(upload);
        upload.await.map_err(start::explain)?
    };
    let path = std::env::temp_dir().join("wharf-media");
    let mut file = File::create(&path).await?;
    // The length and the checksum that Meta names are checked on the way.
    let limits = DownloadLimits::up_to(100 * 1024 * 1024);
    let media = client.media(&id);
    let downloaded = media.download(&mut file, &limits).await;
    let downloaded = downloaded.map_err(start::explain)?;
    println!("{} bytes in {}", downloaded.bytes, path.display());
    Ok(())
}
