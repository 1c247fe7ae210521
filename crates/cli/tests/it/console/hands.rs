//! What somebody does with their hands on the screens: buttons by their words, dialogs, texts.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::Desk;
use crate::binary::run;

/// Finds the visible button or link that says this, in the open dialog if there is one.
const NAMED: &str = "const inside = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
    const all = [...inside.querySelectorAll('button, a, summary, label.check')];
    const found = all.find((one) => one.getClientRects().length && !one.disabled
        && (one.innerText.trim() === arguments[0] || one.getAttribute('aria-label') === arguments[0]));
    if (!found) return false;";

impl Desk {
    /// Presses the button, link or choice with these words, once it is there and can be pressed.
    pub(crate) fn choose(&self, words: &str) {
        let script = format!("{NAMED} found.click(); return true");
        self.browser.wait(&script, &json!([words])).unwrap();
    }

    /// Whether something with these words can be pressed now.
    pub(crate) fn offers(&self, words: &str) -> bool {
        let script = format!("{NAMED} return true");
        self.browser.run(&script, &json!([words])).unwrap() == true
    }

    /// Puts a text into a field in the place of what it holds, as typing does.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let script = "const field = document.querySelector(arguments[0]); if (!field) return false;
            const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : field instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
            Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, arguments[1]);
            field.dispatchEvent(new Event('input', {bubbles: true})); field.dispatchEvent(new Event('change', {bubbles: true})); return true";
        self.browser.wait(script, &json!([selector, text])).unwrap();
    }

    /// Waits until no dialog is open.
    pub(crate) fn closed(&self) {
        self.until("return !document.querySelector('dialog[open]')");
    }

    /// Waits until this JavaScript condition about the page, an expression, holds.
    pub(crate) fn holds(&self, condition: &str) -> Value {
        self.until(&format!("return {condition}"))
    }

    /// Clicks a link that saves a file, and waits for the file.
    pub(crate) fn take_home(&self, link: &str, folder: &Path, name: &str) -> Vec<u8> {
        let to = json!({"behavior": "allow", "downloadPath": folder});
        let browser = &self.browser;
        browser
            .devtools("Browser.setDownloadBehavior", &to)
            .unwrap();
        self.click(link);
        let end = Instant::now() + crate::binary::LIMIT;
        // It has its name when it is whole.
        while !folder.join(name).exists() {
            let found: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
            assert!(Instant::now() < end, "{found:?}");
            std::thread::sleep(Duration::from_millis(25));
        }
        std::fs::read(folder.join(name)).unwrap()
    }

    /// The address that the browser shows.
    pub(crate) fn address(&self) -> String {
        let address = self.browser.run("return location.href", &json!([]));
        address.unwrap().as_str().unwrap().to_owned()
    }

    /// Where the demo's page is.
    pub(crate) fn page(&self) -> String {
        let endpoints = self.get("/api/v1/endpoints?limit=500");
        let urls = endpoints["data"].as_array().unwrap().iter();
        let mut pages = urls.filter_map(|one| one["url"].as_str()?.strip_suffix("events"));
        pages.next().unwrap().to_owned()
    }

    /// Breaks the demo's subscriber, or mends it, as the button of its page does.
    pub(crate) fn subscriber_is_broken(&self, broken: bool) {
        let mut curl = Command::new("curl");
        curl.args(["-sSf", &format!("{}broken", self.page())]);
        curl.args(["-H", "Content-Type: application/json", "-d"]);
        let ended = run(curl.arg(broken.to_string()));
        assert_eq!(ended.code, Some(0), "is curl installed? {ended:?}");
    }

    /// Answers with the number of things in a list of the API.
    pub(crate) fn how_many(&self, path: &str) -> usize {
        self.get(path)["data"].as_array().unwrap().len()
    }

    /// Waits until the API says what is wanted of a thing.
    pub(crate) fn api_until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + crate::binary::LIMIT;
        loop {
            let answer = self.get(path);
            if wanted(&answer) {
                return answer;
            }
            assert!(Instant::now() < end, "{path}: {answer}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
