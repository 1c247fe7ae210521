//! Files of a conversation: pictures are seen, films and sound play, documents are taken home, and what is
//! not there says why.

mod files;

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use self::files::Files;
use super::desk::{Desk, ENTER};
use crate::pair::Pair;

/// The last thing of this kind in the thread.
fn last(selector: &str) -> String {
    format!("[...document.querySelectorAll('.thread-list {selector}')].at(-1)")
}

fn open_thread(desk: &Desk) {
    desk.open("inbox");
    desk.click(".talk[data-at='0']");
    desk.see(".thread-list .bubble");
}

/// Sets the focus on the last player of this kind and starts it by the key that does.
fn play(desk: &Desk, player: &str) {
    desk.browser
        .run(&format!("{}.focus()", last(player)), &json!([]))
        .unwrap();
    desk.press(" ");
    desk.holds(&format!("{}.currentTime > 0.2", last(player)));
}

/// Plays the last player of this kind to its end.
fn hear_out(desk: &Desk, player: &str, seconds: f64) {
    desk.holds(&format!("{}?.readyState >= 1", last(player)));
    let length = desk.holds(&format!("{}.duration", last(player)));
    assert!(
        (length.as_f64().unwrap() - seconds).abs() < 0.3,
        "{player}: {length}"
    );
    play(desk, player);
    desk.holds(&format!("{}.ended", last(player)));
}

/// Goes to a time of the last film, which only a server of stretches lets it do.
fn seek(desk: &Desk, to: f64) {
    let film = last("video");
    desk.browser
        .run(
            &format!(
                "const film = {film}; film.addEventListener('seeked', () => {{ film.dataset.at = film.currentTime; }}, {{ once: true }});
                film.currentTime = arguments[0];"
            ),
            &json!([to]),
        )
        .unwrap();
    let at = desk.holds(&format!("{film}.dataset.at"));
    let at: f64 = at.as_str().unwrap().parse().unwrap();
    assert!((at - to).abs() < 0.5, "{at}");
}

#[test]
fn what_a_user_sends_is_seen_and_heard() {
    let desk = Desk::new();
    let files = Files::new();
    open_thread(&desk);

    desk.user_sends(&files.photo(), "image", "image/jpeg", "The gate");
    desk.holds(&format!("{}?.naturalWidth === 900", last(".picture img")));
    desk.says("The gate");
    desk.user_sends(&files.sticker(), "sticker", "image/webp", "");
    desk.holds(&format!("{}?.naturalWidth === 512", last(".sticker")));
    desk.looks_well("playback-pictures");

    desk.user_sends(&files.film(), "video", "video/mp4", "A walk");
    // Its first picture is there before anybody presses play, and so is its length.
    desk.holds(&format!(
        "{0}?.videoWidth === 640 && {0}.readyState >= 2",
        last("video")
    ));
    desk.says("A walk");
    desk.holds(&format!("Math.round({}.duration) === 6", last("video")));
    play(&desk, "video");
    seek(&desk, 5.5);
    desk.holds(&format!("{}.ended", last("video")));
    desk.user_sends(&files.upright(), "video", "video/mp4", "");
    desk.holds(&format!("{}?.videoHeight === 640", last("video")));
    desk.looks_well("playback-films");

    let voice = "audio/ogg; codecs=opus";
    desk.user_sends(&files.voice(), "audio", voice, "");
    hear_out(&desk, "audio[aria-label=\"Voice message\"]", 2.0);
    desk.user_sends(&files.song(), "audio", "audio/mpeg", "");
    hear_out(&desk, "audio[aria-label=Audio]", 2.0);

    let document = files.document("Invoice-2026.pdf");
    desk.user_sends(&document, "document", "application/pdf", "As agreed");
    desk.says("As agreed");
    assert!(desk.see("a.file-frame").contains("Invoice-2026.pdf"));
    let home = tempfile::tempdir().unwrap();
    let taken = desk.take_home("a.file-frame", home.path(), "Invoice-2026.pdf");
    assert!(taken == std::fs::read(&document).unwrap());
    desk.looks_well("playback-sound");
    desk.end();
}

