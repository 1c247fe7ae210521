//! A browser on the page of a simulator whose webhooks go to a callback.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Clock, Settings};
use test_servers::Chromium;

use crate::kit::{Callback, Stage, USER, quick, subscribed_with};

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const ESCAPE: &str = "\u{e00c}";

pub(crate) struct Page {
    pub(crate) stage: Stage,
    pub(crate) callback: Callback,
    pub(crate) browser: Chromium,
    received: usize,
}

impl Page {
    /// The phone of the usual user, in a wide window.
    pub(crate) async fn new() -> Self {
        let page = Self::with(quick(), 900, 900).await;
        page.stage.simulator().user(USER).set_name("Sheena Nelson");
        page.open("user=16505551234");
        page
    }

    pub(crate) async fn with(mut settings: Settings, width: u32, height: u32) -> Self {
        // A time of day that looks well on a picture.
        settings.clock = Clock::running_from(Timestamp::constant(1_795_254_060, 0));
        let (stage, callback) = subscribed_with(settings).await;
        Self {
            stage,
            callback,
            browser: Chromium::start(width, height).unwrap(),
            received: 0,
        }
    }

    /// Opens the page and waits until its phones are there and followed.
    pub(crate) fn open(&self, query: &str) {
        let url = self.stage.url(&format!("/handsets?{query}"));
        self.browser.open(&url).unwrap();
        self.browser.see("body[data-ready]").unwrap();
    }

    /// Sends a message of the business, made of `rest`; gives its wamid.
    pub(crate) async fn send(&self, rest: Value) -> String {
        let mut message = json!({"messaging_product": "whatsapp", "to": USER});
        message
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        let (status, answer) = self.stage.send(&message).await;
        assert_eq!(status, 200, "{message}: {answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn text(&self, body: &str) -> String {
        self.send(json!({"type": "text", "text": {"body": body}}))
            .await
    }

    /// Waits for the next message of the user that reaches the business.
    pub(crate) async fn next_message(&mut self) -> Value {
        self.next(|value| value.pointer("/messages/0").cloned())
            .await
    }

    /// Waits for the next status of a message of the business.
    pub(crate) async fn next_status(&mut self) -> Value {
        self.next(|value| value.pointer("/statuses/0").cloned())
            .await
    }

    pub(crate) async fn next(&mut self, pick: impl Fn(&Value) -> Option<Value>) -> Value {
        loop {
            self.received += 1;
            let values = self.callback.values(self.received).await;
            if let Some(found) = pick(&values[self.received - 1]) {
                return found;
            }
        }
    }

    /// Waits for the bubble of this message; gives its text.
    pub(crate) fn bubble(&self, wamid: &str, part: &str) -> String {
        self.browser.see(&within(wamid, part)).unwrap()
    }

    pub(crate) fn click(&self, selector: &str) {
        self.browser.click(selector).unwrap();
    }

    pub(crate) fn see(&self, selector: &str) -> String {
        self.browser.see(selector).unwrap()
    }

    /// Waits until a script in the page holds.
    pub(crate) fn until(&self, script: &str) {
        self.browser.wait(script, &json!([])).unwrap();
    }

    pub(crate) fn write(&self, text: &str) {
        self.browser.type_into(".composer textarea", text).unwrap();
        self.browser.press(ENTER).unwrap();
    }

    pub(crate) fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("handsets");
        std::fs::create_dir_all(&folder).unwrap();
        // Animations end and pictures come before the picture is taken.
        self.until(
            "return [...document.images].every((image) => image.complete) && document.getAnimations()
                .every((one) => one.playState !== 'running' || one.effect.getTiming().iterations > 5)",
        );
        let file = folder.join(format!("{name}.png"));
        self.browser.screenshot(&file).unwrap();
    }

    /// No error in the console, and nothing asked of another host.
    pub(crate) fn is_clean(&self) {
        let complaints = self.browser.complaints().unwrap();
        assert!(complaints.is_empty(), "{complaints:#?}");
        let own = self.stage.url("/");
        for url in self.browser.requests().unwrap() {
            let good =
                url.starts_with(&own) || url.starts_with("data:") || url.starts_with("blob:");
            assert!(good, "the page asked for {url}");
        }
    }

    pub(crate) async fn end(self) {
        self.is_clean();
        drop(self.browser);
        self.stage.end().await;
    }
}

/// A part of the bubble of a message.
pub(crate) fn within(wamid: &str, part: &str) -> String {
    format!("li[data-wamid=\"{wamid}\"] {part}")
}
