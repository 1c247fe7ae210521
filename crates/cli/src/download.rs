//! Answers without an end in sight, written piece by piece to a file or to standard output.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use reqwest::Method;

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
    let mut output: Box<dyn Write + Send> = match file {
        Some(path) => Box::new(private(path)?),
        None => Box::new(std::io::stdout()),
    };
    let broken = "the answer broke off; begin again";
    while let Some(piece) = answer.chunk().await.context(broken)? {
        match output.write_all(&piece) {
            Ok(()) => {}
            Err(_) if file.is_none() => return Err(Failure::OutputClosed.into()),
            Err(error) => return Err(error).context("the file cannot be written"),
        }
    }
    output.flush().context("the file cannot be written")
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