#[test]
fn what_somebody_reads_stays_where_it_is_when_a_picture_above_it_comes() {
    let desk = Desk::new();
    let files = Files::new();
    desk.user_sends(&files.photo(), "image", "image/jpeg", "");
    desk.user_writes_often(&"Long is the way. ".repeat(20), 30);
    open_thread(&desk);
    desk.holds("document.querySelectorAll('.is-theirs').length === 33");
    // Only what comes into sight is loaded.
    desk.holds("document.querySelector('.picture img')?.complete === false");
    // The lower edge of the picture comes into sight, and the text below it.
    let before = desk.until(
        "const box = document.querySelector('.thread-messages'), picture = document.querySelector('.picture');
        box.scrollTop += picture.getBoundingClientRect().bottom - box.getBoundingClientRect().top - 60;
        return picture.closest('li').nextElementSibling.getBoundingClientRect().top",
    );
    desk.holds(&format!(
        "document.querySelector('.picture img').clientHeight === 360
        && Math.abs(document.querySelector('.picture').closest('li').nextElementSibling.getBoundingClientRect().top - {before}) < 2"
    ));
    desk.end();
}

#[test]
fn what_an_operator_sends_is_seen_and_heard() {
    let desk = Desk::new();
    let files = Files::new();
    open_thread(&desk);
    let send = |file: &Path, caption: &str| {
        desk.type_into(".composer input[type=file]", file.to_str().unwrap());
        desk.see(".attached");
        desk.type_into(".composer textarea", caption);
        desk.press(ENTER);
    };
    send(&files.photo(), "Our gate");
    desk.holds(&format!(
        "{}?.naturalWidth === 900",
        last(".is-mine .picture img")
    ));
    send(&files.film(), "The way here");
    desk.holds(&format!("{}?.videoWidth === 640", last(".is-mine video")));
    desk.says("The way here");
    play(&desk, "video");
    // What WhatsApp would not take is not uploaded first.
    let heavy = files.path("heavy.mp4");
    let file = std::fs::File::create(&heavy).unwrap();
    file.set_len((16 << 20) + 1).unwrap();
    desk.type_into(".composer input[type=file]", heavy.to_str().unwrap());
    desk.says("too large to be sent as video: WhatsApp takes 16 MB at most");
    desk.see(".composer [type=submit]:disabled");
    desk.picture("playback-too-large");
    desk.choose("Remove the file");
    send(&files.song(), "");
    hear_out(&desk, "audio", 2.0);
    let document = files.document("Offer.pdf");
    send(&document, "Our offer");
    assert!(desk.see(".is-mine a.file-frame").contains("Offer.pdf"));
    let home = tempfile::tempdir().unwrap();
    let taken = desk.take_home("a.file-frame", home.path(), "Offer.pdf");
    assert!(taken == std::fs::read(&document).unwrap());
    desk.holds("document.querySelectorAll('.is-mine .ticks[data-state=read]').length === 5");
    desk.looks_well("playback-sent");

    // A picture opens whole in a page of its own.
    let address = desk.holds("document.querySelector('.picture').href");
    desk.browser.open(address.as_str().unwrap()).unwrap();
    desk.holds("document.images[0]?.naturalWidth === 900");
    desk.picture("playback-whole");

    // One that was deleted is said to be gone, and is not offered.
    let list = desk.get("/api/v1/media?direction=outbound");
    for file in list["data"].as_array().unwrap() {
        let id = file["id"].as_str().unwrap();
        desk.api("DELETE", &format!("/api/v1/media/{id}"), None);
    }
    desk.browser
        .open(&format!("{}/console/", desk.url))
        .unwrap();
    desk.see("body[data-ready='in'] main h1");
    open_thread(&desk);
    for name in ["Photo", "Video", "Audio", "Offer.pdf"] {
        desk.says(&format!("{name} is not kept any more"));
    }
    // What Chromium would like to add to a page that is a picture is refused, as all is.
    desk.is_clean_but(&["404", "/content - Applying inline style"]);
}

