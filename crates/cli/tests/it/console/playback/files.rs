//! Files as people send them, made by ffmpeg.

use std::path::PathBuf;
use std::process::Command;

use crate::binary::run;

/// Bytes of the film at least: more than a browser takes in before it plays.
const HEAVY: u64 = 4 << 20;

/// Files as people send them, made anew.
pub(super) struct Files(tempfile::TempDir);

impl Files {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Has ffmpeg make a file from one or two sources of its own.
    fn make(&self, name: &str, sources: &[&str], how: &str) -> PathBuf {
        let path = self.path(name);
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-nostdin", "-v", "error"]);
        for source in sources {
            ffmpeg.args(["-f", "lavfi", "-i", source]);
        }
        ffmpeg.args(how.split_whitespace()).arg(&path);
        let ended = run(&mut ffmpeg);
        assert_eq!(ended.code, Some(0), "is ffmpeg installed? {ended:?}");
        path
    }

    /// Six seconds, its index at the end, and too much noise in it to be small.
    pub(super) fn film(&self) -> PathBuf {
        let picture = "testsrc2=size=640x360:rate=25:duration=6,noise=alls=60:allf=t";
        let how = "-c:v libx264 -preset ultrafast -crf 30 -pix_fmt yuv420p -c:a aac -shortest";
        let path = self.make("walk.mp4", &[picture, "sine=frequency=440:duration=6"], how);
        assert!(std::fs::metadata(&path).unwrap().len() > HEAVY);
        path
    }

    /// Upright, as a telephone films.
    pub(super) fn upright(&self) -> PathBuf {
        let how = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -movflags +faststart";
        self.make(
            "upright.mp4",
            &["testsrc=size=360x640:rate=25:duration=2"],
            how,
        )
    }

    pub(super) fn voice(&self) -> PathBuf {
        let how = "-ac 1 -c:a libopus -b:a 16k";
        self.make("voice.ogg", &["sine=frequency=300:duration=2"], how)
    }

    pub(super) fn song(&self) -> PathBuf {
        let how = "-c:a libmp3lame -b:a 96k";
        self.make("song.mp3", &["sine=frequency=500:duration=2"], how)
    }

    pub(super) fn photo(&self) -> PathBuf {
        let how = "-frames:v 1 -pix_fmt yuvj420p";
        self.make("photo.jpg", &["testsrc=size=900x1200"], how)
    }

    pub(super) fn sticker(&self) -> PathBuf {
        let how = "-frames:v 1 -c:v libwebp";
        self.make("sticker.webp", &["testsrc=size=512x512"], how)
    }

    /// A document as far as anybody looks.
    pub(super) fn document(&self, name: &str) -> PathBuf {
        let mut bytes = b"%PDF-1.4\n".to_vec();
        bytes.extend((0..150_000_u32).flat_map(u32::to_be_bytes));
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}
