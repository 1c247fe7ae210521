//! Voice messages, made with the real ffmpeg.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use gateway::clock::Clock;
use reqwest::StatusCode;
use serde_json::json;

use super::answer;
use crate::app::{CHANNEL, TestApp, settings, until};

/// Two seconds of a tone in two channels, in a format.
fn tone(arguments: &[&str]) -> Vec<u8> {
    let source = "sine=frequency=440:duration=2";
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-f", "lavfi", "-i", source, "-ac", "2"]);
    let output = command.args(arguments).arg("-").output();
    let output = output.expect("ffmpeg is installed; on Debian: apt-get install ffmpeg");
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

fn channels_of_opus(bytes: &[u8]) -> u8 {
    assert!(bytes.starts_with(b"OggS") && bytes[28..].starts_with(b"OpusHead"));
    bytes[37]
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sound_becomes_a_voice_message_once_and_a_voice_message_stays_as_it_is() {
    let app = TestApp::start().await;
    let mp3 = app.upload("audio/mpeg", tone(&["-f", "mp3"])).await;
    let wav = app.upload("audio/wav", tone(&["-f", "wav"])).await;
    let opus = tone(&["-ac", "1", "-c:a", "libopus", "-f", "ogg"]);
    let voice = app.upload("audio/ogg", opus.clone()).await;
    let mut count = 0;
    for media in [&mp3, &wav, &voice] {
        count += 1;
        app.send_file("audio", json!({"id": media["id"], "voice": true}), count)
            .await;
        let id = app.last_file("audio")["id"].as_str().unwrap().to_owned();
        let (told, bytes) = app.at_carrier(&id).await;
        assert_eq!(told["mime_type"], "audio/ogg; codecs=opus");
        assert_eq!(channels_of_opus(&bytes), 1);
        assert_eq!(bytes == opus, media == &voice);
        count += 1;
        app.send_file("audio", json!({"id": media["id"], "voice": true}), count)
            .await;
        assert_eq!(app.last_file("audio")["id"], *id);
    }
    // As plain sound it goes out as it is.
    app.send_file("audio", json!({"id": mp3["id"]}), count + 1)
        .await;
    let id = app.last_file("audio")["id"].as_str().unwrap().to_owned();
    assert_eq!(app.at_carrier(&id).await.0["sha256"], mp3["sha256"]);
    let left = super::files_in(&app.data().join("media-tmp"));
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ffmpeg_the_caller_is_told_what_to_do() {
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.ffmpeg = "/nowhere/ffmpeg".to_owned();
    })
    .await;
    let mp3 = app.upload("audio/mpeg", tone(&["-f", "mp3"])).await;
    let message = json!({"channel": CHANNEL, "to": "+16505551234", "type": "audio",
        "audio": {"id": mp3["id"], "voice": true}});
    let (status, problem) = answer(app.call("POST", "/api/v1/messages").json(&message)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/audio/voice");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("apt-get install ffmpeg"), "{detail}");
    // A voice message needs no converter.
    let opus = tone(&["-ac", "1", "-c:a", "libopus", "-f", "ogg"]);
    let voice = app.upload("audio/ogg", opus).await;
    app.send_file("audio", json!({"id": voice["id"], "voice": true}), 1)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_converter_that_hangs_is_killed_with_all_that_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    let pids = folder.path().join("pids");
    let script = format!(
        "#!/bin/sh\nif [ \"$2\" = -encoders ]; then echo libopus; exit 0; fi\n\
         /bin/sleep 600 &\necho $$ $! >> {}\nwait\n",
        pids.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.ffmpeg = program.display().to_string();
        config.media.ffmpeg_timeout_seconds = 1;
    })
    .await;
    let mp3 = app.upload("audio/mpeg", tone(&["-f", "mp3"])).await;
    let message = json!({"channel": CHANNEL, "to": "+16505551234", "type": "audio",
        "audio": {"id": mp3["id"], "voice": true}});
    let sent = app.post("/api/v1/messages", &message).await;
    let path = format!("/api/v1/messages/{}", sent["id"].as_str().unwrap());
    until("it has failed", async || {
        app.get(&path).await["state"] == "failed"
    })
    .await;
    let title = app.get(&path).await["error"]["title"].clone();
    assert!(
        title.as_str().unwrap().contains("longer than 1 s"),
        "{title}"
    );
    let pids = std::fs::read_to_string(pids).unwrap();
    assert_eq!(pids.split_whitespace().count(), 2, "{pids}");
    let lives = |pid: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
        status.is_ok_and(|status| !status.contains("State:\tZ"))
    };
    until("nothing of it lives", async || {
        !pids.split_whitespace().any(lives)
    })
    .await;
}