#[test]
fn a_file_that_is_not_there_says_why() {
    let pair = Pair::start();
    let desk = Desk::at(&pair.url, &pair.simulator_url, &pair.key());
    let files = Files::new();
    let trouble = |trouble: Value| {
        let fault = json!({"calls": "media", "trouble": trouble});
        desk.simulate("POST", "faults", &fault);
    };
    let no_more = || desk.simulate("DELETE", "faults", &Value::Null);
    desk.user_writes("Hello");
    desk.api_until("/api/v1/conversations", |list| {
        !list["data"].as_array().unwrap().is_empty()
    });
    open_thread(&desk);

    trouble(json!({"http": {"status": 503, "body": "busy"}}));
    desk.user_sends(&files.photo(), "image", "image/jpeg", "The gate");
    desk.says("Photo is on its way…");
    desk.says("The gate");
    desk.user_sends(&files.voice(), "audio", "audio/ogg; codecs=opus", "");
    desk.says("Voice message is on its way…");
    desk.looks_well("playback-on-its-way");
    // Who looks later is told what holds it up.
    desk.api_until("/api/v1/media?state=pending", |list| {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| !one["error"].is_null())
    });
    desk.open("overview");
    open_thread(&desk);
    desk.says("The last try failed");
    no_more();
    desk.holds(&format!("{}?.naturalWidth === 900", last(".picture img")));
    desk.holds(&format!("{}?.duration > 1", last("audio")));

    trouble(json!({"graph": {"code": 100}}));
    desk.user_sends(
        &files.document("Invoice.pdf"),
        "document",
        "application/pdf",
        "As agreed",
    );
    desk.says("Invoice.pdf could not be fetched from WhatsApp");
    // In vain again: it can be tried once more.
    let letters = "/api/v1/dead-letters?kind=media";
    let first = desk.get(letters)["data"][0]["id"].clone();
    desk.choose("Fetch again");
    desk.api_until(letters, |list| {
        list["data"][0]["id"].is_string() && list["data"][0]["id"] != first
    });
    desk.says("Invoice.pdf could not be fetched from WhatsApp");
    desk.looks_well("playback-failed");
    no_more();
    desk.choose("Fetch again");
    assert!(desk.see("a.file-frame").contains("Invoice.pdf"));

    // What says to be a film and is none can be taken home all the same.
    let odd = files.path("odd.mp4");
    std::fs::write(
        &odd,
        b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2 and no more of a film",
    )
    .unwrap();
    desk.user_sends(&odd, "video", "video/mp4", "");
    desk.says("This browser cannot show it");
    let taken = tempfile::tempdir().unwrap();
    let bytes = desk.take_home("a.file-frame[download='']", taken.path(), "content.mp4");
    assert!(bytes == std::fs::read(&odd).unwrap());

    // Nobody can wait for the end of its time.
    let store = Connection::open(pair.path().join("wharf-data/wharf.db")).unwrap();
    store.busy_timeout(Duration::from_secs(5)).unwrap();
    let expired = "UPDATE media SET state = 'expired' WHERE mime_type = 'image/jpeg'";
    assert_eq!(store.execute(expired, []).unwrap(), 1);
    desk.open("overview");
    open_thread(&desk);
    desk.says("Photo is removed: its time was over");
    desk.looks_well("playback-expired");
    desk.is_clean();
}

#[test]
fn who_may_not_fetch_a_file_again_is_told_who_may() {
    let desk = Desk::signed_out();
    let fault = json!({"calls": "media", "trouble": {"graph": {"code": 100}}});
    desk.simulate("POST", "faults", &fault);
    let files = Files::new();
    desk.user_sends(&files.sticker(), "sticker", "image/webp", "");
    let desk = desk.with_key(&json!({"name": "Team", "role": "viewer", "shows_texts": true}));
    desk.sign_in();
    open_thread(&desk);
    desk.says("somebody with an operator’s key can fetch it again");
    assert!(!desk.offers("Fetch again"));
    desk.end();
}
