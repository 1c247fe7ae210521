//! Answers without an end in sight, written piece by piece to a file or to standard output.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use reqwest::{Method, Response};

use crate::api::Api;
use crate::failure::Failure;

/// Writes what `path` answers as it came. A file is made anew, and only its owner can read it.
pub(crate) async fn save(
    api: &Api,
    path: &str,
    query: &[(&str, String)],
    file: Option<&Path>,
) -> anyhow::Result<()> {
    let request = api.request(Method::GET, path)?.query(query);
    let mut answer = api.send(request).await?;
    let Some(path) = file else {
        return write(&mut answer, &mut std::io::stdout()).await;
    };
    let written = write(&mut answer, &mut private(path)?).await;
    if written.is_err() {
        // A part of it is of no use, and would be in the way of the next try.
        let _ = std::fs::remove_file(path);
    }
    written
}

async fn write(answer: &mut Response, output: &mut (impl Write + Send)) -> anyhow::Result<()> {
    let broken = "the answer broke off; begin again";
    while let Some(piece) = answer.chunk().await.context(broken)? {
        match output.write_all(&piece) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                return Err(Failure::OutputClosed.into());
            }
            Err(error) => return Err(error).context("the output cannot be written"),
        }
    }
    output.flush().context("the output cannot be written")
}

fn private(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .with_context(|| format!("cannot make {}; is it there already?", path.display()))
}
