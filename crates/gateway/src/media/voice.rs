//! Voice messages of other sound: Opus in Ogg with one channel, made by ffmpeg.
//!
//! ffmpeg reads what strangers send, so it gets little: two files, one thread, so much memory, so
//! much time, and the one format that the file has. Nothing of it is left when this returns or is
//! dropped.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::{MediaError, read};
use crate::app::App;
use crate::ids::Kind;
use crate::store::media::Media;

/// What a voice message is.
pub(super) const MIME_TYPE: &str = "audio/ogg; codecs=opus";

/// Conversions at once.
pub(super) const AT_ONCE: usize = 2;

/// Bytes that Meta takes of a sound.
const LONGEST: &str = "16777216";

/// Bytes of memory: of one piece, and of all that the program maps.
const LARGEST_PIECE: &str = "67108864";
#[cfg(target_os = "linux")]
const MEMORY: u64 = 1 << 30;

/// How long the program may take to say what it can do.
const PROBE: Duration = Duration::from_secs(10);

/// Why a sound was not converted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VoiceError {
    #[error(
        "a sound of type {0} cannot be made a voice message; send Opus in Ogg, MP3, AAC, AMR or M4A"
    )]
    Format(String),
    #[error(
        "a voice message must be Opus in Ogg with one channel, and ffmpeg, which could convert this \
         sound, is not there: install it (Debian: apt-get install ffmpeg), or name it in \
         media.ffmpeg, or send such a file"
    )]
    NoFfmpeg,
    #[error("ffmpeg could not convert the sound ({0})")]
    Failed(String),
    #[error("ffmpeg took longer than {0} s and was stopped")]
    TooSlow(u64),
    #[error("the gateway is stopping")]
    Stopping,
    #[error("the sound cannot be read or written")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// A converted file, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Converted {
    files: Files,
}

impl Converted {
    pub(super) fn path(&self) -> &Path {
        &self.files.output
    }
}

#[derive(Debug)]
struct Files {
    input: PathBuf,
    output: PathBuf,
}

impl Drop for Files {
    fn drop(&mut self) {
        for path in [&self.input, &self.output] {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The program while it runs; dropped, it and what it may have started are killed.
struct Group(Child);

impl Group {
    fn kill(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(pid) = self.0.id().and_then(|id| i32::try_from(id).ok())
            && let Some(pid) = rustix::process::Pid::from_raw(pid)
        {
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
        let _ = self.0.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// ffmpeg's name of the format of a sound that can be converted. Never guessed by ffmpeg: among the
/// formats that it knows are some that name other files and addresses.
pub(super) fn format_of(mime_type: &str) -> Option<&'static str> {
    Some(match mime_type {
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/flac" => "flac",
        "audio/mp4" => "mov",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" => "wav",
        _ => return None,
    })
}

/// Whether a sound can be converted here and now.
pub(super) async fn can_convert(app: &App, mime_type: &str) -> Result<(), VoiceError> {
    if format_of(mime_type).is_none() {
        return Err(VoiceError::Format(mime_type.to_owned()));
    }
    if is_there(app).await {
        Ok(())
    } else {
        Err(VoiceError::NoFfmpeg)
    }
}

/// Whether the program is installed and can make Opus. What is missing may be installed at any time.
pub(super) async fn is_there(app: &App) -> bool {
    let there = &app.media.ffmpeg_is_there;
    if there.initialized() {
        return true;
    }
    let program = &app.config.media.ffmpeg;
    if program.is_empty() {
        return false;
    }
    let mut command = Command::new(program);
    command
        .args(["-hide_banner", "-encoders"])
        .env_clear()
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PROBE, command.output()).await;
    let able = matches!(&output, Ok(Ok(output))
        if output.status.success() && contains(&output.stdout, b"libopus"));
    if able {
        let _ = there.set(());
    }
    able
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// Makes a voice message of a stored sound.
pub(super) async fn convert(app: &Arc<App>, row: &Media) -> Result<Converted, VoiceError> {
    let mime_type = row.mime_type.as_deref().unwrap_or_default();
    let format = format_of(mime_type).ok_or_else(|| VoiceError::Format(mime_type.to_owned()))?;
    can_convert(app, mime_type).await?;
    let permit = app.media.conversions.acquire().await;
    let _permit = permit.map_err(|_| VoiceError::Stopping)?;
    let folder = folder(app);
    tokio::fs::create_dir_all(&folder).await?;
    let folder = tokio::fs::canonicalize(folder).await?;
    let name = app.random.id(Kind::Media, app.clock.now());
    let files = Files {
        input: folder.join(format!("{name}.in")),
        output: folder.join(format!("{name}.out")),
    };
    let mut stream = read::stream(app, row, None).await?;
    let mut file = tokio::fs::File::create(&files.input).await?;
    while let Some(piece) = stream.next().await {
        file.write_all(&piece.map_err(MediaError::from)?).await?;
    }
    file.flush().await?;
    drop(file);
    run(app, format, &files).await?;
    Ok(Converted { files })
}

async fn run(app: &App, format: &str, files: &Files) -> Result<(), VoiceError> {
    let settings = &app.config.media;
    let mut command = Command::new(&settings.ffmpeg);
    command
        .args(["-nostdin", "-hide_banner", "-v", "error"])
        .args(["-threads", "1", "-max_alloc", LARGEST_PIECE])
        .args(["-protocol_whitelist", "file", "-f", format, "-i"])
        .arg(local(&files.input))
        .args(["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"])
        .args([
            "-threads", "1", "-ac", "1", "-ar", "48000", "-c:a", "libopus",
        ])
        .args(["-b:a", "32k", "-application", "voip", "-fs", LONGEST])
        .args(["-f", "ogg", "-y"])
        .arg(local(&files.output))
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|_| VoiceError::NoFfmpeg)?;
    let mut group = Group(child);
    limit(&group.0, settings.ffmpeg_timeout_seconds);
    let time = Duration::from_secs(settings.ffmpeg_timeout_seconds);
    let ended = tokio::select! {
        ended = group.0.wait() => Ok(ended?),
        () = tokio::time::sleep(time) => Err(VoiceError::TooSlow(time.as_secs())),
        () = app.stopping.cancelled() => Err(VoiceError::Stopping),
    };
    let status = match ended {
        Ok(status) => status,
        Err(error) => {
            group.kill();
            group.0.wait().await?;
            return Err(error);
        }
    };
    let made = tokio::fs::metadata(&files.output).await;
    if !status.success() || made.map_or(0, |made| made.len()) == 0 {
        return Err(VoiceError::Failed(status.to_string()));
    }
    Ok(())
}

/// Bounds what a program may use that has just begun.
#[cfg(target_os = "linux")]
fn limit(child: &Child, seconds: u64) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    let Some(pid) = pid.and_then(Pid::from_raw) else {
        return;
    };
    for (resource, most) in [(Resource::As, MEMORY), (Resource::Cpu, seconds.max(1))] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        if let Err(error) = prlimit(Some(pid), resource, limit) {
            tracing::debug!(%error, "ffmpeg is not limited");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Child, _: u64) {}

/// A path that ffmpeg takes for nothing but a file.
fn local(path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from("file:");
    text.push(path);
    text
}

pub(super) fn folder(app: &App) -> PathBuf {
    app.config.data_dir.join("media-tmp")
}
